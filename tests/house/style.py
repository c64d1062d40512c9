#!/usr/bin/python3
"""What a machine can see of STYLE: lengths, banned calls, forgotten tests.

usage: style.py [DIRECTORY]    the top of the tree, else $top_srcdir, else .

Reads what make runs and compiles from the file $HOUSE_LISTED.
"""

import ast
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from tap import Tap

LONGEST = 80
#: Of each fuzz target: files, and octets of all.
CORPUS_FILES, CORPUS_SIZE = 128, 65536
STATIC_SHARE = 70

# Call: why not.
BANNED = {
    "alloca": "unbounded stack", "atoi": "no errors: value_parse_number()",
    "gets": "no bound",
    "popen": "a shell", "sprintf": "no bound", "strcat": "no bound",
    "strcpy": "no bound", "strtok": "hidden state", "system": "a shell",
    "vsprintf": "no bound", "wordexp": "a shell",
}
SLEEPS = "sleep|usleep|nanosleep|clock_nanosleep|g_usleep"

C_NOISE = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL)
SHELL_SLEEP = re.compile(r"(?:^|[;&|(]|\bdo|\bthen)\s*u?sleep\s")
TEST_FILES = ("tests/unit/test-*.c", "tests/fuzz/fuzz-*.c",
              "tests/house/*.py", "tests/e2e/test*.py")
NO_TESTS = {"tests/house/tap.py"}


def files(top, *patterns):
    return sorted(path for pattern in patterns for path in top.glob(pattern))


def find_in_c(path, pattern):
    """(line, match) outside comments, strings and characters."""
    text = path.read_text(encoding="utf-8")
    text = C_NOISE.sub(lambda found: "\n" * found[0].count("\n") + " ", text)
    for number, line in enumerate(text.split("\n"), 1):
        for found in re.finditer(pattern, line):
            yield number, found


def read_functions(paths):
    """(length, name, path, line, static) of each function."""
    output = subprocess.run(
        ["ctags", "--output-format=json", "--kinds-C=f", "--fields=+nef",
         "-f", "-", *map(str, paths)], check=True, stdout=subprocess.PIPE,
        encoding="utf-8").stdout
    rows = [json.loads(line) for line in output.splitlines()]
    return sorted((row["end"] - row["line"] + 1, row["name"], row["path"],
                   row["line"], row.get("file", False)) for row in rows)


def check_functions(tap, top):
    paths = files(top, "src/**/*.c")
    if not shutil.which("ctags"):
        tap.skip("function lengths", "no ctags (Debian: universal-ctags)")
        return
    rows = read_functions(paths)
    if not rows:
        tap.check("there are functions", ["none in src/"])
        return
    lengths = [row[0] for row in rows]
    others = [row[4] for row in rows if row[1] != "main"]
    share = 100 * sum(others) // max(len(others), 1)
    tap.note(f"{len(rows)} functions: median {lengths[len(rows) // 2]}, "
             f"p90 {lengths[len(rows) * 9 // 10]}, longest {lengths[-1]} "
             f"lines; {share} % static")
    tap.check(f"no function over {LONGEST} lines",
              [f"{path}:{line}: {name}() has {length} lines"
               for length, name, path, line, _ in rows if length > LONGEST])
    tap.check(f"{STATIC_SHARE} % of the functions are static",
              [f"{share} %"] if others and share < STATIC_SHARE else [])


def find_banned(top):
    calls = rf"\b({'|'.join(BANNED)})\s*\("
    return [f"{path}:{number}: {found[1]}(): {BANNED[found[1]]}"
            for path in files(top, "src/**/*.[ch]", "tests/**/*.[ch]")
            for number, found in find_in_c(path, calls)]


def find_python_sleeps(path):
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name == "sleep":
                yield node.lineno


def find_shell_sleeps(path):
    text = path.read_text(encoding="utf-8", errors="replace")
    if text.startswith("#!") and "sh" in text.split("\n")[0]:
        for number, line in enumerate(text.split("\n"), 1):
            if SHELL_SLEEP.search(line.split("#")[0]):
                yield number


def find_sleeps(top):
    places = [(path, number) for path in files(top, "tests/**/*.[ch]")
              for number, _ in find_in_c(path, rf"\b({SLEEPS})\s*\(")]
    places += [(path, number) for path in files(top, "tests/**/*.py")
               for number in find_python_sleeps(path)]
    places += [(path, number) for path in files(top, "tests/**/*")
               if path.is_file() and path.suffix in ("", ".sh")
               and os.access(path, os.X_OK)
               for number in find_shell_sleeps(path)]
    return [f"{path}:{number}: wait on the event, with a deadline"
            for path, number in places]


