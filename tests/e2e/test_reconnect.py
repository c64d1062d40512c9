#!/usr/bin/python3
"""A reconnect to real servers: how many round trips it takes, and what it
learns of messages that were read and deleted meanwhile."""

from __future__ import annotations

import asyncio
import shutil
import socket
from typing import Any, Callable, Union

from rig import tap
from rig.base import wait_until
from rig.cutter import Cutter, Link
from rig.cyrus import Cyrus
from rig.dovecot import Dovecot
from rig.mail import make_message
from rig.tap import Bench, each
from rig.watcher import Watcher

DELAY = 0.05  # s, each way: longer than a server thinks

Server = Union[Dovecot, Cyrus]


class FarAway(Cutter):
    """Takes its time each way, and keeps in which order octets came."""

    def __init__(self, server: Any) -> None:
        self.flights: list[str] = []
        super().__init__(server)

    def round_trips(self) -> int:
        """From TCP on: each time the client speaks it waits for an answer
        first."""
        return 1 + sum(way == "up" for way in self.flights)

    def _note(self, way: str) -> None:
        if not self.flights or self.flights[-1] != way:
            self.flights.append(way)

    async def _pump(self, link: Link, way: str, source: socket.socket,
                    sink: socket.socket) -> None:
        queue: asyncio.Queue = asyncio.Queue()
        writer = self._loop.create_task(self._deliver(queue, sink))
        try:
            while data := await self._loop.sock_recv(source, 65536):
                self._note(way)
                queue.put_nowait((self._loop.time() + DELAY, data))
        except OSError:
            pass
        finally:
            writer.cancel()

    async def _deliver(self, queue: asyncio.Queue,
                       sink: socket.socket) -> None:
        while True:
            due, data = await queue.get()
            await asyncio.wait({self._loop.create_future()},
                               timeout=max(0.0, due - self._loop.time()))
            await self._loop.sock_sendall(sink, data)


_cyrus: list[Cyrus] = []


def server_of(bench: Bench, kind: str) -> Server:
    if kind == "dovecot":
        return bench.dovecot
    if not _cyrus:
        server = Cyrus(bench.shared / "cyrus", bench.authority)
        bench.at_end(server.stop)
        _cyrus.append(server.start())
    return _cyrus[0]


TRIES = 6  # what is slow by itself adds to the round trips, never takes off


def least(w: Watcher, far: FarAway, expected: int,
          again: Callable[[], object]) -> int:
    """How many it takes to be live again; the least of some tries."""
    found: list[int] = []
    while (not found or min(found) > expected) and len(found) < TRIES:
        times = w.states("work").count("live")
        far.flights.clear()
        again()
        w.wait_live("work", count=times + 1)
        found.append(far.round_trips())
    return min(found)


def start_anew(w: Watcher, far: FarAway) -> None:
    """Knowing nothing."""
    if w.process is not None:
        w.stop()
    shutil.rmtree(w.home / ".state", ignore_errors=True)
    far.flights.clear()
    w.start()


def restart(w: Watcher, far: FarAway) -> None:
    w.stop()
    far.flights.clear()
    w.start()


@each("dovecot-plain-4", "dovecot-login-4", "cyrus-plain-5", "cyrus-login-4")
def test_round_trips(bench: Bench, what: str) -> None:
    """Until it is caught up; the "+" of IDLE comes with that."""
    kind, auth, expected = what.split("-")
    server = server_of(bench, kind)
    user = server.user()
    server.deliver(user, make_message("Old"))
    with FarAway(server) as far:
        w = bench.watcher().account("work", far, user, auth=auth)
        with w:
            first = least(w, far, 5, lambda: start_anew(w, far))
            server.deliver(user, make_message("One"))
            w.wait_rings(1)
            again = least(w, far, int(expected), far.cut)
            server.deliver(user, make_message("Two"))
            assert [r.subject for r in w.wait_rings(2)] == ["One", "Two"]
            # What was learnt outlives the program.
            restarted = least(w, far, int(expected),
                              lambda: restart(w, far))
            assert w.log().count(" IDLE") > 3, w.log()
    bench.note(f"{kind}, {auth}: {first} round trips, then {again}")
    assert (first, again, restarted) == (5, int(expected), int(expected)), (
        first, again, restarted)


def fates(w: Any) -> set[tuple[str, int]]:
    return {(event["event"], event["uid"]) for event in w.events
            if event["event"] in ("flags", "gone")}


@each("dovecot", "cyrus")
def test_elsewhere(bench: Bench, kind: str) -> None:
    """What others read and delete is told: while the line is there, and
    while it is cut."""
    server = server_of(bench, kind)
    user = server.user()
    server.deliver(user, make_message("Old"))
    with FarAway(server) as far, server.reader(user) as reader:
        w = bench.watcher().account("work", far, user)
        with w:
            w.start().wait_live("work")
            for number in range(2, 8):
                server.deliver(user, make_message(f"Nr. {number}"))
            w.wait_rings(6)
            reader.change(2, "\\Seen")
            reader.change(3, "\\Deleted")
            expected = {("flags", 2), ("gone", 3)}
            wait_until(lambda: expected <= fates(w), "what is told in IDLE")
            far.refuse()
            far.cut()
            reader.change(4, "\\Seen")
            reader.change(5, "\\Deleted")
            far.accept()
            expected |= {("flags", 4), ("gone", 5)}
            wait_until(lambda: expected <= fates(w), "what the cut hid")
            server.deliver(user, make_message("Last"))
            w.wait_rings(7)


if __name__ == "__main__":
    tap.main(globals())
