#!/usr/bin/python3
"""Compares the table of options with idlebell.config(5): every key has its
paragraph in its section, with its default, range and choices; and no key is
documented that there is not.  Prints TAP."""

import os
import re
import shutil
import subprocess
import sys

ROOT = os.environ.get("srcdir", ".")
MANUAL = os.path.join(ROOT, "man/idlebell.config.5")
PROGRAM = os.environ.get("PRINT_OPTIONS", "tests/unit/print-options")
HOMES = {"account": "ACCOUNT KEYS", "criterion": "Criteria",
         "rule": "Effects", "shared": "SHARED KEYS"}


def read_table():
    """Rows as dictionaries."""
    names = ("scope", "name", "initial", "min", "max", "choices")
    output = subprocess.run([PROGRAM], check=True, capture_output=True,
                            text=True).stdout
    return [dict(zip(names, line.split("\t"), strict=True))
            for line in output.splitlines()]


def plain(lines):
    """The words of mdoc lines, without macros and escapes."""
    text = " ".join(lines)
    text = re.sub(r"(^| )\.[A-Z][a-z] ", " ", text)
    return re.sub(r"\\&", "", text)


def read_manual():
    """{(section, key): text}; a key is what .It Cm or .It Ic names."""
    items, section, key = {}, None, None
    with open(MANUAL, encoding="utf-8") as manual:
        for line in manual.read().splitlines():
            head = re.match(r"\.(Sh|Ss) (.*)", line)
            item = re.match(r"\.It (?:Cm|Ic) ([a-z0-9_]+)$", line)
            if head and (head[1] == "Sh" or head[2] in HOMES.values()):
                section, key = head[2], None
            elif item:
                key = (section, item[1])
                items.setdefault(key, [])
            elif line.startswith(".El"):
                key = None
            elif key:
                items[key].append(line)
    return {key: plain(lines) for key, lines in items.items()}


def faults_of(row, text):
    """What the paragraph of a key lacks."""
    if text is None:
        return ["is not documented"]
    faults = []
    if len(text.split()) < 3:
        faults.append("has no text")
    if row["initial"] and not re.search(
            r"default is " + re.escape(row["initial"]) + r"( ?[.;:]|$)", text):
        faults.append(f"default {row['initial']} is not stated")
    if row["max"] and f"{row['min']} to {row['max']}" not in text:
        faults.append(f"range {row['min']} to {row['max']} is not stated")
    for choice in row["choices"].split():
        if not re.search(r"\b" + re.escape(choice) + r"\b", text):
            faults.append(f"choice {choice} is not explained")
    return faults


def report(number, name, faults):
    """One line of TAP; true when all is well."""
    for fault in faults:
        print(f"# {name}: {fault}")
    print(f"{'not ok' if faults else 'ok'} {number} - {name}")
    return not faults


def lint():
    """What mandoc has to say, itself and what is not installed left out."""
    output = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", MANUAL],
                            capture_output=True, text=True, check=False)
    return output.stdout.splitlines()


def main():
    table, items = read_table(), read_manual()
    known = {(HOMES[row["scope"]], row["name"]) for row in table}
    print(f"1..{len(table) + 3}")
    good = report(1, "the table and the manual were read",
                  [] if len(table) > 30 and len(items) > 30
                  else [f"{len(table)} rows, {len(items)} items"])
    for number, row in enumerate(table, 2):
        text = items.get((HOMES[row["scope"]], row["name"]))
        good &= report(number, f"{row['scope']} key {row['name']}",
                       faults_of(row, text))
    good &= report(len(table) + 2, "no unknown key is documented",
                   [f"{section}: {key}" for section, key in items
                    if (section, key) not in known])
    if shutil.which("mandoc"):
        good &= report(len(table) + 3, "mandoc has no warnings", lint())
    else:
        print(f"ok {len(table) + 3} - mandoc # SKIP not installed")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
