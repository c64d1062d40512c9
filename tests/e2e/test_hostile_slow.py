#!/usr/bin/python3
"""Servers that are slow on purpose.  Each phase has its deadline, by the
real clock: all of them are waited for at once, beside a good account.  The
exact times are in tests/sessions, by a clock that the tests turn."""

from __future__ import annotations

import select
from typing import Callable

from rig import tap
from rig.base import DEADLINE, wait_until
from rig.hostile import (Attack, behind, clean_log, closed_lips, Case,
                         instead, journal, rings_of, send, unharmed)
from rig.mail import make_message
from rig.scripted import Closed, Connection, Handler, Scripted, default
from rig.tap import Bench

#: Silence while a reply is due, and the trickle before the login, end
#: within these (ms in src/imap/limits.h), whoever is at work beside.
LONGEST = 60 + 30
Handlers = dict[str, Handler]


def silence(c: Connection) -> None:
    c.wait_closed()


def drip(octets: bytes, every: float = 1) -> Attack:
    """An octet now and then is no sign of life that counts for ever."""
    def attack(c: Connection) -> None:
        for octet in octets * 1000:
            c.send(bytes((octet,)))
            if select.select([c.sock], [], [], every)[0]:
                c._receive()
    return attack


def answers(verb: str, attack: Attack) -> Handlers:
    return instead(verb, attack)


def asked(verb: str, attack: Attack) -> Handlers:
    """The message that makes it ask comes with IDLE."""
    return behind("IDLE", send(b"* 1 EXISTS\r\n")) | instead(verb, attack)


def literal(c: Connection) -> None:
    c.send(b"* 1 FETCH (UID 1 BODY[HEADER.FIELDS (X)] {9999}\r\nSubject: ")
    silence(c)


def no_done(c: Connection, tag: bytes, _rest: bytes) -> None:
    """IDLE accepted, its end never answered."""
    c.send(b"+ idling\r\n* 1 EXISTS\r\n")
    silence(c)


PHASES: dict[str, tuple[str, Handlers]] = {
    "greeting": ("implicit", answers("greeting", silence)),
    "greeting-plain": ("none", answers("greeting", silence)),
    "greeting-drip": ("implicit", answers("greeting", drip(b"* OK x"))),
    "capability": ("starttls", answers("CAPABILITY", silence)),
    "starttls": ("starttls", answers("STARTTLS", silence)),
    "login": ("implicit", answers("AUTHENTICATE", silence)),
    "open": ("implicit", answers("EXAMINE", silence)),
    "plus": ("implicit", answers("IDLE", silence)),
    "fetch": ("implicit", asked("UID FETCH", silence)),
    "literal": ("implicit", asked("UID FETCH", literal)),
    "done": ("implicit", {"IDLE": no_done}),
}


def half_record(c: Connection) -> None:
    c.sock.recv(65536)
    c.send(b"\x16\3\3")
    silence(c)


HANDSHAKES: dict[str, tuple[str, Attack]] = {
    "handshake": ("implicit", silence),
    "handshake-starttls": ("starttls", silence),
    "handshake-half": ("implicit", half_record),
    "handshake-drip": ("implicit", drip(b"\x16\3\3\x40\0" + b"x")),
}


def servers(bench: Bench) -> dict[str, tuple[str, Scripted]]:
    made = {name: (mode, Scripted(bench.authority, handlers))
            for name, (mode, handlers) in PHASES.items()}
    for name, (mode, handshake) in HANDSHAKES.items():
        made[name] = mode, Scripted(bench.authority)
        made[name][1].handshake = handshake
    for _, server in made.values():
        bench.defer(server.stop)
    return made


def test_deadlines(bench: Bench) -> None:
    made = servers(bench)
    with Scripted(bench.authority) as good:
        w = bench.watcher().account("good", good, good.user)
        for name, (mode, server) in made.items():
            w.account(name, server, server.user, mode)
        journal(w)
        with w:
            w.start(verbose="-vv").wait_live("good")
            for name, (_, server) in made.items():
                wait_until(lambda: server.connections, f"{name}: to connect")
            good.add(make_message("Beside the slow ones"))
            w.wait_rings(1)
            for name, (_, server) in made.items():
                wait_until(lambda: server.over, f"{name}: its end",
                           LONGEST + DEADLINE)
            good.add(make_message("Behind the slow ones"))
            wait_until(lambda: len(rings_of(w, "good")) == 2, "its ring")
            unharmed(w)
        for mode, server in made.values():
            closed_lips(Case(), mode, server, good)
        clean_log(w)


if __name__ == "__main__":
    tap.main(globals())
