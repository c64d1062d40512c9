#!/usr/bin/python3
"""Bubbles: what they say, and that a daemon that hangs or is not there
delays nothing."""

from __future__ import annotations

import html

from rig import tap
from rig.base import wait_until
from rig.desktop import Desktop
from rig.mail import make_message
from rig.tap import Bench, each
from rig.watcher import Watcher

SECOND = 1_000_000_000
TIMES = 6  # of them one must be quick, however busy the machine


def desktop_watcher(bench: Bench, desktop: Desktop, **options: object
                    ) -> Watcher:
    w = bench.watcher()
    w.environment["DBUS_SESSION_BUS_ADDRESS"] = desktop.address
    return w.account("work", bench.dovecot, bench.dovecot.user(),
                     **{"notify": "desktop, hook", **options})


def user_of(w: Watcher) -> str:
    """The user its account watches."""
    return next(line.split(" = ")[1] for line in w.text().splitlines()
                if line.startswith("user"))


def deliver(bench: Bench, w: Watcher, subject: str, **options: str) -> int:
    with bench.dovecot.deliverer() as lmtp:
        return lmtp.deliver(user_of(w), make_message(subject, **options))


def wait_of(bench: Bench, w: Watcher, number: int) -> int:
    """How long the hook of one more message is waited for, ns."""
    took = deliver(bench, w, f"Nr. {number}")
    return w.wait_rings(number + 1)[number].time - took


def check_waits(bench: Bench, w: Watcher, count: int) -> None:
    """Hooks of so many messages do not wait for the desktop, as all of them
    would; one that is slow by itself is tried again."""
    waits = [wait_of(bench, w, number) for number in range(count)]
    while min(waits) >= 4 * SECOND and len(waits) < TIMES:
        waits.append(wait_of(bench, w, len(waits)))
    assert min(waits) < 4 * SECOND, waits


def test_bubble(bench: Bench) -> None:
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w = desktop_watcher(bench, desktop)
        w.section("rule boss", **{"from": "boss@example.org",
                                  "urgency": "critical"})
        with w:
            w.start().wait_live("work")
            deliver(bench, w, "Where are <b>you</b> & I?",
                    name="The Boss")
            bubble, = desktop.wait_bubbles(1)
            text = bubble["summary"] + "\n" + bubble["body"]
            assert "The Boss" in text, bubble
            # The body has markup: what mail says there is escaped.
            assert "Where are" in text, bubble
            assert "<b>you" not in bubble["body"], bubble
            assert ("<b>you</b> & I?" in bubble["summary"]
                    + html.unescape(bubble["body"])), bubble
            assert bubble["hints"]["urgency"] == 2, bubble
            assert bubble["hints"]["category"] == "email.arrived", bubble
            assert bubble["app"].lower() == "idlebell", bubble
            w.wait_rings(1)


ANN = "Ann <boss@example.org>"
MANY = {"names": "INBOX, Sent", "pattern": "IN%"}


@each(*MANY)
def test_several_accounts(bench: Bench, many: str) -> None:
    """With one mailbox there is nothing to ask; with more, or with a pattern,
    it says whose."""
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w = desktop_watcher(bench, desktop)
        with w:
            w.start().wait_live("work")
            deliver(bench, w, "One", name="Ann")
            assert desktop.wait_bubbles(1)[0]["summary"] == ANN
            w.wait_rings(1)
            other = bench.dovecot.user()
            w.account("home", bench.dovecot, other, notify="desktop",
                      mailboxes=MANY[many])
            assert w.run("reload", config=False).returncode == 0
            w.wait_live("home")
            deliver(bench, w, "Two", name="Ann")
            bench.dovecot.deliver(other, make_message("Three", name="Ann"))
            found = {bubble["body"]: bubble["summary"]
                     for bubble in desktop.wait_bubbles(3)}
            assert found == {"One": ANN, "Two": f"{ANN} (work)",
                             "Three": f"{ANN} (home/INBOX)"}, found
            w.wait_rings(2)


def test_urgencies(bench: Bench) -> None:
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w = desktop_watcher(bench, desktop)
        for urgency in "low", "critical":
            w.section(f"rule {urgency}", subject=f"*{urgency}*",
                      urgency=urgency)
        with w:
            w.start().wait_live("work")
            for subject in "a low one", "a usual one", "a critical one":
                deliver(bench, w, subject)
            urgencies = [b["hints"]["urgency"]
                         for b in desktop.wait_bubbles(3)]
            assert urgencies == [0, 1, 2], urgencies


