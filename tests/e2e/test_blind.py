#!/usr/bin/python3
"""Never blind in silence: a watch that is not live says so, once, with the
reason, and says once that it is well again."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime, timedelta

from rig import tap
from rig.base import wait_until
from rig.desktop import Desktop
from rig.scripted import Connection, Scripted, default
from rig.tap import Bench
from rig.watcher import Ring, Watcher


def blind_watcher(bench: Bench, server: Scripted, **options: object
                  ) -> Watcher:
    w = bench.watcher()
    return w.account("work", server, server.user, **{
        "blind_after": "1s", "on_state": f"{w.hook} {w.hook_log}",
        **options})


def states(w: Watcher) -> list[Ring]:
    return [r for r in w.rings
            if r.environment["IDLEBELL_EVENT"] == "state"]


def wait_states(w: Watcher, *expected: str) -> list[Ring]:
    wait_until(lambda: len(states(w)) >= len(expected),
               f"state {expected}")
    found = [r.environment["IDLEBELL_STATE"] for r in states(w)]
    assert found == list(expected), found
    return states(w)


class Door:
    """Sends everybody away until it is opened."""

    def __init__(self) -> None:
        self.open = False

    def greet(self, c: Connection, tag: bytes, rest: bytes) -> None:
        if self.open:
            default("greeting")(c, tag, rest)
        else:
            c.send(b"* BYE closed for \"today\"\r\n")
            c.wait_closed()


def test_blind_and_well(bench: Bench) -> None:
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        door = Door()
        with Scripted(bench.authority, {"greeting": door.greet}) as server:
            w = blind_watcher(bench, server, notify="desktop")
            w.environment["DBUS_SESSION_BUS_ADDRESS"] = desktop.address
            with w:
                w.start()
                blind, = wait_states(w, "blind")
                told = blind.environment
                assert told["IDLEBELL_ACCOUNT"] == "work", told
                assert told["IDLEBELL_MAILBOX"] == "INBOX", told
                assert 'closed for "today"' in told["IDLEBELL_REASON"], told
                assert blind.json["reason"] == told["IDLEBELL_REASON"]
                first = desktop.wait_bubbles(1)[0]
                assert first["summary"] == (
                    "Cannot see new mail of work/INBOX"), first
                assert "closed for" in first["body"], first
                assert first["expires"] == 0, first
                door.open = True
                w.wait_live("work")
                _, well = wait_states(w, "blind", "live")
                assert well.environment["IDLEBELL_REASON"] == ""
                # A daemon that is slow is told of the blindness again.
                wait_until(lambda: "seen again: work/INBOX"
                           in desktop.bubbles[-1]["summary"], "the good end")
                bubble = desktop.bubbles[-1]
                assert bubble["replaces"] == first["id"], bubble
                assert bubble["expires"] == -1, bubble
                w.wait_log("work/INBOX: blind for ")
                w.wait_log("work/INBOX: well again after ")


def test_bubble_stays(bench: Bench) -> None:
    """A daemon that is started anew is shown it again; the user closes it
    for good; what is up when the program is stopped does not stay."""
    with Desktop(bench.path("d")) as desktop, \
            Scripted(bench.authority, {"greeting": Door().greet}) as server:
        w = blind_watcher(bench, server, notify="desktop")
        w.account("home", server, server.user, notify="desktop",
                  blind_after="1h")
        w.environment["DBUS_SESSION_BUS_ADDRESS"] = desktop.address
        with w:
            w.start()
            w.wait_log("no notification: no notification daemon")
            desktop.start_daemon()
            desktop.wait_bubbles(1)
            desktop.stop_daemon()
            desktop.start_daemon()
            bubble, = desktop.wait_bubbles(1)
            assert "new mail of work/INBOX" in bubble["summary"], bubble
            desktop.play(f"close {bubble['id']}")
            w.write(w.text().replace("blind_after = 1h", "blind_after = 1s"))
            assert w.run("reload", config=False).returncode == 0
            bubble = desktop.wait_bubbles(2)[1]
            assert "new mail of home/INBOX" in bubble["summary"], bubble
            assert bubble["replaces"] == 0, bubble
            w.stop()
            desktop.wait_closed(bubble["id"])
            assert len(desktop.bubbles) == 2, desktop.bubbles


def test_nobody_answers(bench: Bench) -> None:
    with Scripted(bench.authority, {
            "greeting": lambda c, _tag, _rest: c.wait_closed()}) as server:
        with blind_watcher(bench, server) as w:
            w.start()
            blind, = wait_states(w, "blind")
            assert blind.environment["IDLEBELL_REASON"]


class Lock:
    """Refuses every login until it is opened."""

    def __init__(self) -> None:
        self.open = False

    def authenticate(self, c: Connection, tag: bytes, rest: bytes) -> None:
        if self.open:
            default("AUTHENTICATE")(c, tag, rest)
        else:
            c.send(tag + b" NO [AUTHENTICATIONFAILED] no\r\n")


def test_given_up(bench: Bench) -> None:
    """The last watch is given up: the user hears of it before the end, and
    does not wait for what cannot come."""
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        with Scripted(bench.authority, {
                "AUTHENTICATE": Lock().authenticate}) as server:
            w = blind_watcher(bench, server, notify="desktop",
                              blind_after="1h")
            w.environment["DBUS_SESSION_BUS_ADDRESS"] = desktop.address
            with w:
                assert w.start().wait_exit() == 77
                blind, = wait_states(w, "blind")
                assert "check user" in blind.environment["IDLEBELL_REASON"]
                bubble, = desktop.wait_bubbles(1)
                assert "check user" in bubble["body"], bubble
                w.wait_log("there is nothing to watch")
                # It is so still, and nobody else will say it.
                assert desktop.closed == [], desktop.closed


def test_poked(bench: Bench) -> None:
    """What was told to be blind is told to be well, by whichever road."""
    lock = Lock()
    with Scripted(bench.authority, {
            "AUTHENTICATE": lock.authenticate}) as server, \
            Scripted(bench.authority) as other:
        with blind_watcher(bench, server, blind_after="1h") as w:
            w.account("home", other, other.user)
            w.start()
            wait_states(w, "blind")
            lock.open = True
            assert w.run("poke").returncode == 0
            w.wait_live("work")
            wait_states(w, "blind", "live")


def test_patience_doubles(bench: Bench) -> None:
    """One second, then two; and the status tells for how long all of it
    lasts, not since when the latest try."""
    def since(w: Watcher) -> datetime:
        done = w.run("status", "--json", config=False)
        watch, = json.loads(done.stdout)["accounts"][0]["watches"]
        return datetime.fromisoformat(watch["since"])

    with Scripted(bench.authority, {"greeting": Door().greet}) as server:
        with blind_watcher(bench, server, blind_after="0") as w:
            w.start()
            w.wait_log("trying again in", 1)
            first = since(w)
            w.wait_log("trying again in", 3)
            # Whole seconds, reckoned back: they may differ by one.
            assert abs(since(w) - first) <= timedelta(seconds=1)
            pauses = [int(s) for s in re.findall(
                r"trying again in (\d+) s", w.log())]
            assert pauses[0] <= 2 and pauses[1] <= 3, pauses
            assert pauses[2] <= 5, pauses


def test_refused_together(bench: Bench) -> None:
    """A server that comes back without its users at first refuses all
    mailboxes of an account at once: that is one refusal, not two."""
    asked: list[int] = []

    def authenticate(c: Connection, tag: bytes, rest: bytes) -> None:
        """The third and the fourth are refused, both at once."""
        asked.append(c.number)
        if len(asked) not in (3, 4):
            default("AUTHENTICATE")(c, tag, rest)
            return
        wait_until(lambda: len(asked) >= 4, "the other login")
        c.send(tag + b" NO [AUTHENTICATIONFAILED] no\r\n")

    with Scripted(bench.authority, {"AUTHENTICATE": authenticate}) as server:
        w = bench.watcher().account("work", server, server.user,
                                    mailboxes="INBOX, Lists",
                                    max_connections=2)
        with w:
            w.start().wait_live("work")
            w.wait_state("live", "work", "Lists")
            for connection in list(server.connections):
                connection.post(connection.hang_up)
            w.wait_log("the server refuses the login", 2)
            w.wait_live("work", count=2)
            w.wait_state("live", "work", "Lists", count=2)


def test_unreadable_state(bench: Bench) -> None:
    """The account is told to be blind, and poked back; the other one is
    watched all the while."""
    text = "idlebell marks 99\n"
    text += f"sha256 {hashlib.sha256(text.encode()).hexdigest()}\n"
    with Scripted(bench.authority) as server, \
            Scripted(bench.authority) as other:
        with blind_watcher(bench, server, blind_after="1h") as w:
            w.account("home", other, other.user)
            state = w.home / ".state" / "idlebell"
            state.mkdir(parents=True, mode=0o700)
            marks = state / "work.marks"
            marks.write_text(text)
            w.start().wait_live("home")
            blind, = wait_states(w, "blind")
            assert "newer" in blind.environment["IDLEBELL_REASON"]
            done = w.run("status", "--check", config=False)
            assert done.returncode == 75 and "newer" in done.stderr, done
            marks.unlink()
            assert w.run("poke", config=False).returncode == 0
            w.wait_live("work")
            wait_states(w, "blind", "live")


if __name__ == "__main__":
    tap.main(globals())
