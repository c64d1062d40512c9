#!/usr/bin/python3
"""The buttons of bubbles, and snooze and mute from a shell."""

from __future__ import annotations

import os
import pty
import subprocess
import time

from rig import tap
from rig.base import wait_until
from rig.cutter import Cutter
from rig.desktop import Desktop
from rig.dovecot import User
from rig.mail import make_message
from rig.tap import Bench, each
from rig.watcher import Watcher

#: RFC 6154; the server of the tests says nothing of them by itself.
BOXES = "Archive", "Trash", "Junk"


def begin(bench: Bench, desktop: Desktop, boxes: tuple = BOXES,
          **options: object) -> tuple[Watcher, User]:
    w = bench.watcher()
    user = bench.dovecot.user()
    for mailbox in boxes:
        bench.dovecot.doveadm("mailbox", "create", "-u", user.name, mailbox)
    w.environment["DBUS_SESSION_BUS_ADDRESS"] = desktop.address
    w.account("work", bench.dovecot, user, **{
        "notify": "desktop", "archive_mailbox": "Archive",
        "trash_mailbox": "Trash", "junk_mailbox": "Junk",
        "actions": "read, archive, delete, junk, open, snooze, mute",
        **options})
    return w, user


def deliver(bench: Bench, user: User, subject: str, **options: object) -> None:
    bench.dovecot.deliver(user, make_message(subject, **options))


def stored(bench: Bench, user: User, mailbox: str) -> list:
    with bench.dovecot.reader(user) as reader:
        return reader.stored(mailbox)


def count(bench: Bench, user: User, mailbox: str) -> int:
    return len(stored(bench, user, mailbox))


def ids(bubble: dict) -> list[str]:
    return bubble["actions"][::2]


MOVES = {"archive": "Archive", "delete": "Trash", "junk": "Junk"}


@each(*MOVES)
def test_move(bench: Bench, verb: str) -> None:
    """The message goes there, and comes back."""
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = begin(bench, desktop)
        with w:
            w.start().wait_live("work")
            deliver(bench, user, "One")
            deliver(bench, user, "Two")
            first, _ = desktop.wait_bubbles(2)
            desktop.press(first["id"], verb)
            done = desktop.wait_bubbles(3)[2]
            assert ids(done) == ["undo"], done
            assert done["hints"]["urgency"] == 0, done
            assert count(bench, user, MOVES[verb]) == 1
            assert count(bench, user, "INBOX") == 1
            desktop.press(done["id"], "undo")
            wait_until(lambda: count(bench, user, "INBOX") == 2, "undo")
            assert count(bench, user, MOVES[verb]) == 0
            # It is back, not new.
            deliver(bench, user, "Three")
            bubbles = desktop.wait_bubbles(4)
            assert "Three" in bubbles[3]["body"], bubbles[3]


def test_no_trash(bench: Bench) -> None:
    """A press never costs a message for good."""
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = begin(bench, desktop, (), trash_mailbox=None)
        with w:
            w.start().wait_live("work")
            deliver(bench, user, "One")
            bubble, = desktop.wait_bubbles(1)
            desktop.press(bubble["id"], "delete")
            failed = desktop.wait_bubbles(2)[1]
            assert failed["summary"] == "Not deleted", failed
            assert "trash_mailbox" in failed["body"], failed
            message, = stored(bench, user, "INBOX")
            assert "\\Deleted" not in message.flags, message


def test_read(bench: Bench) -> None:
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = begin(bench, desktop)
        with w:
            w.start().wait_live("work")
            deliver(bench, user, "One")
            bubble, = desktop.wait_bubbles(1)
            assert ids(bubble) == [
                "default", "open", "read", "archive", "delete", "junk",
                "snooze", "mute-sender"], bubble
            desktop.press(bubble["id"], "read")
            wait_until(lambda: "\\Seen" in
                       stored(bench, user, "INBOX")[0].flags, "\\Seen")
            assert len(desktop.bubbles) == 1, desktop.bubbles


def test_mailbox_by_its_name(bench: Bench) -> None:
    """Not by the one that is shown: marks for the direction of text are left
    out there."""
    name = "\u05d3\u05d5\u05d0\u05e8\u200e"
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = begin(bench, desktop, BOXES + (name,),
                        mailboxes="INBOX, \u05d3*")
        with w, bench.dovecot.reader(user) as reader:
            w.start().wait_state("live", "work", name[:-1])
            reader.append(name, make_message("One"))
            bubble, = desktop.wait_bubbles(1)
            desktop.press(bubble["id"], "archive")
            told = desktop.wait_bubbles(2)[1]
            assert ids(told) == ["undo"], told
            assert count(bench, user, "Archive") == 1
            desktop.press(told["id"], "undo")
            wait_until(lambda: count(bench, user, name) == 1, "undo")


