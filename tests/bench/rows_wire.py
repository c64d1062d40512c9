"""The rows about mail that comes: what goes over the wire, on real servers,
and when the hook starts.

Each gets the Bench and yields Figures.  Figures say what was seen and judge
nothing; a measurement that cannot be made raises.
"""

from __future__ import annotations

import math
import statistics
import time
from dataclasses import dataclass
from typing import Iterator, Optional

from programs import Idlebell, Imapfilter, Program
from rig.base import wait_until
from rig.dovecot import User
from rig.mail import make_message
from table import Figure
from wire import Segment, octets, turns, with_server
from workbench import Bench


def percentile(values: list[float], share: float) -> float:
    """Nearest rank."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


# --- EXISTS to hook -------------------------------------------------------


@dataclass
class Sample:
    """One message: ms from EXISTS on the wire to the hook; round trips.
    None: the program did not ring before the next message."""

    delay: float
    turns: Optional[int]


def _clients(bench: Bench, port: int) -> set[int]:
    """The ports of those that have connected since the last look."""
    return {s.source for s in bench.wire.take()
            if s.opens and s.target == port}


class Runner:
    """A program in IDLE on a server of the rig, and its connections."""

    def __init__(self, bench: Bench, kind: type[Program], server: object,
                 extra: str = "", user: Optional[User] = None) -> None:
        self.bench, self.server = bench, server
        self.program = bench.program(
            kind, server, [user or bench.user(server)], extra)
        self.port: int = server.imaps  # type: ignore[attr-defined]
        self.clients: set[int] = set()

    def start(self) -> "Runner":
        """Until it has rung and is quiet again.  What comes while it
        connects may be old to it, and one more is sent."""
        self.bench.wire.take()
        self.program.start()
        self.bench.wire.wait_quiet(0.5)
        end = time.monotonic() + 60
        while not self._rings_within(5):
            self.program.check_alive()
            if time.monotonic() > end:
                raise AssertionError(f"{self.program.name} does not ring")
        self.bench.wire.wait_quiet(0.3)
        self.clients = _clients(self.bench, self.port)
        return self

    def deliver(self) -> str:
        message = make_message("A message")
        self.bench.deliver(self.server, self.program.user, message)
        return message.message_id

    def _rings_within(self, seconds: float) -> bool:
        ident = self.deliver()
        try:
            wait_until(lambda: ident in self.program.ring_times(), "ring",
                       seconds)
        except AssertionError:
            return False
        return True

    def sample(self) -> Sample:
        self.bench.wire.wait_quiet(0.1)
        self.clients |= _clients(self.bench, self.port)
        ident = self.deliver()
        try:
            wait_until(lambda: ident in self.program.ring_times(),
                       f"{self.program.name}: a ring", 15)
        except AssertionError:
            if isinstance(self.program, Idlebell):
                raise
            return Sample(math.inf, None)
        rang = self.program.ring_times()[ident]
        self.bench.wire.wait_quiet(0.05)
        segments = [s for s in self.bench.wire.take() if s.size > 0]
        mine = with_server(segments, self.port, self.clients)
        exists = next((s for s in mine if s.source == self.port), None)
        if exists is None:
            raise AssertionError(f"{self.program.name}: no EXISTS seen")
        between = [s for s in mine if exists.time <= s.time < rang]
        return Sample((rang - exists.time) / 1e6, turns(between, self.port))


def _samples(bench: Bench, server: object, count: int, rounds: int,
             every: list[type[Program]]) -> dict[str, list[Sample]]:
    """So many of each program, in turn."""
    runners = [Runner(bench, kind, server) for kind in every]
    found: dict[str, list[Sample]] = {}
    try:
        for runner in runners:
            with bench.excusing(runner.program):
                runner.start()
                found[runner.program.name] = []
        for _ in range(rounds):
            for runner in runners:
                if runner.program.name in found:
                    _sample_some(runner, found[runner.program.name],
                                 count // rounds)
    finally:
        for runner in runners:
            runner.program.stop()
    return found


def _sample_some(runner: Runner, samples: list[Sample], count: int) -> None:
    """None any more of a program that has gone deaf."""
    for _ in range(count):
        if [s.turns for s in samples[-2:]] == [None, None]:
            return
        samples.append(runner.sample())


def latency(bench: Bench) -> Iterator[Figure]:
    found = _samples(bench, bench.cyrus, bench.pick(200, 10),
                     bench.pick(10, 2), bench.kinds)
    delays = {name: [s.delay for s in samples]
              for name, samples in found.items()}
    count = len(delays[Idlebell.name])
    missed = [f"{name} missed {values.count(math.inf)} of {len(values)}"
              for name, values in delays.items() if math.inf in values]
    for share, goal in (50, 2.0), (90, None), (99, None):
        yield Figure(
            f"EXISTS on the wire to start of hook, Cyrus, p{share}", "ms",
            {name: percentile(values, share / 100)
             for name, values in delays.items()}, goal,
            ", ".join([f"{count} messages each, in turn", *missed]),
            "1.0 (spawn and exec)" if share == 50 else "", 2)
    yield Figure("... p99 over p50", "times",
                 {name: percentile(values, .99) / percentile(values, .5)
                  for name, values in delays.items()}, 2.5)
    yield _turns_figure("Cyrus (IDLE)", found, 1)


def _turns_figure(where: str, found: dict[str, list[Sample]],
                  goal: float) -> Figure:
    return Figure(f"round trips from EXISTS to hook, {where}", "",
                  {name: statistics.median(
                      s.turns for s in samples if s.turns is not None)
                   for name, samples in found.items()
                   if any(s.turns is not None for s in samples)},
                  goal, digits=0)


def notify(bench: Bench) -> Iterator[Figure]:
    """Dovecot collects for half a second before it tells anything."""
    found = _samples(bench, bench.dovecot, bench.pick(20, 3), 1, bench.kinds)
    yield _turns_figure("Dovecot (NOTIFY)", found, 0)
    yield Figure("EXISTS on the wire to start of hook, Dovecot, p50", "ms",
                 {name: percentile([s.delay for s in samples], .5)
                  for name, samples in found.items()}, digits=2)


# --- TCP connect to IDLE --------------------------------------------------


def _connect(bench: Bench, program: Program, port: int) -> list[Segment]:
    """From the first SYN on, of that connection."""
    bench.wire.wait_quiet(0.3)
    bench.wire.take()
    program.start()
    try:
        wait_until(lambda: bench.wire.seen(port), "a connection", 20)
        bench.wire.wait_quiet(0.5)
        program.check_alive()
        segments = bench.wire.take()
    finally:
        program.stop()
    first = next(s.source for s in segments if s.opens and s.target == port)
    return with_server(segments, port, {first})


def connect(bench: Bench) -> Iterator[Figure]:
    """The second start of each: what is there has been seen, and the
    catch-up is one of a reconnect."""
    for name, server, goal in (("Cyrus", bench.cyrus, 5),
                               ("Dovecot", bench.dovecot, 5)):
        counts: dict[str, list[int]] = {}
        size: dict[str, list[int]] = {}
        for kind in bench.kinds:
            user = bench.user(server)
            bench.deliver(server, user, make_message("old"))
            program = bench.program(kind, server, [user])
            with bench.excusing(program):
                _connect(bench, program, server.imaps)
                for _ in range(bench.pick(5, 2)):
                    segments = _connect(bench, program, server.imaps)
                    counts.setdefault(kind.name, []).append(
                        1 + turns(segments, server.imaps))
                    size.setdefault(kind.name, []).append(
                        sum(octets(segments, server.imaps)))
        yield Figure(f"round trips, TCP connect to IDLE, TLS, {name}", "",
                     {kind: min(values) for kind, values in counts.items()},
                     goal, "TCP counts as one; the least of some", "3", 0)
        yield Figure(f"octets of that, both ways, {name}", "",
                     {kind: min(values) for kind, values in size.items()},
                     digits=0)


def _reconnect(bench: Bench, runner: Runner) -> int:
    """Round trips of the connection that comes after one that was ended."""
    bench.wire.wait_quiet(0.3)
    bench.wire.take()
    bench.dovecot.kick(runner.program.user)
    wait_until(lambda: bench.wire.seen(runner.port), "a connection", 30)
    bench.wire.wait_quiet(0.5)
    segments = bench.wire.take()
    runner.program.check_alive()
    first = next(s.source for s in segments
                 if s.opens and s.target == runner.port)
    return 1 + turns(with_server(segments, runner.port, {first}),
                     runner.port)


def reconnect(bench: Bench) -> Iterator[Figure]:
    """What a server is has been learnt by then."""
    runner = Runner(bench, Idlebell, bench.dovecot)
    try:
        runner.start()
        counts = [_reconnect(bench, runner)
                  for _ in range(bench.pick(5, 2))]
    finally:
        runner.program.stop()
    yield Figure("round trips of a reconnect to IDLE, TLS, Dovecot", "",
                 {Idlebell.name: min(counts)}, 4,
                 "TCP counts as one; the least of some", "3", 0)


# --- mailboxes ------------------------------------------------------------


def mailboxes(bench: Bench) -> Iterator[Figure]:
    """The peers watch one on a connection."""
    names = ["INBOX", "Work", "Lists", "Money"]
    server = bench.dovecot
    user = bench.user(server)
    with server.reader(user) as reader:
        for name in names[1:]:
            reader.create(name)
        runner = Runner(bench, Idlebell, server,
                        f"mailboxes = {', '.join(names)}", user)
        try:
            runner.start()
            for name in names[1:]:
                message = make_message(name)
                reader.append(name, message)
                wait_until(lambda ident=message.message_id: ident
                           in runner.program.ring_times(), f"ring: {name}",
                           60)
            connections = server.doveadm("who", "-1", user.name)
        finally:
            runner.program.stop()
    count = len(connections.strip().splitlines()) - 1
    # The reader is one of them.
    values = {kind.name: 1.0 for kind in bench.kinds}
    values[Idlebell.name] = len(names) / max(count - 1, 1)
    yield Figure("mailboxes on a connection, Dovecot", "", values,
                 len(names), f"{len(names)} mailboxes, each rang", "all", 0,
                 more_is_better=True)


# --- the refresh ----------------------------------------------------------


@dataclass
class Exchange:
    """What goes over a connection between two silences."""

    up: int = 0
    down: int = 0
    writes: int = 0


def _exchanges(segments: list[Segment], port: int) -> list[Exchange]:
    found: list[Exchange] = []
    last = 0
    for segment in segments:
        if segment.size == 0:
            continue
        if not found or segment.time - last > 5e8:
            found.append(Exchange())
        last = segment.time
        if segment.target == port:
            found[-1].up += segment.size
            found[-1].writes += 1
        else:
            found[-1].down += segment.size
    return [e for e in found if e.up > 0]  # not the server's own talk


def _refreshes(bench: Bench, kind: type[Program], extra: str,
               seconds: float) -> list[Exchange]:
    runner = Runner(bench, kind, bench.dovecot, extra)
    try:
        runner.start()
        bench.hold("some refreshes", seconds)
        found = _exchanges(
            with_server(bench.wire.take(), runner.port, runner.clients),
            runner.port)
    finally:
        runner.program.stop()
    if not found:
        raise AssertionError(f"{kind.name}: no refresh seen")
    return found


def refresh(bench: Bench) -> Iterator[Figure]:
    """The shortest each can do; fetchmail and getmail renew IDLE every half
    an hour or so and cannot be told."""
    extras: dict[type[Program], tuple[str, float]] = {
        Idlebell: ("refresh = 5s", bench.pick(32, 17))}
    if Imapfilter in bench.kinds and not bench.short:
        extras[Imapfilter] = "options.keepalive = 1", 130
    seen: dict[str, list[Exchange]] = {}
    for kind, (extra, seconds) in extras.items():
        with bench.excusing(kind):
            seen[kind.name] = _refreshes(bench, kind, extra, seconds)

    def median(part: str) -> dict[str, float]:
        return {name: statistics.median_low(getattr(e, part) for e in exchanges)
                for name, exchanges in seen.items()}

    yield Figure("octets of a refresh, up, TLS, Dovecot", "", median("up"),
                 50, limit="36 without NOOP", digits=0)
    yield Figure("... down", "", median("down"), 160,
                 limit="83 without NOOP", digits=0)
    yield Figure("... segments up", "", median("writes"), 1, digits=0)


# --- a burst --------------------------------------------------------------


def _burst_once(bench: Bench, kind: type[Program], count: int
                ) -> tuple[float, int]:
    """Seconds from the last delivery to the last hook, and how many rang."""
    runner = Runner(bench, kind, bench.dovecot)
    messages = [make_message(f"Nr. {n}") for n in range(count)]
    sent = {message.message_id for message in messages}
    try:
        runner.start()
        for message in messages:
            done = bench.deliver(bench.dovecot, runner.program.user, message)
        try:
            wait_until(lambda: sent <= runner.program.ring_times().keys(),
                       "all rings", bench.pick(30, 10))
        except AssertionError:
            runner.program.check_alive()  # the count tells the rest
    finally:
        runner.program.stop()
    times = runner.program.ring_times()
    rang = [times[ident] for ident in sent & times.keys()]
    last = max(rang) if len(rang) == count else math.inf
    return (last - done) / 1e9, len(rang)


def burst(bench: Bench) -> Iterator[Figure]:
    count = bench.pick(1000, 100)
    delays: dict[str, list[float]] = {}
    counts: dict[str, list[int]] = {}
    for _ in range(bench.pick(3, 1)):
        for kind in bench.kinds:
            with bench.excusing(kind):
                delay, rang = _burst_once(bench, kind, count)
                delays.setdefault(kind.name, []).append(delay)
                counts.setdefault(kind.name, []).append(rang)
    yield Figure(f"burst of {count}, Dovecot: last hook after last delivery",
                 "s", {name: statistics.median(values)
                       for name, values in delays.items()}, 0.5,
                 "never: it did not ring for all", digits=2)
    yield Figure(f"... hooks, of {count}", "",
                 {name: float(min(values))
                  for name, values in counts.items()}, count,
                 "the worst round", digits=0, more_is_better=True)
