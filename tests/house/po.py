#!/usr/bin/python3
"""The translations are whole, and of the texts that the sources have.

usage: po.py [DIRECTORY]    the top of the tree, else $top_srcdir, else .
"""

import ast
import os
import pathlib
import re
import shutil
import subprocess
import sys

from tap import Tap

KEYWORD = re.compile(r"(msgid|msgid_plural|msgstr(?:\[\d+\])?) (\".*\")")
#: What of a text must be in its translation too: values that are put in, and
#: the blanks around it.
VALUE = re.compile(r"%[-#0 +']*(?:\d+|\*)?(?:\.\d+)?(?:ll|[hlzjt])?[a-zA-Z%]"
                   r"|\{\w+\}")


def read(text):
    """The entries of a .po or .pot file but for its header, as dictionaries
    of their keywords; "flags" is a set."""
    entries = []
    for block in re.split(r"\n\s*\n", text):
        entry, last = {"flags": set()}, None
        for line in block.splitlines():
            if line.startswith("#,"):
                entry["flags"] |= set(line[2:].replace(",", " ").split())
            elif found := KEYWORD.fullmatch(line):
                last = found[1]
                entry[last] = ast.literal_eval(found[2])
            elif line.startswith('"') and last:
                entry[last] += ast.literal_eval(line)
        if entry.get("msgid"):
            entries.append(entry)
    return entries


def key(entry):
    return entry["msgid"], entry.get("msgid_plural")


def differences(have, want, what):
    have, want = set(map(key, have)), set(map(key, want))
    return ([f"{what}: without {text!r}" for text, _ in want - have]
            + [f"{what}: no longer needed: {text!r}" for text, _ in have - want])


def translations(entry):
    return {name: text for name, text in entry.items()
            if name.startswith("msgstr")}


def find_holes(entries, name):
    return [f"{name}: {entry['msgid']!r} is "
            + ("fuzzy" if "fuzzy" in entry["flags"] else "not translated")
            for entry in entries if "fuzzy" in entry["flags"]
            or not translations(entry) or "" in translations(entry).values()]


def is_faithful(entry, text):
    """The same values, whatever their order; those of the many, as the one
    may say "a message" for one."""
    sources = [entry["msgid"], entry.get("msgid_plural", entry["msgid"])]
    values = sorted(VALUE.findall(text))
    return "no-c-format" in entry["flags"] or any(
        values == sorted(VALUE.findall(source))
        and text.startswith("\n") == source.startswith("\n")
        and text.endswith("\n") == source.endswith("\n")
        and len(text) - len(text.lstrip(" "))
        == len(source) - len(source.lstrip(" ")) for source in sources)


def find_unfaithful(entries, name):
    return [f"{name}: {entry['msgid']!r} has other values or blanks in {text!r}"
            for entry in entries for text in translations(entry).values()
            if text and not is_faithful(entry, text)]


def run(*command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8",
                          check=False, **options)


def check_template(tap, top, template):
    if not shutil.which("xgettext"):
        tap.skip("po/idlebell.pot is what the sources have",
                 "no xgettext (Debian: gettext)")
        return
    done = run("po/pot", cwd=top)
    tap.check("po/idlebell.pot is what the sources have (make update-po)",
              [done.stdout] if done.returncode else
              differences(template, read(done.stdout), "po/idlebell.pot"))


def check_language(tap, path, template):
    name = f"po/{path.name}"
    entries = read(path.read_text(encoding="utf-8"))
    tap.check(f"{name} has the texts of po/idlebell.pot (make update-po)",
              differences(entries, template, name))
    tap.check(f"{name} is complete", find_holes(entries, name))
    tap.check(f"{name} keeps values", find_unfaithful(entries, name))
    if not shutil.which("msgfmt"):
        tap.skip(f"{name} passes msgfmt -c", "no msgfmt (Debian: gettext)")
        return
    done = run("msgfmt", "-c", "-o", "/dev/null", str(path))
    tap.check(f"{name} passes msgfmt -c",
              [done.stdout] if done.returncode else [])


def main():
    top = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get(
        "top_srcdir", "."))
    template = read((top / "po/idlebell.pot").read_text(encoding="utf-8"))
    languages = sorted((top / "po").glob("*.po"))
    tap = Tap()
    tap.check("there are texts and languages",
              [] if template and languages else [f"none in {top}/po"])
    check_template(tap, top, template)
    for path in languages:
        check_language(tap, path, template)
    tap.done()


main()
