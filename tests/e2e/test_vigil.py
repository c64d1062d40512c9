#!/usr/bin/python3
"""What stays watched in quiet hours: the mailboxes in which an urgent rule may
ring.  The others rest, and nothing of them is lost or told twice."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone
from typing import Any

from rig import tap
from rig.base import DEADLINE, wait_nothing, wait_until
from rig.desktop import Desktop
from rig.dovecot import Dovecot, User
from rig.mail import make_message
from rig.tap import Bench, each
from rig.watcher import Watcher

MAILBOXES = "INBOX", "Alarms", "Lists", "Work"

# One connection that the server tells of all mailboxes, or one for each.
WAYS: dict[str, dict[str, object]] = {
    "notify": {"max_connections": 1},
    "idle": {"method": "idle", "max_connections": 4},
    "some": {"method": "idle", "max_connections": 2, "poll_interval": "10s"},
}


def say(w: Watcher, *words: str) -> str:
    done = w.run(*words, config=False)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def account(w: Watcher, name: str = "work") -> dict[str, Any]:
    """Empty before the watcher listens."""
    done = w.run("status", "--json", config=False)
    known = json.loads(done.stdout or '{"accounts": []}')
    return next((a for a in known["accounts"] if a["account"] == name), {})


def states(w: Watcher, name: str = "work") -> dict[str, str]:
    return {watch["mailbox"]: watch["state"]
            for watch in account(w, name).get("watches", [])}


def wait_states(w: Watcher, **wanted: str) -> None:
    wait_until(lambda: states(w) == wanted, f"the states {wanted}")


def wait_awake(w: Watcher, *mailboxes: str, name: str = "work") -> None:
    wait_until(lambda: "quiet" not in account(w, name) and states(w, name) ==
               {mailbox: "live" for mailbox in mailboxes}, "all of it awake")


def connections(server: Dovecot, user: User) -> int:
    shown = server.doveadm("-f", "flow", "who", "-1", user.name)
    return shown.count(f"username={user.name} ")


def wait_connections(server: Dovecot, user: User, count: int) -> None:
    wait_until(lambda: connections(server, user) == count,
               f"{count} connections")


def hours(before: int, after: int) -> str:
    """From so many minutes before now to so many after, UTC."""
    now = datetime.now(timezone.utc)
    return "-".join(f"{now + timedelta(minutes=minutes):%H:%M}"
                    for minutes in (-before, after))


QUIET, LOUD = hours(60, 180), hours(-120, 180)


def replace(w: Watcher, before: str, after: str) -> None:
    assert before in w.text()
    w.write(w.text().replace(before, after))
    say(w, "reload")


def make_mailboxes(server: Dovecot, user: User, *mailboxes: str) -> None:
    with server.reader(user) as reader:
        for mailbox in mailboxes:
            reader.create(mailbox)


def put(server: Dovecot, user: User, *places: str,
        sender: str = "boss@example.org") -> None:
    """A message each: "MAILBOX subject"."""
    with server.reader(user) as reader:
        for place in places:
            reader.append(place.split()[0], make_message(place, sender))


def subjects(w: Watcher) -> list[str]:
    return sorted(ring.subject for ring in w.rings)


def wait_subjects(w: Watcher, *wanted: str) -> None:
    """These have rung, each once, and nothing else has."""
    w.wait_rings(len(wanted))
    assert subjects(w) == sorted(wanted), subjects(w)


def wait_taken(w: Watcher) -> None:
    """What is on its way may ring again after a crash."""
    wait_until(lambda: account(w)["pending"] == 0, "the hook's end")


def said(w: Watcher, start: int, words: str) -> list[str]:
    """Lines of the log behind start."""
    return [line for line in w.log()[start:].splitlines()
            if re.search(words, line)]


@each(*WAYS)
def test_only_what_is_needed(bench: Bench, way: str) -> None:
    """Of what rests the server says nothing; at the end all of it is told by
    one bubble, be there a crash between."""
    server = bench.dovecot
    user = server.user()
    make_mailboxes(server, user, *MAILBOXES[1:])
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w = bench.watcher()
        w.environment["DBUS_SESSION_BUS_ADDRESS"] = desktop.address
        w.account("work", server, user, notify="desktop, hook",
                  mailboxes=", ".join(MAILBOXES), quiet_hours=LOUD,
                  **WAYS[way])
        with w.section("rule alarm", mailbox="Alarms", urgent="yes"):
            w.start()
            wait_awake(w, *MAILBOXES)
            replace(w, LOUD, QUIET)
            rest = {name: "quiet" for name in MAILBOXES} | {"Alarms": "live"}
            wait_states(w, **rest)
            wait_connections(server, user, 1)
            quiet = account(w)["quiet"]
            assert quiet["connected"] is True and quiet["resting"] == 3, quiet
            text = say(w, "status")
            assert "1 of 1 live\n" in text, text
            assert "3 mailboxes rest until then: no urgent rule" in text, text
            assert say(w, "status", "--check").startswith("1 of 1 live; work")
            w.wait_log("mailboxes at rest: 3")
            start = len(w.log())
            put(server, user, "INBOX 1", "Lists 1", "Alarms 1")
            wait_subjects(w, "Alarms 1")
            # Nothing is asked or told of the others.
            names = "|".join(set(MAILBOXES) - {"Alarms"})
            assert not said(w, start, rf"(STATUS|EXAMINE).*({names})")
            wait_taken(w)
            w.kill()
            put(server, user, "Lists 2", "Alarms 2")
            w.start()
            wait_states(w, **rest)
            wait_subjects(w, "Alarms 1", "Alarms 2")
            say(w, "poke")
            # What is lost comes back as it was.
            lost = w.states("work", "Alarms").count("waiting") + 1
            server.kick(user)
            w.wait_state("waiting", "work", "Alarms", lost)
            wait_states(w, **rest)
            put(server, user, "Work 1", "Alarms 3")
            w.wait_rings(3)
            desktop.wait_bubbles(3)
            wait_connections(server, user, 1)
            assert states(w) == rest
            replace(w, QUIET, LOUD)
            late = "INBOX 1", "Lists 1", "Lists 2", "Work 1"
            early = "Alarms 1", "Alarms 2", "Alarms 3"
            wait_subjects(w, *early, *late)
            summary = desktop.wait_bubbles(4)[3]
            assert "4 new messages" in summary["summary"], summary
            wait_awake(w, *MAILBOXES)
            put(server, user, "Lists 3", "INBOX 2")
            wait_subjects(w, *early, *late, "Lists 3", "INBOX 2")
            wait_nothing(lambda: len(w.rings) > 9, "a ring", 1.0)


def test_by_the_clock(bench: Bench) -> None:
    """The connection that stayed goes on with all mailboxes, those that were
    closed come back, and what was left in one that is needed rings, too."""
    server = bench.dovecot
    users = {way: server.user() for way in ("notify", "idle")}
    w = bench.watcher()
    for way, user in users.items():
        make_mailboxes(server, user, *MAILBOXES[1:])
        w.account(way, server, user, mailboxes=", ".join(MAILBOXES),
                  quiet_hours=LOUD, **WAYS[way])
    w.section("rule alarm", mailbox="Alarms", urgent="yes", stop="no",
              **{"from": "boss@*"})
    with w.section("rule work", mailbox="INBOX, Work", notify="hook"):
        w.start()
        for way in users:
            wait_awake(w, *MAILBOXES, name=way)
        # Not about to end while mail is still being put there.
        soon = 1 if datetime.now(timezone.utc).second < 15 else 2
        replace(w, LOUD, hours(60, soon))
        for way in users:
            wait_until(lambda name=way: states(w, name)["Alarms"] == "live",
                       "what is needed")
        for user in users.values():
            put(server, user, "Alarms 0", sender="friend@example.org")
            put(server, user, "INBOX 1", "Lists 1", "Alarms 1")
        w.wait_rings(2)
        # Unless the minute has just ended, on a slow computer.
        rung = subjects(w)
        if all("quiet" in account(w, way) for way in users):
            assert rung == ["Alarms 1", "Alarms 1"], rung
        w.wait_rings(8, 120 + DEADLINE)
        for way, user in users.items():
            wait_awake(w, *MAILBOXES, name=way)
            wait_connections(server, user, 1 if way == "notify" else 4)
            put(server, user, *(f"{name} 2" for name in MAILBOXES))
        w.wait_rings(16)
        wait_nothing(lambda: len(w.rings) > 16, "a ring", 1.0)
        assert len(set((ring.environment["IDLEBELL_ACCOUNT"], ring.subject)
                       for ring in w.rings)) == 16


@each(*WAYS)
def test_other_rules(bench: Bench, way: str) -> None:
    """A reload makes others needed: what came to them is looked at now."""
    server = bench.dovecot
    user = server.user()
    make_mailboxes(server, user, *MAILBOXES[1:])
    w = bench.watcher().account(
        "work", server, user, mailboxes=", ".join(MAILBOXES),
        quiet_hours=QUIET, **WAYS[way])
    with w.section("rule alarm", mailbox="Alarms", urgent="yes",
                   **{"from": "boss@*"}):
        w.start()
        rest = {name: "quiet" for name in MAILBOXES}
        wait_states(w, **rest | {"Alarms": "live"})
        wait_connections(server, user, 1)
        # The first sight of them is yet to come: so is what was there.
        replace(w, "mailbox = Alarms", "mailbox = *")
        wait_states(w, **{name: "live" for name in MAILBOXES})
        replace(w, "mailbox = *", "mailbox = Alarms")
        wait_states(w, **rest | {"Alarms": "live"})
        wait_connections(server, user, 1)
        put(server, user, "Lists 1", "Work 1")
        put(server, user, "Lists 2", "Alarms 1", sender="friend@example.org")
        replace(w, "mailbox = Alarms", "mailbox = Lists")
        wait_subjects(w, "Lists 1")
        wait_states(w, **rest | {"Lists": "live"})
        wait_connections(server, user, 1)
        put(server, user, "Alarms 2", "Lists 3")
        wait_subjects(w, "Lists 1", "Lists 3")
        # Nobody is needed any more.
        replace(w, "mailbox = Lists", "mailbox = Elsewhere")
        wait_states(w, **rest)
        wait_connections(server, user, 0)
        assert account(w)["quiet"]["connected"] is False
        put(server, user, "Lists 4")
        replace(w, "mailbox = Elsewhere", "mailbox = Work")
        wait_subjects(w, "Lists 1", "Lists 3", "Work 1")
        wait_states(w, **rest | {"Work": "live"})
        replace(w, QUIET, LOUD)
        wait_awake(w, *MAILBOXES)
        wait_subjects(w, "Alarms 1", "Alarms 2", "Work 1",
                      *(f"Lists {number}" for number in range(1, 5)))
        wait_nothing(lambda: len(w.rings) > 7, "a ring", 1.0)


RULES: dict[str, list[dict[str, object]]] = {
    "elsewhere": [{"mailbox": "Elsewhere", "urgent": "yes"}],
    "before": [{"mailbox": "INBOX, Al*"}, {"urgent": "yes"}],
    "excluded": [{"mailbox": "!INBOX, !Alarms", "urgent": "yes"}],
    "silent": [{"urgent": "yes", "notify": "none"}],
    "both": [{"mailbox": "INBOX", "account": "!work", "urgent": "yes"}],
    "taken-back": [{"urgent": "yes", "stop": "no"}, {"urgent": "no"}],
}


@each(*RULES)
def test_nobody_is_needed(bench: Bench, rules: str) -> None:
    """Then it is closed, as if there were no urgent rule."""
    server = bench.dovecot
    user = server.user()
    make_mailboxes(server, user, "Alarms")
    w = bench.watcher().account("work", server, user, quiet_hours=LOUD,
                                mailboxes="INBOX, Alarms", max_connections=2)
    for number, rule in enumerate(RULES[rules]):
        w.section(f"rule {number}", **rule)
    with w:
        w.start()
        wait_awake(w, "INBOX", "Alarms")
        replace(w, LOUD, QUIET)
        wait_states(w, INBOX="quiet", Alarms="quiet")
        wait_connections(server, user, 0)
        assert account(w)["quiet"]["connected"] is False
        assert "resting" not in account(w)["quiet"]


def test_a_pause_is_stronger(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    make_mailboxes(server, user, "Alarms")
    w = bench.watcher().account("work", server, user, quiet_hours=QUIET,
                                mailboxes="INBOX, Alarms")
    with w.section("rule alarm", mailbox="Alarms", urgent="yes"):
        w.start()
        wait_states(w, INBOX="quiet", Alarms="live")
        say(w, "pause")
        wait_states(w, INBOX="paused", Alarms="paused")
        wait_connections(server, user, 0)
        put(server, user, "Alarms 1")
        wait_nothing(lambda: w.rings, "a ring", 1.0)
        assert "quiet until" in say(w, "resume")
        wait_subjects(w, "Alarms 1")
        wait_states(w, INBOX="quiet", Alarms="live")
        wait_connections(server, user, 1)


@each("needed", "expected")
def test_mailboxes_that_appear(bench: Bench, case: str) -> None:
    """A pattern goes on being looked at where it may bring what is needed."""
    server = bench.dovecot
    user = server.user()
    make_mailboxes(server, user, "Lists", *["Alarm1"] * (case == "needed"))
    w = bench.watcher().account(
        "work", server, user, quiet_hours=LOUD, mailboxes="*",
        poll_interval="10s")
    with w.section("rule alarm", mailbox="Alarm1, Alarm2", urgent="yes"):
        w.start()
        old = ["INBOX", "Lists", *["Alarm1"] * (case == "needed")]
        wait_awake(w, *old)
        replace(w, LOUD, QUIET)
        rest = {name: "quiet" for name in ("INBOX", "Lists")}
        live = {"Alarm1": "live"} if case == "needed" else {}
        wait_states(w, **rest | live)
        wait_connections(server, user, 1)
        put(server, user, "INBOX 1")
        make_mailboxes(server, user, "News", "Alarm2")
        put(server, user, "News 1", "Alarm2 1")
        wait_subjects(w, "Alarm2 1")
        wait_states(w, **rest | live | {"Alarm2": "live", "News": "quiet"})
        put(server, user, "News 2", "Lists 1", "Alarm2 2")
        wait_subjects(w, "Alarm2 1", "Alarm2 2")
        wait_taken(w)
        w.kill()
        w.start()
        wait_states(w, **rest | live | {"Alarm2": "live", "News": "quiet"})
        replace(w, QUIET, LOUD)
        wait_awake(w, *old, "Alarm2", "News")
        wait_subjects(w, "Alarm2 1", "Alarm2 2", "INBOX 1", "Lists 1",
                      "News 1", "News 2")
        wait_nothing(lambda: len(w.rings) > 6, "a ring", 1.0)


def test_patterns_that_bring_nothing(bench: Bench) -> None:
    """Only names are needed that cannot fit the pattern."""
    server = bench.dovecot
    user = server.user()
    make_mailboxes(server, user, "Lists", "Alarms")
    w = bench.watcher().account(
        "work", server, user, quiet_hours=LOUD, mailboxes="Lists*, INBOX",
        max_connections=2)
    with w.section("rule alarm", mailbox="Alarms", urgent="yes"):
        w.start()
        wait_awake(w, "INBOX", "Lists")
        replace(w, LOUD, QUIET)
        wait_connections(server, user, 0)
        replace(w, "mailbox = Alarms", "mailbox = INBOX")
        # Nobody has asked for a list since.
        wait_states(w, **{"INBOX": "live", "Lists*": "quiet"})
        wait_connections(server, user, 1)
        put(server, user, "Lists 1", "INBOX 1")
        wait_subjects(w, "INBOX 1")
        replace(w, QUIET, LOUD)
        wait_awake(w, "INBOX", "Lists")
        wait_subjects(w, "INBOX 1", "Lists 1")


def test_once(bench: Bench) -> None:
    """It looks at what is needed, and leaves the rest."""
    server = bench.dovecot
    user = server.user()
    make_mailboxes(server, user, "Alarms")
    w = bench.watcher().account(
        "work", server, user, quiet_hours=LOUD, mailboxes="INBOX, Alarms",
        max_connections=2)
    with w.section("rule alarm", mailbox="Alarms", urgent="yes"):
        assert w.run("once").returncode == 0
        put(server, user, "INBOX 1", "Alarms 1")
        w.write(w.text().replace(LOUD, QUIET))
        done = w.run("-vvv", "once")
        assert done.returncode == 0 and "quiet until" in done.stderr, done
        assert 'EXAMINE "Alarms"' in done.stderr, done
        assert 'EXAMINE "INBOX"' not in done.stderr, done
        wait_subjects(w, "Alarms 1")
        w.write(w.text().replace(QUIET, LOUD))
        assert w.run("once").returncode == 0
        wait_subjects(w, "Alarms 1", "INBOX 1")


def test_actions_on_what_rests(bench: Bench) -> None:
    """They have a connection of their own, as ever."""
    server = bench.dovecot
    user = server.user()
    make_mailboxes(server, user, "Alarms")
    put(server, user, "INBOX 1")
    w = bench.watcher().account("work", server, user, quiet_hours=QUIET,
                                mailboxes="INBOX, Alarms")
    with w.section("rule alarm", mailbox="Alarms", urgent="yes"):
        w.start()
        wait_states(w, INBOX="quiet", Alarms="live")
        assert w.run("act", "read", "work", "INBOX", "1").returncode == 0
        with server.reader(user) as reader:
            assert "\\Seen" in reader.stored()[0].flags
        done = w.run("fetch", "--output", "-", "work", "INBOX", "1")
        assert done.returncode == 0 and "INBOX 1" in done.stdout, done
        assert states(w) == {"INBOX": "quiet", "Alarms": "live"}


if __name__ == "__main__":
    tap.main(globals())
