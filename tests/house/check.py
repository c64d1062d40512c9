#!/usr/bin/python3
"""contrib/check in a planted tree: what is counted, and what gets a second
try, what is said at the end; and all of it, which runs every stage once."""

import concurrent.futures
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
                  "check check-TESTS check-e2e check-valgrind:\n"
                  "\t@sh ../../planted.sh $(or $(VALGRIND_TESTS),$(TESTS))\n"
                  "soak:\n"
                  "\t@sh ../../planted.sh {tests}\n"
                  "lint:\n"
                  "\t@sh ../../planted.sh {tests} >/dev/null\n"
                  "distcheck: soak\n"
                  "\t@tar -cf x.tar.xz -C ../../.. {whole}\n",
    "tests/house/wavers.py": "\n",
    "forgotten": "\n",
    # Writes what automake's driver writes.  "wavers" fails the first time,
    # "fails" and "crashes" always; "breaks" ends all before the rest has run,
    # "endless" does not end, in a process group of its own.
    "planted.sh": """echo "$*" >>"$PLANTED_RUNS"
echo "$MAKEFLAGS" >>"$PLANTED_RUNS.flags"
failed=0
for file; do
	mkdir -p "${file%/*}"
	base=${file%.py}
	result=PASS
	case $file in
	*fails) result=FAIL ;;
	*wavers*) [ -e "$base.log" ] || result=FAIL ;;
	*breaks) echo "$file.c:1: error: this does not build"; exit 2 ;;
	*crashes) result=ERROR ;;
	*endless)
		echo 'ok 1 - first' >"$base.log"
		timeout 1000 sh -c 'echo $$ >"$PLANTED_RUNS.pid"
			exec tail -f /dev/null'
		;;
	esac
	printf 'PASS: %s 1 - first\\n' "$file" >"$base.log"
	case $result in
	ERROR)
		echo '==1==ERROR: AddressSanitizer: heap-use-after-free'
		echo "ERROR: $file - Bail out! it took 0.$$ s"
		;;
	*)
		[ $result = PASS ] || echo "# it is not so: 0.$$"
		echo "$result: $file 2 - second (0.$$ s)"
		;;
	esac >>"$base.log"
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
BREAKS, CRASHES, ENDLESS = ("tests/unit/breaks", "tests/unit/crashes",
                            "tests/unit/endless")
TRIED = "passed only at the second try:"
WAVERED = [TRIED,
           f"  build: {WAVERS} 2 - second"]
FAILED = ["failed:", f"  build: {FAILS} 2 - second", "    # it is not so"]
CRASHED = ["failed:", f"  build: {CRASHES} - Bail out! it took",
           "    ==1==ERROR: AddressSanitizer: heap-use-after-free"]
BROKE_OFF = "no second try: it broke off"
BROKEN = ["  build: build with warnings as errors, make check",
          "error: this does not build"]

# Stage, its test files, the lines wanted at the end (or a part of each, in
# that order; the last as it is), the files of each run.
CASES = (
    ("build", [GOOD], ["2 passed, 0 failed"], [[GOOD]]),
    ("build", [GOOD, WAVERS], WAVERED + ["4 passed, 0 failed"],
     [[GOOD, WAVERS], [WAVERS]]),
    ("build", [FAILS, GOOD], FAILED + ["3 passed, 1 failed"],
     [[FAILS, GOOD], [FAILS]]),
    ("build", [FAILS, GOOD, WAVERS],
     WAVERED + FAILED + ["5 passed, 1 failed"],
     [[FAILS, GOOD, WAVERS], [WAVERS, FAILS]]),
    ("build", [CRASHES, GOOD], CRASHED + ["3 passed, 1 failed"],
     [[CRASHES, GOOD], [CRASHES]]),
    ("build", [WAVERS, BREAKS],
     ["failed:", f"  build: {WAVERS} 2 - second"] + BROKEN +
     [BROKE_OFF, "1 passed, 2 failed"], [[WAVERS, BREAKS]]),
    ("build", [BREAKS],
     ["failed:"] + BROKEN + [BROKE_OFF, "0 passed, 1 failed"], [[BREAKS]]),
    ("build", [ENDLESS],
     ["failed:", BROKEN[0], "stopped after",
      "no second try: stopped by the time limit", "0 passed, 1 failed"],
     [[ENDLESS]]),
    ("valgrind", [WAVERS, GOOD],
     [TRIED, f"  valgrind: {WAVERS} 2 - second", "4 passed, 0 failed"],
     [[WAVERS, GOOD], [WAVERS]]),
    ("distcheck", [WAVERS],
     [WAVERED[0], "  distcheck: all of it", "1 passed, 0 failed"],
     [[WAVERS], [WAVERS]]),
    ("distcheck", [FAILS],
     ["failed:", "  distcheck: ", "0 passed, 1 failed"], [[FAILS], [FAILS]]),
    ("distcheck", [BREAKS],
     ["failed:", "  distcheck: ", BROKEN[1], "0 passed, 1 failed"],
     [[BREAKS]]),
    ("distcheck", [GOOD, "forgotten"],
     ["failed:", "  distcheck: ", "not in the tarball", "0 passed, 1 failed"],
     [[GOOD, "forgotten"]]),
    ("soak", [WAVERS],
     [WAVERED[0], "  soak: all of it", "1 passed, 0 failed"],
     [[WAVERS], [WAVERS]]),
    ("lint", [WAVERS], ["failed:", "  lint: ", "0 passed, 1 failed"],
     [[WAVERS]]),
)


def plant(place, tests):
    for name in CHECK:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TOP / name, place / name)
    for name, text in PLANTED.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = [f"src/{file}" for file in (*CHECK, *PLANTED)
                 if file != "forgotten" or file not in tests]
        path.write_text(text.replace("{tests}", " ".join(tests))
                        .replace("{whole}", " ".join(whole)),
                        encoding="utf-8")
        path.chmod(0o755)


def run(place, *arguments, limit=None):
    """(exit status, output)"""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("MAKE", "MFLAGS"))}
    environment.update(
        PATH=f"{place}/bin:{environment['PATH']}", TMPDIR=str(place.parent),
        GIT_CEILING_DIRECTORIES=str(place.parent),
        PLANTED_RUNS=str(place.parent / "runs"))
    if limit is not None:
        environment["STAGE_SECONDS"] = str(limit)
    done = subprocess.run(
        [str(place / "contrib/check"), "--no-install", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        env=environment, check=False)
    return done.returncode, done.stdout


def is_alive(pid_file):
    return os.path.exists(
        f"/proc/{pid_file.read_text(encoding='utf-8').strip()}")


def ends_so(lines, wanted):
    """The last as it is, and each of the others in one, in that order."""
    rest = iter(lines[:-1])
    return lines[-1:] == wanted[-1:] and all(
        any(text in line for line in rest) for text in wanted[:-1])


def problems(stage, tests, last, runs):
    with tempfile.TemporaryDirectory() as directory:
        place = pathlib.Path(directory) / "tree"
        plant(place, tests)
        status, output = run(place, "--stage", stage,
                             limit=5 if ENDLESS in tests else None)
        runs_file = place.parent / "runs"
        seen = runs_file.read_text(encoding="utf-8").splitlines() \
            if runs_file.exists() else []
        started = (place.parent / "runs.pid").exists()
        alive = started and is_alive(place.parent / "runs.pid")
        flags = place.parent / "runs.flags"
        again = flags.read_text(encoding="utf-8").splitlines()[1:] \
            if flags.exists() else []
        left = sorted(p.name for p in place.parent.iterdir()
                      if not p.name.startswith("runs"))
    found = []
    lines = output.splitlines()
    end = lines[next((i + 1 for i, line in enumerate(lines)
                      if re.fullmatch(r"\d+ s", line)), 0):]
    if not ends_so(end, last):
        found.append("it ends otherwise")
    found += [f"it should not say {line}" for line in (TRIED, FAILED[0])
              if line in end and line not in last]
    if status != (0 if last[-1].endswith(" 0 failed") else 1):
        found.append(f"exit status {status}")
    if started and not any("was running: normal/tests/unit/endless.log"
                           in line for line in end):
        found.append("it does not say what was running")
    # Where the limit came first, it may not have got that far.
    if seen != [" ".join(files) for files in runs] and (
            seen or ENDLESS not in tests):
        found.append(f"ran {seen}")
    if stage in ("build", "valgrind") and not all(
            "-j1" in flags for flags in again):
        found.append(f"the second try was not alone: {again}")
    if alive or left != ["tree"]:
        found.append(f"left behind: {left}, endless: {alive}")
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
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        found = [pool.submit(problems, *case) for case in CASES]
        of_all = pool.submit(problems_of_all)
        for (stage, tests, _, _), done in zip(CASES, found):
            names = " ".join(test.rpartition("/")[2] for test in tests)
            tap.check(f"{stage}: {names}", done.result())
        tap.check("every stage", of_all.result())
    tap.done()


main()
