#!/usr/bin/python3
"""Who may include whom in src/ (DESIGN 4).

usage: layers.py [DIRECTORY]    the top of the tree, else $top_srcdir, else .
"""

import os
import pathlib
import re
import sys

from tap import Tap

# A room may include rooms of lower levels, and of its own level none but
# itself and what BESIDE says.
LEVELS = {
    "main": 6,
    "cli": 5,
    "app": 4,
    "net": 3, "sinks": 3, "store": 3,
    "os": 2,
    "imap": 1, "message": 1, "rules": 1, "config": 1,
}
BESIDE = {("rules", "message")}

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
GENERATED = {"config.h"}


def read_includes(src):
    """{"room/file.h": ["room/other.h", ...]} for every .c and .h."""
    files = sorted(src.rglob("*.[ch]"))
    return {str(path.relative_to(src)):
            INCLUDE.findall(path.read_text(encoding="utf-8"))
            for path in files}


def room_of(name):
    return name.split("/")[0] if "/" in name else "main"


def may_include(room, other):
    if room == other or (room, other) in BESIDE:
        return True
    return LEVELS[other] < LEVELS[room]


def find_unknown_rooms(includes):
    return sorted({f"src/{room_of(name)}/ is in no layer; see LEVELS"
                   for name in includes if room_of(name) not in LEVELS})


def find_bad_names(includes):
    """Includes that do not name a file of src/ with its folder."""
    return [f'src/{name}: "{other}" is no file of src/, folder first'
            for name, others in includes.items() for other in others
            if other not in GENERATED
            and ("/" not in other or other not in includes)]


def find_bad_directions(includes):
    return [f"src/{name}: {room_of(name)} may not include {other}"
            for name, others in includes.items() for other in others
            if room_of(name) in LEVELS and room_of(other) in LEVELS
            and other not in GENERATED
            and not may_include(room_of(name), room_of(other))]


def find_cycles(includes):
    """Walks depth first; an edge to a file on the way closes a cycle."""
    cycles, done = [], set()

    def walk(name, way):
        if name in way:
            cycles.append(" -> ".join(way[way.index(name):] + [name]))
            return
        if name in done:
            return
        for other in includes.get(name, []):
            walk(other, way + [name])
        done.add(name)

    for name in includes:
        walk(name, [])
    return cycles


def reach(includes, name):
    """All files that name includes, by itself or through others."""
    found, new = set(), [name]
    while new:
        others = set(includes.get(new.pop(), [])) - found
        found |= others
        new += others
    return found


def find_strangers(includes):
    """A .c file that has a header sees it, so that they cannot part."""
    return [f"src/{name} does not include its own header"
            for name in includes
            if name.endswith(".c") and name[:-1] + "h" in includes
            and name[:-1] + "h" not in reach(includes, name)]


def find_bad_guards(src, includes):
    problems = []
    for name in includes:
        if not name.endswith(".h"):
            continue
        guard = "IDLEBELL_" + re.sub(r"[^A-Z0-9]", "_", name.upper())
        text = (src / name).read_text(encoding="utf-8")
        if f"#ifndef {guard}\n#define {guard}\n" not in text:
            problems.append(f"src/{name}: its guard is not {guard}")
    return problems


def main():
    top = sys.argv[1] if len(sys.argv) > 1 else os.environ.get(
        "top_srcdir", ".")
    src = pathlib.Path(top) / "src"
    includes = read_includes(src)
    tap = Tap()
    tap.check("there are sources", [] if includes else [f"none in {src}"])
    tap.check("every room is in a layer", find_unknown_rooms(includes))
    tap.check("includes name folder and file", find_bad_names(includes))
    tap.check("includes point down the layers", find_bad_directions(includes))
    tap.check("no include cycles", find_cycles(includes))
    tap.check("every .c includes its header", find_strangers(includes))
    tap.check("include guards", find_bad_guards(src, includes))
    tap.done()


main()
