#!/usr/bin/python3
"""What idlebell does while nothing happens: every system call of it in a
quarter of an hour in IDLE, and who caused it.

    make bench-idle IDLE_MINUTES=15 IDLE_WATCHES=1,500
    tests/bench/push/idle.py [--minutes N] [--watches N,N] [--say SECONDS]

The program runs under strace, all of its threads, with a refresh that is
longer than the time.  What a thread does between one sleep and the next is a
wakeup.  A wakeup in which it reads octets of a server's connection is the
server's: Dovecot says "* OK Still here" every two minutes (--say); many
watches are at the scripted server instead, which is silent.  One in which it
learns that somebody has set the machine's clock is the clock's.  All others
are our own.  Exit status 0 if there are none.

The time begins --after so many seconds: a minute after it has connected the
program lets go of the certificates that it trusts, once.
"""

from __future__ import annotations

import argparse
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Iterator, Union

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "e2e"))

# pylint: disable=wrong-import-position
from rig.base import Skip, end_process  # noqa: E402
from rig.certs import Authority  # noqa: E402
from rig.dovecot import Dovecot, User  # noqa: E402
from rig.watcher import Watcher  # noqa: E402

REFRESH = 29  # minutes; the longest there is
MOST = 25  # minutes, so that there is no refresh within
SETTLED = 3.0  # seconds without a system call: it has started
START = 120.0  # seconds for all watches to go live
SHOWN = 20  # wakeups of our own that are printed
_SLEEPS = ("poll", "ppoll", "epoll_wait", "epoll_pwait", "epoll_pwait2",
           "select", "pselect6", "futex", "clock_nanosleep", "nanosleep",
           "restart_syscall")
_READS = ("read", "readv", "recvfrom", "recvmsg")
_SLEPT = 0.005  # seconds; a shorter call has found something to do
_LOOKS = re.compile(r", 0\) += ")  # a call that must not sleep
#: More than these are at the scripted server, which never speaks by itself:
#: each process of Dovecot in IDLE takes one of the user's inotify instances.
DOVECOTS = 60
_LINE = re.compile(r"(\d+) +([\d.]+) (.*)")
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>")
_TOOK = re.compile(r" <([\d.]+)>$")


@dataclass
class Call:
    """A line of strace -f -ttt -T -yy, and when the call returned."""

    thread: int
    time: float
    name: str
    text: str

    def has_slept(self) -> bool:
        took = _TOOK.search(self.text)
        return (self.name in _SLEEPS and took is not None
                and not _LOOKS.search(self.text)
                and float(took[1]) >= _SLEPT)

    def is_from_server(self) -> bool:
        """It has read octets of a connection."""
        return (self.name in _READS
                and re.search(r"\(\d+<(TCP|socket)", self.text) is not None
                and re.search(r"\) = [1-9]\d* ", self.text) is not None)

    def is_from_clock(self) -> bool:
        """timerfd_create(2), TFD_TIMER_CANCEL_ON_SET."""
        return (self.name == "read" and "<anon_inode:[timerfd]>" in self.text
                and " ECANCELED " in self.text)


def whose(wakeup: list[Call]) -> str:
    if any(call.is_from_clock() for call in wakeup):
        return "clock"
    if any(call.is_from_server() for call in wakeup):
        return "server"
    return "own"


def parse(lines: Iterable[str]) -> Iterator[Call]:
    """The calls, each when it has returned, and signals."""
    begun: dict[int, str] = {}
    for line in lines:
        match = _LINE.match(line)
        if match is None:
            continue
        thread, when, text = int(match[1]), float(match[2]), match[3]
        if text.endswith("<unfinished ...>"):
            begun[thread] = text.removesuffix("<unfinished ...>")
            continue
        took = _TOOK.search(text)
        if text.endswith("= ?"):
            continue  # it was killed
        if resumed := _RESUMED.match(text):
            text = begun.pop(thread, "") + text[resumed.end():]
        elif took:  # the line tells when it was called
            when += float(took[1])
        name = re.match(r"\w+", text)
        yield Call(thread, when, name[0] if name else "signal", text)


def wakeups(calls: Iterable[Call], start: float, end: float
            ) -> list[list[Call]]:
    """What each thread did from the return of one sleep to the call of the
    next, in that time."""
    found: list[list[Call]] = []
    awake: dict[int, list[Call]] = {}
    for call in calls:
        if not start <= call.time < end:
            continue
        if call.has_slept() or call.thread not in awake:
            awake[call.thread] = []
            found.append(awake[call.thread])
        awake[call.thread].append(call)
    return found


# --- one measurement ------------------------------------------------------


@dataclass
class Result:
    watches: int
    seconds: float
    wakeups: dict[str, list[list[Call]]]

    @property
    def own(self) -> list[list[Call]]:
        return self.wakeups["own"]

    def report(self) -> str:
        text = (f"{self.watches} watches, {self.seconds:.0f} s: "
                f"{len(self.wakeups['server'])} wakeups by octets of the "
                f"server, {len(self.wakeups['clock'])} as the clock was set, "
                f"{len(self.own)} of our own")
        for cause, found in self.wakeups.items():
            names = Counter(call.name for wakeup in found for call in wakeup)
            if names:
                text += f"\n  {cause}: " + ", ".join(
                    f"{name} {count}" for name, count in names.most_common())
        for wakeup in self.own[:SHOWN]:
            text += "\n" + "".join(f"\n    {call.time:.3f} {call.text[:200]}"
                                  for call in wakeup)
        return text


