"""The rows about what a watch costs: memory, wakeups, instructions, on the
scripted server where they need thousands of connections.

As those of rows_wire.py.
"""

from __future__ import annotations

import random
import re
import statistics
import subprocess
import time
from pathlib import Path
from typing import Iterator

import programs as kinds
from clock import Clock
from programs import Idlebell, Program
from rig.base import Skip, wait_until
from rig.dovecot import Dovecot, User
from scripted import BUILT, Server
from table import Figure
from wire import with_server
from workbench import Bench


# --- memory ---------------------------------------------------------------


def _many(count: int) -> list[User]:
    return [User(f"user{number}", "secret") for number in range(count)]


def _settled(bench: Bench, program: Program) -> dict[str, int]:
    """What it has once it has had time to tidy up."""
    tidies = isinstance(program, Idlebell) and not bench.short
    bench.hold("memory settles", 75 if tidies else 2)
    program.check_alive()
    return kinds.memory(program.processes)


def _weigh(bench: Bench, kind: type[Program], count: int) -> dict[str, int]:
    with Server(bench.authority) as server:
        program = bench.program(kind, server, _many(count))
        program.start()
        try:
            server.await_idle(count, 60 + count / 20)
            return _settled(bench, program)
        finally:
            program.stop(60)


def memory(bench: Bench) -> Iterator[Figure]:
    """On the scripted server.  A peer has a process for each account."""
    many = bench.pick(1000, 100)
    few = 10
    one, some = {}, {}
    for kind in bench.kinds:
        with bench.excusing(kind):
            alone = _weigh(bench, kind, 1)
            if kind is not Idlebell:
                some[kind.name] = _weigh(bench, kind, few)
            one[kind.name] = alone
    all_of_them = _weigh(bench, Idlebell, many)["Pss"]
    yield Figure("one account, private memory", "MB",
                 {name: found["Private"] / 1e6
                  for name, found in one.items()}, 2, digits=2)
    further = {name: (found["Pss"] - one[name]["Pss"]) / (few - 1)
               for name, found in some.items()}
    further[Idlebell.name] = ((all_of_them - one[Idlebell.name]["Pss"])
                              / (many - 1))
    yield Figure(f"memory of a further account, at {many} (PSS)", "kB",
                 {name: value / 1e3 for name, value in further.items()}, 16,
                 f"peers: at {few}, a process each", "11 (GnuTLS)")
    total = {name: one[name]["Pss"] + (many - 1) * value
             for name, value in further.items()}
    yield Figure(f"{many} accounts in all (PSS)", "MB",
                 {name: value / 1e6 for name, value in total.items()},
                 25 if many == 1000 else None,
                 f"peers: from {few}", "15")


def thousands(bench: Bench) -> Iterator[Figure]:
    """10,000 accounts."""
    many = bench.pick(10_000, 300)
    bench.need_descriptors(many + 500)
    with Server(bench.authority) as server:
        program = bench.program(Idlebell, server, _many(many))
        began = time.monotonic()
        program.start()
        try:
            server.await_idle(many, 120 + many / 10)
            took = time.monotonic() - began
            weight = _settled(bench, program)["Pss"]
            asked = [_ask_status(program) for _ in range(5)]
        finally:
            program.stop(120)
    yield Figure(f"{many} accounts in all (PSS)", "MB",
                 {Idlebell.name: weight / 1e6},
                 170 if many == 10_000 else None, limit="120")
    yield Figure(f"... until all are in IDLE", "s", {Idlebell.name: took})
    yield Figure(f"... idlebell status --json", "ms",
                 {Idlebell.name: statistics.median(asked)}, 100)


_DOVECOT_FOR_MANY = """\
default_client_limit = 4000
service imap {{
  process_limit = {many}
}}
"""


def startup(bench: Bench) -> Iterator[Figure]:
    """Of the watch alone: a server's first login is another matter."""
    many = bench.pick(1000, 50)
    with Dovecot(bench.path("dovecot"), bench.authority, users=many,
                 extra=_DOVECOT_FOR_MANY.format(many=many + 10)) as server:
        users = [server.user() for _ in range(many)]
        program = bench.program(Idlebell, server, users)
        bench.wire.take()
        program.start()
        try:
            bench.wire.wait_quiet(3, 300)
            live = _live(program)
            segments = [s for s in bench.wire.take() if s.size > 0]
        finally:
            program.stop(60)
    if live != many:
        raise AssertionError(f"{live} of {many} are live")
    mine = with_server(segments, server.imaps)
    yield Figure(f"start of {many} accounts, Dovecot: until all are in IDLE",
                 "s", {Idlebell.name: (mine[-1].time - mine[0].time) / 1e9},
                 10 if many == 1000 else None)


def _live(program: Program) -> int:
    return len(re.findall(rb'"state"\s*:\s*"live"', _status(program)))


def _status(program: Program) -> bytes:
    home = program.home(0)
    return subprocess.run(
        [*Idlebell.argv(), "-c", str(program.directory / "config"),
         "status", "--json"], check=True, stdout=subprocess.PIPE,
        env={"HOME": str(home), "XDG_RUNTIME_DIR": str(home),
             "LANG": "C.UTF-8"}).stdout


def _ask_status(program: Program) -> float:
    """How long it takes, ms."""
    began = time.monotonic()
    _status(program)
    return (time.monotonic() - began) * 1e3


# --- silence --------------------------------------------------------------


