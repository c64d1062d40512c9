#!/usr/bin/python3
"""Servers that are hostile or broken, whatever the way to them.  Whatever
they send: the program stays, stays small, tells nothing, runs nothing, and
another account's mail rings.  TLS and what a message holds have files of
their own."""

from __future__ import annotations

import os
from pathlib import Path

from rig import tap
from rig.base import DEADLINE, wait_until
from rig.hostile import (PHASES, Attack, Case, Table, before, behind,
                         endless, instead, names, play, rings_of, say, send,
                         small)
from rig.mail import make_message
from rig.scripted import (CAPABILITIES, Closed, Connection, Handler,
                          Scripted, default)
from rig.tap import Bench, each
from rig.watcher import Watcher

FETCH = b"* 1 FETCH (UID 1 BODY[] "


def literal(announced: int) -> Attack:
    """Announced, and sent to its end."""
    def attack(c: Connection) -> None:
        c.send(FETCH + b"{%d}\r\n" % announced)
        sent = 0
        while sent < announced:
            c.send(b"x" * 65536)
            sent += 65536
        c.wait_closed()
    return attack


# Each must end in the client closing the connection, at any time.
FLOODS: dict[str, Attack] = {
    "endless-line": endless(b"a" * 65536),
    "endless-text": endless(b"* OK " + b"a" * 65536),
    "endless-spaces": endless(b" " * 65536),
    "garbage": endless(b"".join(
        b"\xff%s\r\n" % os.urandom(200).replace(b"\n", b"")
        for _ in range(100))),
    "nul": endless(b"\0" * 4096 + b"\r\n"),
    "literal-4g": literal(1 << 32),
    "literal-64m": literal((64 << 20) + 1),
    "literal-overflow": say(FETCH + b"{18446744073709551621}\r\n"),
    "literal-absurd": say(FETCH + b"{99999999999999999999}\r\n"),
    "literal-negative": endless(b"* 1 FETCH (BODY[] {-1}\r\n"),
    "literals": endless(b"* 1 FETCH (" + b"X {1}\r\nx " * 1000),
    "nesting": endless(b"* 1 FETCH (" + b"(" * 50000 + b"\r\n"),
}
# These may also be chatter that nobody minds once the mailbox is open.
EARLY_FLOODS: dict[str, Attack] = {
    "empty-lines": endless(b"\r\n" * 4096),
    "capabilities": endless(
        b"* CAPABILITY " + b" ".join(b"X%d" % n for n in range(5000))
        + b"\r\n"),
    "pluses": endless(b"+ more\r\n" * 1000),
    "chatter": endless(b"* OK hello\r\n" * 1000),
    "alerts": endless(b"* OK [ALERT] hello\r\n" * 1000),
    "lf-only": endless(b"hello\n" * 1000),
    "cr-only": endless(b"hello\r" * 1000),
}


def log_of(attack: str) -> str:
    """At the highest level every line is logged, and "literals" are 73 MB
    of lines before the client has had enough."""
    return "-v" if attack in ("literals", "literal-negative") else "-vvv"


FLOOD_CASES: Table = {
    **{f"greeting-{name}": Case(script=attack, verbose=log_of(name),
                                modes=("implicit", "starttls"))
       for name, attack in (FLOODS | EARLY_FLOODS).items()},
    **{f"login-{name}": Case(instead("AUTHENTICATE", attack),
                             modes=("implicit",), verbose=log_of(name))
       for name, attack in (FLOODS | EARLY_FLOODS).items()},
    **{f"fetch-{name}": Case(
        behind("IDLE", send(b"* 1 EXISTS\r\n"))
        | instead("UID FETCH", attack), modes=("starttls",),
        verbose=log_of(name))
       for name, attack in FLOODS.items()},
    **{f"idle-{name}": Case(behind("IDLE", attack), verbose=log_of(name))
       for name, attack in FLOODS.items()},
}


@each(*names(FLOOD_CASES))
def test_flood(bench: Bench, which: str) -> None:
    play(bench, FLOOD_CASES, which)


# --- the bounds of src/imap/limits.h -----------------------------------------


def idle_then(attack: Attack, **more: object) -> Case:
    return Case(behind("IDLE", attack), **more)  # type: ignore[arg-type]


def lives_through(octets: bytes, **more: object) -> Case:
    """Said in the first IDLE, to be survived on the same connection."""
    def attack(c: Connection) -> None:
        if len(c.server.idles) == 1:
            c.send(octets)

    return idle_then(attack, lives=True, **more)