def test_read_many(bench: Bench) -> None:
    """All of them; what is for one has no button then."""
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = begin(bench, desktop, burst=1)
        with w:
            w.start().wait_live("work")
            for number in range(1, 4):
                deliver(bench, user, f"Nr. {number}")
                desktop.wait_bubbles(number)
            bubble = desktop.bubbles[-1]
            assert ids(bubble) == ["read", "snooze"], bubble
            desktop.press(bubble["id"], "read")
            wait_until(lambda: all("\\Seen" in message.flags for message
                                   in stored(bench, user, "INBOX")), "\\Seen")


def test_fails(bench: Bench) -> None:
    """It says what, why, and what to do."""
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = begin(bench, desktop, (), junk_mailbox="")
        with w:
            w.start().wait_live("work")
            deliver(bench, user, "One")
            bubble, = desktop.wait_bubbles(1)
            desktop.press(bubble["id"], "junk")
            told = desktop.wait_bubbles(2)[1]
            assert told["summary"] == "Not moved to junk", told
            assert "junk_mailbox" in told["body"], told
            assert ids(told) == [], told
            w.wait_log("Not moved to junk: ")
            assert count(bench, user, "INBOX") == 1


def test_gone_meanwhile(bench: Bench) -> None:
    """Somebody else was faster: it says so."""
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = begin(bench, desktop)
        with w:
            w.start().wait_live("work")
            deliver(bench, user, "One")
            bubble, = desktop.wait_bubbles(1)
            desktop.press(bubble["id"], "archive")
            done = desktop.wait_bubbles(2)[1]
            bench.dovecot.doveadm("expunge", "-u", user.name,
                                  "mailbox", "Archive", "all")
            desktop.press(done["id"], "undo")
            told = desktop.wait_bubbles(3)[2]
            assert told["summary"] == "Not undone", told
            assert "not in the mailbox any more" in told["body"], told


def test_open(bench: Bench) -> None:
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        out = bench.path("opened")
        script = bench.path("open.sh")
        script.write_text(f"""#!/bin/sh
echo "$1 $IDLEBELL_UID $IDLEBELL_SUBJECT" >{out}.part
mv {out}.part {out}
exit 3
""")
        script.chmod(0o700)
        w, user = begin(bench, desktop, open_command=f"{script} here")
        with w:
            w.start().wait_live("work")
            deliver(bench, user, "One & only")
            bubble, = desktop.wait_bubbles(1)
            desktop.press(bubble["id"], "default")
            wait_until(out.exists, "open_command")
            assert out.read_text() == "here 1 One & only\n"
            told = desktop.wait_bubbles(2)[1]
            assert told["summary"] == "Cannot be opened", told
            assert "exit status 3" in told["body"], told


def test_download(bench: Bench) -> None:
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        maildir = bench.path("mail")
        w, user = begin(bench, desktop, actions="download",
                        download_to=maildir)
        with w:
            w.start().wait_live("work")
            deliver(bench, user, "One")
            bubble, = desktop.wait_bubbles(1)
            desktop.press(bubble["id"], "download")
            told = desktop.wait_bubbles(2)[1]
            assert told["summary"] == "Downloaded", told
            file, = (maildir / "new").iterdir()
            assert str(file) in told["body"], (file, told)
            assert b"Subject: One" in file.read_bytes()


def test_downloads_lost(bench: Bench) -> None:
    """Those that wait behind one whose connection is lost go on as well."""
    server = bench.dovecot
    user = server.user()
    cutter = Cutter(server)
    bench.defer(cutter.stop)
    maildir = bench.path("mail")
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w = bench.watcher()
        w.environment["DBUS_SESSION_BUS_ADDRESS"] = desktop.address
        w.account("work", cutter, user, notify="desktop", actions="download",
                  download_to=maildir)
        with w:
            w.start().wait_live("work")
            for number in range(3):
                deliver(bench, user, f"Nr. {number}", size=400_000)
            bubbles = desktop.wait_bubbles(3)
            # The next one, when it may not be had again.
            cutter.delay, cutter.fate = 1.0, lambda: ("down", 200_000, "rst")
            before = cutter.connections
            for bubble in bubbles:
                desktop.press(bubble["id"], "download")
            wait_until(lambda: cutter.connections > before, "a connection")
            cutter.refuse()
            # All have been refused once.
            wait_until(lambda: w.log().count("goes on in") >= 4, "tries")
            cutter.delay, cutter.fate = 0.0, None
            cutter.accept()
            told = desktop.wait_bubbles(6)[3:]
            assert {one["summary"] for one in told} == {"Downloaded"}, told
            assert len(list((maildir / "new").iterdir())) == 3


