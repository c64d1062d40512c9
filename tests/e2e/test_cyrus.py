#!/usr/bin/python3
"""idlebell against Cyrus, which announces at once and which corrupts what
is pipelined behind AUTHENTICATE."""

from __future__ import annotations

from typing import Optional

from rig import tap
from rig.cyrus import Cyrus
from rig.mail import make_message
from rig.tap import Bench, each

_server: Optional[Cyrus] = None


def cyrus(bench: Bench) -> Cyrus:
    """Shared by all tests: it takes seconds to start."""
    global _server
    if _server is None:
        server = Cyrus(bench.shared / "cyrus", bench.authority)
        bench.at_end(server.stop)
        _server = server.start()
    return _server


@each("implicit", "starttls")
def test_rings(bench: Bench, tls: str) -> None:
    server = cyrus(bench)
    user = server.user()
    server.deliver(user, make_message("Old"))
    w = bench.watcher().account("work", server, user, tls)
    w.section("rule boss", **{"from": "boss@example.org"})
    w.section("rule others", **{"from": "*", "notify": "none"})
    with w:
        w.start().wait_live("work")
        server.deliver(user, make_message("Buy", "who@example.com"))
        took = server.deliver(user, make_message("Where are you?"))
        ring, = w.wait_rings(1)
        assert ring.environment["IDLEBELL_UID"] == "3"
        assert ring.rule == "boss"
        # Cyrus without idled would look once a minute; a busy machine may
        # be slow, too, but not each time.
        waits = [ring.time - took]
        while min(waits) > 10_000_000_000 and len(waits) < 6:
            took = server.deliver(user, make_message("Still there?"))
            waits.append(w.wait_rings(len(waits) + 1)[-1].time - took)
        assert min(waits) < 10_000_000_000, waits
        with server.reader(user) as reader:
            assert ({m.flags for m in reader.stored()}
                    <= {frozenset(), frozenset({"\\Recent"})})


@each("plain", "login")
def test_login_commands(bench: Bench, auth: str) -> None:
    """AUTHENTICATE PLAIN and LOGIN: the commands behind them arrive whole,
    so that the refresh, too, works."""
    server = cyrus(bench)
    user = server.user()
    server.deliver(user, make_message("Old"))
    w = bench.watcher().account("work", server, user, auth=auth,
                                refresh="5s")
    with w:
        w.start().wait_live("work")
        server.deliver(user, make_message("One"))
        w.wait_rings(1)
        # After a refresh: DONE ends an IDLE that the server has seen.
        w.wait_log("NOOP")
        server.deliver(user, make_message("Two"))
        assert [r.subject for r in w.wait_rings(2)] == ["One", "Two"]
        assert w.states("work").count("live") == 1, w.states("work")
        for trouble in "Already authenticated", "Invalid tag":
            assert trouble not in w.log(), trouble


def test_burst(bench: Bench) -> None:
    server = cyrus(bench)
    user = server.user()
    server.deliver(user, make_message("Old"))
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        with server.deliverer() as lmtp:
            for number in range(200):
                lmtp.deliver(user.name, make_message(f"Nr. {number}"))
        rings = w.wait_rings(200)
        assert ([r.subject for r in rings]
                == [f"Nr. {n}" for n in range(200)])


def test_missed_while_stopped(bench: Bench) -> None:
    server = cyrus(bench)
    user = server.user()
    server.deliver(user, make_message("Old"))
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        w.stop()
        for number in range(3):
            server.deliver(user, make_message(f"Nr. {number}"))
        w.start()
        assert ([r.subject for r in w.wait_rings(3)]
                == ["Nr. 0", "Nr. 1", "Nr. 2"])


def test_wrong_password(bench: Bench) -> None:
    server = cyrus(bench)
    w = bench.watcher().account("work", server, server.user(),
                                password="not-the-password")
    with w:
        done = w.run("once")
        assert done.returncode == 77, done
        assert len(done.stderr.splitlines()) == 1, done.stderr


if __name__ == "__main__":
    tap.main(globals())
