#!/usr/bin/python3
"""Servers that are hostile, broken or odd.  Whatever they send: the program
stays, stays small, and another account's mail rings."""

from __future__ import annotations

import os
from typing import Callable

from rig import tap
from rig.base import Skip, wait_until
from rig.mail import make_message
from rig.scripted import (CAPABILITIES, Closed, Connection, Handler,
                          Scripted, default)
from rig.tap import Bench, each
from rig.watcher import Watcher

MEMORY = 64 << 20
STAGES = {"greeting": "greeting", "login": "AUTHENTICATE",
          "open": "EXAMINE", "fetch": "UID FETCH", "idle": "IDLE"}
Attack = Callable[[Connection], None]


def small(w: Watcher) -> None:
    try:
        memory = w.memory()
    except Skip:  # under a checker
        return
    assert memory < MEMORY, f"{memory >> 20} MiB"


def beside_good(bench: Bench, bad: Scripted, settled: Callable[[], object],
                what: str, verbose: str = "-vvv") -> None:
    """Watches the bad server and a good one; when settled, a message on the
    good one rings, within the memory allowed."""
    with Scripted(bench.authority) as good:
        w = bench.watcher().account("bad", bad, bad.user)
        w.account("good", good, good.user)
        with w:
            w.start(verbose=verbose).wait_live("good")
            wait_until(settled, what)
            good.add(make_message("From the good one"))
            wait_until(lambda: any(
                r.environment["IDLEBELL_ACCOUNT"] == "good"
                for r in w.rings), "the other account's ring")
            small(w)


def endless(chunk: bytes) -> Attack:
    def attack(c: Connection) -> None:
        while True:
            c.send(chunk)
    return attack


def once(octets: bytes) -> Attack:
    def attack(c: Connection) -> None:
        c.send(octets)
        c.wait_closed()
    return attack


def literal(announced: int) -> Attack:
    def attack(c: Connection) -> None:
        c.send(b"* 1 FETCH (UID 1 BODY[] {%d}\r\n" % announced)
        sent = 0
        while sent < announced:
            c.send(b"x" * 65536)
            sent += 65536
    return attack


# Each must end in the client closing the connection.
ATTACKS: dict[str, Attack] = {
    "endless-line": endless(b"a" * 65536),
    "endless-text": endless(b"* OK " + b"a" * 65536),
    "endless-spaces": endless(b" " * 65536),
    "garbage": endless(b"".join(
        b"\xff%s\r\n" % os.urandom(200).replace(b"\n", b"")
        for _ in range(100))),
    "nul": endless(b"\0" * 4096 + b"\r\n"),
    "empty-lines": endless(b"\r\n" * 4096),
    "huge-literal": literal(1 << 32),
    "absurd-literal": once(b"* 1 FETCH (BODY[] {99999999999999999999}\r\n"),
    "negative-literal": endless(b"* 1 FETCH (BODY[] {-1}\r\n"),
    "literals": endless(b"* 1 FETCH (" + b"X {1}\r\nx " * 1000),
    "nesting": endless(b"* 1 FETCH (" + b"(" * 50000 + b"\r\n"),
    "capabilities": endless(
        b"* CAPABILITY " + b" ".join(b"X%d" % n for n in range(5000))
        + b"\r\n"),
}


def log_of(attack: str) -> str:
    """At the highest level every line is logged, and "literals" are 73 MB
    of lines before the client has had enough."""
    return "-v" if attack == "literals" else "-vvv"


@each(*ATTACKS)
def test_attack_in_greeting(bench: Bench, name: str) -> None:
    with Scripted(bench.authority, script=ATTACKS[name]) as bad:
        beside_good(bench, bad, lambda: len(bad.connections) >= 2,
                    "a second attempt", log_of(name))


@each(*(n for n in ATTACKS if n not in ("capabilities", "empty-lines")))
def test_attack_in_idle(bench: Bench, name: str) -> None:
    def idle(c: Connection, tag: bytes, rest: bytes) -> None:
        default("IDLE")(c, tag, rest)
        ATTACKS[name](c)

    with Scripted(bench.authority, handlers={"IDLE": idle}) as bad:
        beside_good(bench, bad, lambda: len(bad.connections) >= 2,
                    "a second attempt", log_of(name))


