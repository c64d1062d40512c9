#!/usr/bin/python3
"""contrib/check in a planted tree: what is counted, and what gets a second
try; and all of it, which runs every stage once."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from tap import Tap

TOP = pathlib.Path(__file__).resolve().parents[2]
CHECK = ("contrib/check", "contrib/packages.sh")

# What stands for autoreconf, configure and the Makefile that it writes.
PLANTED = {
    "bin/autoreconf": "#!/bin/sh\n",
    "configure": "#!/bin/sh\ncp ../../planted.mk Makefile\n",
    "planted.mk": "TESTS = {tests}\n"
                  ".DEFAULT:\n"
                  "\t@:\n"
                  "check check-TESTS check-e2e check-valgrind distcheck:\n"
                  "\t@sh ../../planted.sh $(TESTS)\n",
    "tests/house/wavers.py": "\n",
    # Writes what automake's driver writes.  "wavers" fails the first time,
    # "fails" always; "breaks" ends all before the rest has run.
    "planted.sh": """echo "$*" >>"$PLANTED_RUNS"
failed=0
for file; do
	mkdir -p "${file%/*}"
	base=${file%.py}
	result=PASS
	case $file in
	*fails) result=FAIL ;;
	*wavers*) [ -e "$base.log" ] || result=FAIL ;;
	*breaks) exit 2 ;;
	esac
	printf 'PASS: %s 1 - first\\n' "$file" >"$base.log"
	printf '%s: %s 2 - second (0.%s s)\\n' $result "$file" $$ >>"$base.log"
	recheck=no
	[ $result = PASS ] || recheck=yes failed=$((failed + 1))
	printf ':recheck: %s\\n:test-result: PASS\\n:test-result: %s\\n' \\
		$recheck $result >"$base.trs"
done
echo "# TOTAL: $#"
echo "# FAIL:  $failed"
[ $failed = 0 ]
""",
}

GOOD, WAVERS, FAILS = ("tests/unit/good", "tests/house/wavers.py",
                       "tests/unit/fails")
BREAKS = "tests/unit/breaks"
TRIED = "passed only at the second try:"

# Stage, its test files, the last lines wanted, the files of each run.
CASES = (
    ("build", [GOOD], ["2 passed, 0 failed"], [[GOOD]]),
    ("build", [GOOD, WAVERS],
     [TRIED, f"  build: {WAVERS} 2 - second", "4 passed, 0 failed"],
     [[GOOD, WAVERS], [WAVERS]]),
    ("build", [FAILS, GOOD], ["3 passed, 1 failed"],
     [[FAILS, GOOD], [FAILS]]),
    ("build", [FAILS, GOOD, WAVERS],
     [TRIED, f"  build: {WAVERS} 2 - second", "5 passed, 1 failed"],
     [[FAILS, GOOD, WAVERS], [WAVERS, FAILS]]),
    ("build", [WAVERS, BREAKS], ["1 passed, 1 failed"], [[WAVERS, BREAKS]]),
    ("build", [BREAKS], ["0 passed, 1 failed"], [[BREAKS]]),
    ("distcheck", [WAVERS],
     [TRIED, "  distcheck: all of it", "1 passed, 0 failed"],
     [[WAVERS], [WAVERS]]),
    ("distcheck", [FAILS], ["0 passed, 1 failed"], [[FAILS], [FAILS]]),
    ("distcheck", [BREAKS], ["0 passed, 1 failed"], [[BREAKS]]),
)


def plant(place, tests):
    for name in CHECK:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TOP / name, place / name)
    for name, text in PLANTED.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("{tests}", " ".join(tests)),
                        encoding="utf-8")
        path.chmod(0o755)


def run(place, *arguments):
    """(exit status, output)"""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("MAKE", "MFLAGS"))}
    environment.update(
        PATH=f"{place}/bin:{environment['PATH']}", TMPDIR=str(place.parent),
        GIT_CEILING_DIRECTORIES=str(place.parent),
        PLANTED_RUNS=str(place.parent / "runs"))
    done = subprocess.run(
        [str(place / "contrib/check"), "--no-install", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        env=environment, check=False)
    return done.returncode, done.stdout


def problems(stage, tests, last, runs):
    with tempfile.TemporaryDirectory() as directory:
        place = pathlib.Path(directory) / "tree"
        plant(place, tests)
        status, output = run(place, "--stage", stage)
        runs_file = place.parent / "runs"
        seen = runs_file.read_text(encoding="utf-8").splitlines() \
            if runs_file.exists() else []
        left = sorted(p.name for p in place.parent.iterdir())
    found = []
    lines = output.splitlines()
    if lines[-len(last):] != last or (TRIED in lines) != (TRIED in last):
        found.append("it ends otherwise")
    if status != (0 if last[-1].endswith(" 0 failed") else 1):
        found.append(f"exit status {status}")
    if seen != [" ".join(files) for files in runs]:
        found.append(f"ran {seen}")
    if left != ["runs", "tree"]:
        found.append(f"left behind: {left}")
    return found and found + lines


def problems_of_all():
    with tempfile.TemporaryDirectory() as directory:
        place = pathlib.Path(directory) / "tree"
        plant(place, [GOOD])
        status, output = run(place)
    text = (TOP / "contrib/check").read_text(encoding="utf-8")
    rows = re.search(r"^stages='\n(.*?)^'", text, re.M | re.S).group(1)
    stages = sorted(row.split()[0] for row in rows.splitlines())
    ran = sorted(re.findall(r"^== (\w+) passed in ", output, re.M))
    if status == 0 and stages == ran:
        return []
    return [f"exit status {status}", f"passed: {ran}"] + output.splitlines()


def main():
    tap = Tap()
    for stage, tests, last, runs in CASES:
        names = " ".join(test.rpartition("/")[2] for test in tests)
        tap.check(f"{stage}: {names}", problems(stage, tests, last, runs))
    tap.check("every stage", problems_of_all())
    tap.done()


main()
