#!/usr/bin/python3
"""The table of quirks in tests/sessions/QUIRKS: whole, and its tests exist.

usage: quirks.py [DIRECTORY]    the top of the tree, else $top_srcdir, else .
"""

import os
import pathlib
import re
import sys

from tap import Tap

TABLE = "tests/sessions/QUIRKS"
HEAD = re.compile(r"( \d|\d\d)  \S")
FIELD = re.compile(r"    (test|why): (.*)")
NAMED = re.compile(r"\b[Qq]uirks?((?:[\s*,]+(?:and\s+)?\d+)+)")


def read_table(text):
    """Number to what stands under it: {"test": [...], "why": [...]}."""
    rows = {}
    fields = last = None
    for line in text.splitlines():
        if HEAD.match(line):
            fields = rows.setdefault(int(line[:2]), {"test": [], "why": []})
            last = None
        elif fields is None:
            continue
        elif found := FIELD.fullmatch(line):
            last = fields[found[1]]
            last.extend(found[2].split())
        elif last is not None:
            last.extend(line.split())
    return rows


def find_gaps(rows):
    return [f"{TABLE}: number {number} is missing"
            for number in range(1, max(rows, default=1) + 1)
            if number not in rows]


def find_empty(rows):
    return [f"{TABLE}: {number} has neither a test nor a reason"
            for number, fields in sorted(rows.items())
            if not fields["test"] and not fields["why"]]


def read_all(top, pattern):
    return {path.name: path.read_text(encoding="utf-8")
            for path in sorted(top.glob(pattern))}


def is_there(name, top, units, e2e):
    if name.startswith("/"):
        return any(f'"{name}"' in text for text in units.values())
    if name.endswith(".t"):
        return (top / "tests/sessions" / name).is_file()
    file, _, function = name.partition(":")
    return re.search(rf"^def {re.escape(function)}\(", e2e.get(file, ""),
                     re.MULTILINE) is not None


def find_lost_tests(rows, top):
    units = read_all(top, "tests/unit/test-*.c")
    e2e = read_all(top, "tests/e2e/test_*.py")
    return [f"{TABLE}: {number}: there is no test {name}"
            for number, fields in sorted(rows.items())
            for name in fields["test"]
            if not is_there(name, top, units, e2e)]


def find_unknown(rows, top):
    """Comments may wrap, so whole files are searched."""
    places = [path for pattern in ("src/**/*.[ch]", "tests/**/*.[cht]",
                                   "tests/**/*.inc", "tests/e2e/**/*.py")
              for path in sorted(top.glob(pattern))]
    found = []
    for path in places:
        for match in NAMED.finditer(path.read_text(encoding="utf-8")):
            found += [f"{path.relative_to(top)}: quirk {number}"
                      for number in re.findall(r"\d+", match[1])
                      if int(number) not in rows]
    return found


def main():
    top = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get(
        "top_srcdir", "."))
    rows = read_table((top / TABLE).read_text(encoding="utf-8"))
    tap = Tap()
    tap.check("quirks are numbered from 1", find_gaps(rows))
    tap.check("each quirk has a test or a reason", find_empty(rows))
    tap.check("the tests of quirks exist", find_lost_tests(rows, top))
    tap.check("comments name quirks of the table", find_unknown(rows, top))
    tap.done()


main()