def test_endless_chatter(bench: Bench) -> None:
    """A flood of what a server may well say: the other account has its
    turn between."""
    sent: list[int] = []

    def idle(c: Connection, tag: bytes, rest: bytes) -> None:
        default("IDLE")(c, tag, rest)
        while True:
            c.send(b"* OK Still here\r\n* 1 FETCH (FLAGS ())\r\n" * 500)
            sent.append(1)

    with Scripted(bench.authority, handlers={"IDLE": idle}) as bad:
        beside_good(bench, bad, lambda: len(sent) > 100, "a flood",
                    verbose="-v")


def test_greeting_never_comes(bench: Bench) -> None:
    with Scripted(bench.authority, script=Connection.wait_closed) as bad:
        beside_good(bench, bad, lambda: bad.connections, "the attempt")


def test_slow_octets(bench: Bench) -> None:
    """An octet now and then is no life sign that counts for ever."""
    def drip(c: Connection) -> None:
        for octet in b"* OK " + b"slowly " * 1000:
            c.send(bytes((octet,)))
            try:
                wait_until(lambda: False, "pause", 0.05)
            except AssertionError:
                pass

    with Scripted(bench.authority, script=drip) as bad:
        beside_good(bench, bad, lambda: bad.connections, "the attempt")


@each(*(f"{how}-{stage}" for how in ("bye", "eof", "reset", "no", "bad")
        for stage in STAGES if (how, stage) not in (
            ("no", "greeting"), ("bad", "greeting"), ("no", "login"),
            ("no", "idle"), ("bad", "idle"), ("bad", "open"))))
def test_ends_at(bench: Bench, name: str) -> None:
    """It is tried again, and rings once the server has come to reason."""
    how, stage = name.split("-")
    state = {"failed": False}
    verb = STAGES[stage]

    def handler(c: Connection, tag: bytes, rest: bytes) -> None:
        if state["failed"]:
            default(verb)(c, tag, rest)
            return
        state["failed"] = True
        if how == "bye":
            c.send(b"* BYE not now\r\n")
        elif how == "reset":
            c.reset()
        elif how in ("no", "bad"):
            c.send(tag + b" " + how.upper().encode() + b" not now\r\n")
            return
        raise Closed

    # A mailbox that cannot be opened is tried again after a minute.
    patience = 90 if name == "no-open" else 20
    with Scripted(bench.authority, handlers={verb: handler}) as server:
        server.messages.append(make_message("Old").octets)
        w = bench.watcher().account("work", server, server.user)
        with w:
            w.start()
            wait_until(lambda: server.idles, "IDLE after all", patience)
            server.add(make_message("New"))
            assert [r.subject for r in w.wait_rings(1)] == ["New"]


# --- odd, but to be understood ------------------------------------------


def rings_with(bench: Bench, handlers: dict[str, Handler],
               subjects: tuple[str, ...] = ("One", "Two"),
               **options: object) -> Scripted:
    """Messages, one after the other, ring in spite of it all."""
    with Scripted(bench.authority, handlers=handlers) as server:
        server.messages.append(make_message("Old").octets)
        w = bench.watcher().account("work", server, server.user, **options)
        with w:
            w.start().wait_live("work")
            for number, subject in enumerate(subjects, 1):
                server.add(make_message(subject))
                w.wait_rings(number)
            assert tuple(r.subject for r in w.rings) == subjects
            assert w.states("work").count("live") == 1, w.states("work")
            small(w)
        return server


def test_chatter_in_idle(bench: Bench) -> None:
    """Signs of life, a lot of them, are no news and no harm."""
    def idle(c: Connection, tag: bytes, rest: bytes) -> None:
        default("IDLE")(c, tag, rest)
        c.send(b"* OK Still here\r\n* 1 FETCH (FLAGS (\\Seen))\r\n"
               b"* 0 FETCH (FLAGS ())\r\n* 0 RECENT\r\n" * 2000)

    rings_with(bench, {"IDLE": idle})


