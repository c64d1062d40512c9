"""A relay between a watcher and a server that spoils connections: cut at
random octets, refused, or silent, without either end doing anything."""

from __future__ import annotations

import asyncio
import ctypes
import random
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Coroutine, Optional

from .base import DEADLINE, HOST, free_port

#: Which way ("up" is to the server), after how many octets, how ("rst", "fin").
Fate = tuple[str, int, str]
_BACKLOG = 128
_SO_ATTACH_FILTER = 26  # socket(7); Python does not name it


def random_fate(rng: random.Random, shortest: int = 1,
                longest: int = 200_000) -> Fate:
    """Each order of magnitude is as likely as the others; what a client
    sends is a small part of the traffic."""
    way = rng.choice(("up", "down"))
    if way == "up":
        longest = max(longest // 20, shortest + 1)
    count = int(shortest * (longest / shortest) ** rng.random())
    return way, count, rng.choice(("rst", "fin"))


@dataclass(eq=False)
class Link:
    """One connection through the relay."""

    client: socket.socket
    server: Optional[socket.socket] = None
    fate: Optional[Fate] = None
    passed: dict[str, int] = field(default_factory=lambda: dict(up=0, down=0))
    deaf: bool = False  # what comes in is dropped
    tasks: list[asyncio.Task] = field(default_factory=list)


def _close_reset(sock: Optional[socket.socket]) -> None:
    if sock is not None and sock.fileno() >= 0:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack("ii", 1, 0))
        sock.close()


def _drop_packets(sock: socket.socket) -> None:
    """A filter that keeps no packet: the kernel does not even answer."""
    keep_nothing = ctypes.create_string_buffer(
        struct.pack("HBBI", 6, 0, 0, 0))  # BPF_RET | BPF_K, 0 octets
    program = struct.pack("HP", 1, ctypes.addressof(keep_nothing))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)


class Cutter:
    """Stands in for a server of the rig: accounts take it in its place.

    fate, when set, is asked at each connection when it is to be cut; None
    lets it live.  delay is how many seconds a connection waits before it is
    passed on.  All else is for other threads to call, at any time."""

    def __init__(self, server: Any) -> None:
        self.authority = server.authority
        self.fate: Optional[Callable[[], Optional[Fate]]] = None
        self.delay = 0.0
        self.connections = 0
        self.attempts: list[float] = []  # when they were (time.monotonic())
        self.cuts = 0
        self.links: set[Link] = set()
        self.imap, self.imaps = free_port(), free_port()
        self._targets = {self.imap: server.imap, self.imaps: server.imaps}
        self._listeners: list[tuple[socket.socket, asyncio.Task]] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever,
                                        daemon=True)
        self._thread.start()
        self.accept()

    # --- for the test ---------------------------------------------------

    def accept(self) -> None:
        """Listens (again)."""
        self._call(self._listen())

    def refuse(self) -> None:
        """Connections are refused from now on; those that are stay."""
        self._call(self._stop_listening())

    def cut(self, how: str = "rst", most: Optional[int] = None) -> int:
        """Cuts every connection now, or at most so many of them, taken at
        random; how many."""
        return self._call(self._cut_some(how, most))

    def silence(self) -> int:
        """A black hole: nothing of what is connected gets through any more,
        neither its octets nor its end nor probes whether we are there; new
        connections are well.  How many."""
        return self._call(self._silence())

    def stop(self) -> None:
        if self._loop.is_running():
            self._call(self._end())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(DEADLINE)
            self._loop.close()

    def __enter__(self) -> "Cutter":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # --- in the loop's thread -------------------------------------------

    def _call(self, work: Coroutine) -> Any:
        return asyncio.run_coroutine_threadsafe(
            work, self._loop).result(DEADLINE)

    async def _listen(self) -> None:
        if self._listeners:
            return
        for port, target in self._targets.items():
            listener = socket.create_server((HOST, port), backlog=_BACKLOG)
            listener.setblocking(False)
            task = self._loop.create_task(self._take(listener, target))
            self._listeners.append((listener, task))

    async def _stop_listening(self) -> None:
        for listener, task in self._listeners:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            listener.close()
        self._listeners.clear()

    async def _take(self, listener: socket.socket, target: int) -> None:
        while True:
            client, _ = await self._loop.sock_accept(listener)
            self.connections += 1
            self.attempts.append(time.monotonic())
            link = Link(client, fate=self.fate() if self.fate else None)
            self.links.add(link)
            link.tasks.append(self._loop.create_task(
                self._serve(link, target)))

    async def _serve(self, link: Link, target: int) -> None:
        server = socket.socket()
        link.server = server
        for sock in link.client, server:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await asyncio.wait({self._loop.create_future()},
                               timeout=self.delay)
            await self._loop.sock_connect(server, (HOST, target))
            pumps = [self._loop.create_task(pump) for pump in (
                self._pump(link, "up", link.client, server),
                self._pump(link, "down", server, link.client))]
            link.tasks += pumps
            # The end of one direction is the end of both, as it is with
            # every IMAP connection.
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            if link.deaf:
                await asyncio.wait(pumps)
            self._drop(link, close=True)
        except OSError:
            self._drop(link)

    async def _pump(self, link: Link, way: str, source: socket.socket,
                    sink: socket.socket) -> None:
        try:
            while data := await self._loop.sock_recv(source, 65536):
                if link.deaf:
                    continue
                left = self._left(link, way)
                await self._loop.sock_sendall(sink, data[:left])
                link.passed[way] += len(data)
                if left is not None and len(data) >= left:
                    assert link.fate is not None
                    self._cut(link, link.fate[2])
        except OSError:
            pass  # one end has gone, or a cut has closed it

    @staticmethod
    def _left(link: Link, way: str) -> Optional[int]:
        if link.fate is None or link.fate[0] != way:
            return None
        return link.fate[1] - link.passed[way]

    def _cut(self, link: Link, how: str) -> None:
        self.cuts += 1
        if how == "rst" or link.server is None:
            self._drop(link)
            return
        # A close with unread octets would be a reset: read on, drop all.
        link.deaf = True
        link.fate = None
        for sock in link.client, link.server:
            try:
                sock.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # it has gone already

    def _drop(self, link: Link, close: bool = False) -> None:
        self.links.discard(link)
        for task in link.tasks:
            if task is not asyncio.current_task():
                task.cancel()
        for sock in link.client, link.server:
            if sock is not None and sock.fileno() >= 0:
                self._loop.remove_reader(sock)
                self._loop.remove_writer(sock)
                if close:
                    sock.close()
                else:
                    _close_reset(sock)

    async def _cut_some(self, how: str, most: Optional[int]) -> int:
        links = [link for link in self.links if not link.deaf]
        if most is not None:
            links = random.sample(links, min(most, len(links)))
        for link in links:
            self._cut(link, how)
        return len(links)

    async def _silence(self) -> int:
        links = [link for link in self.links if not link.deaf]
        for link in links:
            link.deaf = True
            _drop_packets(link.client)
        return len(links)

    async def _end(self) -> None:
        await self._stop_listening()
        for link in list(self.links):
            self._drop(link)
        mine = asyncio.current_task()
        rest = [task for task in asyncio.all_tasks() if task is not mine]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
