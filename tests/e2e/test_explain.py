#!/usr/bin/python3
"""explain --last: what the rules would make of mail that is on a server,
which neither it nor we notice."""

from __future__ import annotations

import json
from typing import Any

from rig import tap
from rig.cyrus import Cyrus
from rig.mail import Message, make_message
from rig.tap import Bench, each
from rig.watcher import Watcher

_TEXT = b"""\
From: Anna <anna@example.org>\r
Subject: The plan\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=X\r
\r
--X\r
Content-Type: text/plain\r
\r
See there.\r
--X\r
Content-Type: application/pdf; name=plan.pdf\r
Content-Disposition: attachment; filename=plan.pdf\r
\r
PDF\r
--X--\r
"""
PLAN = Message("The plan", "anna@example.org", "", _TEXT)


def make_server(bench: Bench, kind: str) -> Any:
    if kind == "dovecot":
        return bench.dovecot
    server = Cyrus(bench.path("cyrus"), bench.authority)
    bench.defer(server.stop)
    return server.start()


def add_rules(watcher: Watcher) -> Watcher:
    watcher.section("rule files", attachment="yes", notify="desktop")
    watcher.section("rule boss", **{"from": "boss@example.org"})
    return watcher.section("rule others", notify="none")


@each("dovecot", "cyrus")
def test_last(bench: Bench, kind: str) -> None:
    """A row for each, as JSON or at length; the mailbox stays as it is, and
    the next watcher knows of nothing."""
    server = make_server(bench, kind)
    user = server.user()
    for subject in ("One", "Two"):
        server.deliver(user, make_message(subject, "who@example.com"))
    server.deliver(user, make_message("Come \u4f60\u597d", name="The Boss"))
    server.deliver(user, PLAN)
    with server.reader(user) as reader:
        before = reader.stored()
    with add_rules(bench.watcher().account("work", server, user)) as w:
        done = w.run("explain", "--last", "3", "work")
        assert done.returncode == 0, done
        head, two, boss, files = done.stdout.splitlines()
        assert head.split() == ["UID", "DATE", "FROM", "SUBJECT", "RULE",
                                "WOULD"], head
        assert two.split()[0] == "2" and two.endswith(
            "  others    nothing"), two
        assert "The Boss" in boss and "  boss      hook" in boss, boss
        assert files.endswith("  files     desktop"), files

        done = w.run("explain", "--last", "1000", "--json", "work", "INBOX")
        told = [json.loads(line) for line in done.stdout.splitlines()]
        assert [t["message"]["uid"] for t in told] == [1, 2, 3, 4], told
        assert [t["message"]["attachment"] for t in told] == [
            False, False, False, True], told
        assert [t["decides"] for t in told] == [
            "others", "others", "boss", "files"], told

        done = w.run("-v", "explain", "--last", "1", "work")
        text = done.stdout
        assert "UID 4\n" in text and "rule files decides:" in text, text
        assert "yes  attachment" in text, text
        with server.reader(user) as reader:
            assert reader.stored() == before
        assert not w.rings
        w.start().wait_live("work")
        server.deliver(user, make_message("Now"))
        ring, = w.wait_rings(1)
        assert ring.subject == "Now", ring


def test_no_rule_asks(bench: Bench) -> None:
    """Without a rule about attachments there is no question about them; an
    empty mailbox is no failure."""
    user = bench.dovecot.user()
    with bench.watcher().account("work", bench.dovecot, user) as w:
        done = w.run("explain", "--last", "5", "work")
        assert done.returncode == 0 and done.stdout == "", done
        assert "INBOX is empty" in done.stderr, done
        bench.dovecot.deliver(user, PLAN)
        done = w.run("-vvv", "explain", "--last", "5", "--json", "work")
        assert "BODYSTRUCTURE" not in done.stderr, done
        told = json.loads(done.stdout)
        assert told["message"]["attachment"] is None, told


def test_mistakes(bench: Bench) -> None:
    user = bench.dovecot.user()
    with bench.watcher().account("work", bench.dovecot, user) as w:
        for arguments, status, why in (
                (("--last", "0", "work"), 64, "from 1 to 1000"),
                (("--last", "5"), 64, "which account"),
                (("--last", "5", "home"), 64, "no account home"),
                (("a", "b"), 64, "takes one file"),
                (("--last", "5", "work", "Nowhere"), 69, "Nowhere")):
            done = w.run("explain", *arguments)
            assert done.returncode == status, (arguments, done)
            assert why in done.stderr, (arguments, done)
        done = w.run("check", "--last", "5")
        assert done.returncode == 64, done


if __name__ == "__main__":
    tap.main(globals())