def test_exists_before_plus(bench: Bench) -> None:
    """Quirk 2: EXISTS, and only then the "+"."""
    def idle(c: Connection, tag: bytes, rest: bytes) -> None:
        c.announce()
        default("IDLE")(c, tag, rest)

    rings_with(bench, {"IDLE": idle})


@each("no", "bad", "ok")
def test_idle_refused(bench: Bench, how: str) -> None:
    """Quirk 3: offered, but refused when used: then it is polled."""
    def idle(c: Connection, tag: bytes, _rest: bytes) -> None:
        c.send(tag + b" " + how.upper().encode() + b" no IDLE today\r\n")

    rings_with(bench, {"IDLE": idle}, ("One",), poll_interval="10s")


def test_idle_not_offered(bench: Bench) -> None:
    def greeting(c: Connection, tag: bytes, rest: bytes) -> None:
        c.server.capabilities = (  # type: ignore[method-assign]
            lambda tls: CAPABILITIES.replace(b" IDLE", b""))
        default("greeting")(c, tag, rest)

    server = rings_with(bench, {"greeting": greeting}, ("One",),
                        poll_interval="10s")
    assert not any(b" IDLE" in line for _, line in server.commands)


def test_no_uidnext(bench: Bench) -> None:
    """Quirk 35, Courier: nothing but EXISTS and UIDVALIDITY."""
    def examine(c: Connection, tag: bytes, _rest: bytes) -> None:
        c.opened()
        c.send(b"* %d EXISTS\r\n* OK [UIDVALIDITY 7]\r\n"
               % len(c.server.messages))
        c.ok(tag)

    rings_with(bench, {"EXAMINE": examine, "SELECT": examine})


def test_silent_capabilities(bench: Bench) -> None:
    """Quirk 1: neither the greeting nor the login tell any."""
    def greeting(c: Connection, _tag: bytes, _rest: bytes) -> None:
        c.send(b"* OK ready\r\n")

    def authenticate(c: Connection, tag: bytes, rest: bytes) -> None:
        if not rest.partition(b" ")[2]:
            c.send(b"+ \r\n")
            c.line()
        c.ok(tag)

    server = rings_with(bench, {"greeting": greeting,
                                "AUTHENTICATE": authenticate})
    asked = [line for _, line in server.commands if b"CAPABILITY" in line]
    assert len(asked) >= 2, asked


def test_enormous_header(bench: Bench) -> None:
    """A header beyond every cap: the message rings all the same."""
    with Scripted(bench.authority) as server:
        w = bench.watcher().account("work", server, server.user)
        with w:
            w.start().wait_live("work")
            server.add(make_message("Long", extra=["X-Long: " + "x" * 70000
                                                   for _ in range(20)]))
            server.add(make_message("y" * 200000))
            server.add(make_message("Short"))
            # The first one may have its turn late, without its header.
            rings = w.wait_rings(3)
            assert {r.environment["IDLEBELL_UID"] for r in rings} == {
                "1", "2", "3"}
            longest = max(len(v.encode()) for r in rings
                          for v in r.environment.values())
            assert longest <= 8192, longest
            small(w)


def test_message_behind_enormous_header(bench: Bench) -> None:
    """Asking again for one whose header was too long must not cost the
    next one its own: rules need it."""
    def uid_fetch(c: Connection, tag: bytes, rest: bytes) -> None:
        default("UID FETCH")(c, tag, rest)
        if len(c.server.messages) == 1:  # nobody has been told of it
            c.server.messages.append(make_message("Short").octets)

    with Scripted(bench.authority,
                  handlers={"UID FETCH": uid_fetch}) as server:
        w = bench.watcher().account("work", server, server.user)
        with w:
            w.start().wait_live("work")
            server.add(make_message("Long", extra=["X-Long: " + "x" * 70000
                                                   for _ in range(20)]))
            rings = {r.environment["IDLEBELL_UID"]: r
                     for r in w.wait_rings(2)}
            assert rings["2"].subject == "Short", rings["2"].subject