def test_download_nowhere(bench: Bench) -> None:
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = begin(bench, desktop, actions="download")
        with w:
            w.start().wait_live("work")
            deliver(bench, user, "One")
            bubble, = desktop.wait_bubbles(1)
            desktop.press(bubble["id"], "download")
            told = desktop.wait_bubbles(2)[1]
            assert told["summary"] == "Not downloaded", told
            assert "download_to" in told["body"], told


def test_mute_sender(bench: Bench) -> None:
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = begin(bench, desktop)
        with w:
            w.start().wait_live("work")
            deliver(bench, user, "One", sender="noise@example.org")
            bubble, = desktop.wait_bubbles(1)
            desktop.press(bubble["id"], "mute-sender")
            told = desktop.wait_bubbles(2)[1]
            assert told["summary"] == "Muted", told
            deliver(bench, user, "Two", sender="noise@example.org")
            deliver(bench, user, "Three", sender="ann@example.org")
            assert "Three" in desktop.wait_bubbles(3)[2]["body"]
            assert [m["muted"] for m in w.messages()] == [
                None, "sender", None]
            listed = w.run("mute", "--list", config=False).stdout
            assert listed.startswith("1  sender  noise@example.org  until ")
            desktop.press(told["id"], "undo")
            wait_until(lambda: not w.run("mute", "--list",
                                         config=False).stdout, "undo")
            deliver(bench, user, "Four", sender="noise@example.org")
            assert "Four" in desktop.wait_bubbles(4)[3]["body"]


def on_terminal(w: Watcher, *words: str) -> str:
    ours, theirs = pty.openpty()
    process = subprocess.Popen([*w.program, *words], env=w.environment,
                               stdin=subprocess.DEVNULL, stdout=theirs)
    os.close(theirs)
    shown = b""
    try:
        while more := os.read(ours, 65536):
            shown += more
    except OSError:
        pass  # the other end is closed
    os.close(ours)
    assert process.wait(60) == 0, shown
    return shown.decode().replace("\r\n", "\n")


def test_mute_told(bench: Bench) -> None:
    """What a user reads of it: on a terminal more than a script."""
    def say(*words: str) -> str:
        done = w.run(*words, config=False)
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout

    w = bench.watcher()
    assert (say("mute", "--list"), say("snooze", "--list")) == ("", "")
    assert on_terminal(w, "mute", "--list") == "nothing is muted\n"
    assert on_terminal(w, "snooze", "--list") == "nothing is snoozed\n"
    told = say("mute", "ann@example.org")
    assert told.startswith("the sender ann@example.org is muted until "), told
    assert told.endswith(" (undo: idlebell unmute 1)\n"), told
    say("mute", "a.longer.name@example.org")
    lines = say("mute", "--list")
    assert on_terminal(w, "mute", "--list") == (
        lines + "idlebell unmute NUMBER takes it back\n")
    first, second = lines.splitlines()
    assert first.index("until") == second.index("until"), lines
    assert say("unmute", "1") == "the sender ann@example.org rings again\n"
    assert say("-q", "unmute", "2") == ""
    assert say("unmute", "all") == "nothing was muted\n"


