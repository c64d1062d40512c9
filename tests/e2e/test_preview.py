#!/usr/bin/python3
"""What messages carry where somebody wants it: how the text begins, whether
there is an attachment, the conversation; by each way news are learnt."""

from __future__ import annotations

from typing import Any, Optional

from rig import tap
from rig.cyrus import Cyrus
from rig.dovecot import Dovecot
from rig.mail import Message, make_message
from rig.tap import Bench, each
from rig.watcher import Watcher

_TEXT = b"""\
From: Boss <boss@example.org>\r
Subject: The plan\r
Message-ID: <3@example.org>\r
References: <1@example.org> <2@example.org>\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=X\r
\r
--X\r
Content-Type: text/plain; charset=iso-8859-1\r
Content-Transfer-Encoding: quoted-printable\r
\r
Gr=FC=DFe! See there.\r
--X\r
Content-Type: application/pdf; name=plan.pdf\r
Content-Disposition: attachment; filename=plan.pdf\r
\r
PDF\r
--X--\r
"""
PLAN = Message("The plan", "boss@example.org", "3@example.org", _TEXT)
PREVIEW = "Gr\u00fc\u00dfe! See there."
# Dovecot without NOTIFY and PREVIEW.
OLD = "imap_capability = IMAP4rev1 SASL-IR IDLE ENABLE UIDPLUS LITERAL+"


def watch(bench: Bench, server: Any, user: Any, **options: object) -> Watcher:
    settings: dict[str, object] = {
        "show": "sender, subject, preview", "group": "thread"}
    w = bench.watcher().account("work", server, user,
                                **{**settings, **options})
    w.section("rule files", attachment="yes", urgency="critical")
    return w.section("rule others")


def check_ring(w: Watcher) -> None:
    ring, = w.wait_rings(1)
    env = ring.environment
    assert env["IDLEBELL_PREVIEW"] == PREVIEW, env
    assert env["IDLEBELL_ATTACHMENT"] == "yes", env
    assert env["IDLEBELL_THREAD"] == "1@example.org", env
    assert ring.rule == "files", env
    assert ring.json["preview"] == PREVIEW, ring.json
    assert ring.json["attachment"] is True, ring.json
    # What is logged is the header, and how much text came.
    assert "S: Subject: The plan" in w.log()
    assert "octets of a message]" in w.log()
    assert "See there" not in w.log()


def old_dovecot(bench: Bench) -> Dovecot:
    return bench.own_dovecot(imap_extra=OLD)


@each("auto", "idle", "poll")
def test_dovecot(bench: Bench, method: str) -> None:
    """By NOTIFY it comes without being asked for."""
    user = bench.dovecot.user()
    with watch(bench, bench.dovecot, user, method=method,
               poll_interval="10s") as w:
        w.start().wait_live("work")
        bench.dovecot.deliver(user, PLAN)
        check_ring(w)
        assert "BODY.PEEK[TEXT]" not in w.log()
        asked = w.log().split("NOTIFY SET", 1)[-1]
        assert ("UID FETCH" in asked) == (method != "auto"), asked


def test_without_preview(bench: Bench) -> None:
    server = old_dovecot(bench)
    user = server.user()
    with watch(bench, server, user) as w:
        w.start().wait_live("work")
        server.deliver(user, PLAN)
        check_ring(w)
        assert "BODY.PEEK[TEXT]<0.2048>" in w.log()


def test_side(bench: Bench) -> None:
    """Another mailbox than the first, opened for it."""
    server = old_dovecot(bench)
    user = server.user()
    with server.reader(user) as reader:
        reader.create("Work")
    with watch(bench, server, user, mailboxes="INBOX, Work",
               poll_interval="10s") as w:
        w.start().wait_live("work")
        w.wait_state("live", "work", "Work")
        with server.reader(user) as reader:
            reader.append("Work", PLAN)
        check_ring(w)


def test_cyrus(bench: Bench) -> None:
    server = Cyrus(bench.path("cyrus"), bench.authority)
    bench.defer(server.stop)
    server.start()
    user = server.user()
    server.deliver(user, make_message("Old"))
    with watch(bench, server, user) as w:
        w.start().wait_live("work")
        server.deliver(user, PLAN)
        check_ring(w)


@each("default", "count")
def test_not_wanted(bench: Bench, what: str) -> None:
    """Nothing of it crosses the wire."""
    user = bench.dovecot.user()
    show: Optional[str] = "count, preview" if what == "count" else None
    with bench.watcher().account("work", bench.dovecot, user, show=show) as w:
        w.start().wait_live("work")
        bench.dovecot.deliver(user, PLAN)
        ring, = w.wait_rings(1)
        assert ring.json["preview"] == "", ring.json
        assert ring.json["attachment"] is None, ring.json
        asked = [line for line in w.log().splitlines() if "C: a" in line]
        for word in ("BODYSTRUCTURE", "PREVIEW", "TEXT", "REFERENCES",
                     "CONTENT-TYPE"):
            assert not any(word in line for line in asked), (word, asked)


if __name__ == "__main__":
    tap.main(globals())