def read_trace(trace: Path, begin: float, end: float
               ) -> dict[str, list[list[Call]]]:
    found: dict[str, list[list[Call]]] = {
        "server": [], "clock": [], "own": []}
    with open(trace, errors="replace") as lines:
        for wakeup in wakeups(parse(lines), begin, end):
            found[whose(wakeup)].append(wakeup)
    return found


class Scripted:
    """tests/bench/server, which lets in anybody."""

    def __init__(self, directory: Path) -> None:
        self.authority = Authority(directory / "ca")
        certificate = self.authority.good()
        with open(directory / "server.log", "wb") as log:
            self._process = subprocess.Popen(
                [find_server(), "--certificate", certificate.certificate,
                 "--key", certificate.key], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=log, start_new_session=True)
        assert self._process.stdout is not None
        word, port = self._process.stdout.readline().split()
        assert word == b"port"
        self.imaps = int(port)
        self._count = 0

    def user(self) -> User:
        self._count += 1
        return User(f"idler{self._count}", "idle-as-can-be")

    def stop(self) -> None:
        end_process(self._process)


def find_server() -> str:
    program = Path(os.environ.get("top_builddir", "build"),
                   "tests/bench/server")
    if not program.exists():
        raise Skip(f"{program} is not built")
    return str(program.resolve())


def start_server(directory: Path, watches: int, say: int
                 ) -> Union[Dovecot, Scripted]:
    if watches > DOVECOTS:
        return Scripted(directory)
    return Dovecot(
        directory / "dovecot", Authority(directory / "ca"),
        imap_extra=f"imap_idle_notify_interval = {say} s").start()


def measure(directory: Path, watches: int, arguments: argparse.Namespace
            ) -> Result:
    directory.mkdir()
    directory.chmod(0o755)
    server = start_server(directory, watches, arguments.say)
    home = directory / "watcher"
    home.mkdir()
    watcher = Watcher(home, directory)
    trace = directory / "trace"
    # -D: what is started is idlebell, and strace its grandchild.
    watcher.program = ["strace", "-D", "-f", "-ttt", "-T", "-yy", "-s", "16",
                       "-o", str(trace), *watcher.program]
    try:
        # A user for each, as one user is not let connect so often at once.
        for number in range(watches):
            watcher.account(f"a{number}", server, server.user())
        watcher.section("defaults", refresh=f"{REFRESH}m")
        watcher.start(verbose="-q")
        wait_live(watcher, watches)
        select.select([], [], [], arguments.after)
        begin = wait_settled(trace)
        select.select([], [], [], 60 * arguments.minutes)
        end = time.time()
    finally:
        watcher.kill()
        server.stop()
    return Result(watches, end - begin, read_trace(trace, begin, end))


def check_strace() -> None:
    if shutil.which("strace") is None:
        raise Skip("strace is missing")
    tried = subprocess.run(["strace", "-o", os.devnull, "true"],
                           capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        raise Skip(f"strace does not work: {tried.stderr.strip()}")


def wait_live(watcher: Watcher, watches: int) -> None:
    deadline = time.monotonic() + START + watches
    while time.monotonic() < deadline:
        live = {e["account"] for e in watcher.events
                if e["event"] == "state" and e["state"] == "live"}
        if len(live) == watches:
            return
        select.select([], [], [], 0.2)
    raise Skip(f"only {len(live)} of {watches} watches are live")


def wait_settled(trace: Path) -> float:
    """Starting is over when it was silent for a while; the time then."""
    size, since = -1, time.monotonic()
    while time.monotonic() - since < SETTLED:
        now = trace.stat().st_size
        if now != size:
            size, since = now, time.monotonic()
        select.select([], [], [], 0.1)
    return time.time()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--watches", default="1,500")
    parser.add_argument("--say", type=int, default=120,
                        help="seconds between the server's Still here; "
                        "0: never")
    parser.add_argument("--after", type=float, default=75)
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_args()
    if not 0 < arguments.minutes <= MOST:
        sys.exit(f"at most {MOST} minutes: a refresh would come between")
    os.environ.setdefault("E2E_DEADLINE", "60")
    directory = Path(tempfile.mkdtemp(prefix="idlebell-idle-"))
    directory.chmod(0o755)
    own = 0
    try:
        check_strace()
        for watches in map(int, arguments.watches.split(",")):
            result = measure(directory / str(watches), watches, arguments)
            print(result.report(), flush=True)
            own += len(result.own)
    except Skip as reason:
        print(f"not measured: {reason}")
        return bool(os.environ.get("E2E_NO_SKIP"))
    finally:
        if arguments.keep:
            print(f"kept: {directory}")
        else:
            shutil.rmtree(directory, ignore_errors=True)
    return 1 if own else 0


if __name__ == "__main__":
    sys.exit(main())
