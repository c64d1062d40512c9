#!/usr/bin/python3
"""idlebell against a real Dovecot: what rings, what does not, and what it
does to the mailbox; outages, signals, hooks, commands."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
from pathlib import Path

from rig import tap
from rig.base import DEADLINE, HOST, free_port, wait_nothing, wait_until
from rig.dovecot import User
from rig.mail import make_message
from rig.scripted import Connection, Scripted
from rig.tap import Bench, each
from rig.watcher import Watcher

SECURE = ("implicit", "starttls")


def add_rules(watcher: Watcher) -> Watcher:
    """The boss rings, nobody else does."""
    watcher.section("rule boss", **{"from": "boss@example.org",
                                    "urgency": "critical"})
    return watcher.section("rule others", **{"from": "*", "notify": "none"})


def gone(pid: int) -> bool:
    """No such process, or only its exit status is left."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
    return stat.rsplit(")", 1)[1].split()[0] == "Z"


# --- what rings ---------------------------------------------------------


@each(*SECURE)
def test_boss_rings(bench: Bench, tls: str) -> None:
    server = bench.dovecot
    user = server.user()
    stranger = make_message("Buy now", "stranger@example.com")
    boss = make_message("Where are you?", name="The Boss", size=3000)
    with add_rules(bench.watcher().account("work", server, user, tls)) as w:
        w.start().wait_live("work")
        server.deliver(user, stranger)
        server.deliver(user, boss)
        ring, = w.wait_rings(1)
        with server.reader(user) as reader:
            uidvalidity = reader.examine()
        env = ring.environment
        assert env["IDLEBELL_EVENT"] == "message"
        assert env["IDLEBELL_ACCOUNT"] == "work"
        assert env["IDLEBELL_MAILBOX"] == "INBOX"
        assert env["IDLEBELL_UID"] == "2"
        assert env["IDLEBELL_UIDVALIDITY"] == str(uidvalidity)
        assert env["IDLEBELL_FROM_NAME"] == "The Boss"
        assert env["IDLEBELL_FROM_ADDRESS"] == "boss@example.org"
        assert env["IDLEBELL_SUBJECT"] == "Where are you?"
        assert env["IDLEBELL_MESSAGE_ID"] == boss.message_id
        assert env["IDLEBELL_RULE"] == "boss"
        assert int(env["IDLEBELL_SIZE"]) >= 3000
        assert ring.json["uid"] == 2
        assert ring.json["uidvalidity"] == uidvalidity
        assert ring.json["rule"] == "boss"
        assert ring.json["from"] == [
            {"name": "The Boss", "address": "boss@example.org"}]


