#!/usr/bin/python3
"""What a message or a mailbox name holds breaks out of nothing: no shell,
markup, terminal, log line, JSON, environment or file name."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

from rig import tap
from rig.desktop import Desktop
from rig.hostile import (Case, canary, is_harmless, journal, run,
                         rings_of, small)
from rig.mail import Message, make_message
from rig.scripted import Connection, Scripted, default
from rig.tap import Bench, each
from rig.watcher import Ring

Check = Callable[[Ring], None]


@dataclass
class Payload:
    """Octets for each field that people or programs are shown."""

    octets: bytes
    check: Optional[Check] = None
    whole: bool = False  # all of the header


def encoded(octets: bytes, charset: str = "utf-8") -> bytes:
    """An encoded word (RFC 2047)."""
    return b"=?%s?B?%s?=" % (charset.encode(), base64.b64encode(octets))


def header(octets: bytes) -> bytes:
    return (b"From: %s <boss@example.org>\r\nTo: \"%s\" <jane@example.org>, "
            b"%s\r\nSubject: %s\r\nList-Id: %s <x.example.org>\r\n"
            b"Message-ID: <%s@example.org>\r\nDate: %s\r\n"
            % ((octets,) * 7))


def shows(text: str) -> Check:
    """It is text like any other: it arrives as it is."""
    def check(ring: Ring) -> None:
        assert text in ring.subject, ascii(ring.subject)
        assert ring.json["subject"] == ring.subject
    return check


def hides(*texts: str) -> Check:
    def check(ring: Ring) -> None:
        for text in texts:
            assert text not in ring.subject, ascii(ring.subject)
    return check


PAYLOADS: dict[str, Payload] = {
    # For shells; CANARY is a file that must not come to be.
    "substitution": Payload(b"$(touch CANARY)", shows("$(touch ")),
    "backticks": Payload(b"`touch CANARY`", shows("`touch ")),
    "semicolon": Payload(b"x; touch CANARY; :", shows("; touch ")),
    "pipe": Payload(b"x | touch CANARY & touch CANARY || touch CANARY"),
    "quotes": Payload(b"'; touch CANARY; ' \\\"; touch CANARY; \\\""),
    "variables": Payload(b"${HOME:+`touch CANARY`} $HOME ~/x %s %n",
                         shows("$HOME ~/x %s %n")),
    "newline-shell": Payload(encoded(b"x\ntouch CANARY\n"), hides("\n")),
    "redirection": Payload(b"> CANARY < /etc/passwd >> CANARY"),
    "option": Payload(b"--help -o on_message=x -- -rf /"),
    # For environment and dynamic linker.
    "preload": Payload(encoded(b"x\nLD_PRELOAD=CANARY\nPATH=/"), hides("\n")),
    "preload-nul": Payload(encoded(b"x\0LD_PRELOAD=CANARY\0PATH=/"),
                           hides("\0")),
    "shellshock": Payload(b"() { :;}; touch CANARY", shows("() { :;}")),
    # For markup, JSON and logs.
    "markup": Payload(b"<b>x</b><img src=file:///etc/passwd> &amp; &#x1b;",
                      shows("<b>x</b>")),
    "json": Payload(b'"},{"event":"message","uid":1,"x":"\\u0000\\ud800',
                    shows('"},{"event"')),
    "json-newline": Payload(encoded(b'x"}\n{"event":"stop"}\n'), hides("\n")),
    "log-newline": Payload(encoded(b"x\n<0>idlebell: fire\r\n<0>fire"),
                           hides("\n", "\r")),
    "log-fold": Payload(b"x\r\n <0>idlebell: fire\r\n\t<0>fire",
                        hides("\n", "\r")),
    # For terminals.
    "escape": Payload(b"\x1b[2J\x1b]0;owned\x07\x1bP+q\x1b\\\x1b[6n",
                      hides("\x1b", "\x07")),
    "escape-encoded": Payload(encoded(b"\x1b]52;c;Y2FuYXJ5\x07\x08\x7f"),
                              hides("\x1b", "\x08", "\x7f")),
    "c1": Payload(encoded(b"\xc2\x9b2J\xc2\x9d0;x\xc2\x9c"),
                  hides("\x9b", "\x9d")),
    "c1-latin1": Payload(encoded(b"\x9b2J\x90", "iso-8859-1"),
                         hides("\x9b", "\x90")),
    "bidi": Payload(encoded("a\u202egpj.exe\u2066\u200f".encode()),
                    hides("\u202e", "\u2066", "\u200f")),
    "separators": Payload(encoded("a\u2028b\u2029c\x85d".encode()),
                          hides("\u2028", "\u2029", "\x85")),
    # For decoders.
    "nul": Payload(b"a\0b\0\0c", hides("\0")),
    "surrogates": Payload(encoded(b"\xed\xa0\x80\xed\xbf\xbf x")),
    "surrogates-utf16": Payload(encoded(b"\xd8\x00\x00x", "utf-16be")),
    "overlong": Payload(encoded(b"\xc0\xaf\xe0\x80\xaf\xf8\x88\x80\x80\x80")),
    "beyond-unicode": Payload(encoded(b"\xf4\x90\x80\x80\xff\xfe")),
    "raw-eight-bit": Payload(bytes(range(128, 256))),
    "utf-7": Payload(encoded(b"+ABsAWwAy-J +ACQAKA-touch CANARY)", "utf-7"),
                     hides("\x1b")),
    "iso-2022": Payload(encoded(b"\x1b$B!!\x1b(B\x1b[2J", "iso-2022-jp"),
                        hides("\x1b")),
    "charset-unknown": Payload(encoded(b"x", "../../../etc/passwd")),
    "charset-long": Payload(b"=?" + b"x" * 5000 + b"?B?eA==?="),
    "word-broken": Payload(b"=?utf-8?B?%%%%?= =?utf-8?Q?=?= =?utf-8?X?x?="),
    "word-in-word": Payload(encoded(encoded(b"\x1b[2J\n")), hides("\x1b")),
    "words": Payload(b" ".join([encoded(b"x\n")] * 1500), hides("\n")),
    "combining": Payload(encoded(("a" + "\u0301" * 4000).encode())),
    # For sizes: bound_environment() looks at each ring.
    "long": Payload(b"x" * 1000000),
    "long-encoded": Payload(encoded(b"\xf0\x9f\x92\xa9" * 50000)),
    "long-folded": Payload(b"x\r\n " * 20000),
    "addresses": Payload(b"To: " + b", ".join(
        b"a%d@example.org" % n for n in range(4000)) + b"\r\n", whole=True),
    "groups": Payload(b"From: " + b"g:" * 5000 + b";" * 5000 + b"\r\n",
                      whole=True),
    "comments": Payload(b"From: " + b"(" * 20000 + b"a@b" + b")" * 20000
                        + b"\r\n", whole=True),
    "quotes-open": Payload(b'From: "' + b'\\"' * 20000 + b"\r\n", whole=True),
    "fields-many": Payload(b"Subject: a\r\n" * 4000, whole=True),
    "field-names": Payload(b"".join(b"X%d: y\r\n" % n for n in range(4000))
                           + b": x\r\n\r: x\r\n= =\r\n", whole=True),
    "no-colon": Payload(b"never a colon " * 4000 + b"\r\n", whole=True),
    "nothing": Payload(b"", whole=True),
    "mime-bomb": Payload(b"MIME-Version: 1.0\r\nContent-Type: multipart/"
                         b"mixed; boundary=\"" + b"x" * 20000 + b"\"\r\n",
                         whole=True),
    # For file names: the Maildir is named by nothing of it.
    "path": Payload(b"../../../../CANARY", shows("../")),
    # Who mails the password mails text: it is hidden during the login only.
    "password": Payload(b"SECRET", shows("hostile-s3cret/pass")),
}


def case_of(bench: Bench, payload: Payload) -> Case:
    octets = payload.octets.replace(
        b"CANARY", str(canary(bench)).encode()).replace(
        b"SECRET", b"hostile-s3cret/pass")
    head = octets if payload.whole else header(octets)
    message = Message("", "", "", head + b"\r\nHello.\r\n")

    def prepare(bad: Scripted) -> None:
        wait = default("IDLE")

        def idle(c: Connection, tag: bytes, rest: bytes) -> None:
            wait(c, tag, rest)
            if not bad.messages:
                bad.add(message)
        bad.handlers["IDLE"] = idle

    return Case(prepare=prepare, echoes=payload.octets == b"SECRET",
                until=lambda bad, w: rings_of(w, "bad"),
                options={"download_to": Path("Maildir"),
                         "download_max_size": "16M"})


@each(*PAYLOADS)
def test_header(bench: Bench, name: str) -> None:
    payload = PAYLOADS[name]
    case = case_of(bench, payload)

    def check(_bad: Scripted, w: object) -> None:
        ring, = rings_of(w, "bad")  # type: ignore[arg-type]
        if payload.check is not None:
            payload.check(ring)
        assert ring.environment["IDLEBELL_FILE"].startswith(
            str(bench.directory)), ring.environment
        assert ring.environment["PATH"] == os.environ["PATH"]

    case.check = check
    run(bench, case, "implicit")
    assert not canary(bench).exists(), "text from a mail was executed"


@each("escape", "markup", "log-newline", "json", "long", "raw-eight-bit")
def test_events_of(bench: Bench, name: str) -> None:
    """once --json and plain: a line each, whatever the message."""
    case = case_of(bench, PAYLOADS[name])
    with Scripted(bench.authority) as server:
        w = bench.watcher().account("work", server, server.user)
        journal(w)
        with w:
            assert w.run("once").returncode == 0
            case.prepare(server)
            server.handlers["IDLE"] = default("IDLE")
            messages = [b"Message-ID: <%d@x>\r\n%s\r\n" % (
                number, header(PAYLOADS[name].octets).replace(b"Message", b"X"))
                for number in range(3)]
            server.messages += messages[:2]
            done = w.run("once", "--json")
            assert done.returncode == 0, done
            events = [json.loads(line) for line in done.stdout.splitlines()]
            assert [e["uid"] for e in events
                    if e["event"] == "message"] == [1, 2]
            assert is_harmless(done.stdout.replace("\n", "")), done.stdout
            server.messages.append(messages[2])
            done = w.run("once")
            assert done.returncode == 0, done
            assert is_harmless(done.stdout.replace("\n", "")), done.stdout
            assert len(done.stdout.splitlines()) <= 1, done.stdout


FLAGS = {"path": r"\Seen ../../x", "shell": r"\* $IFS`id` <b> ;x",
         "long": "a" * 5000,
         "many": " ".join(f"f{n}" for n in range(3000))}


@each(*FLAGS)
def test_flags(bench: Bench, name: str) -> None:
    """Flags choose letters of a file name, and reach the environment."""
    flags = FLAGS[name].encode()

    def uid_fetch(c: Connection, tag: bytes, rest: bytes) -> None:
        sender = c.send
        c.send = lambda octets: sender(  # type: ignore[method-assign]
            octets.replace(b"FLAGS ()", b"FLAGS (%s)" % flags))
        default("UID FETCH")(c, tag, rest)
        c.send = sender  # type: ignore[method-assign]

    case = Case({"UID FETCH": uid_fetch}, modes=("implicit",), lives=True,
                options={"download_to": Path("Maildir"),
                         "download_max_size": "2M"})
    run(bench, case, "implicit")


NAMES = (rb'"../../../../etc/passwd"', rb'"a\"b"', b"{4}\r\n\x1b[2J",
         b"&AAAA-", rb'"\\..\\x"', b"INBOX", b'"/etc/passwd"', b'"."',
         b'".."', b'""', b'"a\x7fb"', b'"&2AA-"', b'"&-&-&"', b'"&ABs-[2J"',
         b'"$(id)"', b'"' + b"x" * 5000 + b'"', b'"\xff\xfe"',
         b'"&IC4-gpj.exe"', b"NIL", b"{2}\r\n\r\n")


def test_mailbox_names(bench: Bench) -> None:
    """Names that a server lists reach no path and no terminal."""
    def listing(c: Connection, tag: bytes, _rest: bytes) -> None:
        for name in NAMES:
            c.send(b'* LIST (\\x \\y) "/" ' + name + b"\r\n")
            c.send(b'* LIST () "\x1b" ' + name + b"\r\n")
        c.ok(tag)

    with Scripted(bench.authority, handlers={"LIST": listing}) as server:
        w = bench.watcher().account("work", server, server.user)
        with w:
            done = w.run("mailboxes", "work")
            assert done.returncode == 0, done
            assert is_harmless(done.stdout.translate({9: 32, 10: 32}))
            assert {p.name for p in w.home.rglob("*") if p.is_file()} <= {
                "lock", "marks"}


WATCHED = {"up": "../../../x", "root": "/etc/passwd", "dot": ".",
           "dots": "..", "through": "a/../../b", "shell": "$(id)",
           "option": "-rf", "long": "x" * 900}


@each(*WATCHED)
def test_mailbox_watched(bench: Bench, which: str) -> None:
    """A mailbox of any name has its mark and its mail in the right places."""
    name = WATCHED[which]
    with Scripted(bench.authority) as server:
        w = bench.watcher()
        maildir = w.directory / "Maildir"
        w.account("work", server, server.user, mailboxes=name,
                  download_to=maildir, download_max_size="1M")
        with w:
            w.start()
            w.wait_state("live", "work", name)
            server.add(make_message("New"))
            ring, = w.wait_rings(1)
            path = Path(ring.environment["IDLEBELL_FILE"])
            assert path.parent == maildir / "new", path
            assert ring.environment["IDLEBELL_MAILBOX"] == name
            small(w)
        state = w.home / ".state" / "idlebell"
        assert all(p.parent == state and len(p.name) < 80
                   for p in (w.home / ".state").rglob("*") if p.is_file())


@each("markup", "escape-encoded", "bidi", "json", "long")
def test_bubble(bench: Bench, name: str) -> None:
    """The desktop is told text, and no markup but ours."""
    with Scripted(bench.authority) as server, \
            Desktop(bench.path("desktop")) as desktop:
        desktop.start_daemon()
        w = bench.watcher()
        w.environment["DBUS_SESSION_BUS_ADDRESS"] = desktop.address
        w.account("work", server, server.user, notify="desktop",
                  on_message=None)
        with w:
            w.start().wait_live("work")
            server.add(Message("", "", "", header(PAYLOADS[name].octets)
                               + b"\r\n"))
            bubble, = desktop.wait_bubbles(1)
            for text in bubble["summary"], bubble["body"]:
                assert is_harmless(text.replace("\n", " ")), ascii(text)
                assert len(text.encode()) <= 8192
            assert "<img" not in bubble["body"], bubble
            assert "&#x" not in bubble["body"], bubble


if __name__ == "__main__":
    tap.main(globals())
