"""What goes over a link: every packet of a TCP port, by a packet socket.

Nothing is asked of the programs at its ends.  Octets are counted twice: those
that TCP carries, TLS and all, and those of whole IP packets, headers and
empty acknowledgements too, which is what a mobile network charges for.
"""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from dataclasses import dataclass
from typing import Callable, Optional

_ALL = 0x0003  # ETH_P_ALL; only this sees what goes out
_IP = 0x0800
_MSS = 1448  # what a packet of 1500 octets carries, with time stamps


@dataclass(frozen=True)
class Packet:
    time: float
    up: bool  # to the server
    client: int  # the client's port
    headers: int
    payload: int

    @property
    def segments(self) -> int:
        """The kernel may hand over more than one in one piece."""
        return max(1, -(-self.payload // _MSS))


@dataclass(frozen=True)
class Cost:
    """Of an event; what it is made of can be added and divided."""

    up: float = 0  # octets that TCP carries
    down: float = 0
    packets: float = 0
    wire: float = 0  # octets of whole packets, both ways

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.up + other.up, self.down + other.down,
                    self.packets + other.packets, self.wire + other.wire)

    def __mul__(self, times: float) -> "Cost":
        return Cost(self.up * times, self.down * times,
                    self.packets * times, self.wire * times)

    def __sub__(self, other: "Cost") -> "Cost":
        return self + other * -1

    @property
    def carried(self) -> float:
        return self.up + self.down


def cost(packets: list[Packet]) -> Cost:
    return Cost(
        sum(p.payload for p in packets if p.up),
        sum(p.payload for p in packets if not p.up),
        sum(p.segments for p in packets),
        sum(p.payload + p.headers * p.segments for p in packets))


class Wire:
    """Listens at a link of the network namespace that it is made in."""

    def __init__(self, link: str, port: int) -> None:
        self.packets: list[Packet] = []
        self._port = port
        self._ended = False
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                                     socket.htons(_ALL))
        self._socket.bind((link, _ALL))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._ended:
            ready, _, _ = select.select([self._socket], [], [], 0.2)
            if ready:
                octets, address = self._socket.recvfrom(1 << 17)
                packet = self._parse(octets, address)
                if packet is not None:
                    self.packets.append(packet)

    def _parse(self, octets: bytes, address: tuple) -> Optional[Packet]:
        """RFC 791 3.1, RFC 9293 3.1."""
        if address[1] != _IP or octets[9] != socket.IPPROTO_TCP:
            return None
        ip = (octets[0] & 0xf) * 4
        length, = struct.unpack("!H", octets[2:4])
        source, target = struct.unpack("!HH", octets[ip:ip + 4])
        headers = ip + (octets[ip + 12] >> 4) * 4
        if self._port not in (source, target):
            return None
        up = target == self._port
        return Packet(time.monotonic(), up, source if up else target,
                      headers, (length or len(octets)) - headers)

    def ports(self) -> set[int]:
        return {packet.client for packet in list(self.packets)}

    def wait_quiet(self, seconds: float, deadline: float = 60) -> None:
        """Until nothing has passed for so long."""
        end = time.monotonic() + deadline
        since, count = time.monotonic(), len(self.packets)
        while time.monotonic() - since < seconds:
            if time.monotonic() > end:
                raise AssertionError("the line does not become quiet")
            if len(self.packets) != count:
                since, count = time.monotonic(), len(self.packets)
            select.select([], [], [], 0.05)

    def measure(self, event: Callable[[], object], quiet: float,
                new: bool = False) -> Cost:
        """What an event costs, from a quiet line to a quiet line.  new: only
        connections that begin in it."""
        self.wait_quiet(quiet)
        start, before = len(self.packets), self.ports()
        event()
        self.wait_quiet(quiet)
        return cost([packet for packet in self.packets[start:]
                     if not new or packet.client not in before])

    def stop(self) -> None:
        self._ended = True
        self._thread.join()
        self._socket.close()