def test_json_events(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        message = make_message("One")
        server.deliver(user, message)
        wait_until(w.messages, "a message event")
        event, = w.messages()
        assert event["account"] == "work" and event["mailbox"] == "INBOX"
        assert event["uid"] == 1 and event["subject"] == "One"
        assert event["message_id"] == message.message_id
        assert event["file"] is None and event["rule"] is None
        assert w.states("work")[-1] == "live"
        assert all(e["event"] in ("message", "state") for e in w.events)


def test_unruled_message_rings(bench: Bench) -> None:
    """Without any rule everything new rings."""
    server = bench.dovecot
    user = server.user()
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        server.deliver(user, make_message("Anything", "who@example.net"))
        ring, = w.wait_rings(1)
        assert ring.rule == "" and ring.json["rule"] is None


def test_first_start_is_silent(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    for number in range(3):
        server.deliver(user, make_message(f"Old {number}"))
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        server.deliver(user, make_message("New"))
        assert [r.subject for r in w.wait_rings(1)] == ["New"]


def test_missed_while_stopped(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        w.stop()
        subjects = ["One", "Two", "Three"]
        for subject in subjects:
            server.deliver(user, make_message(subject))
        w.start().wait_live("work", count=2)
        assert [r.subject for r in w.wait_rings(3)] == subjects
        w.stop()
        w.start().wait_live("work", count=3)
        server.deliver(user, make_message("Four"))
        assert ([r.subject for r in w.wait_rings(4)]
                == [*subjects, "Four"])


def test_burst(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    count = 200
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        with server.deliverer() as lmtp:
            for number in range(count):
                lmtp.deliver(user.name, make_message(f"Nr. {number}"))
        rings = w.wait_rings(count)
        # In the order of UIDs; Dovecot may give them in another order than
        # LMTP took the messages, when they come within a millisecond.
        with server.reader(user) as reader:
            stored = [(m.uid, m.message_id) for m in reader.stored()]
        assert [(int(r.environment["IDLEBELL_UID"]),
                 r.environment["IDLEBELL_MESSAGE_ID"])
                for r in rings] == stored


def test_killed_watcher_repeats_nothing_old(bench: Bench) -> None:
    """SIGKILL, as in a crash: what rang and was noted rings no more."""
    server = bench.dovecot
    user = server.user()
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        for number in range(3):
            server.deliver(user, make_message(f"Before {number}"))
        w.wait_rings(3)
        server.deliver(user, make_message("Probe"))
        w.wait_rings(4)  # so that the mark of the third is on disk
        w.kill()
        server.deliver(user, make_message("After"))
        w.start().wait_live("work", count=2)
        wait_until(lambda: w.rings[-1].subject == "After", "the new one")
        again = [r.subject for r in w.rings][4:]
        assert again in (["After"], ["Probe", "After"]), again


# --- what it does to the mailbox ----------------------------------------


@each(*SECURE)
def test_downloads(bench: Bench, tls: str) -> None:
    server = bench.dovecot
    user = server.user()
    maildir = bench.path("Maildir")
    w = bench.watcher().account("work", server, user, tls,
                                download_max_size="64K", download_to=maildir)
    with w:
        w.start().wait_live("work")
        server.deliver(user, make_message("Small", size=8192))
        server.deliver(user, make_message("Large", size=2 << 20))
        small, large = w.wait_rings(2)
        assert (small.subject, large.subject) == ("Small", "Large")
        assert large.environment.get("IDLEBELL_FILE", "") == ""
        assert large.json["file"] is None
        path = Path(small.environment["IDLEBELL_FILE"])
        assert small.json["file"] == str(path)
        files = [p for d in ("cur", "new", "tmp")
                 for p in (maildir / d).iterdir()]
        assert files == [path], files
        with server.reader(user) as reader:
            reader.examine()
            _, data = reader.imap.uid("fetch", "1", "(BODY.PEEK[])")
        octets = data[0][1]
        assert len(octets) >= 8192
        assert path.read_bytes() == octets.replace(b"\r\n", b"\n")
        assert path.stat().st_mode & 0o077 == 0


def test_download_all(bench: Bench) -> None:
    """Pieces of a large message are put together in the right order."""
    server = bench.dovecot
    user = server.user()
    maildir = bench.path("Maildir")
    body = "".join(f"{n:07}: {'x' * (n % 60)}\n" for n in range(30000))
    w = bench.watcher().account("work", server, user,
                                download_max_size="10M", download_to=maildir)
    with w:
        w.start().wait_live("work")
        server.deliver(user, make_message("Large", body=body))
        ring, = w.wait_rings(1)
        octets = Path(ring.environment["IDLEBELL_FILE"]).read_bytes()
        assert octets.partition(b"\n\n")[2] == body.encode()


def test_flags_unchanged(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    server.deliver(user, make_message("Before"))
    w = bench.watcher().account("work", server, user,
                                download_max_size="1M",
                                download_to=bench.path("Maildir"))
    with w:
        w.start().wait_live("work")
        server.deliver(user, make_message("While"))
        server.deliver(user, make_message("While 2"))
        w.wait_rings(2)
        w.stop()
        with server.reader(user) as reader:
            stored = reader.stored()
        assert [m.flags for m in stored] == [{"\\Recent"}] * 3, stored


# --- mailboxes and text -------------------------------------------------


def test_several_mailboxes(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    with server.reader(user) as reader:
        for name in "Lists/a", "Lists/noise":
            reader.create(name)
    w = bench.watcher().account("work", server, user,
                                mailboxes="INBOX, Lists/a")
    with w, server.reader(user) as reader:
        w.start()
        w.wait_state("live", "work", "INBOX")
        w.wait_state("live", "work", "Lists/a")
        for name in "Lists/noise", "Lists/a":
            reader.append(name, make_message(name))
        ring, = w.wait_rings(1)
        assert ring.subject == "Lists/a"
        assert ring.environment["IDLEBELL_MAILBOX"] == "Lists/a"
        server.deliver(user, make_message("INBOX"))
        assert w.wait_rings(2)[1].subject == "INBOX"
        assert w.states("work", "Lists/noise") == []


def test_foreign_letters(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    mailbox = "Entwürfe & Größeres 日本"
    subject = "Grüße — 你好, мир"
    with server.reader(user) as reader:
        reader.create(mailbox)
        w = bench.watcher().account("work", server, user, mailboxes=mailbox)
        with w:
            w.start().wait_state("live", "work", mailbox)
            reader.append(mailbox, make_message(subject, name="Jürgen Müßig"))
            ring, = w.wait_rings(1)
            assert ring.environment["IDLEBELL_MAILBOX"] == mailbox
            assert ring.subject == subject == ring.json["subject"]
            assert ring.environment["IDLEBELL_FROM_NAME"] == "Jürgen Müßig"


def test_control_characters(bench: Bench) -> None:
    """A subject cannot write escapes to a terminal or lines to a log."""
    server = bench.dovecot
    user = server.user()
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        server.deliver(user, make_message(
            "x", extra=["X-Nothing: 1"], name="A\x1b]0;owned\x07B"))
        coded = "=?utf-8?q?one=0Aidlebell=3A_two=1B[31m=E2=80=AEthree?="
        server.deliver(user, make_message(coded))
        rings = w.wait_rings(2)
        for ring in rings:
            text = ring.subject + ring.environment["IDLEBELL_FROM_NAME"]
            assert text.isprintable(), text
            assert "\u202e" not in text


def test_missing_mailbox(bench: Bench) -> None:
    """A mailbox that is not there is said, and the others are watched."""
    server = bench.dovecot
    user = server.user()
    w = bench.watcher().account("work", server, user,
                                mailboxes="INBOX, Missing")
    with w:
        w.start().wait_live("work")
        w.wait_log("Missing")
        server.deliver(user, make_message("Here"))
        w.wait_rings(1)


# --- outages ------------------------------------------------------------


def test_two_accounts_one_refused(bench: Bench) -> None:
    server = bench.dovecot
    good, bad = server.user(), server.user()
    w = bench.watcher()
    w.account("bad", server, bad, password="not-the-password-1")
    w.account("good", server, good, "starttls")
    w.secret("not-the-password-1")
    with w:
        w.start().wait_live("good")
        w.wait_state("stopped", "bad")
        server.deliver(good, make_message("Still here"))
        ring, = w.wait_rings(1)
        assert ring.environment["IDLEBELL_ACCOUNT"] == "good"
        assert "idlebell: bad" in w.log()


def test_server_restart(bench: Bench) -> None:
    server = bench.own_dovecot()
    user = server.user()
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        server.deliver(user, make_message("Before"))
        w.wait_rings(1)
        server.stop()
        wait_until(lambda: w.states("work")[-1] != "live", "the outage")
        server.drop(user, make_message("Meanwhile"))
        server.start()
        w.wait_live("work", count=2)
        server.deliver(user, make_message("After"))
        assert ([r.subject for r in w.wait_rings(3)]
                == ["Before", "Meanwhile", "After"])


@each("kick", "kill")
def test_connection_lost(bench: Bench, how: str) -> None:
    server = bench.own_dovecot()
    user = server.user()
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        if how == "kick":
            server.kick(user)
        else:
            assert server.kill_imap() == 1
        server.deliver(user, make_message("Meanwhile"))
        w.wait_live("work", count=2)
        server.deliver(user, make_message("After"))
        assert ([r.subject for r in w.wait_rings(2)]
                == ["Meanwhile", "After"])


def test_hibernation(bench: Bench) -> None:
    """A hibernating Dovecot forgets to announce: the refresh finds all."""
    server = bench.own_dovecot(hibernate="1s")
    user = server.user()
    w = bench.watcher().account("work", server, user, refresh="5s")
    with w:
        w.start().wait_live("work")
        for number in range(4):
            wait_nothing(lambda: False, "pause for hibernation", 1.2)
            server.deliver(user, make_message(f"Nr. {number}"))
        assert ([r.subject for r in w.wait_rings(4)]
                == [f"Nr. {n}" for n in range(4)])


def test_too_many_connections(bench: Bench) -> None:
    """The server's limit is no reason to stop, nor to hammer."""
    server = bench.own_dovecot(userip=1)
    user = server.user()
    first = bench.watcher().account("one", server, user)
    second = bench.watcher().account("two", server, user)
    with first, second:
        first.start().wait_live("one")
        second.start().wait_state("waiting", "two")
        assert "stopped" not in second.states("two")
        pause, = re.findall(r"trying again in (\d+) s", second.log())
        assert int(pause) >= 10, pause


def test_uidvalidity_change(bench: Bench) -> None:
    """A mailbox made anew: nothing old rings, what is new does."""
    server = bench.dovecot
    user = server.user()
    with server.reader(user) as reader:
        reader.create("Work")
        w = bench.watcher().account("work", server, user, mailboxes="Work")
        with w:
            w.start().wait_state("live", "work", "Work")
            reader.append("Work", make_message("One"))
            w.wait_rings(1)
            w.stop()
            reader.imap.delete("Work")
            reader.create("Work")
            w.start().wait_state("live", "work", "Work", count=2)
            reader.append("Work", make_message("Two"))
            assert [r.subject for r in w.wait_rings(2)] == ["One", "Two"]


def test_mailbox_deleted(bench: Bench) -> None:
    """Deleted while it is watched: said, and found when it is there again."""
    server = bench.dovecot
    user = server.user()
    with server.reader(user) as reader:
        reader.create("Work")
        w = bench.watcher().account("work", server, user, mailboxes="Work",
                                    refresh="5s")
        with w:
            w.start().wait_state("live", "work", "Work")
            reader.append("Work", make_message("One"))
            w.wait_rings(1)
            reader.imap.delete("Work")
            w.wait_state("waiting", "work", "Work")
            w.wait_log("the mailbox cannot be opened")
            reader.create("Work")
            w.wait_state("live", "work", "Work", count=2)
            reader.append("Work", make_message("Two"))
            assert [r.subject for r in w.wait_rings(2)] == ["One", "Two"]
            assert w.states("work", "Work").count("connecting") < 8


def test_quiet_while_idle(bench: Bench) -> None:
    """Nothing happens while nothing happens."""
    server = bench.dovecot
    user = server.user()
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        assert w.process is not None
        status = Path(f"/proc/{w.process.pid}/status")

        def wakeups() -> int:
            line = next(line for line in status.read_text().splitlines()
                        if line.startswith("voluntary"))
            return int(line.split()[1])

        def quiet() -> bool:
            before = wakeups()
            wait_nothing(lambda: False, "an idle window", 4)
            counts.append(wakeups() - before)
            return counts[-1] <= 2

        # Another test may set the clock meanwhile, which all must look at,
        # and who is slow has something to do still.
        counts: list[int] = []
        wait_nothing(lambda: False, "settling", 1)
        assert any(quiet() for _ in range(8)), counts


# --- hooks --------------------------------------------------------------


def test_hook_descriptors(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        for number in range(2):
            server.deliver(user, make_message(f"Nr. {number}"))
        for ring in w.wait_rings(2):
            assert sorted(ring.descriptors) == [0, 1, 2], ring.descriptors
            assert "NOTIFY_SOCKET" not in ring.environment
            assert ring.environment["HOME"] == str(w.home)


def test_hook_hangs(bench: Bench) -> None:
    """It is ended with all it started, and the next one has its turn."""
    server = bench.dovecot
    user = server.user()
    w = bench.watcher()
    w.account("work", server, user, hook_timeout="5s", hook_tries=1,
              on_message=f"{w.hook} {w.hook_log} hang")
    with w:
        w.start().wait_live("work")
        for number in range(2):
            server.deliver(user, make_message(f"Nr. {number}"))
        first, second = w.wait_rings(2)
        # Of the five seconds the first one may have needed some to start.
        assert second.time - first.time >= 1_000_000_000
        assert second.subject == "Nr. 1"
        w.wait_log("timed out", 2)
        for pid in (first.pid, first.second_pid, second.pid,
                    second.second_pid):
            wait_until(lambda: gone(pid), f"end of process {pid}")


def test_hook_hangs_while_stopping(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    w = bench.watcher()
    w.account("work", server, user, hook_timeout="60s",
              on_message=f"{w.hook} {w.hook_log} hang")
    with w:
        w.start().wait_live("work")
        server.deliver(user, make_message("One"))
        ring, = w.wait_rings(1)
        w.stop()
        for pid in ring.pid, ring.second_pid:
            wait_until(lambda: gone(pid), f"end of process {pid}")


@each("fail", "deaf", "loud")
def test_hook_misbehaves(bench: Bench, how: str) -> None:
    server = bench.dovecot
    user = server.user()
    w = bench.watcher()
    w.account("work", server, user, hook_tries=1,
              on_message=f"{w.hook} {w.hook_log} {how}")
    with w:
        w.start().wait_live("work")
        for number in range(2):
            server.deliver(user, make_message(f"Nr. {number}"))
        assert ([r.subject for r in w.wait_rings(2)]
                == ["Nr. 0", "Nr. 1"])
        if how == "fail":
            w.wait_log("exit status 3", 2)
        # What a hook prints must not get between the lines of --json.
        assert len(w.messages()) == 2


def test_hook_missing(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    w = bench.watcher().account("work", server, user,
                                on_message="/nonexistent/hook --now")
    with w:
        w.start().wait_live("work")
        server.deliver(user, make_message("One"))
        w.wait_log("/nonexistent/hook")
        server.deliver(user, make_message("Two"))
        wait_until(lambda: len(w.messages()) == 2, "both events")


def test_hook_tried_again(bench: Bench) -> None:
    """A hook that failed is tried again, behind the next message."""
    server = bench.dovecot
    user = server.user()
    w = bench.watcher()
    flag = bench.path("flag")
    script = bench.path("ring")
    script.write_text("#!/bin/sh\n"
                      f"{w.hook} {w.hook_log}\n"
                      f"[ $IDLEBELL_SUBJECT = One ] || touch {flag}\n"
                      f"[ -e {flag} ]\n")
    script.chmod(0o700)
    w.account("work", server, user, on_message=script)
    with w:
        w.start().wait_live("work")
        # Both are there before the first is tried.
        w.stop()
        server.deliver(user, make_message("One"))
        server.deliver(user, make_message("Two"))
        w.start()
        w.wait_log("try 1 of 5")
        w.wait_rings(3)
        w.wait_log("done at try 2")
        w.stop()
        assert [r.subject for r in w.rings] == ["One", "Two", "One"]


def test_once_gives_up(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    w = bench.watcher()
    w.account("work", server, user, hook_tries=2,
              on_message=f"{w.hook} {w.hook_log} fail")
    with w:
        assert w.run("once").returncode == 0
        server.deliver(user, make_message("One"))
        done = w.run("once")
        assert done.returncode == 75, done
        assert "try 2 of 2 (hook_tries): given up" in done.stderr, done
        assert [r.subject for r in w.rings] == ["One", "One"]
        done = w.run("once")
        assert done.returncode == 0 and len(w.rings) == 2, done


def test_rule_runs_its_own_hook(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    w = bench.watcher()
    other = bench.path("other.log")
    w.account("work", server, user)
    w.section("rule bills", subject="*invoice*",
              on_message=f"{w.hook} {other}")
    with w:
        w.start().wait_live("work")
        server.deliver(user, make_message("Your Invoice 17"))
        server.deliver(user, make_message("Hello"))
        ring, = w.wait_rings(1)
        assert ring.subject == "Hello"
        wait_until(other.exists, "the rule's hook")


# --- signals ------------------------------------------------------------


def test_reload_adds_account(bench: Bench) -> None:
    server = bench.dovecot
    one, two = server.user(), server.user()
    with bench.watcher().account("one", server, one) as w:
        w.start().wait_live("one")
        w.account("two", server, two, "starttls")
        w.send(signal.SIGHUP)
        w.wait_live("two")
        server.deliver(two, make_message("To two"))
        server.deliver(one, make_message("To one"))
        assert ({r.subject for r in w.wait_rings(2)}
                == {"To one", "To two"})
        assert w.states("one").count("live") == 1, "one was disturbed"


def test_reload_removes_account(bench: Bench) -> None:
    server = bench.dovecot
    one, two = server.user(), server.user()
    w = bench.watcher().account("one", server, one)
    kept = w.text()
    with w.account("two", server, two):
        w.start().wait_live("one", "two")
        w.write(kept)
        w.send(signal.SIGHUP)
        w.wait_state("stopped", "two")
        server.deliver(two, make_message("To two"))
        server.deliver(one, make_message("To one"))
        assert [r.subject for r in w.wait_rings(1)] == ["To one"]


def test_reload_with_errors(bench: Bench) -> None:
    """A broken file is said, and the old configuration stays."""
    server = bench.dovecot
    user = server.user()
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        w.write(w.text() + "\nnonsense = 1\n")
        w.send(signal.SIGHUP)
        w.wait_log("nonsense")
        server.deliver(user, make_message("Still"))
        w.wait_rings(1)


@each("TERM", "INT")
def test_stop(bench: Bench, name: str) -> None:
    server = bench.dovecot
    w = bench.watcher()
    for tls in SECURE:
        w.account(tls, server, server.user(), tls)
    with w:
        w.start().wait_live(*SECURE)
        w.stop(signal.Signals[f"SIG{name}"])
        assert not list((w.home / "run").rglob("*.sock"))


def test_stop_while_connecting(bench: Bench) -> None:
    """Neither a server that is silent nor a slow command delays the end."""
    with socket.create_server((HOST, 0)) as silent:
        server = bench.dovecot
        w = bench.watcher()
        w.account("silent", server, server.user(),
                  port=silent.getsockname()[1], host=HOST)
        w.account("asking", server, server.user(),
                  password_command="tail -f /dev/null")
        with w:
            w.start()
            w.wait_state("connecting", "silent")
            silent.settimeout(DEADLINE)
            silent.accept()[0].close()
            w.stop()


def test_second_watcher(bench: Bench) -> None:
    server = bench.dovecot
    with bench.watcher().account("work", server, server.user()) as w:
        w.start().wait_live("work")
        assert w.process is not None
        done = w.run("watch")
        assert done.returncode == 75, done
        one_line(done)
        assert str(w.process.pid) in done.stderr


# --- secrets ------------------------------------------------------------


def test_password_command(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    secret = bench.path("secret file")
    secret.write_text(user.password + "\nsecond line\n")
    w = bench.watcher().account("work", server, user,
                                password_command=f"cat '{secret}'")
    with w:
        w.start().wait_live("work")
        server.deliver(user, make_message("One"))
        w.wait_rings(1)


def test_password_command_fails(bench: Bench) -> None:
    """It is said, the other account is watched."""
    server = bench.dovecot
    w = bench.watcher()
    w.account("locked", server, server.user(), password_command="false")
    w.account("open", server, server.user())
    with w:
        w.start().wait_live("open")
        w.wait_log("idlebell: locked")
        assert "live" not in w.states("locked")


def test_credentials_directory(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    credentials = bench.path("credentials")
    credentials.mkdir()
    (credentials / "work").write_text(user.password + "\n")
    w = bench.watcher().account("work", server, user, password=None)
    w.environment["CREDENTIALS_DIRECTORY"] = str(credentials)
    with w:
        w.start().wait_live("work")


def test_readable_password(bench: Bench) -> None:
    """A file that holds a password and that others can read is refused."""
    server = bench.dovecot
    with bench.watcher().account("work", server, server.user()) as w:
        w.config.chmod(0o644)
        for command in ("check",), ("once",), ("watch",):
            done = w.run(*command)
            assert done.returncode == 78, done
            one_line(done)
            assert str(w.config) in done.stderr
        w.config.chmod(0o600)
        assert w.run("check").returncode == 0


def test_odd_password(bench: Bench) -> None:
    """Spaces, quotes and letters beyond ASCII, by every login command."""
    password = 'pä ss"w\\ö[rd'
    secret = bench.path("secret")
    secret.write_text(password + "\n")
    for auth in "plain", "login":
        with Scripted(bench.authority,
                      user=User("jané@example.org", password),
                      handlers={"LOGIN": _odd_login}) as server:
            server.extra_capabilities = b" AUTH=LOGIN"
            w = bench.watcher().account("work", server, server.user,
                                        auth=auth,
                                        password_command=f"cat {secret}")
            with w:
                w.start().wait_live("work")


def _odd_login(c: Connection, tag: bytes, rest: bytes) -> None:
    password = c.server.user.password.encode()
    quoted = password.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    if password in rest or quoted in rest:
        c.ok(tag)
    else:
        c.send(tag + b" NO [AUTHENTICATIONFAILED] no\r\n")


# --- once ---------------------------------------------------------------


def one_line(done: subprocess.CompletedProcess) -> None:
    """Exactly one clear line on standard error."""
    lines = done.stderr.splitlines()
    assert len(lines) == 1 and len(lines[0]) > 20, done.stderr


def test_once(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    server.deliver(user, make_message("Old"))
    with bench.watcher().account("work", server, user) as w:
        done = w.run("once")
        assert (done.returncode, done.stdout) == (0, ""), done
        one_line(done)
        assert "for the first time" in done.stderr
        for subject in "One", "Two":
            server.deliver(user, make_message(subject))
        done = w.run("--json", "once")
        assert done.returncode == 0, done
        assert '"Two"' in done.stdout and '"Old"' not in done.stdout
        assert [r.subject for r in w.rings] == ["One", "Two"]
        done = w.run("once")
        assert done.returncode == 0 and len(w.rings) == 2, done


def test_once_names_accounts(bench: Bench) -> None:
    """Only the account that was named is asked."""
    server = bench.dovecot
    user = server.user()
    w = bench.watcher().account("work", server, user)
    w.account("broken", server, user, port=free_port())
    with w:
        assert w.run("once", "work").returncode == 0
        assert w.run("once").returncode == 69
        done = w.run("once", "missing")
        assert done.returncode == 64, done
        one_line(done)


def _silent_script(c: Connection) -> None:
    c.send(b"220 mail.example.org ESMTP ready\r\n")
    c.wait_closed()


def _wrong_password(bench: Bench, w: Watcher) -> None:
    w.account("work", bench.dovecot, bench.dovecot.user(),
              password="not-the-password-2")
    w.secret("not-the-password-2")


def _wrong_ca(bench: Bench, w: Watcher) -> None:
    other = type(bench.authority)(bench.path("ca"), "Other CA")
    w.account("work", bench.dovecot, bench.dovecot.user(),
              tls_ca_file=other.certificate)


def _certificate(name: str):  # type: ignore[no-untyped-def]
    def prepare(bench: Bench, w: Watcher) -> None:
        make = getattr(bench.authority, name)
        server = Scripted(bench.authority, certificate=make())
        bench.defer(server.stop)
        w.account("work", server, server.user)
    return prepare


def _unknown_host(bench: Bench, w: Watcher) -> None:
    w.account("work", bench.dovecot, bench.dovecot.user(),
              host="nowhere.invalid")


def _closed_port(bench: Bench, w: Watcher) -> None:
    w.account("work", bench.dovecot, bench.dovecot.user(),
              port=free_port())


def _not_imap(bench: Bench, w: Watcher) -> None:
    server = Scripted(bench.authority, script=_silent_script)
    bench.defer(server.stop)
    w.account("work", server, server.user)


def _not_tls(bench: Bench, w: Watcher) -> None:
    w.account("work", bench.dovecot, bench.dovecot.user(),
              port=bench.dovecot.imap)


def _no_starttls(bench: Bench, w: Watcher) -> None:
    server = Scripted(bench.authority)
    server.capabilities = (  # type: ignore[method-assign]
        lambda tls: b"IMAP4rev1 AUTH=PLAIN IDLE")
    bench.defer(server.stop)
    w.account("work", server, server.user, "starttls")


def _bad_config(bench: Bench, w: Watcher) -> None:
    w.account("work", bench.dovecot, bench.dovecot.user(),
              refresh="soon")


def _no_config(_bench: Bench, w: Watcher) -> None:
    w.config = w.directory / "missing"


FAILURES = {
    "wrong-password": (77, _wrong_password, "work"),
    "wrong-ca": (76, _wrong_ca, "certificate"),
    "expired": (76, _certificate("expired"), "expired"),
    "wrong-host": (76, _certificate("wrong_host"), "localhost"),
    "self-signed": (76, _certificate("self_signed"), "certificate"),
    "unknown-host": (69, _unknown_host, "nowhere.invalid"),
    "closed-port": (69, _closed_port, "localhost"),
    "not-imap": (76, _not_imap, "IMAP"),
    "not-tls": (76, _not_tls, "TLS"),
    "no-starttls": (76, _no_starttls, "STARTTLS"),
    "bad-config": (78, _bad_config, "refresh"),
    "no-config": (78, _no_config, "missing"),
}


@each(*FAILURES)
def test_once_fails(bench: Bench, name: str) -> None:
    status, prepare, word = FAILURES[name]
    with bench.watcher() as w:
        prepare(bench, w)
        done = w.run("once")
        assert done.returncode == status, done
        one_line(done)
        assert word in done.stderr, done.stderr
        assert done.stdout == ""


@each("--nonsense", "nonsense", "-o", "-o nonsense")
def test_usage(bench: Bench, arguments: str) -> None:
    with bench.watcher() as w:
        done = w.run(*arguments.split(), config=False)
        assert done.returncode == 64, done
        one_line(done)


# --- the other commands -------------------------------------------------


def test_help_and_version(bench: Bench) -> None:
    with bench.watcher() as w:
        done = w.run("--help", config=False)
        assert done.returncode == 0 and "watch" in done.stdout, done
        assert done.stderr == ""
        done = w.run("--version", config=False)
        assert done.returncode == 0, done
        assert done.stdout.startswith("idlebell "), done


def test_mailboxes(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    with server.reader(user) as reader:
        for name in "Work", "Größe":
            reader.create(name)
        for number in range(3):
            reader.append("Größe", make_message(f"Nr. {number}"))
    with bench.watcher().account("work", server, user) as w:
        done = w.run("mailboxes", "work")
        assert (done.returncode, done.stderr) == (0, ""), done
        line = next(line for line in done.stdout.splitlines()
                    if "Größe" in line)
        assert "3" in line.split(), line
        assert "INBOX" in done.stdout and "Work" in done.stdout
        assert w.run("mailboxes").returncode == 64
        assert w.run("mailboxes", "missing").returncode == 64


def test_mailboxes_watched(bench: Bench) -> None:
    """What patterns and special uses come to with a real server's list."""
    server = bench.dovecot
    user = server.user()
    with server.reader(user) as reader:
        for name in "Lists/a", "Lists/noise", "Größe", "Work":
            reader.create(name)
    w = bench.watcher().account(
        "work", server, user,
        mailboxes=r"Inbox, Lists/*, !Lists/noise, Gr%e, Hidden, Lits/*")
    with w:
        done = w.run("mailboxes", "work")
        assert done.returncode == 0, done
        assert 'work: no mailbox fits "Lits/*"' in done.stderr, done.stderr
        rows = [line.split() for line in done.stdout.splitlines()]
        assert rows[0] == ["MAILBOX", "MESSAGES", "UNSEEN", "WATCHED"]
        assert {row[0]: row[3] for row in rows[1:]} == {
            "INBOX": "yes", "Lists/a": "yes", "Größe": "yes", "Lists": "-",
            "Lists/noise": "-", "Work": "-", "Hidden": "yes"}, done.stdout
        assert [row[0] for row in rows if row[4:] == [
            "the", "server", "does", "not", "list", "it"]] == ["Hidden"]
        found = json.loads(w.run("--json", "mailboxes", "work").stdout)
        assert found["account"] == "work"
        assert found["unmatched"] == ["Lits/*"]
        boxes = {box["mailbox"]: box for box in found["mailboxes"]}
        assert boxes["Größe"]["watched"] and boxes["Größe"]["messages"] == 0
        assert boxes["Hidden"] == {
            "mailbox": "Hidden", "watched": True, "listed": False,
            "messages": None, "unseen": None, "attributes": []}
        assert not boxes["Work"]["watched"] and boxes["Work"]["listed"]


def test_check(bench: Bench) -> None:
    server = bench.dovecot
    with add_rules(bench.watcher().account("work", server,
                                           server.user())) as w:
        done = w.run("check")
        assert (done.returncode, done.stderr) == (0, ""), done
        printed = w.run("check", "--print")
        assert printed.returncode == 0, printed
        assert "[account work]" in printed.stdout
        again = w.run("-c", "-", "check", "--print", config=False,
                      input=printed.stdout.encode())
        assert again.returncode == 0, again

        def settings(text: str) -> list[str]:
            return [line for line in text.splitlines() if line[:1] != "#"]
        assert settings(again.stdout) == settings(printed.stdout)


def test_check_looks_for_programs(bench: Bench) -> None:
    """They may be elsewhere where it runs: a warning, no error."""
    with bench.watcher() as w:
        w.section("account work", host="localhost", user="jane",
                  password_command="no-such-program x",
                  on_message=w.hook, on_state="~/bin/none")
        w.section("rule r", on_message="/no/such/hook")
        done = w.run("check")
        assert done.returncode == 0, done
        found = done.stderr.splitlines()
        assert len(found) == 3, done
        for line, name in zip(found, (
                "account work: password_command: there is no program "
                "no-such-program",
                f"on_state: there is no program {w.home}/bin/none",
                "rule r: on_message: there is no program /no/such/hook")):
            assert line.endswith(name), done
        assert w.run("-q", "check").stderr == "", done


def test_check_finds_problems(bench: Bench) -> None:
    with bench.watcher() as w:
        w.write("[defaults]\nrefersh = 15m\n\n[account work]\n"
                "host = localhost\nuser = jane\nport = many\n")
        done = w.run("check")
        assert done.returncode == 78, done
        output = done.stdout + done.stderr
        assert f"{w.config}:2: " in output, output
        assert "refresh" in output.replace("refersh", ""), output
        assert f"{w.config}:7: " in output, output


def test_option_overrides(bench: Bench) -> None:
    server = bench.dovecot
    with bench.watcher().account("work", server, server.user()) as w:
        done = w.run("-o", "refresh=3m", "check", "--print")
        assert done.returncode == 0, done
        assert "refresh = 3m" in done.stdout, done.stdout
        assert w.run("-o", "refresh=no", "check").returncode == 78


def test_explain(bench: Bench) -> None:
    server = bench.dovecot
    boss = make_message("Now!", name="The Boss")
    other = make_message("Later", "friend@example.net")
    path = bench.path("message")
    path.write_bytes(boss.octets)
    with add_rules(bench.watcher().account("work", server,
                                           server.user())) as w:
        done = w.run("explain", str(path))
        assert done.returncode == 0, done
        assert "boss" in done.stdout and "others" not in done.stdout
        done = w.run("explain", input=other.octets)
        assert done.returncode == 0, done
        assert "others" in done.stdout, done.stdout
        assert "friend@example.net" in done.stdout, done.stdout
        assert w.run("explain", "/nonexistent").returncode in (66, 74)


def test_default_config_path(bench: Bench) -> None:
    """$XDG_CONFIG_HOME/idlebell/config, then ~/.idlebellrc."""
    server = bench.dovecot
    with bench.watcher().account("work", server, server.user()) as w:
        assert w.run("check", config=False).returncode == 78
        dotfile = w.home / ".idlebellrc"
        os.link(w.config, dotfile)
        assert w.run("check", config=False).returncode == 0
        xdg = w.home / ".config" / "idlebell" / "config"
        xdg.parent.mkdir(parents=True)
        xdg.write_text("nonsense\n")
        assert w.run("check", config=False).returncode == 78


if __name__ == "__main__":
    tap.main(globals())
