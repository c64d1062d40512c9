#!/usr/bin/python3
"""When nothing rings: pauses, quiet hours, do not disturb; what is heard
afterwards, and that it is heard once."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta, timezone
from typing import Any, Callable

from rig import tap
from rig.base import DEADLINE, wait_nothing, wait_until
from rig.desktop import Desktop
from rig.dovecot import Dovecot, User
from rig.mail import make_message
from rig.tap import Bench, each
from rig.watcher import Ring, Watcher


def say(w: Watcher, *words: str) -> str:
    done = w.run(*words, config=False)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def fail(w: Watcher, code: int, *words: str) -> str:
    """It fails, and one line says why."""
    done = w.run(*words, config=False)
    assert done.returncode == code and done.stdout == "", done
    assert done.stderr.count("\n") == 1, done
    return done.stderr


def account(w: Watcher, name: str = "work") -> dict[str, Any]:
    known = json.loads(say(w, "status", "--json"))
    return next(a for a in known["accounts"] if a["account"] == name)


def state(w: Watcher, name: str = "work") -> str:
    return account(w, name)["watches"][0]["state"]


def nothing(condition: Callable[[], object]) -> None:
    wait_nothing(condition, "what must not happen", 1.0)


def wait_away(server: Dovecot, user: User) -> None:
    """No connection is left."""
    wait_until(lambda: user.name not in server.doveadm("-f", "flow", "who"),
               "the end of the connection")


def is_there(server: Dovecot, user: User) -> bool:
    return user.name in server.doveadm("-f", "flow", "who")


def wait_awake(w: Watcher, name: str = "work") -> None:
    wait_until(lambda: state(w, name) == "live" and
               "quiet" not in account(w, name), "an account that is awake")


def with_desktop(bench: Bench, desktop: Desktop) -> Watcher:
    w = bench.watcher()
    w.environment["DBUS_SESSION_BUS_ADDRESS"] = desktop.address
    return w


# --- pause --------------------------------------------------------------


def test_pause_and_resume(bench: Bench) -> None:
    """The connection is closed; what comes is told once, by one bubble."""
    server = bench.dovecot
    user = server.user()
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w = with_desktop(bench, desktop)
        with w.account("work", server, user, notify="desktop, hook"):
            w.start().wait_live("work")
            assert is_there(server, user)
            assert say(w, "pause") == "paused until resumed\n"
            wait_away(server, user)
            assert state(w) == "paused"
            assert account(w)["quiet"] == {"reason": "pause",
                                           "connected": False}
            for number in range(3):
                server.deliver(user, make_message(f"Message {number}"))
            nothing(lambda: w.rings)
            assert not is_there(server, user)
            assert say(w, "resume") == "work is watched again\n"
            rings = w.wait_rings(3)
            assert sorted(r.subject for r in rings) == [
                f"Message {number}" for number in range(3)]
            bubble, = desktop.wait_bubbles(1)
            assert "3 new messages" in bubble["summary"], bubble
            wait_awake(w)
            server.deliver(user, make_message("Afterwards"))
            w.wait_rings(4)
            assert "Afterwards" in str(desktop.wait_bubbles(2)[1])
        assert [m["subject"] for m in w.messages()] == [
            "Message 0", "Message 1", "Message 2", "Afterwards"]
        assert w.states("work")[:4] == [
            "connecting", "live", "paused", "waiting"]


def test_pause_single_message(bench: Bench) -> None:
    """One message is told as itself."""
    server = bench.dovecot
    user = server.user()
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w = with_desktop(bench, desktop)
        with w.account("work", server, user, notify="desktop"):
            w.start().wait_live("work")
            say(w, "pause", "1h", "work")
            wait_away(server, user)
            server.deliver(user, make_message("Only me"))
            say(w, "resume", "work")
            bubble, = desktop.wait_bubbles(1)
            assert "Only me" in bubble["body"], bubble


def test_pause_all_mailboxes_one_bubble(bench: Bench) -> None:
    """However many mailboxes and connections."""
    server = bench.dovecot
    user = server.user()
    with server.reader(user) as reader:
        for mailbox in "One", "Two":
            reader.create(mailbox)
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w = with_desktop(bench, desktop)
        with w.account("work", server, user, notify="desktop",
                       mailboxes="INBOX, One, Two", max_connections=2):
            w.start()
            for mailbox in "INBOX", "One", "Two":
                w.wait_state("live", "work", mailbox)
            say(w, "pause")
            wait_away(server, user)
            server.deliver(user, make_message("In INBOX"))
            with server.reader(user) as reader:
                for mailbox in "One", "Two":
                    reader.append(mailbox, make_message(f"In {mailbox}"))
            say(w, "resume")
            bubble, = desktop.wait_bubbles(1)
            assert "3 new messages" in bubble["summary"], bubble
            wait_awake(w)
            nothing(lambda: len(desktop.bubbles) > 1)


def test_pause_ends_by_itself(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        assert say(w, "pause", "2s").startswith("paused until ")
        wait_until(lambda: "paused" in w.states("work"), "the pause")
        server.deliver(user, make_message("Meanwhile"))
        ring, = w.wait_rings(1)
        assert ring.subject == "Meanwhile"
        wait_awake(w)


def test_pause_outlives_the_watcher(bench: Bench) -> None:
    """A restart does not end it, nor does a kill; its end does."""
    server = bench.dovecot
    user = server.user()
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        say(w, "pause")
        wait_away(server, user)
        w.stop()
        server.deliver(user, make_message("Meanwhile"))
        w.start()
        wait_until(lambda: (w.run("status", config=False).returncode == 0),
                   "the watcher")
        assert state(w) == "paused"
        w.kill()
        w.start()
        wait_until(lambda: (w.run("status", config=False).returncode == 0),
                   "the watcher")
        assert state(w) == "paused" and not w.rings
        assert not is_there(server, user)
        say(w, "resume")
        ring, = w.wait_rings(1)
        assert ring.subject == "Meanwhile"
        wait_awake(w)
        w.stop()
        w.start().wait_live("work", count=3)
        assert "quiet" not in account(w)
        assert not list(w.home.glob(".state/idlebell/*.pause"))


def test_pause_ended_while_down(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        say(w, "pause", "1s")
        w.kill()
        server.deliver(user, make_message("Meanwhile"))
        nothing(lambda: w.rings)
        w.start()
        w.wait_rings(1)
        wait_awake(w)


def test_pause_again(bench: Bench) -> None:
    """The last word counts."""
    server = bench.dovecot
    user = server.user()
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        say(w, "pause", "2d")
        first = account(w)["quiet"]["until"]
        say(w, "pause", "until", "tomorrow")
        second = account(w)["quiet"]["until"]
        assert second != first and second.endswith("T00:00:00+00:00"), second
        say(w, "pause")
        assert "until" not in account(w)["quiet"]
        assert say(w, "resume") == "work is watched again\n"
        wait_awake(w)
        assert say(w, "resume") == "nothing was paused\n"


def test_pause_of_one_account(bench: Bench) -> None:
    server = bench.dovecot
    one, two = server.user(), server.user()
    w = bench.watcher().account("one", server, one)
    with w.account("two", server, two):
        w.start().wait_live("one", "two")
        say(w, "pause", "two")
        wait_away(server, two)
        assert is_there(server, one)
        for user in one, two:
            server.deliver(user, make_message("Hello"))
        ring, = w.wait_rings(1)
        assert ring.environment["IDLEBELL_ACCOUNT"] == "one"
        assert say(w, "status", "--check") == (
            "1 of 1 live; two paused until resumed\n")
        text = say(w, "status")
        assert "1 of 1 live, 1 at rest\n" in text, text
        assert "\ntwo, paused until resumed\n" in text, text
        say(w, "pause", "one")
        assert say(w, "status", "--check") == (
            "one paused until resumed; two paused until resumed\n")
        assert say(w, "resume", "two") == "two is watched again\n"
        w.wait_rings(2)
        say(w, "pause")
        assert say(w, "resume") == "2 accounts are watched again\n"


def test_poke_does_not_end_a_pause(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        say(w, "pause")
        wait_away(server, user)
        say(w, "poke")
        nothing(lambda: is_there(server, user))
        assert state(w) == "paused"


def test_reload_does_not_end_a_pause(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        say(w, "pause")
        wait_away(server, user)
        w.write(w.text() + "refresh = 10m\n")
        say(w, "reload")
        nothing(lambda: is_there(server, user))
        assert state(w) == "paused"
        server.deliver(user, make_message("Meanwhile"))
        say(w, "resume")
        w.wait_rings(1)


def alarms(w: Watcher, since: int) -> list[Ring]:
    return [ring for ring in w.rings if ring.time > since
            and ring.environment["IDLEBELL_STATE"] == "blind"]


def test_a_paused_account_is_not_blind(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    w = bench.watcher()
    with w.account("work", server, user, blind_after="3s",
                   on_state=f"{w.hook} {w.hook_log}"):
        w.start().wait_live("work")
        say(w, "pause")
        paused = time.monotonic_ns()
        wait_nothing(lambda: alarms(w, paused), "an alarm", 4)
        assert state(w) == "paused"
        # Who needs long to connect again is blind three seconds from now.
        resumed = time.monotonic_ns()
        say(w, "resume")
        wait_awake(w)
        early = [ring for ring in alarms(w, paused)
                 if ring.time < resumed + 3_000_000_000]
        assert not early, early
        stopped = time.monotonic_ns()
        server.stop()
        try:
            wait_until(lambda: alarms(w, stopped), "the alarm")
        finally:
            server.start()


MISTAKES = {
    "unknown": (("nobody",), "no account nobody is watched"),
    "misspelt": (("wrok",), "did you mean work?"),
    "second": (("work", "nobody"), "no account nobody"),
    "no-unit": (("30",), "30: a pause is as long as"),
    "bad-unit": (("30x", "work"), "30x: a pause is as long as"),
    "nothing": (("0s",), "0s: a pause is as long as"),
    "until": (("until",), "write until 07:30"),
    "until-when": (("until", "later"), "later: write until 07:30"),
    "until-hour": (("until", "25:00"), "25:00: write until 07:30"),
    "behind": (("work", "2h"), "write the time before the accounts: pause 2h"),
    "two": (("1h", "30m", "work"), "30m: one time only, as in 90m"),
    "hour": (("until", "tomorrow", "8"), "8: one time only, as in 90m"),
}


@each(*MISTAKES)
def test_mistakes(bench: Bench, mistake: str) -> None:
    words, text = MISTAKES[mistake]
    server = bench.dovecot
    user = server.user()
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        assert text in fail(w, 64, "pause", *words)
        assert state(w) == "live" and "quiet" not in account(w)
        assert "nobody" in fail(w, 64, "resume", "nobody")


def test_pause_during_a_burst(bench: Bench) -> None:
    """Pauses and resumes at any moment lose and repeat nothing."""
    server = bench.dovecot
    user = server.user()
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        for number in range(20):
            server.deliver(user, make_message(f"Message {number}"))
            say(w, "pause" if number % 2 == 0 else "resume")
        say(w, "resume")
        rings = w.wait_rings(20)
        wait_awake(w)
        assert sorted(r.environment["IDLEBELL_UID"] for r in rings) == sorted(
            str(uid) for uid in range(1, 21))
        nothing(lambda: len(w.rings) > 20)


# --- quiet hours --------------------------------------------------------


def hours(before: int, after: int) -> str:
    """From so many minutes before now to so many after, UTC."""
    now = datetime.now(timezone.utc)
    return "-".join(f"{now + timedelta(minutes=minutes):%H:%M}"
                    for minutes in (-before, after))


def write_hours(w: Watcher, text: str) -> None:
    w.write("".join(f"quiet_hours = {text}\n"
                    if line.startswith("quiet_hours =") else line
                    for line in w.text().splitlines(keepends=True)))


def set_hours(w: Watcher, text: str) -> None:
    write_hours(w, text)
    say(w, "reload")


def test_quiet_hours(bench: Bench) -> None:
    """The connection is closed while they hold."""
    server = bench.dovecot
    user = server.user()
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w = with_desktop(bench, desktop)
        with w.account("work", server, user, notify="desktop, hook",
                       quiet_hours=hours(-60, 120)):
            w.start().wait_live("work")
            set_hours(w, hours(60, 60))
            wait_away(server, user)
            quiet = account(w)["quiet"]
            assert quiet["reason"] == "quiet_hours", quiet
            assert quiet["until"] and quiet["connected"] is False, quiet
            assert state(w) == "quiet"
            assert say(w, "status", "--check").startswith("work quiet until ")
            for number in range(2):
                server.deliver(user, make_message(f"Message {number}"))
            assert "work: quiet until" in say(w, "resume")
            nothing(lambda: w.rings)
            w.stop()
            w.start()
            wait_until(lambda: w.run("status", config=False).returncode == 0,
                       "the watcher")
            assert state(w) == "quiet"
            set_hours(w, hours(-60, 120))
            w.wait_rings(2)
            bubble, = desktop.wait_bubbles(1)
            assert "2 new messages" in bubble["summary"], bubble
            wait_awake(w)


def test_quiet_hours_end_by_the_clock(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        w.write(w.text() + "quiet_hours =\n")
        # Unless the minute ends before it has read that.
        for _ in range(5):
            set_hours(w, hours(60, 1))
            if "quiet" in w.states("work"):
                break
        server.deliver(user, make_message("Meanwhile"))
        w.wait_rings(1, DEADLINE + 60)
        assert "quiet" in w.states("work")
        wait_awake(w)


def test_urgent_breaks_through_quiet_hours(bench: Bench) -> None:
    """It stays connected: what is urgent rings at once, the others are told
    at the end, and a crash neither loses nor repeats any."""
    server = bench.dovecot
    user = server.user()
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w = with_desktop(bench, desktop)
        w.account("work", server, user, notify="desktop, hook",
                  quiet_hours=hours(60, 60))
        with w.section("rule boss", **{"from": "boss@example.org",
                                       "urgent": "yes"}):
            w.start().wait_live("work")
            assert account(w)["quiet"]["connected"] is True
            assert "1 of 1 live; work quiet until " in say(
                w, "status", "--check")
            for number in range(2):
                server.deliver(user, make_message(
                    f"Early {number}", "friend@example.org"))
            server.deliver(user, make_message("Come at once"))
            ring, = w.wait_rings(1)
            assert ring.subject == "Come at once"
            assert "Come at once" in desktop.wait_bubbles(1)[0]["body"]
            # What is on its way may ring again.
            wait_until(lambda: account(w)["pending"] == 0, "the hook's end")
            w.kill()
            server.deliver(user, make_message("Late", "friend@example.org"))
            w.start().wait_live("work", count=2)
            server.deliver(user, make_message("Come again"))
            assert [r.subject for r in w.wait_rings(2)] == [
                "Come at once", "Come again"]
            nothing(lambda: len(w.rings) > 2)
            set_hours(w, hours(-60, 120))
            assert sorted(r.subject for r in w.wait_rings(5)[2:]) == [
                "Early 0", "Early 1", "Late"]
            summary = desktop.wait_bubbles(3)[2]
            assert "3 new messages" in summary["summary"], summary
            wait_awake(w)
            server.deliver(user, make_message("Day", "friend@example.org"))
            w.wait_rings(6)
            nothing(lambda: len(w.rings) > 6)


@each(1, 2)
def test_left_in_all_mailboxes(bench: Bench, connections: int) -> None:
    """One bubble tells of what was left, wherever it is."""
    server = bench.dovecot
    user = server.user()
    with server.reader(user) as reader:
        for mailbox in "One", "Two":
            reader.create(mailbox)
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w = with_desktop(bench, desktop)
        w.account("work", server, user, notify="desktop, hook",
                  mailboxes="INBOX, One, Two", max_connections=connections,
                  quiet_hours=hours(60, 60))
        with w.section("rule boss", **{"from": "boss@example.org",
                                       "urgent": "yes"}):
            w.start()
            for mailbox in "INBOX", "One", "Two":
                w.wait_state("live", "work", mailbox)
            with server.reader(user) as reader:
                for mailbox in "INBOX", "One", "Two":
                    reader.append(mailbox, make_message(
                        f"In {mailbox}", "friend@example.org"))
                    reader.append(mailbox, make_message(f"Now {mailbox}"))
            w.wait_rings(3)
            desktop.wait_bubbles(3)
            set_hours(w, hours(-60, 120))
            assert sorted(r.subject for r in w.wait_rings(6)[3:]) == [
                "In INBOX", "In One", "In Two"]
            summary = desktop.wait_bubbles(4)[3]
            assert "3 new messages" in summary["summary"], summary
            wait_awake(w)
            nothing(lambda: len(w.rings) > 6 or len(desktop.bubbles) > 4)


def test_hours_come_and_go_during_a_burst(bench: Bench) -> None:
    """Whatever is closed, left or open at any moment: each message rings
    once."""
    server = bench.dovecot
    user = server.user()
    w = bench.watcher().account("work", server, user,
                                quiet_hours=hours(-60, 120))
    with w.section("rule boss", **{"from": "boss@example.org",
                                   "urgent": "yes"}):
        w.start().wait_live("work")
        for number in range(12):
            server.deliver(user, make_message(
                f"Message {number}",
                "boss@example.org" if number % 3 else "friend@example.org"))
            if number % 4 == 0:
                set_hours(w, hours(60, 60))
            elif number % 4 == 2:
                set_hours(w, hours(-60, 120))
            elif number % 5 == 0:
                say(w, "pause")
            else:
                say(w, "resume")
        say(w, "resume")
        set_hours(w, hours(-60, 120))
        rings = w.wait_rings(12)
        wait_awake(w)
        assert sorted(int(r.environment["IDLEBELL_UID"]) for r in rings
                      ) == list(range(1, 13))
        nothing(lambda: len(w.rings) > 12)


def test_urgent_does_not_break_through_a_pause(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    w = bench.watcher().account("work", server, user,
                                quiet_hours=hours(60, 60))
    with w.section("rule boss", **{"from": "boss@example.org",
                                   "urgent": "yes"}):
        w.start().wait_live("work")
        server.deliver(user, make_message("Later", "friend@example.org"))
        say(w, "pause")
        wait_away(server, user)
        server.deliver(user, make_message("Come at once"))
        nothing(lambda: w.rings)
        say(w, "resume")
        ring, = w.wait_rings(1)
        assert ring.subject == "Come at once"
        assert account(w)["quiet"]["reason"] == "quiet_hours"
        set_hours(w, hours(-60, 120))
        assert w.wait_rings(2)[1].subject == "Later"
        nothing(lambda: len(w.rings) > 2)


def test_urgent_rule_of_another_account(bench: Bench) -> None:
    """Only what is needed stays connected."""
    server = bench.dovecot
    one, two = server.user(), server.user()
    w = bench.watcher().account("one", server, one,
                                quiet_hours=hours(60, 60))
    w.account("two", server, two, quiet_hours=hours(60, 60))
    with w.section("rule boss", account="two", urgent="yes"):
        w.start().wait_live("two")
        assert state(w, "one") == "quiet"
        assert not is_there(server, one) and is_there(server, two)


def test_quiet_hours_of_a_rule(bench: Bench) -> None:
    """Its messages are as with notify = none, and never told."""
    server = bench.dovecot
    user = server.user()
    w = bench.watcher().account("work", server, user)
    with w.section("rule friend", **{"from": "friend@example.org",
                                     "quiet_hours": hours(60, 60)}):
        w.start().wait_live("work")
        server.deliver(user, make_message("Silent", "friend@example.org"))
        server.deliver(user, make_message("Loud"))
        ring, = w.wait_rings(1)
        assert ring.subject == "Loud"
        set_hours(w, hours(-60, 120))
        server.deliver(user, make_message("Day", "friend@example.org"))
        assert [r.subject for r in w.wait_rings(2)] == ["Loud", "Day"]


def test_once_in_quiet_hours(bench: Bench) -> None:
    """It leaves what is there for later."""
    server = bench.dovecot
    user = server.user()
    with bench.watcher().account("work", server, user,
                                 quiet_hours=hours(-60, 120)) as w:
        assert w.run("once").returncode == 0
        server.deliver(user, make_message("Meanwhile"))
        write_hours(w, hours(60, 60))
        done = w.run("once")
        assert done.returncode == 0 and "quiet until" in done.stderr, done
        assert not w.rings
        write_hours(w, hours(-60, 120))
        assert w.run("once").returncode == 0
        w.wait_rings(1)


def test_check_names_bad_hours(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    w = bench.watcher().account("work", server, user)
    w.section("rule friend", **{"from": "friend@example.org",
                                "quiet_hours": "Sat-Sum"})
    w.write(f"[defaults]\nquiet_hours = 22:00-25:00\n{w.text()}")
    done = w.run("check")
    assert done.returncode == 78, done
    first, second = done.stderr.splitlines()[:2]
    assert ":2: quiet_hours: " in first and "25:00" in first, done
    assert "quiet_hours: " in second and "Sum" in second, done


# --- do not disturb -----------------------------------------------------


def test_dnd(bench: Bench) -> None:
    """Bubbles wait, but for urgent ones; hooks do not.  Then there is one for
    those that were not read meanwhile."""
    server = bench.dovecot
    user = server.user()
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w = with_desktop(bench, desktop)
        w.account("work", server, user, notify="desktop, hook")
        with w.section("rule boss", **{"from": "boss@example.org",
                                       "urgent": "yes"}):
            w.start().wait_live("work")
            desktop.inhibit(True)
            w.wait_log("not to be disturbed")
            for number in range(3):
                server.deliver(user, make_message(
                    f"Message {number}", "friend@example.org"))
            w.wait_rings(3)
            server.deliver(user, make_message("Come at once"))
            assert "Come at once" in desktop.wait_bubbles(1)[0]["body"]
            assert state(w) == "live" and "quiet" not in account(w)
            with server.reader(user) as reader:
                reader.mark("INBOX", 2, "\\Seen")
            wait_until(lambda: [e for e in w.events
                                if e["event"] == "flags"], "that it is read")
            nothing(lambda: len(desktop.bubbles) > 1)
            desktop.inhibit(False)
            summary = desktop.wait_bubbles(2)[1]
            assert "2 new messages" in summary["summary"], summary
            assert "Message 1" not in summary["body"], summary
            nothing(lambda: len(desktop.bubbles) > 2)
            assert len(w.wait_rings(4)) == 4
            server.deliver(user, make_message("Later", "friend@example.org"))
            assert "Later" in str(desktop.wait_bubbles(3)[2])


def test_dnd_ignored(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w = with_desktop(bench, desktop)
        with w.account("work", server, user, notify="desktop", dnd="ignore"):
            w.start().wait_live("work")
            desktop.inhibit(True)
            server.deliver(user, make_message("Hello"))
            desktop.wait_bubbles(1)


def test_dnd_over_a_crash(bench: Bench) -> None:
    """What had only a bubble to come is told again, and still waits."""
    server = bench.dovecot
    user = server.user()
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        desktop.inhibit(True)
        w = with_desktop(bench, desktop)
        with w.account("work", server, user, notify="desktop"):
            w.start().wait_live("work")
            w.wait_log("not to be disturbed")
            server.deliver(user, make_message("Hello"))
            wait_until(w.messages, "the message")
            # Else the mail may be there before the desktop has answered.
            say(w, "pause")
            w.kill()
            w.start().wait_log("not to be disturbed", 2)
            say(w, "resume")
            wait_until(lambda: len(w.messages()) == 2, "the message again")
            nothing(lambda: desktop.bubbles)
            desktop.inhibit(False)
            assert "Hello" in desktop.wait_bubbles(1)[0]["body"]


def test_dnd_and_the_end(bench: Bench) -> None:
    """Who ends leaves what waits to the desktop, and does not repeat it."""
    server = bench.dovecot
    user = server.user()
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        desktop.inhibit(True)
        w = with_desktop(bench, desktop)
        with w.account("work", server, user, notify="desktop"):
            w.start().wait_live("work")
            w.wait_log("not to be disturbed")
            for number in range(2):
                server.deliver(user, make_message(f"Message {number}"))
            wait_until(lambda: len(w.messages()) == 2, "the messages")
            w.stop()
            assert "2 new messages" in desktop.wait_bubbles(1)[0]["summary"]
            # Without a program that would hear of them it has no buttons.
            shown = len(desktop.bubbles)
            w.start().wait_live("work", count=2)
            desktop.inhibit(False)
            nothing(lambda: len(desktop.bubbles) > shown)


if __name__ == "__main__":
    tap.main(globals())