def test_mute_thread(bench: Bench) -> None:
    """By command; over a restart, and changed without a watcher."""
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = begin(bench, desktop)
        with w:
            w.start().wait_live("work")
            first = make_message("Lunch")
            bench.dovecot.deliver(user, first)
            desktop.wait_bubbles(1)
            answers = [f"In-Reply-To: <{first.message_id}>"]
            done = w.run("mute", "work", "INBOX", "1", "3d", config=False)
            assert done.returncode == 0, done.stderr
            assert done.stdout.startswith(
                "the thread Lunch is muted until "), done.stdout
            w.stop()
            before = len(desktop.bubbles)
            w.start().wait_live("work", count=2)
            deliver(bench, user, "Re: Lunch", extra=answers)
            deliver(bench, user, "Tea")
            assert "Tea" in desktop.wait_bubbles(before + 1)[before]["body"]
            w.stop()
            before = len(desktop.bubbles)
            assert w.run("mute", "ann@example.org",
                         config=False).returncode == 0
            assert w.run("unmute", "1", config=False).returncode == 0
            assert w.run("unmute", "7", config=False).returncode == 64
            w.start().wait_live("work", count=3)
            deliver(bench, user, "Re: Lunch", sender="ann@example.org")
            deliver(bench, user, "Re: Lunch", extra=answers)
            bubble = desktop.wait_bubbles(before + 1)[before]
            assert "boss@" in bubble["summary"], bubble
            unknown = w.run("mute", "work", "INBOX", "99", config=False)
            assert unknown.returncode == 69, unknown


def snooze(w: Watcher, uid: str, span: str) -> None:
    done = w.run("snooze", "work", "INBOX", uid, span, config=False)
    assert done.returncode == 0, done.stderr


def stop_snoozing(w: Watcher) -> int:
    """Stops it before a snooze of the second message is over, and how often
    that took: a slow machine needs a longer one."""
    for times, span in enumerate(("1s", "5s", "30s", "60s"), 1):
        snooze(w, "2", span)
        w.stop()
        if "work/INBOX UID 2" in w.run("snooze", "--list",
                                       config=False).stdout:
            break
        w.start().wait_live("work", count=times + 1)
    return times


def test_snooze(bench: Bench) -> None:
    """It rings again, by itself and after a restart; not what was read."""
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = begin(bench, desktop)
        with w:
            w.start().wait_live("work")
            for number, subject in enumerate(["One", "Two"], 1):
                deliver(bench, user, subject, name="Ann")
                desktop.wait_bubbles(number)
            for uid in "1", "2":
                snooze(w, uid, "1h")
            for bubble in desktop.bubbles[:2]:
                desktop.wait_closed(bubble["id"])
            assert len(w.run("snooze", "--list", config=False
                             ).stdout.splitlines()) == 2
            with bench.dovecot.reader(user) as reader:
                reader.mark("INBOX", 1, "\\Seen")
            wait_until(lambda: len(w.run("snooze", "--list", config=False
                                         ).stdout.splitlines()) < 2, "read")
            snooze(w, "2", "1s")
            again = desktop.wait_bubbles(3)[2]
            assert again["body"] == "Two", again
            assert again["summary"] == "Ann <boss@example.org>", again
            times = stop_snoozing(w)
            # Without a watcher they lose their buttons.
            before = len(desktop.bubbles)
            w.start()
            again = desktop.wait_bubbles(before + 1)[before]
            assert again["body"] == "Two", again
            w.wait_live("work", count=times + 1)
            # This bubble closes as any other.
            with bench.dovecot.reader(user) as reader:
                reader.mark("INBOX", 2, "\\Seen")
            desktop.wait_closed(again["id"])


def test_snooze_waits(bench: Bench) -> None:
    """While the bells are off it does not ring."""
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = begin(bench, desktop)
        with w:
            w.start().wait_live("work")
            deliver(bench, user, "One")
            desktop.wait_bubbles(1)
            assert w.run("pause", config=False).returncode == 0
            snooze(w, "1", "2s")
            due = time.monotonic() + 2
            # A second more: the bubble would have come.
            wait_until(lambda: time.monotonic() > due + 1, "its time")
            assert len(desktop.bubbles) == 1, desktop.bubbles
            assert "UID 1" in w.run("snooze", "--list", config=False).stdout
            assert w.run("resume", config=False).returncode == 0
            assert desktop.wait_bubbles(2)[1]["body"] == "One"


def test_snooze_button(bench: Bench) -> None:
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = begin(bench, desktop)
        with w:
            w.start().wait_live("work")
            deliver(bench, user, "One")
            bubble, = desktop.wait_bubbles(1)
            desktop.press(bubble["id"], "snooze")
            told = desktop.wait_bubbles(2)[1]
            assert told["summary"].startswith("Rings again at "), told
            listed = w.run("snooze", "--list", config=False).stdout
            assert "work/INBOX UID 1  boss@example.org: One" in listed
            assert w.run("unsnooze", "all", config=False).returncode == 0
            assert not w.run("snooze", "--list", config=False).stdout


if __name__ == "__main__":
    tap.main(globals())