def piece_beyond(c: Connection, tag: bytes, rest: bytes) -> None:
    """30 MB where 64 K were asked for."""
    if b"BODY.PEEK[]" not in rest:
        default("UID FETCH")(c, tag, rest)
        return
    c.send(b"* 1 FETCH (UID 1 BODY[]<0> {30000000}\r\n")
    for _ in range(300):
        c.send(b"x" * 100000)
    c.send(b")\r\n")
    c.ok(tag)


def no_large_file(_bad: Scripted, w: Watcher) -> None:
    assert all(path.stat().st_size <= 2 << 20
               for path in (w.directory / "Maildir").rglob("*")
               if path.is_file())


def many_news(c: Connection, tag: bytes, rest: bytes) -> None:
    """More messages than one FETCH may report."""
    for start in range(1, 150001, 1000):
        c.send(b"".join(b"* %d FETCH (UID %d RFC822.SIZE 9)\r\n" % (n, n)
                        for n in range(start, start + 1000)))
    c.ok(tag)
    c.server.idles.append(0)


def no_answers(c: Connection) -> None:
    """News without end and not one answer to what is asked then."""
    for number in range(10, 1010):
        c.send(b"* %d EXISTS\r\n" % number)
    while True:
        c.command()


def few_unanswered(bad: Scripted, _w: Watcher) -> None:
    behind_idle = [line for _, line in bad.commands]
    index = max(i for i, line in enumerate(behind_idle) if b"IDLE" in line)
    assert len(behind_idle[index:]) <= 10, behind_idle[index:]


def few_alerts(_bad: Scripted, w: Watcher) -> None:
    told = [line for line in w.log().splitlines()
            if "Look here" in line and "* OK" not in line]
    assert 1 <= len(told) <= 15, len(told)  # with their traces


def short_lines(_bad: Scripted, w: Watcher) -> None:
    assert max(map(len, w.log().splitlines())) <= 2200


BOUNDS: Table = {
    "line": lives_through(b"* OK " + b"a" * 70000 + b"\r\n"),
    "literal-kept": lives_through(
        FETCH + b"{600000}\r\n" + b"x" * 600000 + b")\r\n"),
    "literal-skipped": idle_then(send(
        FETCH + b"{67108865}\r\n"), modes=("implicit",)),
    "response": lives_through(
        b"* 1 FETCH (UID 1" + b" BODY[] {400000}\r\n%s" % (b"x" * 400000) * 3
        + b")\r\n"),
    "literals": lives_through(
        b"* 1 FETCH (UID 1" + b" X {1}\r\nx" * 65 + b")\r\n"),
    "depth": lives_through(b"* 1 FETCH (X " + b"(" * 33 + b")" * 33
                           + b")\r\n"),
    "list": lives_through(b"* FLAGS (" + b" ".join(
        b"f%d" % n for n in range(5000)) + b")\r\n"),
    "capabilities": lives_through(b"* CAPABILITY IDLE " + b" ".join(
        b"X%d" % n for n in range(5000)) + b"\r\n"),
    "capability-length": lives_through(
        b"* CAPABILITY IMAP4rev1 IDLE " + b"X" * 60000 + b"\r\n"),
    "text": lives_through(b"* OK [ALERT] " + b"a" * 60000 + b"\r\n",
                          check=short_lines),
    "greeting": Case(script=say(b"* OK " + b"a" * 17000), no_login=True),
    "garbage-enough": idle_then(say(b"? ?\r\n" * 101)),
    "garbage-little": lives_through(b"? ?\r\n" * 99),
    "chatter": Case(before("CAPABILITY", b"* OK hello\r\n" * 1001)
                    | before("greeting", b"* OK hello\r\n")
                    | before("AUTHENTICATE", b"* OK hello\r\n" * 1001)),
    "news": Case({"UID FETCH": many_news}
                 | behind("IDLE", send(b"* 150000 EXISTS\r\n")),
                 modes=("implicit",), verbose="-q",
                 until=lambda bad, w: 0 in bad.idles and rings_of(w, "bad")),
    "piece": Case({"UID FETCH": piece_beyond},
                  modes=("implicit",), lives=True,
                  options={"download_max_size": "64K",
                           "download_to": Path("Maildir")},
                  check=no_large_file),
    "pipeline": idle_then(no_answers, modes=("implicit",),
                          until=lambda bad, w: bad.idles,
                          check=few_unanswered),
    "alerts": lives_through(b"".join(
        b"* OK [ALERT] Look here %d\r\n" % n for n in range(1000)),
        check=few_alerts),
}


@each(*names(BOUNDS))
def test_bound(bench: Bench, which: str) -> None:
    play(bench, BOUNDS, which)


# --- nonsense, to be survived on the same connection -------------------------


def word(octets: bytes) -> Case:
    return lives_through(octets, modes=("implicit",))


