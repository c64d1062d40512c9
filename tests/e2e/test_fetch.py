#!/usr/bin/python3
"""fetch: whole messages and their text, to every destination, through cuts,
kills and full disks, byte for byte what the server has."""

from __future__ import annotations

import email
import email.policy
import hashlib
import json
import os
import pty
import random
import re
import signal
import subprocess
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Optional

from rig import tap
from rig.base import DEADLINE, wait_until
from rig.cutter import Cutter
from rig.cyrus import Cyrus
from rig.disk import SmallDisk
from rig.mail import Message, make_message
from rig.scripted import Connection, Handler, Scripted, default
from rig.tap import Bench, each
from rig.watcher import Watcher

PIECE = 128 * 1024
USAGE, UNAVAILABLE, IOERR, TEMPFAIL, CONFIG = 64, 69, 74, 75, 78

_cyrus: Optional[Cyrus] = None


def cyrus(bench: Bench) -> Cyrus:
    """Shared by all tests: it takes seconds to start."""
    global _cyrus
    if _cyrus is None:
        server = Cyrus(bench.shared / "cyrus", bench.authority)
        bench.at_end(server.stop)
        _cyrus = server.start()
    return _cyrus


def sha256(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()


def noise(size: int, seed: int = 1) -> str:
    """Text that no piece of repeats."""
    rng = random.Random(seed)
    return "".join(f"{rng.getrandbits(240):060x}\n"
                   for _ in range(size // 61 + 1))


def large(size: int = 20 * PIECE) -> Message:
    return make_message("large", body=noise(size))


def is_stored(octets: bytes, message: Message) -> bool:
    """What was delivered, behind what the server put before it."""
    return octets.endswith(message.lines)


def partials(w: Watcher) -> list[Path]:
    return sorted((w.home / ".state/idlebell/partial").glob("*"))


def start(w: Watcher, *arguments: str, **options: Any) -> subprocess.Popen:
    return subprocess.Popen([*w.program, "-c", str(w.config), *arguments],
                            env=w.environment, stdin=subprocess.DEVNULL,
                            **options)


# --- destinations -------------------------------------------------------


@each("dovecot", "cyrus")
def test_whole(bench: Bench, kind: str) -> None:
    server: Any = bench.dovecot if kind == "dovecot" else cyrus(bench)
    user = server.user()
    message = large()
    server.deliver(user, make_message("other"))
    server.deliver(user, message)
    mail = bench.path("Mail")
    with bench.watcher().account("work", server, user,
                                 download_to=mail) as w:
        done = w.run("fetch", "work", "INBOX", "2")
        assert done.returncode == 0, done
        path = Path(done.stdout.rstrip("\n"))
        assert path.parent == mail / "new", path
        assert is_stored(path.read_bytes(), message)
        assert partials(w) == []
        # The server is not asked for it again.
        again = w.run("-vvv", "fetch", "work", "INBOX", "2")
        assert again.stdout == done.stdout, again
        assert "BODY.PEEK" not in again.stderr
        # Nothing is changed.
        with server.reader(user) as reader:
            assert all("\\Seen" not in m.flags for m in reader.stored())
            uidvalidity = reader.examine()
        other = w.run("fetch", "work", "INBOX", f"{uidvalidity}/1")
        assert other.returncode == 0, other
        wrong = w.run("fetch", "work", "INBOX", f"{uidvalidity + 1}/1")
        assert wrong.returncode == UNAVAILABLE, wrong
        assert "renumbered" in wrong.stderr
        gone = w.run("fetch", "work", "INBOX", "99")
        assert gone.returncode == UNAVAILABLE, gone
        assert "work/INBOX: UID 99: it is not there" in gone.stderr


def test_outputs(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    message = large(3 * PIECE)
    server.deliver(user, message)
    out = bench.path("out")
    with bench.watcher().account("work", server, user) as w:
        where = ("fetch", "work", "INBOX", "1")
        done = w.run(*where)
        assert done.returncode == CONFIG, done
        assert "download_to" in done.stderr
        done = w.run("--output", str(out), *where)
        assert done.returncode == 0 and done.stdout == "", done
        assert is_stored(out.read_bytes(), message)
        assert out.stat().st_mode & 0o777 == 0o600
        done = w.run("--output", "-", *where)
        assert done.returncode == 0, done
        assert done.stdout.encode() == out.read_bytes()
        done = w.run("--output", f"{bench.path('Box')}/", *where)
        assert Path(done.stdout.rstrip("\n")).read_bytes() \
            == out.read_bytes()
        copy = bench.path("copy")
        done = w.run("--output", f"| sh -c 'cat >{copy}'", *where)
        assert done.returncode == 0, done
        assert copy.read_bytes() == out.read_bytes()
        for bad in "| ", "| 'x":
            assert w.run("--output", bad, *where).returncode == USAGE
        for uid in "0", "x", "1/", "/1", "1/2/3", "-1", "4294967296":
            assert w.run("fetch", "work", "INBOX", uid).returncode == USAGE
        assert w.run("fetch", "none", "INBOX", "1").returncode == USAGE
        assert w.run("--text", "check").returncode == USAGE


def test_command(bench: Bench) -> None:
    """As an MDA: 75 is for now, all else for good; what was fetched is not
    fetched again."""
    server = bench.dovecot
    user = server.user()
    message = large(3 * PIECE)
    server.deliver(user, message)
    out = bench.path("out")
    script = bench.path("mda")
    script.write_text(f'#!/bin/sh\n[ -e {out}.ok ] || exit 75\n'
                      f'cat >{out}; echo "$IDLEBELL_UID" >{out}.uid\n')
    script.chmod(0o700)
    with bench.watcher().account("work", server, user,
                                 download_command=script) as w:
        done = w.run("fetch", "work", "INBOX", "1")
        assert done.returncode == TEMPFAIL, done
        assert "exit status 75" in done.stderr
        part, = partials(w)
        assert part.stat().st_size > 3 * PIECE
        Path(f"{out}.ok").touch()
        done = w.run("-vvv", "fetch", "work", "INBOX", "1")
        assert done.returncode == 0, done
        assert "BODY.PEEK[]<0." not in done.stderr
        assert is_stored(out.read_bytes(), message)
        assert Path(f"{out}.uid").read_text() == "1\n"
        assert partials(w) == []
        done = w.run("--output", "| false", "fetch", "work", "INBOX", "1")
        assert done.returncode == IOERR, done
        assert "false does not take it: exit status 1" in done.stderr


def test_log(bench: Bench) -> None:
    """The protocol in the log is without what the message says."""
    server = bench.dovecot
    user = server.user()
    message = large(2 * PIECE)
    server.deliver(user, message)
    out = bench.path("out")
    with bench.watcher().account("work", server, user) as w:
        done = w.run("-vvv", "--output", str(out), "fetch", "work", "INBOX",
                     "1")
        assert is_stored(out.read_bytes(), message), done
        assert re.search(rf"S: \* 1 FETCH \(UID 1 BODY\[\]<0> "
                         rf"\{{{PIECE}\}} \[{PIECE} octets of a message\]",
                         done.stderr), done
        assert "C: (login)" in done.stderr
        assert message.lines.decode().splitlines()[-2] not in done.stderr
        assert len(done.stderr) < 20_000, len(done.stderr)


# --- cut, killed, interrupted ---------------------------------------------


def held(pieces: int) -> tuple[Handler, list[bytes]]:
    """UID FETCH that answers so many pieces and half of the next; then it
    holds on to the client."""
    asked: list[bytes] = []

    def handler(c: Connection, tag: bytes, rest: bytes) -> None:
        if b"BODY.PEEK[]" in rest:
            asked.append(rest)
            if len(asked) > pieces:
                octets = c.server.messages[0]
                start = pieces * PIECE
                c.send(b"* 1 FETCH (UID 1 BODY[]<%d> {%d}\r\n"
                       % (start, PIECE) + octets[start:start + PIECE // 2])
                c.wait_closed()
        default("UID FETCH")(c, tag, rest)
    return handler, asked


def asked_offsets(server: Scripted) -> list[int]:
    found = (re.search(rb"BODY\.PEEK\[\]<(\d+)\.", c)
             for _, c in server.commands)
    return [int(m[1]) for m in found if m]


def wait_partial(w: Watcher, size: int) -> Path:
    def find() -> Optional[Path]:
        return next((p for p in partials(w) if p.stat().st_size >= size),
                    None)
    path = wait_until(find, f"{size} octets of it")
    assert path is not None
    return path


@each("kill", "interrupt", "terminate")
def test_resumed(bench: Bench, how: str) -> None:
    """Killed in the middle: the next one goes on from there."""
    number = {"kill": signal.SIGKILL, "interrupt": signal.SIGINT,
              "terminate": signal.SIGTERM}[how]
    message = large(10 * PIECE)
    handler, _ = held(4)
    out = bench.path("out")
    with Scripted(bench.authority, {"UID FETCH": handler}) as server:
        server.add(message)
        w = bench.watcher().account("work", server, server.user)
        with w:
            command = ("--output", str(out), "fetch", "work", "INBOX", "1")
            process = start(w, *command, stderr=subprocess.PIPE, text=True)
            wait_partial(w, 4 * PIECE)
            process.send_signal(number)
            _, said = process.communicate(timeout=DEADLINE)
            if how == "kill":
                assert process.returncode == -number
            else:
                assert process.returncode == 128 + number
                assert "interrupted" in said and "goes on" in said, said
            assert not out.exists()
            part, = partials(w)
            assert part.read_bytes() == message.octets[:4 * PIECE]
            server.handlers.clear()
            server.commands.clear()
            done = w.run(*command)
            assert done.returncode == 0, done
            assert asked_offsets(server)[0] == 4 * PIECE
            assert sha256(out.read_bytes()) == sha256(message.lines)
            assert partials(w) == []


def test_two(bench: Bench) -> None:
    """One process at a time adds to what there is of a message."""
    handler, _ = held(2)
    out = bench.path("out")
    with Scripted(bench.authority, {"UID FETCH": handler}) as server:
        server.add(large(4 * PIECE))
        w = bench.watcher().account("work", server, server.user)
        with w:
            command = ("--output", str(out), "fetch", "work", "INBOX", "1")
            first = start(w, *command, stderr=subprocess.DEVNULL)
            part = wait_partial(w, 2 * PIECE)
            second = w.run(*command)
            assert second.returncode == TEMPFAIL, second
            assert "another process" in second.stderr
            assert part.stat().st_size == 2 * PIECE
            first.kill()
            first.wait()


def test_cut_often(bench: Bench) -> None:
    """A real server behind a line that breaks at random octets."""
    server = bench.dovecot
    user = server.user()
    message = large(30 * PIECE)
    server.deliver(user, message)
    rng = random.Random(5)
    cutter = Cutter(server)
    bench.defer(cutter.stop)
    cutter.fate = lambda: ("down", rng.randint(3 * PIECE, 9 * PIECE),
                            rng.choice(("rst", "fin")))
    out = bench.path("out")
    with bench.watcher().account("work", cutter, user) as w:
        command = ("--output", str(out), "fetch", "work", "INBOX", "1")
        done = w.run(*command)
        assert done.returncode == 0, done
        assert is_stored(out.read_bytes(), message)
        assert cutter.connections > 2, cutter.connections
        assert "goes on in" in done.stderr


# --- odd servers -----------------------------------------------------------


def sizes(lie: int) -> Handler:
    """RFC822.SIZE is lie octets more than what is sent (quirk 40)."""
    def handler(c: Connection, tag: bytes, rest: bytes) -> None:
        if b"RFC822.SIZE" in rest:
            c.send(b"* 1 FETCH (UID 1 FLAGS () RFC822.SIZE %d)\r\n"
                   % (len(c.server.messages[0]) + lie))
            c.ok(tag)
        else:
            default("UID FETCH")(c, tag, rest)
    return handler


def no_parts(c: Connection, tag: bytes, rest: bytes) -> None:
    """Knows no partial FETCH."""
    default("UID FETCH")(c, tag, re.sub(rb"<\d+\.\d+>", b"", rest))


def renumbered(c: Connection, tag: bytes, rest: bytes) -> None:
    """Another mailbox, between two connections."""
    if b"BODY.PEEK[]<131072" in rest:
        c.server.uidvalidity += 1
        c.hang_up()
    default("UID FETCH")(c, tag, rest)


def expunged(c: Connection, tag: bytes, rest: bytes) -> None:
    if b"BODY.PEEK[]<131072" in rest:
        c.send(b"* 1 EXPUNGE\r\n")
        c.ok(tag)
    else:
        default("UID FETCH")(c, tag, rest)


SERVERS: dict[str, tuple[Handler, int, str]] = {
    "size-too-large": (sizes(5000), 0, ""),
    "size-too-small": (sizes(-5000), 0, ""),
    "no-parts": (no_parts, 0, ""),
    "renumbered": (renumbered, UNAVAILABLE, "renumbered"),
    "expunged": (expunged, UNAVAILABLE, "did not send all"),
}


@each(*SERVERS)
def test_servers(bench: Bench, which: str) -> None:
    handler, status, text = SERVERS[which]
    message = large(2 * PIECE)
    out = bench.path("out")
    with Scripted(bench.authority, {"UID FETCH": handler}) as server:
        server.add(message)
        w = bench.watcher().account("work", server, server.user)
        with w:
            done = w.run("--output", str(out), "fetch", "work", "INBOX", "1")
            assert done.returncode == status, done
            assert text in done.stderr, done
            if status == 0:
                assert out.read_bytes() == message.lines
            else:
                assert not out.exists()


# --- text only ------------------------------------------------------------


def compose() -> Message:
    mail = EmailMessage(email.policy.SMTP)
    mail["From"] = "Zoë <boss@example.org>"
    mail["To"] = "jane@example.org"
    mail["Subject"] = "Umlaute: äöü"
    mail["Message-ID"] = "<text@example.org>"
    mail.set_content("Grüße\n" * 2000, cte="base64")
    mail.add_alternative("<p>Grüße</p>\n", subtype="html",
                         cte="quoted-printable")
    mail.add_attachment(os.urandom(900_000), maintype="application",
                        subtype="pdf", filename="Über 100 %.pdf")
    inner = EmailMessage(email.policy.SMTP)
    inner["Subject"] = "inner"
    inner.set_content("Within.\n")
    inner.add_attachment(b"x" * 50_000, maintype="image", subtype="png",
                         filename="small.png")
    mail.add_attachment(inner)
    return Message("text", "boss@example.org", "text@example.org",
                   mail.as_bytes())


@each("dovecot", "cyrus")
def test_text(bench: Bench, kind: str) -> None:
    server: Any = bench.dovecot if kind == "dovecot" else cyrus(bench)
    user = server.user()
    server.deliver(user, compose())
    out = bench.path("out")
    mail = bench.path("Mail")
    with bench.watcher().account("work", server, user, download="text",
                                 download_to=mail) as w:
        done = w.run("-vvv", "--output", str(out), "fetch", "work", "INBOX",
                     "1")
        assert done.returncode == 0, done
        assert "BINARY.PEEK[1.1]" in done.stderr
        octets = out.read_bytes()
        assert len(octets) < 60_000, len(octets)
        found = email.message_from_bytes(octets, policy=email.policy.default)
        assert found["X-Idlebell-Download"] == "text"
        assert found["Subject"] == "Umlaute: äöü"
        assert found["Message-ID"] == "<text@example.org>"
        bodies = [(p.get_content_type(), p.get_content())
                  for p in found.walk() if p.get_content_maintype() == "text"]
        assert [kind for kind, _ in bodies] == [
            "text/plain", "text/html", "text/plain", "text/plain",
            "text/plain"]
        texts = [text for _, text in bodies]
        assert texts[0] == "Grüße\n" * 2000
        assert texts[1] == "<p>Grüße</p>\n"
        assert texts[2].startswith("[Not downloaded: Über 100 %.pdf "
                                   "(application/pdf, 9"), texts[2]
        assert texts[3] == "Within.\n"
        assert texts[4].startswith("[Not downloaded: small.png (image/png")
        assert not any(p.defects for p in found.walk())
        # In a Maildir the text stands beside the whole message.
        first = w.run("fetch", "work", "INBOX", "1").stdout.rstrip("\n")
        assert Path(first).read_bytes() == octets
        whole = w.run("-o", "download=full", "fetch", "work", "INBOX", "1")
        assert whole.stdout.rstrip("\n") == first, "the account says text"
        with server.reader(user) as reader:
            assert all("\\Seen" not in m.flags for m in reader.stored())


def test_text_alone(bench: Bench) -> None:
    """Nothing to leave out: the message is whole."""
    server = bench.dovecot
    user = server.user()
    message = make_message("plain", body="Hello.\n")
    server.deliver(user, message)
    out = bench.path("out")
    with bench.watcher().account("work", server, user) as w:
        done = w.run("--text", "--output", str(out), "fetch", "work",
                     "INBOX", "1")
        assert done.returncode == 0, done
        assert is_stored(out.read_bytes(), message)
        assert b"X-Idlebell" not in out.read_bytes()


def compose_long(size: int, attached: bool) -> tuple[Message, str]:
    mail = EmailMessage(email.policy.SMTP)
    mail["From"] = "boss@example.org"
    mail["Subject"] = "long"
    mail["Message-ID"] = "<long@example.org>"
    text = noise(size)
    mail.set_content("Hello.\n")
    mail.add_alternative(text, cte="7bit")
    if attached:
        mail.add_attachment(b"x" * 100_000, maintype="image", subtype="png")
    return Message("long", "boss@example.org", "long@example.org",
                   mail.as_bytes()), text


@each("attached", "alone", "too-long", "too-long-alone")
def test_text_long(bench: Bench, which: str) -> None:
    """Who asks for the text gets it, and is told if it cannot be had."""
    server = bench.dovecot
    user = server.user()
    message, text = compose_long(
        (17 if "too-long" in which else 5) << 20, not which.endswith("alone"))
    server.deliver(user, message)
    out = bench.path("out")
    with bench.watcher().account("work", server, user) as w:
        done = w.run("--text", "--output", str(out), "fetch", "work",
                     "INBOX", "1")
        assert done.returncode == 0, done
        if which.endswith("alone"):
            assert is_stored(out.read_bytes(), message)
            assert done.stderr == "", done
            return
        found = email.message_from_bytes(out.read_bytes(),
                                         policy=email.policy.default)
        texts = [part.get_content() for part in found.walk()
                 if part.get_content_maintype() == "text"]
        assert texts[0] == "Hello.\n", texts[0]
        if which == "attached":
            assert texts[1] == text and done.stderr == "", done
        else:
            assert texts[1].startswith("[Not downloaded: "), texts[1][:80]
            assert "of its text are left out" in done.stderr, done
            assert done.stderr.count("\n") == 1, done


def test_text_never_comes(bench: Bench) -> None:
    """A server that breaks off at the same part each time: text begins anew,
    and what came of it before is no progress."""
    def handler(c: Connection, tag: bytes, rest: bytes) -> None:
        if b"BODYSTRUCTURE" in rest:
            c.send(b'* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 9999 BODYSTRUCTURE '
                   b'(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1)'
                   b'("IMAGE" "PNG" NIL NIL NIL "BASE64" 900000) "MIXED" '
                   b'("BOUNDARY" "b")))\r\n')
            c.ok(tag)
        elif b"BODY.PEEK[HEADER]" in rest:
            c.send(b"* 1 FETCH (UID 1 BODY[HEADER]<0> {6}\r\nA: b\r\n)\r\n")
            c.ok(tag)
        else:
            c.hang_up()

    with Scripted(bench.authority, {"UID FETCH": handler}) as server:
        server.add(make_message("odd"))
        w = bench.watcher().account("work", server, server.user)
        with w:
            process = start(w, "--text", "--output", str(bench.path("out")),
                            "fetch", "work", "INBOX", "1",
                            stderr=subprocess.PIPE, text=True)
            assert process.stderr is not None
            said = [process.stderr.readline() for _ in range(2)]
            process.terminate()
            process.communicate(timeout=DEADLINE)
            assert "goes on in 1 s" in said[0], said
            assert "goes on in 2 s" in said[1], said


def test_only_attachment(bench: Bench) -> None:
    """A message that is an attachment, and nothing else."""
    server = bench.dovecot
    user = server.user()
    mail = EmailMessage(email.policy.SMTP)
    mail["From"] = "boss@example.org"
    mail["Subject"] = "fax"
    mail.set_content(b"%PDF" * 5000, maintype="application", subtype="pdf",
                     filename='a"\r\nb.pdf'.replace("\r\n", ""))
    server.deliver(user, Message("fax", "", "", mail.as_bytes()))
    out = bench.path("out")
    with bench.watcher().account("work", server, user) as w:
        done = w.run("--text", "--output", str(out), "fetch", "work",
                     "INBOX", "1")
        assert done.returncode == 0, done
        found = email.message_from_bytes(out.read_bytes(),
                                         policy=email.policy.default)
        assert found["Subject"] == "fax"
        assert found.get_all("Content-Type") == [
            'text/plain; charset="utf-8"'], found.items()
        assert re.search(r"\(application/pdf, 20 kB", found.get_content())


# --- disks ------------------------------------------------------------------


def test_disk_full(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    message = large(30 * PIECE)
    server.deliver(user, message)
    w = bench.watcher().account("work", server, user)
    disk = SmallDisk(w.home / ".state", 2 << 20)
    bench.defer(disk.stop)
    out = bench.path("out")
    w.program[:0] = disk.prefix
    with w:
        done = w.run("--output", str(out), "fetch", "work", "INBOX", "1")
        assert done.returncode == IOERR, done
        assert "no space for" in done.stderr, done
        assert not out.exists()


def test_disk_fills(bench: Bench) -> None:
    """In the middle of it; what there is stays, and goes on later."""
    message = large(10 * PIECE)
    with Scripted(bench.authority) as server:
        server.add(message)
        w = bench.watcher().account("work", server, server.user)
        disk = SmallDisk(w.home / ".state", 8 << 20)
        bench.defer(disk.stop)
        asked = default("UID FETCH")

        def fill(c: Connection, tag: bytes, rest: bytes) -> None:
            if b"BODY.PEEK[]<%d." % (4 * PIECE) in rest:
                disk.fill()
            asked(c, tag, rest)

        server.handlers["UID FETCH"] = fill
        out = bench.path("out")
        w.program[:0] = disk.prefix
        with w:
            command = ("--output", str(out), "fetch", "work", "INBOX", "1")
            done = w.run(*command)
            assert done.returncode == IOERR, done
            assert "no space for" in done.stderr, done
            assert "goes on" in done.stderr, done
            disk.free()
            server.handlers.clear()
            server.commands.clear()
            done = w.run(*command)
            assert done.returncode == 0, done
            assert asked_offsets(server)[0] == 4 * PIECE
            assert sha256(out.read_bytes()) == sha256(message.lines)


def test_destination_full(bench: Bench) -> None:
    """Looked at before anything is fetched."""
    server = bench.dovecot
    user = server.user()
    server.deliver(user, large(30 * PIECE))
    w = bench.watcher().account("work", server, user)
    small = bench.path("small")
    disk = SmallDisk(small, 2 << 20)
    bench.defer(disk.stop)
    w.program[:0] = disk.prefix
    with w:
        for output in f"{small}/file", f"{small}/Mail/":
            done = w.run("-vvv", "--output", output, "fetch", "work",
                         "INBOX", "1")
            assert done.returncode == IOERR, done
            assert "no space for" in done.stderr, done
            assert "BODY.PEEK[]" not in done.stderr
        done = w.run("--output", "/dev/full", "fetch", "work", "INBOX", "1")
        assert done.returncode == IOERR, done
        assert "No space left" in done.stderr, done
        # It is there, and goes elsewhere without being fetched again.
        out = bench.path("out")
        done = w.run("-vvv", "--output", str(out), "fetch", "work", "INBOX",
                     "1")
        assert done.returncode == 0, done
        assert "BODY.PEEK[]<0." not in done.stderr


# --- the watcher ------------------------------------------------------------


def downloads(w: Watcher) -> list[dict[str, Any]]:
    done = w.run("status", "--json", config=False)
    assert done.returncode == 0, done
    account, = json.loads(done.stdout)["accounts"]
    return account["downloads"]


def test_watcher(bench: Bench) -> None:
    """A large message comes over a connection of its own; status says how
    far, news are told meanwhile, and after a kill it goes on."""
    message = large(10 * PIECE)

    def hold(c: Connection, tag: bytes, rest: bytes) -> None:
        if b"BODY.PEEK[]<%d." % (4 * PIECE) in rest:
            c.wait_closed()
        default("UID FETCH")(c, tag, rest)

    with Scripted(bench.authority, {"UID FETCH": hold}) as server:
        server.add(make_message("old"))
        w = bench.watcher().account(
            "work", server, server.user, download_max_size="100M",
            download_to=bench.path("Mail"))
        with w:
            w.start().wait_live("work")
            server.add(message)
            wait_until(lambda: [d["octets"] for d in downloads(w)]
                       == [4 * PIECE], "a part of it")
            shown, = downloads(w)
            assert shown == {"mailbox": "INBOX", "uid": 2,
                             "octets": 4 * PIECE,
                             "size": len(message.octets)}
            text = w.run("status", config=False).stdout
            assert re.search(r"downloading INBOX 2: 524.3.kB of 1.3.MB",
                             text), text
            server.add(make_message("small"))
            wait_until(lambda: "small" in w.log(), "its news")
            assert w.rings == []
            w.kill()
            server.handlers.clear()
            server.commands.clear()
            w.start()
            rings = w.wait_rings(2)
            assert [r.subject for r in rings] == ["large", "small"]
            stored = Path(rings[0].environment["IDLEBELL_FILE"])
            assert sha256(stored.read_bytes()) == sha256(message.lines)
            assert asked_offsets(server)[0] == 4 * PIECE
            assert downloads(w) == []
            assert partials(w) == []


def test_one_connection(bench: Bench) -> None:
    """Several go over it one after the other, from two mailboxes."""
    server = bench.dovecot
    user = server.user()
    cutter = Cutter(server)
    bench.defer(cutter.stop)
    mail = bench.path("Mail")
    messages = [make_message(f"Nr. {i}", body=noise(3 * PIECE, i))
                for i in range(4)]
    with server.reader(user) as reader:
        reader.create("Work")
        w = bench.watcher().account(
            "work", cutter, user, mailboxes="INBOX, Work",
            download_max_size="100M", download_to=mail)
        with w:
            w.start(verbose="-v").wait_live("work")
            w.wait_state("live", "work", "Work")
            before = cutter.connections
            for i, message in enumerate(messages):
                reader.append("Work" if i == 1 else "INBOX", message)
            w.wait_rings(4)
            wait_until(lambda: len(list((mail / "new").glob("*"))) == 4,
                       "all of them")
            stored = [path.read_bytes() for path in (mail / "new").iterdir()]
            for message in messages:
                assert any(is_stored(octets, message) for octets in stored)
            assert cutter.connections - before == 1, w.log()
            wait_until(lambda: partials(w) == [], "the end")


def test_mailbox_by_its_name(bench: Bench) -> None:
    """A mailbox is opened by the name that it has, not the one that is shown:
    marks for the direction of text are left out there."""
    server = bench.dovecot
    user = server.user()
    name = "\u05d3\u05d5\u05d0\u05e8\u200e"
    with server.reader(user) as reader:
        reader.create(name)
        w = bench.watcher().account(
            "work", server, user, mailboxes="*", download_max_size="100M",
            download_to=bench.path("Mail"))
        with w:
            w.start().wait_state("live", "work", name[:-1])
            reader.append(name, large(3 * PIECE))
            ring, = w.wait_rings(1)
            assert ring.environment["IDLEBELL_MAILBOX"] == name[:-1], ring
            assert Path(ring.environment["IDLEBELL_FILE"]).is_file(), ring


def test_larger_than_told(bench: Bench) -> None:
    """download_max_size holds whatever a server says first."""
    message = large(10 * PIECE)

    def lie(c: Connection, tag: bytes, rest: bytes) -> None:
        if b"HEADER.FIELDS" in rest and len(c.server.messages) > 1:
            header = b"Subject: large\r\n\r\n"
            c.send(b"* 2 FETCH (UID 2 FLAGS () RFC822.SIZE 300000 "
                   b"BODY[HEADER.FIELDS (SUBJECT)] {%d}\r\n%b)\r\n"
                   % (len(header), header))
            c.ok(tag)
        else:
            default("UID FETCH")(c, tag, rest)

    with Scripted(bench.authority, {"UID FETCH": lie}) as server:
        server.add(make_message("old"))
        w = bench.watcher().account(
            "work", server, server.user, download_max_size="400K",
            download_to=bench.path("Mail"))
        with w:
            w.start().wait_live("work")
            server.add(message)
            ring, = w.wait_rings(1)
            assert ring.environment.get("IDLEBELL_FILE", "") == "", ring
            assert "larger than" in w.log(), w.log()
            assert asked_offsets(server) == []


def test_rules(bench: Bench) -> None:
    """What is taken of a message, and where it goes, is a rule's to say."""
    server = bench.dovecot
    user = server.user()
    out = bench.path("out")
    script = bench.path("mda")
    script.write_text(f"#!/bin/sh\ncat >{out}\n")
    script.chmod(0o700)
    mail = bench.path("Mail")
    w = bench.watcher().account("work", server, user,
                                download_max_size="100K", download_to=mail)
    w.section("rule big", larger="1M", download="text")
    w.section("rule mda", subject="mda", download_command=script)
    with w:
        w.start().wait_live("work")
        server.deliver(user, compose())
        server.deliver(user, make_message("mda"))
        server.deliver(user, make_message("plain"))
        server.deliver(user, make_message("500K", size=500_000))
        rings = w.wait_rings(4)
        files = [ring.environment.get("IDLEBELL_FILE") for ring in rings]
        text = Path(files[0] or "").read_bytes()
        assert b"Not downloaded" in text and len(text) < 60_000
        assert not files[1], files
        assert b"Subject: mda\n" in out.read_bytes()
        assert b"Subject: plain\n" in Path(files[2] or "").read_bytes()
        assert not files[3], files
        with server.reader(user) as reader:
            assert all("\\Seen" not in m.flags for m in reader.stored())


# --- terminals --------------------------------------------------------------


def on_terminal(w: Watcher, *arguments: str, columns: int = 80,
                stdout: Any = subprocess.DEVNULL,
                term: str = "xterm") -> tuple[int, bytes]:
    import fcntl
    import struct
    import termios
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ,
                struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [*w.program, "-c", str(w.config), *arguments],
        env={**w.environment, "TERM": term}, stdin=subprocess.DEVNULL,
        stdout=theirs if stdout is None else stdout, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            more = os.read(ours, 65536)
        except OSError:
            break
        if not more:
            break
        shown += more
    os.close(ours)
    return process.wait(DEADLINE), shown


def test_progress(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    server.deliver(user, large(10 * PIECE))
    out = bench.path("out")
    with bench.watcher().account("work", server, user) as w:
        command = ("--output", str(out), "fetch", "work", "INBOX", "1")
        for columns in 80, 40, 15:
            status, shown = on_terminal(w, *command, columns=columns)
            assert status == 0, shown
            lines = re.findall(rb"\r([^\r\x1b]*)\x1b\[K", shown)
            assert any(b"%" in line for line in lines), shown
            assert all(len(line.decode()) < columns for line in lines), lines
            assert shown.endswith(b"\r\x1b[K"), shown[-80:]
            assert b"\n" not in shown, shown
        for quiet in ("-q",), ("-v",):
            assert b"\x1b" not in on_terminal(w, *quiet, *command)[1]
        assert on_terminal(w, *command, term="dumb")[1] == b""
        done = w.run(*command)
        assert done.stderr == "", done


def test_terminal_refused(bench: Bench) -> None:
    """What is in a message does not get to a terminal."""
    server = bench.dovecot
    user = server.user()
    server.deliver(user, make_message("x", body="\x1b]0;owned\x07\n"))
    with bench.watcher().account("work", server, user) as w:
        status, shown = on_terminal(w, "--output", "-", "fetch", "work",
                                    "INBOX", "1", stdout=None)
        assert status == USAGE, shown
        assert b"not written to a terminal" in shown
        assert b"owned" not in shown


if __name__ == "__main__":
    tap.main(globals())