def find_left_over(top):
    marks = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b")
    found = []
    for path in files(top, "src/**/*.[ch]", "tests/**/*.[ch]",
                      "tests/**/*.py"):
        for number, line in enumerate(
                path.read_text(encoding="utf-8").split("\n"), 1):
            if marks.search(line):
                found.append(f"{path}:{number}: {line.strip()}")
    return found


def read_listed():
    """What make runs, without .c or with .py, and what it compiles."""
    return set(pathlib.Path(os.environ["HOUSE_LISTED"])
               .read_text(encoding="utf-8").split())


def is_listed(name, listed):
    """DIST_SOURCES come with the way to the top before them."""
    return any(entry == name or entry.endswith("/" + name)
               for entry in listed)


def find_forgotten(top, listed):
    """Tests that stand in the tree and in no list of make's."""
    names = [str(path.relative_to(top)) for path in files(top, *TEST_FILES)]
    return [f"{name}: no list of make's runs it"
            for name in names if name not in NO_TESTS
            and name.removesuffix(".c") not in listed]


def find_dead_sources(top, listed):
    names = [str(path.relative_to(top)) for path in files(top, "src/**/*.[ch]")]
    return [f"{name}: no list of make's compiles it"
            for name in names if not is_listed(name, listed)]


def find_unmapped(top):
    """Files of the largest room whose module its map does not name."""
    paths = files(top, "src/app/*.[ch]")
    if not paths:
        return
    text = (top / "HACKING").read_text(encoding="utf-8")
    begin = text.index("\n\n", text.index("The largest room, app/")) + 2
    words = set(re.findall(r"[a-z-]+", text[begin:text.index("\n\n", begin)]))
    for path in paths:
        family, dash, part = path.stem.partition("-")
        if path.stem not in words and part != "inside" and not (
                family in words and dash + part in words):
            yield f"{path.relative_to(top)}: in no line of HACKING's map"


def find_odd_sessions(top):
    """test-sessions plays every tests/sessions/*.t: what is named otherwise
    is never played, nor an .inc that nobody includes."""
    here = top / "tests/sessions"
    scripts = {path.name: path.read_text(encoding="utf-8")
               for path in files(here, "*")
               if path.name not in ("README", "QUIRKS")}
    if not scripts:
        return []
    found = []
    if not any(top.glob("tests/unit/test-sessions.c")):
        found.append("tests/unit/test-sessions.c is gone")
    for name in scripts:
        if name.endswith(".inc"):
            if not any(re.search(rf"^<\s*{re.escape(name)}\s*$", text,
                                 re.MULTILINE) for text in scripts.values()):
                found.append(f"tests/sessions/{name}: nobody includes it")
        elif not name.endswith(".t"):
            found.append(f"tests/sessions/{name}: never played, not a .t")
    return found


def find_other_versions(top):
    """The version stands in configure.ac; NEWS opens with the same."""
    wanted = re.search(r"AC_INIT\(\[idlebell\], \[([^\]]+)\]",
                       (top / "configure.ac").read_text(encoding="utf-8"))
    news = re.search(r"^Version (\S+)$",
                     (top / "NEWS").read_text(encoding="utf-8"), re.MULTILINE)
    if not wanted or not news:
        return ["configure.ac or NEWS gives no version"]
    if wanted[1] != news[1]:
        return [f"configure.ac says {wanted[1]}, NEWS says {news[1]}"]
    return []


def find_large_corpora(top):
    """Inputs are replayed by each make check and stay in git for ever."""
    for corpus in files(top, "tests/fuzz/corpus/*"):
        sizes = [path.stat().st_size for path in corpus.iterdir()]
        if len(sizes) > CORPUS_FILES:
            yield f"{corpus.relative_to(top)}: {len(sizes)} files"
        if sum(sizes) > CORPUS_SIZE:
            yield f"{corpus.relative_to(top)}: {sum(sizes)} octets"


def main():
    top = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else
                       os.environ.get("top_srcdir", "."))
    tap = Tap()
    check_functions(tap, top)
    tap.check("no banned calls", find_banned(top))
    tap.check("no sleeps in tests", find_sleeps(top))
    tap.check("nothing left for later", find_left_over(top))
    listed = read_listed()
    tap.check("make runs every test", find_forgotten(top, listed))
    tap.check("make compiles every source", find_dead_sources(top, listed))
    tap.check("HACKING names every module of src/app",
              list(find_unmapped(top)))
    tap.check("every session transcript is played", find_odd_sessions(top))
    tap.check("fuzz corpora are small", list(find_large_corpora(top)))
    tap.check("NEWS opens with this version", find_other_versions(top))
    tap.done()


main()