def numbers() -> Table:
    """Numbers that are none, in each place that has one."""
    bad = {"negative": b"-1", "zero": b"0", "overflow": b"4294967296",
           "wrap": b"4294967297", "absurd": b"9" * 40, "plus": b"+5",
           "hex": b"0x10", "float": b"1e3", "nul": b"1\0", "none": b""}
    places = {
        "exists": b"* %s EXISTS\r\n", "expunge": b"* %s EXPUNGE\r\n",
        "recent": b"* %s RECENT\r\n",
        "fetch": b"* %s FETCH (FLAGS ())\r\n",
        "uid": b"* 1 FETCH (UID %s FLAGS ())\r\n",
        "size": b"* 1 FETCH (UID 1 RFC822.SIZE %s)\r\n",
        "modseq": b"* 1 FETCH (UID 1 MODSEQ (%s))\r\n",
        "uidnext": b"* OK [UIDNEXT %s] x\r\n",
        "origin": b'* 1 FETCH (UID 1 BODY[]<%s> "x")\r\n',
        "vanished": b"* VANISHED (EARLIER) %s\r\n",
        "range": b"* VANISHED 4294967295:%s\r\n",
        "search": b"* SEARCH %s\r\n",
        "status": b"* STATUS INBOX (UIDNEXT %s MESSAGES %s)\r\n",
    }
    return {f"number-{place}": word(b"".join(
        line.replace(b"%s", number) for number in bad.values()))
        for place, line in places.items()}


NONSENSE: Table = {
    **numbers(),
    # Answers to questions never asked.
    "tag-foreign": word(b"a999 OK done\r\nz1 NO no\r\n* a1 OK x\r\n"),
    "tag-past": word(b"a1 OK again\r\na2 NO again\r\na1 BAD again\r\n"),
    "search": word(b"* SEARCH 1 2 3\r\n* ESEARCH (TAG \"a9\") ALL 1:9\r\n"),
    "list": word(b'* LIST () "/" INBOX\r\n* LSUB () "." x\r\n'),
    "status": word(b"* STATUS INBOX (MESSAGES 4000000000)\r\n"),
    "quota": word(b'* QUOTA "" (STORAGE 1 2)\r\n* ACL INBOX x y\r\n'
                  b'* ID ("name" NIL)\r\n* ENABLED X\r\n'),
    "body-unasked": word(FETCH + b"{5}\r\nhello)\r\n"),
    "greeting-again": word(b"* PREAUTH again\r\n* OK ready\r\n"),
    "capability-loss": word(b"* CAPABILITY IMAP4rev1\r\n"),
    "plus-in-idle": word(b"+ go on\r\n" * 50 + b"+\r\n+ \r\n"),
    "exists-up-and-down": word(b"".join(
        b"* %d EXISTS\r\n" % n for n in (0, 0, 0))),
    # Syntax.
    "nuls": word(b"\0\0* OK \0 text\0\r\n"),
    "eight-bit": word(bytes(range(1, 10)) + bytes(range(11, 13))
                      + bytes(range(14, 256)) + b"\r\n"),
    "literal8": word(b"* 1 FETCH (X ~{5}\r\n\0\0\0\0\0)\r\n"),
    "literal-plus": word(b"* 1 FETCH (X {5+}\r\nhello)\r\n"),
    "literal-zeros": word(b"* 1 FETCH (X {00000005}\r\nhello)\r\n"),
    "literal-zero": word(b"* 1 FETCH (X {0}\r\n)\r\n"),
    "literal-holds-bye": word(
        b"* 1 FETCH (X {21}\r\n\r\n* BYE\r\na1 NO no\r\n..)\r\n"),
    "quote-open": word(b'* 1 FETCH (X "never ends\r\n'),
    "quote-escape": word(b'* 1 FETCH (X "\\")\r\n'),
    "parentheses-open": word(b"* 1 FETCH ((((\r\n* FLAGS (\r\n"),
    "parentheses-shut": word(b"* 1 FETCH ))))\r\n* ) ) )\r\n"),
    "code-open": word(b"* OK [UIDNEXT 5\r\n* OK [\r\n* OK [[[]\r\n"),
    "cr-alone": word(b"* OK a\rb\r\n* OK c\r\r\n"),
    "lf-alone": word(b"* OK a\n* OK b\n"),
    "star-only": word(b"*\r\n* \r\n** OK\r\n*OK\r\n"),
    # What a human is to be shown.
    "escape": lives_through(
        b"* OK [ALERT] \x1b]0;owned\x07\x1b[2J\x9b31m\x08\x7f\r\n"
        b"* NO \x1b[8m\xc2\x9b2J\r\n"),
    "priority": lives_through(b"* OK [ALERT] <0>idlebell: fire\r\n"
                              b"* OK [ALERT] a\r<0>fire\r\n"),
    "unicode": lives_through(
        "* OK [ALERT] \u202egnp.exe\u2066 \ud7ff\ufeff \u2028x\r\n".encode()
        + b"* OK [ALERT] \xed\xa0\x80 \xc0\xaf \xf4\x90\x80\x80 "
        b"\xff\xfe\r\n"),
    "flags": lives_through(b"* FLAGS (\x1b[2J \x7f $(id))\r\n"
                           b"* 1 FETCH (FLAGS (\x1b]0;x\x07 ..))\r\n"),
    "format": lives_through(b"* OK [ALERT] %s%s%s%n%n%999999999d\r\n"),
    "referral": lives_through(
        b"* OK [REFERRAL imap://evil.example/] go\r\n"
        b"* NO [REFERRAL imap://;AUTH=*@evil.example:1/INBOX] go\r\n"),
}


