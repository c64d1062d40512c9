#!/usr/bin/python3
"""A user's quota that is used up, on our side and on the server's: one clear
line, nothing lost, nothing half taken for whole, no try without a pause."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from rig import tap
from rig.base import DEADLINE, wait_until
from rig.dovecot import Dovecot
from rig.mail import Message, make_message
from rig.quota import CALLS, Quota
from rig.tap import Bench, each
from rig.watcher import Watcher

UNAVAILABLE, IOERR, TEMPFAIL = 69, 74, 75
HINT = "Disk quota exceeded: remove some of your files on that disk"
#: Over two pieces, and over what comes with the news.
LARGE = 300_000


def large(subject: str = "large") -> Message:
    return make_message(subject, body="0123456789abcde\n" * (LARGE // 16))


def files(place: Path) -> list[Path]:
    return [path for path in place.rglob("*") if path.is_file()]


def is_whole(path: Path, message: Message) -> bool:
    return path.read_bytes().endswith(message.lines)


# --- fetch ------------------------------------------------------------------


@each("file", "Maildir", "command", "partial")
def test_fetch(bench: Bench, where: str) -> None:
    """Each call in turn fails; with room the same command does it."""
    server = bench.dovecot
    user = server.user()
    message = large()
    server.deliver(user, message)
    w = bench.watcher().account("work", server, user)
    place, out = bench.path("place"), bench.path("out")
    place.mkdir()
    output = {"file": f"{place}/file", "Maildir": f"{place}/Mail/",
              "command": f"| env -u LD_PRELOAD sh -c 'cat >{out}'", "partial": str(out)}[where]
    if where == "command":
        w.environment["TMPDIR"] = str(place)
    quota = Quota(bench, w, w.home / ".state" if where == "partial" else place)
    failed = 0
    with w:
        command = ("--output", output, "fetch", "work", "INBOX", "1")
        for call in CALLS:
            quota.use_up(call)
            done = w.run(*command)
            quota.free()
            if done.returncode == 0:
                for path in [out] if out.exists() else files(place):
                    assert is_whole(path, message), call
                    path.unlink()
                continue
            failed += 1
            assert done.returncode == (
                TEMPFAIL if where == "command" else IOERR), (call, done)
            assert done.stderr.count(HINT) == 1, (call, done)
            assert str(quota.place) in done.stderr, (call, done)
            if where != "partial":
                assert not files(place), (call, files(place))
            assert not out.exists(), call
        assert failed >= 3, failed
        done = w.run(*command)
        assert done.returncode == 0, done
        stored, = [out] if out.exists() else files(place)
        assert is_whole(stored, message)


def test_told_before(bench: Bench) -> None:
    """What can be known before the server is asked is told then."""
    server = bench.dovecot
    user = server.user()
    message = large()
    server.deliver(user, message)
    w = bench.watcher().account("work", server, user)
    place = bench.path("place")
    place.mkdir()
    (place / "dangling").symlink_to(place / "none" / "file")
    (place / "file").write_text("")
    other = place / "other"
    other.mkdir()
    (other / "letter").write_text("")
    cases = {f"{place}/none/file": "No such file or directory",
             str(place): "is a directory: name a file in it",
             f"{place}/dangling": "No such file or directory",
             f"{place}/file/file": "Not a directory",
             f"{other}/": "exists and is not a Maildir",
             f"| {place}/none": "there is no such command"}
    if os.getuid() != 0:
        locked = bench.path("locked")
        locked.mkdir(mode=0o500)
        cases[f"{locked}/file"] = "Permission denied"
    with w:
        for output, text in cases.items():
            done = w.run("-v", "--output", output, "fetch", "work", "INBOX",
                         "1")
            assert done.returncode == IOERR, (output, done)
            assert text in done.stderr, (output, done)
            assert "connecting" not in done.stderr, (output, done)
        # For how much there is room is known once the size is.
        quota = Quota(bench, w, place)
        quota.use_up("fallocate")
        done = w.run("-vvv", "--output", f"{place}/out", "fetch", "work",
                     "INBOX", "1")
        assert done.returncode == IOERR and HINT in done.stderr, done
        assert "RFC822.SIZE" in done.stderr, done
        assert "BODY.PEEK[]" not in done.stderr, done
        assert not (w.home / ".state/idlebell/partial").exists()


def test_pipe(bench: Bench) -> None:
    """A FIFO that nobody reads keeps nobody waiting."""
    server = bench.dovecot
    user = server.user()
    message = large()
    server.deliver(user, message)
    fifo, out = bench.path("fifo"), bench.path("out")
    os.mkfifo(fifo)
    with bench.watcher().account("work", server, user) as w:
        command = ("--output", str(fifo), "fetch", "work", "INBOX", "1")
        done = w.run(*command)
        assert done.returncode == IOERR, done
        assert "nobody reads this pipe" in done.stderr, done
        with out.open("wb") as target:
            reader = subprocess.Popen(["cat", str(fifo)], stdout=target)
        bench.defer(reader.kill)
        # It may not have come to open it yet.
        wait_until(lambda: w.run(*command).returncode == 0, "a reader")
        assert reader.wait(DEADLINE) == 0
        assert is_whole(out, message)


# --- the watcher ------------------------------------------------------------


@each("Maildir", "state")
def test_watcher(bench: Bench, which: str) -> None:
    """Downloads wait for room, hooks for downloads, and nobody for long."""
    server = bench.dovecot
    user = server.user()
    mail = bench.path("Mail")
    w = bench.watcher().account("work", server, user, download_to=mail,
                                download_max_size="1M")
    quota = Quota(bench, w, mail if which == "Maildir" else w.home / ".state")
    with w:
        w.start(verbose="-v").wait_live("work")
        server.deliver(user, make_message("First"))
        w.wait_rings(1)
        quota.use_up()
        messages = [make_message("Small"), large("Large")]
        for message in messages:
            server.deliver(user, message)
        wait_until(lambda: HINT in w.log(), "the line")
        wait_until(lambda: "tried again in 4 s" in w.log(), "a pause")
        assert w.log().count("not downloaded: ") <= 4, w.log()
        if which == "Maildir":
            assert len(files(mail)) == 1, files(mail)
            # What cannot be stored costs no connection.
            assert w.log().count("connecting to") == 1, w.log()
        quota.free()
        rings = w.wait_rings(3)[1:]
        stored = [Path(r.environment["IDLEBELL_FILE"]) for r in rings]
        assert all(map(is_whole, stored, messages)), stored
        assert len(files(mail)) == 3, files(mail)
        # It is remembered what has rung.
        w.stop()
        w.start().wait_live("work", count=2)
        server.deliver(user, make_message("Last"))
        assert [r.subject for r in w.wait_rings(4)][-1] == "Last"


def test_mute(bench: Bench) -> None:
    """What cannot be kept is refused, and what is kept stays."""
    server = bench.dovecot
    with bench.watcher().account("work", server, server.user()) as w:
        quota = Quota(bench, w, w.home / ".state")
        w.start().wait_live("work")
        assert w.run("mute", "ann@example.org").returncode == 0
        quota.use_up()
        done = w.run("mute", "bob@example.org")
        assert done.returncode != 0 and done.stderr.count("\n") == 1, done
        assert HINT in done.stderr, done
        quota.free()
        done = w.run("mute", "--list")
        assert "ann@" in done.stdout and "bob@" not in done.stdout, done


# --- the server's -----------------------------------------------------------

#: The trash has a quota of its own, of a message or so.
TRASH = """
mail_plugins = $mail_plugins quota
plugin {
  quota = count:Most:ns=
  quota_rule = *:bytes=100M
  quota2 = count:Trash:ns=Trash/
  quota2_rule = *:bytes=2000
  quota_vsizes = yes
}
namespace trash {
  prefix = Trash/
  location = maildir:~/trash
  separator = /
  mailbox Can {
    auto = create
    special_use = \\Trash
  }
}
"""


@each("move", "copy")
def test_full_trash(bench: Bench, way: str) -> None:
    """Where it should go is full: it stays, and that is said."""
    options: dict[str, Any] = {}
    if way == "copy":
        options["imap_extra"] = (
            "imap_capability = IMAP4rev1 UIDPLUS SPECIAL-USE NAMESPACE IDLE")
    server: Dovecot = bench.own_dovecot(extra=TRASH, **options)
    user = server.user()
    server.deliver(user, large())
    with bench.watcher().account("work", server, user) as w:
        done = w.run("act", "delete", "work", "INBOX", "1")
        assert done.returncode == UNAVAILABLE, done
        assert done.stderr.count("\n") == 1, done
        assert "no room" in done.stderr and "quota" in done.stderr, done
        with server.reader(user) as reader:
            message, = reader.stored()
            assert message.flags == set(), message
            assert reader.stored("Trash/Can") == []


if __name__ == "__main__":
    tap.main(globals())
