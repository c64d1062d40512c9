"""What goes over the loopback interface, as the kernel saw it: a packet
socket, so that nothing stands between a program and its server."""

from __future__ import annotations

import select
import socket
import struct
import time
from dataclasses import dataclass
from typing import Iterable

from rig.base import Skip

_ETH_P_IP = 0x0800
_SO_TIMESTAMPNS = 35  # socket(7); Python does not name these
_SO_RCVBUFFORCE = 33
_HEADERS = 256
_SYN, _ACK = 0x02, 0x10


@dataclass(frozen=True)
class Segment:
    """One TCP segment; time is monotonic, ns."""

    time: int
    source: int
    target: int
    size: int  # of the payload
    opens: bool  # the first of a connection


def _parse(when: int, head: bytes) -> Segment | None:
    """RFC 791 3.1 and RFC 9293 3.1."""
    start = (head[0] & 15) * 4
    if head[9] != socket.IPPROTO_TCP or len(head) < start + 20:
        return None
    total, = struct.unpack("!H", head[2:4])
    source, target = struct.unpack("!HH", head[start:start + 4])
    flags = head[start + 13]
    return Segment(when, source, target,
                   total - start - (head[start + 12] >> 4) * 4,
                   flags & (_SYN | _ACK) == _SYN)


class Wire:
    """Collects from its making on; take() hands out what came since."""

    def __init__(self) -> None:
        try:
            self._socket = socket.socket(
                socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_IP))
        except (PermissionError, AttributeError) as error:
            raise Skip(f"no packet socket: {error}") from None
        self._socket.bind(("lo", _ETH_P_IP))
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE,
                                    1 << 27)
        except PermissionError:
            pass
        self._segments: list[Segment] = []

    def _drain(self) -> int:
        """How many segments with something in them have come."""
        came = 0
        offset = time.time_ns() - time.monotonic_ns()
        while True:
            try:
                head, notes, _, _ = self._socket.recvmsg(
                    _HEADERS, 64, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return came
            if not notes:
                continue  # from before they were asked for
            seconds, part = struct.unpack("qq", notes[0][2][:16])
            segment = _parse(seconds * 10 ** 9 + part - offset, head)
            if segment and (segment.size > 0 or segment.opens):
                self._segments.append(segment)
                came += 1

    def wait_quiet(self, seconds: float, patience: float = 30) -> None:
        """Until nothing has gone over the wire for so long."""
        end = time.monotonic() + patience
        quiet = time.monotonic() + seconds
        while (left := quiet - time.monotonic()) > 0:
            select.select([self._socket], [], [], left)
            if self._drain():
                quiet = time.monotonic() + seconds
            if time.monotonic() > end:
                raise AssertionError(f"not quiet within {patience:g} s")

    def seen(self, port: int) -> bool:
        """Somebody has connected to that port."""
        self._drain()
        return any(s.opens and s.target == port for s in self._segments)

    def take(self) -> list[Segment]:
        self._drain()
        segments, self._segments = self._segments, []
        return sorted(segments, key=lambda segment: segment.time)

    def close(self) -> None:
        self._socket.close()


def with_server(segments: Iterable[Segment], port: int,
                clients: set[int] | None = None) -> list[Segment]:
    """Those to and from a server's port, maybe only some clients'."""
    return [s for s in segments
            if (s.target == port and (clients is None or s.source in clients))
            or (s.source == port and (clients is None
                                      or s.target in clients))]


def turns(segments: Iterable[Segment], port: int) -> int:
    """How often the server answered to what the client had said."""
    count, asked = 0, False
    for segment in segments:
        if segment.size == 0:
            continue
        if segment.target == port:
            asked = True
        elif asked:
            count, asked = count + 1, False
    return count


def octets(segments: Iterable[Segment], port: int) -> tuple[int, int]:
    """Up and down."""
    segments = list(segments)
    return (sum(s.size for s in segments if s.target == port),
            sum(s.size for s in segments if s.source == port))