def test_looks(bench: Bench) -> None:
    """How long it stays, the sender's picture, the sound."""
    faces = bench.path("faces")
    faces.mkdir()
    (faces / "anna@example.org.png").write_bytes(b"x")
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w = desktop_watcher(bench, desktop, timeout="7s",
                            avatar_dir=str(faces))
        w.section("rule stays", subject="*stays*", timeout="0",
                  sound="bell")
        w.section("rule silent", subject="*silent*", sound="none")
        with w:
            w.start().wait_live("work")
            deliver(bench, w, "usual", sender="Anna@Example.ORG")
            deliver(bench, w, "stays", sender="../anna@example.net")
            deliver(bench, w, "silent")
            usual, stays, silent = desktop.wait_bubbles(3)
            assert usual["expires"] == 7000, usual
            assert (usual["hints"]["image-path"]
                    == str(faces / "anna@example.org.png")), usual
            assert usual["hints"]["desktop-entry"] == "idlebell", usual
            assert "sound-name" not in usual["hints"], usual
            assert stays["expires"] == 0, stays
            assert "image-path" not in stays["hints"], stays
            assert stays["hints"]["sound-name"] == "bell", stays
            assert silent["expires"] == 7000, silent
            assert silent["hints"]["suppress-sound"] is True, silent


def test_foreign_letters(bench: Bench) -> None:
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w = desktop_watcher(bench, desktop)
        with w:
            w.start().wait_live("work")
            deliver(bench, w, "Grüße 你好", name="Jürgen")
            bubble, = desktop.wait_bubbles(1)
            text = bubble["summary"] + bubble["body"]
            assert "Grüße 你好" in text and "Jürgen" in text, bubble


def test_hook_only_rule(bench: Bench) -> None:
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w = desktop_watcher(bench, desktop)
        w.section("rule quiet", subject="*quiet*", notify="hook")
        w.section("rule silent", subject="*silent*", notify="none")
        with w:
            w.start().wait_live("work")
            for subject in "a quiet one", "a silent one", "a loud one":
                deliver(bench, w, subject)
            bubble, = desktop.wait_bubbles(1)
            assert "a loud one" in bubble["summary"] + bubble["body"]
            assert ([r.subject for r in w.wait_rings(2)]
                    == ["a quiet one", "a loud one"])


def test_many_at_once(bench: Bench) -> None:
    """What came while nobody watched is one bubble, and a hook for each."""
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w = desktop_watcher(bench, desktop)
        w.section("rule boss", subject="*boss*", urgency="critical")
        with w:
            w.start().wait_live("work")
            w.stop()
            for number in range(4):
                deliver(bench, w, f"Nr. {number}")
            deliver(bench, w, "From the boss")
            for number in range(4, 7):
                deliver(bench, w, f"Nr. {number}")
            w.start()
            w.wait_rings(8)
            bubble, = desktop.wait_bubbles(1)
            assert (bubble["summary"]
                    == "8 new messages"), bubble
            lines = html.unescape(bubble["body"]).splitlines()
            assert [line.split(": ")[-1] for line in lines] == [
                "From the boss", "Nr. 6", "Nr. 5", "Nr. 4", "Nr. 3",
                "and 3 more"], bubble
            assert bubble["hints"]["urgency"] == 2, bubble
            # Live again, a message has its own.
            w.wait_live("work", count=2)
            deliver(bench, w, "Alone")
            w.wait_rings(9)
            assert len(desktop.wait_bubbles(2)) == 2


def test_hanging_daemon(bench: Bench) -> None:
    """A bubble is given up after 4.5 seconds: neither hooks nor the watch
    wait for that."""
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon("hang")
        w = desktop_watcher(bench, desktop)
        with w:
            w.start().wait_live("work")
            check_waits(bench, w, 3)
            w.stop()


def test_daemon_comes_back(bench: Bench) -> None:
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w = desktop_watcher(bench, desktop)
        with w:
            w.start().wait_live("work")
            deliver(bench, w, "One")
            desktop.wait_bubbles(1)
            desktop.stop_daemon()
            deliver(bench, w, "Two")
            w.wait_rings(2)
            desktop.start_daemon()
            deliver(bench, w, "Three")
            wait_until(lambda: any("Three" in b["summary"] + b["body"]
                                   for b in desktop.bubbles), "Three")


def test_no_daemon(bench: Bench) -> None:
    with Desktop(bench.path("d")) as desktop:
        w = desktop_watcher(bench, desktop)
        with w:
            w.start(verbose="-v").wait_live("work")
            check_waits(bench, w, 1)
            w.wait_log("idlebell: work/INBOX: ")
            wait_until(lambda: any(
                word in w.log().lower() for word in
                ("notif", "desktop", "bubble")), "a line about the bubble")


def test_no_bus(bench: Bench) -> None:
    w = bench.watcher().account("work", bench.dovecot,
                                bench.dovecot.user(),
                                notify="desktop, hook")
    with w:
        w.start().wait_live("work")
        deliver(bench, w, "One")
        w.wait_rings(1)
        deliver(bench, w, "Two")
        w.wait_rings(2)


if __name__ == "__main__":
    tap.main(globals())
