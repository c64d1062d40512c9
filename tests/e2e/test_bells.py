#!/usr/bin/python3
"""Bubbles over their lives: who shares one, and what closes them."""

from __future__ import annotations

import html

from rig import tap
from rig.desktop import Desktop
from rig.dovecot import User
from rig.mail import make_message
from rig.tap import Bench, each
from rig.watcher import Watcher


def desktop_watcher(bench: Bench, desktop: Desktop, **options: object
                    ) -> tuple[Watcher, User]:
    w = bench.watcher()
    user = bench.dovecot.user()
    w.environment["DBUS_SESSION_BUS_ADDRESS"] = desktop.address
    w.account("work", bench.dovecot, user, **{"notify": "desktop", **options})
    return w, user


def deliver(bench: Bench, user: User, subject: str, **options: object) -> None:
    bench.dovecot.deliver(user, make_message(subject, **options))


def lines_of(bubble: dict) -> list[str]:
    return html.unescape(bubble["body"]).splitlines()


def mark(bench: Bench, user: User, uid: int, flag: str) -> None:
    with bench.dovecot.reader(user) as reader:
        reader.mark("INBOX", uid, flag)


ENDS = {
    "read": lambda bench, user: mark(bench, user, 1, "\\Seen"),
    "deleted": lambda bench, user: mark(bench, user, 1, "\\Deleted"),
    "expunged": lambda bench, user: bench.dovecot.doveadm(
        "expunge", "-u", user.name, "mailbox", "INBOX", "uid", "1"),
    "moved": lambda bench, user: bench.dovecot.doveadm(
        "move", "-u", user.name, "Archive", "mailbox", "INBOX", "uid", "1"),
}


@each(*ENDS)
def test_closed(bench: Bench, end: str) -> None:
    """Elsewhere: its bubble goes, the other stays."""
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = desktop_watcher(bench, desktop)
        bench.dovecot.doveadm("mailbox", "create", "-u", user.name, "Archive")
        with w:
            w.start().wait_live("work")
            deliver(bench, user, "One")
            deliver(bench, user, "Two")
            first, _ = desktop.wait_bubbles(2)
            ENDS[end](bench, user)
            desktop.wait_closed(first["id"])
            assert desktop.closed == [first["id"]], desktop.closed
            assert len(desktop.bubbles) == 2, desktop.bubbles


def test_fewer(bench: Bench) -> None:
    """One bubble of several counts down, and closes with the last."""
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = desktop_watcher(bench, desktop, burst=2)
        with w:
            w.start().wait_live("work")
            w.stop()
            for subject in "One", "Two", "Three":
                deliver(bench, user, subject)
            w.start()
            desktop.wait_bubbles(1)
            w.wait_live("work", count=2)
            mark(bench, user, 2, "\\Seen")
            all_of, fewer = desktop.wait_bubbles(2)
            assert all_of["summary"] == "3 new messages", all_of
            assert fewer["replaces"] == all_of["id"], fewer
            assert fewer["summary"] == "2 new messages", fewer
            assert [line.split(": ")[1] for line in lines_of(fewer)] == [
                "Three", "One"], fewer
            mark(bench, user, 1, "\\Seen")
            mark(bench, user, 3, "\\Seen")
            desktop.wait_closed(all_of["id"])


def test_closed_by_user(bench: Bench) -> None:
    """That marks nothing."""
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = desktop_watcher(bench, desktop)
        with w:
            w.start().wait_live("work")
            deliver(bench, user, "One")
            bubble, = desktop.wait_bubbles(1)
            desktop.play(f"close {bubble['id']}")
            deliver(bench, user, "Two")
            desktop.wait_bubbles(2)
            with bench.dovecot.reader(user) as reader:
                assert all("\\Seen" not in message.flags
                           for message in reader.stored())


def test_daemon_restarts(bench: Bench) -> None:
    """What it numbers the same is another's: only what is up is closed."""
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = desktop_watcher(bench, desktop)
        with w:
            w.start().wait_live("work")
            deliver(bench, user, "One")
            desktop.wait_bubbles(1)
            desktop.stop_daemon()
            desktop.start_daemon()
            deliver(bench, user, "Two")
            again, = desktop.wait_bubbles(1)
            assert "Two" in again["body"], again
            mark(bench, user, 1, "\\Seen")
            deliver(bench, user, "Three")
            desktop.wait_bubbles(2)
            assert not desktop.closed, desktop.closed
            mark(bench, user, 2, "\\Seen")
            desktop.wait_closed(again["id"])
            assert desktop.closed == [again["id"]], desktop.closed


def test_burst(bench: Bench) -> None:
    """One by one, there are never more than burst bubbles."""
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = desktop_watcher(bench, desktop, burst=2)
        with w:
            w.start().wait_live("work")
            for number in range(1, 6):
                deliver(bench, user, f"Nr. {number}")
                desktop.wait_bubbles(number)
            assert desktop.bubbles[-1]["summary"] == "4 new messages"
            assert len({b["id"] for b in desktop.bubbles}) == 2
            assert lines_of(desktop.bubbles[-1])[0].endswith("Nr. 5")


def test_thread(bench: Bench) -> None:
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = desktop_watcher(bench, desktop, group="thread")
        with w:
            w.start().wait_live("work")
            deliver(bench, user, "Tea?")
            first = make_message("Lunch")
            bench.dovecot.deliver(user, first)
            desktop.wait_bubbles(2)
            deliver(bench, user, "Re: Lunch",
                    extra=[f"References: <{first.message_id}>"])
            desktop.wait_bubbles(3)
            bubble = desktop.bubbles[-1]
            assert bubble["summary"] == "2 new messages", bubble
            assert [line.split(": ", 1)[1] for line in lines_of(bubble)] == [
                "Re: Lunch", "Lunch"], bubble
            assert len({b["id"] for b in desktop.bubbles}) == 2


def test_preview(bench: Bench) -> None:
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = desktop_watcher(bench, desktop,
                                  show="sender, subject, preview")
        with w:
            w.start().wait_live("work")
            deliver(bench, user, "One", body="Shall we meet?\n")
            bubble, = desktop.wait_bubbles(1)
            assert lines_of(bubble) == ["One", "Shall we meet?"], bubble


def test_count(bench: Bench) -> None:
    """Nothing of the message leaves the program for the desktop."""
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w, user = desktop_watcher(bench, desktop, show="count", burst=1)
        with w:
            w.start().wait_live("work")
            deliver(bench, user, "Zebra", sender="quagga@example.org",
                    name="Okapi", body="Tapir\n")
            desktop.wait_bubbles(1)
            deliver(bench, user, "Zebra", sender="quagga@example.org",
                    name="Okapi", body="Tapir\n")
            one, two = desktop.wait_bubbles(2)
            assert one["summary"] == "1 new message", one
            assert two["summary"] == "2 new messages", two
            for word in "ebra", "quagga", "kapi", "apir", "example.org":
                assert word not in str([one, two]), (word, one, two)


if __name__ == "__main__":
    tap.main(globals())