def _quiet_switches(running: list[Program], seconds: float
                    ) -> tuple[list[int], int]:
    """Wakeups of each in so many seconds; and in how many pieces of that
    time the clock was set, which do not count."""
    piece = min(10.0, seconds)
    found = [0] * len(running)
    clock, spoilt, left = Clock(), 0, seconds
    while left > 0 and spoilt < 20:
        before = [kinds.switches(p.processes) for p in running]
        if clock.watch(piece):
            spoilt += 1
            continue
        left -= piece
        for number, program in enumerate(running):
            found[number] += (kinds.switches(program.processes)
                              - before[number])
    clock.close()
    if left > 0:
        raise Skip("the clock is set all the time")
    return found, spoilt


def idle(bench: Bench) -> Iterator[Figure]:
    """All at once, on a server that says nothing by itself."""
    seconds = bench.idle_seconds
    with Server(bench.authority) as server:
        running = []
        try:
            for number, kind in enumerate(bench.kinds):
                program = bench.program(kind, server,
                                        [User(f"user{number}", "secret")])
                program.start()
                running.append(program)
                server.await_idle(number + 1, 30)
            bench.hold("programs settle", bench.pick(75, 3))
            counts, spoilt = _quiet_switches(running, seconds)
            for program in running:
                program.check_alive()
        finally:
            for program in running:
                program.stop()
    yield Figure(f"wakeups in {seconds:g} idle seconds", "",
                 {program.name: float(count)
                  for program, count in zip(running, counts)}, 0,
                 "voluntary context switches, all threads"
                 + (f"; {spoilt} times 10 s left out, as the clock was set"
                    if spoilt else ""), "0", 0)


# --- what a reconnect costs -----------------------------------------------


def _callgrind(out: Path) -> list[str]:
    return ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}",
            "-q"]


def _total(out: Path) -> int:
    """Of all threads: callgrind writes one file for them."""
    text = out.read_text(errors="replace")
    found = re.findall(r"^(?:summary|totals): (\d+)", text, re.MULTILINE)
    if not found:
        raise AssertionError(f"no total in {out}")
    return int(found[-1])


def _count_handshakes(bench: Bench, server: Server, full: bool) -> float:
    few, many = 3, bench.pick(23, 6)
    totals = []
    for count in few, many:
        out = bench.path("handshake.out")
        subprocess.run(
            [*_callgrind(out), str(BUILT / "handshake"), str(server.imaps),
             str(bench.authority.certificate), str(count),
             *(["full"] if full else [])], check=True,
            stdout=subprocess.DEVNULL, timeout=120)
        totals.append(_total(out))
    return (totals[1] - totals[0]) / (many - few)


def _count_reconnects(bench: Bench, server: Server, count: int) -> int:
    """All that a watch costs which is cut so often."""
    out = bench.path("idlebell.out")
    program = bench.program(Idlebell, server, _many(1))
    program.start(*_callgrind(out))
    try:
        server.await_idle(1, 60)
        for _ in range(count):
            server.ask("drop-all")
            server.await_idle(1, 120)  # it keeps to twelve a minute
    finally:
        program.stop(60)
    return _total(out)


def instructions(bench: Bench) -> Iterator[Figure]:
    """Instructions, as callgrind counts them: the difference of two runs, so
    that start and end do not count."""
    bench.need("valgrind")
    few, many = bench.pick((2, 10), (1, 3))
    ways = {"resumed": [], "full": ["--no-tickets"]}
    for name, options in list(ways.items())[:bench.pick(2, 1)]:
        with Server(bench.authority, *options) as server:
            alone = _count_handshakes(bench, server, name == "full")
            totals = [_count_reconnects(bench, server, count)
                      for count in (few, many)]
        each = (totals[1] - totals[0]) / (many - few)
        yield Figure(f"instructions of a reconnect to IDLE, {name}", "M",
                     {Idlebell.name: each / 1e6, "GnuTLS": alone / 1e6},
                     1.1 * alone / 1e6,
                     "callgrind; GnuTLS: TCP and handshake alone, set up "
                     "alike", digits=2)


# --- what an event costs --------------------------------------------------


def _events(bench: Bench, count: int, events: int) -> tuple[float, float]:
    """us of processor time: for a line of the server's that means nothing,
    and for a message with its hook."""
    users = _many(count)
    rng = random.Random(count)
    with Server(bench.authority) as server:
        program = bench.program(Idlebell, server, users)
        program.start()
        try:
            server.await_idle(count, 120 + count / 10)
            bench.hold("it settles", bench.pick(20, 1))
            watch = program.processes[0]
            start = kinds.cpu(watch)
            for _ in range(events):
                server.ask(f"say {rng.choice(users).name} * OK Still here")
            bench.hold("the last line", 0.5)
            middle = kinds.cpu(watch)
            for number in range(events):
                server.deliver(rng.choice(users).name)
                wait_until(lambda at=number: len(program.ring_times()) > at,
                           "a ring", 20)
            end = kinds.cpu(watch)
        finally:
            program.stop(120)
    return (middle - start) / events / 1e3, (end - middle) / events / 1e3


def events(bench: Bench) -> Iterator[Figure]:
    for count in bench.pick((1, 100, 1000, 10_000), (1, 100)):
        try:
            bench.need_descriptors(count + 500)
        except Skip as reason:
            yield Figure(f"an event at {count} connections", "us", {},
                         note=str(reason))
            continue
        line, message = _events(bench, count, bench.pick(300, 30))
        yield Figure(f"an event at {count} connections: a line", "us",
                     {Idlebell.name: line}, note="processor time")
        yield Figure("... a message, with its hook", "us",
                     {Idlebell.name: message},
                     note="without the hook's own")
