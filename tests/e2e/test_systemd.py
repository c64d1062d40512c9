#!/usr/bin/python3
"""What a service manager hears (sd_notify(3)): ready with the first live
watch and not before, a line of status, signs of life, reload and stop."""

from __future__ import annotations

import socket
from typing import Callable

from rig import tap
from rig.base import wait_nothing, wait_until
from rig.mail import make_message
from rig.scripted import Connection, Scripted, default
from rig.tap import Bench
from rig.watcher import Watcher


class Manager:
    """Listens as systemd does."""

    def __init__(self, bench: Bench) -> None:
        self.path = bench.path("notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))
        self.socket.setblocking(False)
        self._heard: list[str] = []

    def __enter__(self) -> "Manager":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    @property
    def heard(self) -> list[str]:
        while True:
            try:
                self._heard.append(self.socket.recv(65536).decode())
            except BlockingIOError:
                return self._heard

    def wait(self, holds: Callable[[str], bool], what: str,
             count: int = 1) -> None:
        wait_until(lambda: sum(map(holds, self.heard)) >= count,
                   f"{what} ({self._heard})")

    def manage(self, w: Watcher, watchdog: float = 0) -> None:
        w.environment["NOTIFY_SOCKET"] = str(self.path)
        if watchdog:
            w.environment["WATCHDOG_USEC"] = str(int(watchdog * 1e6))


class Gate:
    """Answers no login until it is opened."""

    def __init__(self) -> None:
        self.open = False

    def authenticate(self, c: Connection, tag: bytes, rest: bytes) -> None:
        if self.open:
            default("AUTHENTICATE")(c, tag, rest)
        else:
            c.send(tag + b" NO [UNAVAILABLE] Come back later\r\n")


def test_empty_shard(bench: Bench) -> None:
    """Who has nothing to watch yet is as ready as can be."""
    with Manager(bench) as manager, Scripted(bench.authority) as server:
        # "work" is in the first of two.
        with bench.watcher().account("work", server, server.user) as w:
            manager.manage(w)
            w.start(options=["--shard", "2-of-2"])
            manager.wait(lambda s: "READY=1" in s, "READY")
            assert server.commands == []


def test_paused(bench: Bench) -> None:
    """Who rests from the start is ready, and says so."""
    with Manager(bench) as manager, Scripted(bench.authority) as server:
        with bench.watcher().account("work", server, server.user) as w:
            manager.manage(w)
            w.start().wait_live("work")
            manager.wait(lambda s: "READY=1" in s, "READY")
            assert w.run("pause", config=False).returncode == 0
            manager.wait(lambda s: "STATUS=0 of 0 live; work paused until "
                         "resumed" in s, "STATUS")
            w.stop()
            w.start()
            manager.wait(lambda s: "READY=1" in s, "READY again", 2)
            assert w.run("resume", config=False).returncode == 0
            manager.wait(lambda s: "STATUS=1 of 1 live" in s, "STATUS", 2)


def test_life(bench: Bench) -> None:
    with Manager(bench) as manager, Scripted(bench.authority) as server:
        with bench.watcher().account("work", server, server.user) as w:
            manager.manage(w, watchdog=1)
            w.start().wait_live("work")
            manager.wait(lambda s: "READY=1" in s, "READY")
            manager.wait(lambda s: "STATUS=1 of 1 live" in s, "STATUS")
            manager.wait(lambda s: "WATCHDOG=1" in s, "WATCHDOG", 3)
            assert w.run("reload", config=False).returncode == 0
            manager.wait(lambda s: "RELOADING=1\nMONOTONIC_USEC=" in s,
                         "RELOADING")
            manager.wait(lambda s: "READY=1" in s, "READY again", 2)
            w.stop()
            manager.wait(lambda s: "STOPPING=1" in s, "STOPPING")


def test_not_ready(bench: Bench) -> None:
    """The status says why, and it is ready when one of two is live."""
    gate = Gate()
    with Manager(bench) as manager, \
            Scripted(bench.authority) as other, \
            Scripted(bench.authority, {
                "AUTHENTICATE": gate.authenticate}) as server:
        with bench.watcher().account("work", server, server.user) as w:
            manager.manage(w)
            w.start()
            manager.wait(lambda s: "STATUS=0 of 1 live; work: " in s
                         and "Come back later" in s, "STATUS")
            assert w.run("reload", config=False).returncode == 0
            wait_nothing(lambda: any("READY=1" in s for s in manager.heard),
                         "ready with no live watch", 0.5)
            w.account("home", other, other.user)
            assert w.run("reload", config=False).returncode == 0
            w.wait_live("home")
            manager.wait(lambda s: "READY=1" in s, "READY")
            manager.wait(lambda s: "STATUS=1 of 2 live; work: " in s,
                         "STATUS")


def test_hooks_do_not_speak(bench: Bench) -> None:
    """What a hook starts cannot speak for us."""
    with Manager(bench) as manager, Scripted(bench.authority) as server:
        with bench.watcher().account("work", server, server.user) as w:
            manager.manage(w, watchdog=60)
            w.start().wait_live("work")
            server.add(make_message("One"))
            ring, = w.wait_rings(1)
            assert not {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"} \
                & ring.environment.keys()


if __name__ == "__main__":
    tap.main(globals())
