#!/usr/bin/python3
"""test-notification: rings once through all sinks, and tells what each said;
nothing of it is remembered."""

from __future__ import annotations

import json

from rig import tap
from rig.base import free_port
from rig.desktop import Desktop
from rig.tap import Bench
from rig.watcher import Watcher


def plan(bench: Bench, **options: object) -> Watcher:
    """Its server is never asked: there is none."""
    w = bench.watcher()
    return w.section("account work", **{
        "host": "localhost", "port": free_port(), "user": "jane",
        "password": "s3cret-trial", "notify": "hook",
        "on_message": f"{w.hook} {w.hook_log}", **options})


def test_defaults(bench: Bench) -> None:
    w = plan(bench)
    w.secret("s3cret-trial")
    with w:
        done = w.run("test-notification")
        assert done.returncode == 0, done
        assert done.stdout.splitlines()[0] == "account work, no rule", done
        assert f"hook {w.hook}: ok" in done.stdout, done
        ring, = w.rings
        assert ring.environment["IDLEBELL_TEST"] == "1"
        assert ring.environment["IDLEBELL_EVENT"] == "message"
        assert ring.environment["IDLEBELL_ACCOUNT"] == "work"
        assert ring.json["event"] == "message"
        assert ring.rule == "" and "test" in ring.subject
        assert not (w.home / ".state").exists()


def test_rule(bench: Bench) -> None:
    """What can be made up is as the rule wants it, the rest is forced."""
    w = plan(bench, on_message="/nonexistent/never")
    w.section("account home", host="localhost", user="jane",
              password="s3cret-trial", notify="none")
    w.section("rule boss", **{
        "account": "home", "mailbox": "Lists/?", "list_id": "*.example.org",
        "from": "/nobody/, !x@example.org, *@board.example.org",
        "subject": "*urgent*", "larger": "1M", "notify": "hook",
        "on_message": f"{w.hook} {w.hook_log}"})
    with w:
        done = w.run("test-notification", "boss")
        assert done.returncode == 0, done
        ring, = w.rings
        assert ring.environment["IDLEBELL_ACCOUNT"] == "home"
        assert ring.environment["IDLEBELL_MAILBOX"] == "Lists/x"
        assert (ring.environment["IDLEBELL_FROM_ADDRESS"]
                == "somebody@board.example.org")
        assert ring.environment["IDLEBELL_LIST_ID"] == "test.example.org"
        assert "urgent" in ring.subject and ring.rule == "boss"
        assert int(ring.environment["IDLEBELL_SIZE"]) == (1 << 20) + 1


def test_unknown_rule(bench: Bench) -> None:
    w = plan(bench).section("rule boss", subject="x")
    with w:
        done = w.run("test-notification", "bos")
        assert done.returncode == 64, done
        assert "there is no rule bos" in done.stderr, done
        assert "did you mean boss?" in done.stderr, done
        assert not w.rings


def test_silent(bench: Bench) -> None:
    w = plan(bench).section("rule quiet", subject="x", notify="none")
    with w:
        done = w.run("test-notification", "quiet")
        assert done.returncode == 0, done
        assert "it is silent" in done.stdout, done
        assert not w.rings


def test_bubble_and_sound(bench: Bench) -> None:
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w = plan(bench, notify="desktop, hook")
        w.environment["DBUS_SESSION_BUS_ADDRESS"] = desktop.address
        w.section("rule boss", subject="x", urgency="critical",
                  sound="message-new-instant")
        w.section("rule deaf", subject="x", sound="/nonexistent/bell.oga")
        with w:
            done = w.run("--json", "test-notification", "boss")
            assert done.returncode == 0, done
            said = json.loads(done.stdout)
            assert said["account"] == "work" and said["rule"] == "boss"
            assert {s["sink"]: s["ok"] for s in said["sinks"]} == {
                "bubble": True, "sound": True, "hook": True}, said
            bubble, = desktop.wait_bubbles(1)
            assert bubble["hints"]["urgency"] == 2, bubble
            assert bubble["hints"]["sound-name"] == "message-new-instant"
            done = w.run("test-notification", "deaf")
            assert done.returncode == 69, done
            assert ("sound /nonexistent/bell.oga: failed: there is no file "
                    "/nonexistent/bell.oga") in done.stdout, done


def test_failures(bench: Bench) -> None:
    """Neither a bus nor a program: both are told, and the status says so."""
    w = plan(bench, notify="desktop, hook", on_message="/bin/false")
    with w:
        done = w.run("test-notification")
        assert done.returncode == 69, done
        assert "bubble: failed: no desktop bus" in done.stdout, done
        assert "hook /bin/false: failed: " in done.stdout, done
        assert "exit status 1" in done.stdout, done


tap.main(globals())
