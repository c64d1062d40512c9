"""The figures as a table, and what they were measured with."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from programs import PEERS, Idlebell, Program

_COLUMNS = [Idlebell.name, *(kind.name for kind in PEERS), "GnuTLS"]


@dataclass
class Figure:
    """One line of the table.  values: by program; note: how it was had."""

    what: str
    unit: str
    values: dict[str, float]
    goal: Optional[float] = None
    note: str = ""
    limit: str = ""  # what nobody can be better than
    digits: int = 1
    more_is_better: bool = False


def _number(value: float, digits: int) -> str:
    return "never" if value == float("inf") else f"{value:,.{digits}f}"


def _met(figure: Figure) -> str:
    mine = figure.values.get(Idlebell.name)
    if figure.goal is None or mine is None:
        return ""
    met = (mine >= figure.goal if figure.more_is_better
           else mine <= figure.goal)
    return f"{_number(figure.goal, figure.digits)} {'yes' if met else 'no'}"


def _ratio(figure: Figure) -> str:
    """To the best of the others."""
    mine = figure.values.get(Idlebell.name)
    others = [value for name, value in figure.values.items()
              if name != Idlebell.name]
    if mine is None or not others or min(others) == 0:
        return ""
    best = max(others) if figure.more_is_better else min(others)
    return f"{mine / best:.2f}"


def draw(figures: list[Figure]) -> str:
    """Markdown: a column for each program that has been measured."""
    names = [name for name in _COLUMNS
             if any(name in figure.values for figure in figures)]
    lines = ["| | " + " | ".join(names)
             + " | goal, met | to the best other | limit | remarks |",
             "| --- " * (len(names) + 5) + "|"]
    for figure in figures:
        what = figure.what + (f" ({figure.unit})" if figure.unit else "")
        cells = [_number(figure.values[name], figure.digits)
                 if name in figure.values else "" for name in names]
        lines.append("| " + " | ".join(
            [what, *cells, _met(figure), _ratio(figure), figure.limit,
             figure.note]) + " |")
    return "\n".join(lines) + "\n"


def _say(*command: str) -> str:
    try:
        return subprocess.run(command, check=False, capture_output=True,
                              text=True).stdout.strip()
    except OSError:
        return ""


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()


def _system() -> str:
    for line in Path("/etc/os-release").read_text().splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.split("=", 1)[1].strip('"')
    return platform.system()


def _server_versions() -> list[str]:
    packages = ("dovecot-core", "cyrus-imapd", "libgnutls30")
    return [f"{name} {version}" for name in packages
            if (version := _say("dpkg-query", "-W", "-f", "${Version}",
                                name) or _say_candidate(name))]


def _say_candidate(name: str) -> str:
    """Cyrus is not installed, but unpacked from its package."""
    for line in _say("apt-cache", "policy", name).splitlines():
        if "Candidate:" in line:
            return line.split(":", 1)[1].strip()
    return ""


_PAGE = """\
idlebell, measured
==================

Made by `make bench` (tests/bench/): private servers on the loopback
interface, TLS, the programs in turn, medians where nothing else is said.
"EXISTS on the wire" is the kernel's time of the first segment that the
server sends; a hook has started when it reads the clock first thing.  All
trust the system's certificates besides that of the servers.  "goal, met" is
what idlebell is meant to reach; "to the best other" is its figure over that
of the best other program of this run.

{where}

{what}

{table}"""


def page(figures: list[Figure], kinds: list[type[Program]], load: float
         ) -> str:
    """All of it: when, where, with what, and the table.  load: of the
    machine, before."""
    versions = [kind.tell_version() for kind in kinds] + _server_versions()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    where = (f"{datetime.date.today()}, {_system()}, Linux "
             f"{platform.release()}; {os.cpu_count()} x {_processor()}, "
             f"{memory:.0f} GiB; load average {load:.1f} at the beginning.")
    return _PAGE.format(where=where, what="; ".join(versions) + ".",
                        table=draw(figures))