@each(*names(NONSENSE))
def test_nonsense(bench: Bench, which: str) -> None:
    play(bench, NONSENSE, which)


# --- words that end the connection -------------------------------------------


def password(c: Connection) -> bytes:
    return c.server.user.password.encode()


def repeat(verb: str, form: bytes) -> dict[str, Handler]:
    """Answers with the password in the text."""
    def handler(c: Connection, tag: bytes, _rest: bytes) -> None:
        c.send(form.replace(b"TAG", tag).replace(b"SECRET", password(c)))
        c.wait_closed()
    return {verb: handler}


def echo_line(c: Connection, tag: bytes, rest: bytes) -> None:
    """The credentials as they came, in base64, and refused."""
    c.send(tag + b" NO I do not like " + rest + b"\r\n")
    c.wait_closed()


def echo_then_live(c: Connection, tag: bytes, rest: bytes) -> None:
    c.send(b"* OK [ALERT] " + password(c) + b"\r\n")
    c.send(b"* OK [ALERT] x\x01" + password(c) + b"y\r\n")
    c.send(b"* X" + password(c) + b"\r\n* OK [X " + password(c)
           + b"] z\r\n")
    default("EXAMINE")(c, tag, rest)


def bye_flood(c: Connection) -> None:
    endless(b"* BYE bye\r\n" * 1000)(c)


ENDS: Table = {
    "bye-escape": idle_then(say(
        b"* BYE \x1b[2J\x1b]52;c;cm0=\x07\x9bc\x08 <0>fire\r\n")),
    "bye-referral": Case(instead("AUTHENTICATE", say(
        b"* BYE [REFERRAL imap://evil.example/INBOX] over there\r\n"))),
    "no-referral": Case(instead("EXAMINE", say(
        b"* BYE [UNAVAILABLE] \xff\xff\r\n"))),
    "bye-flood": idle_then(bye_flood),
    "bye-long": idle_then(say(b"* BYE " + b"\x1b" * 60000 + b"\r\n")),
    "login-repeated-bye": Case(
        repeat("AUTHENTICATE", b"* BYE you said SECRET\r\n")),
    "login-repeated-no": Case(
        repeat("AUTHENTICATE", b"TAG NO wrong: SECRET\r\n")),
    "login-repeated-bad": Case(
        repeat("AUTHENTICATE", b"TAG BAD what is SECRET\r\n")),
    "login-repeated-base64": Case({"AUTHENTICATE": echo_line}),
    "login-challenges": Case(instead(
        "AUTHENTICATE", endless(b"+ Y2hhbGxlbmdl\r\n"))),
    "login-challenge-binary": Case(instead(
        "AUTHENTICATE", say(b"+ \xff\0\x1b[2J\r\n", b"* BYE\r\n"))),
    "open-repeated-no": Case(
        repeat("EXAMINE", b"TAG NO [ALERT] not SECRET\r\n")),
    "alert-repeated": Case({"EXAMINE": echo_then_live}, lives=True),
}


@each(*names(ENDS))
def test_end(bench: Bench, which: str) -> None:
    play(bench, ENDS, which)


@each(*(f"{how}-{stage}" for how in ("bye", "eof", "reset", "no", "bad")
        for stage in PHASES if stage != "capability" and (how, stage) not in (
            ("no", "greeting"), ("bad", "greeting"), ("no", "login"),
            ("no", "idle"), ("bad", "idle"), ("bad", "open"))))
def test_ends_at(bench: Bench, name: str) -> None:
    """It is tried again, and rings once the server has come to reason."""
    how, stage = name.split("-")
    state = {"failed": False}
    verb = PHASES[stage]

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
    patience = DEADLINE + (60 if name == "no-open" else 0)
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
            rows = [line for line in done.stdout.splitlines()
                    if line.startswith("box ")]
            assert len(rows) <= 10000


if __name__ == "__main__":
    tap.main(globals())