def test_body_larger_than_said(bench: Bench) -> None:
    """RFC822.SIZE is a hint: what comes is capped."""
    def uid_fetch(c: Connection, tag: bytes, rest: bytes) -> None:
        if b"BODY.PEEK[]" not in rest:
            default("UID FETCH")(c, tag, rest)
            return
        uid = int(rest.split()[0])
        c.send(b"* %d FETCH (UID %d BODY[]<0> {30000000}\r\n" % (uid, uid))
        for _ in range(300):
            c.send(b"x" * 100000)
        c.send(b")\r\n")
        c.ok(tag)

    with Scripted(bench.authority,
                  handlers={"UID FETCH": uid_fetch}) as server:
        maildir = bench.path("Maildir")
        w = bench.watcher().account("work", server, server.user,
                                    download_max_size="64K",
                                    download_to=maildir)
        with w:
            w.start().wait_live("work")
            server.add(make_message("Liar"))
            w.wait_rings(1)
            assert all(f.stat().st_size <= 2 << 20
                       for f in maildir.rglob("*") if f.is_file())
            small(w)


def test_unsafe_mailbox_names(bench: Bench) -> None:
    """Names that a server lists reach no path and no terminal."""
    def listing(c: Connection, tag: bytes, _rest: bytes) -> None:
        for name in (rb'"../../etc/passwd"', rb'"a\"b"', b"{4}\r\n\x1b[2J",
                     b"&AAAA-", rb'"\\..\\x"', b"INBOX"):
            c.send(b'* LIST () "/" ' + name + b"\r\n")
        c.ok(tag)

    with Scripted(bench.authority, handlers={"LIST": listing}) as server:
        w = bench.watcher().account("work", server, server.user)
        with w:
            done = w.run("mailboxes", "work")
            assert done.returncode == 0, done
            assert all(c.isprintable() or c in "\n\t"
                       for c in done.stdout), done.stdout


def test_mailbox_flood(bench: Bench) -> None:
    def listing(c: Connection, tag: bytes, _rest: bytes) -> None:
        for start in range(0, 200000, 1000):
            c.send(b"".join(b'* LIST () "/" "box %d"\r\n' % n
                            for n in range(start, start + 1000)))
        c.ok(tag)

    with Scripted(bench.authority, handlers={"LIST": listing}) as server:
        w = bench.watcher().account("work", server, server.user)
        with w:
            done = w.run("mailboxes", "work")
            assert done.returncode in (0, 76), done.returncode
            assert len(done.stdout.splitlines()) <= 10001


# --- before TLS ---------------------------------------------------------


def test_injection_before_tls(bench: Bench) -> None:
    """What stands in the clear behind the OK of STARTTLS is an attack."""
    def starttls(c: Connection, tag: bytes, _rest: bytes) -> None:
        c.send(tag + b" OK begin\r\n* CAPABILITY IMAP4rev1 INJECTED\r\n")
        c.start_tls()

    with Scripted(bench.authority, handlers={"STARTTLS": starttls}) as bad:
        w = bench.watcher().account("work", bad, bad.user, "starttls")
        with w:
            done = w.run("once")
            assert done.returncode == 76, done
        assert not any(word in line for _, line in bad.commands
                       for word in (b"LOGIN", b"AUTHENTICATE"))


@each("no", "bad", "preauth", "bye")
def test_no_login_in_the_clear(bench: Bench, how: str) -> None:
    """No TLS, no login, whatever the server says."""
    def starttls(c: Connection, tag: bytes, _rest: bytes) -> None:
        if how == "bye":
            c.send(b"* BYE\r\n")
            raise Closed
        c.send(tag + b" " + how.upper().encode() + b" no\r\n")

    def greeting(c: Connection, tag: bytes, rest: bytes) -> None:
        if how == "preauth":
            c.send(b"* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hello\r\n")
        else:
            default("greeting")(c, tag, rest)

    with Scripted(bench.authority, handlers={
            "STARTTLS": starttls, "greeting": greeting}) as bad:
        w = bench.watcher().account("work", bad, bad.user, "starttls")
        with w:
            done = w.run("once")
            assert done.returncode == (75 if how == "bye" else 76), done
            assert len(done.stderr.splitlines()) == 1, done.stderr
        assert not any(word in line for _, line in bad.commands
                       for word in (b"LOGIN", b"AUTHENTICATE", b"EXAMINE"))


if __name__ == "__main__":
    tap.main(globals())
