#!/usr/bin/python3
"""Patterns, special uses and exclusions against the mailboxes of a real
server, whatever it puts between and before their names."""

from __future__ import annotations

from rig import tap
from rig.base import wait_until
from rig.dovecot import Dovecot, User
from rig.mail import Reader, make_message
from rig.tap import Bench
from rig.watcher import Watcher

USES = r"""
namespace inbox {
  mailbox Gesendet {
    auto = create
    special_use = \Sent
  }
  mailbox Müll {
    auto = create
    special_use = \Junk
  }
}
"""
COURIER = USES + """
namespace inbox {
  separator = .
  prefix = INBOX.
}
"""


def append_all(reader: Reader, *mailboxes: str) -> None:
    for name in mailboxes:
        reader.append(name, make_message(name))


def wait_subjects(w: Watcher, *subjects: str) -> None:
    """These have rung, each once, and in the mailbox of that name."""
    wait_until(lambda: {r.subject for r in w.rings} >= set(subjects),
               "the rings")
    found = sorted((r.environment["IDLEBELL_MAILBOX"], r.subject)
                   for r in w.rings)
    assert found == sorted((name, name) for name in subjects), found


def watcher(bench: Bench, server: Dovecot, user: User, mailboxes: str
            ) -> Watcher:
    return bench.watcher().account("work", server, user, mailboxes=mailboxes,
                                   poll_interval="10s")


def test_patterns(bench: Bench) -> None:
    server = bench.own_dovecot(extra=USES)
    user = server.user()
    with server.reader(user) as reader:
        for name in "Lists/a", "Lists/a/b", "Lists/noise", "Work", "日本/語":
            reader.create(name)
        with watcher(bench, server, user,
                     r"inbox, Lists/*, !Lists/noise, \sent, 日%/語, Lits/*"
                     ) as w:
            w.start().wait_live("work")
            w.wait_log("no mailbox fits Lits/*")
            wanted = "INBOX", "Lists/a", "Lists/a/b", "Gesendet", "日本/語"
            for name in wanted:
                w.wait_state("live", "work", name)
            append_all(reader, "Lists/noise", "Work", "Müll", *wanted)
            wait_subjects(w, *wanted)
            w.stop()
            # What came in while nobody watched is told; the others' is not.
            assert len(w.rings) == len(wanted), w.rings


def test_all_but(bench: Bench) -> None:
    server = bench.own_dovecot(extra=USES)
    user = server.user()
    with server.reader(user) as reader:
        for name in "Lists/a", "Lists/boss", "Work":
            reader.create(name)
        with watcher(bench, server, user,
                     r"*, !\Junk, !Lists/*, Lists/boss") as w:
            w.start()
            wanted = "INBOX", "Gesendet", "Work", "Lists/boss"
            for name in wanted:
                w.wait_state("live", "work", name)
            append_all(reader, "Müll", "Lists/a", *wanted)
            wait_subjects(w, *wanted)


def test_prefix(bench: Bench) -> None:
    """"INBOX.Lists.a" is Lists/a to who writes the configuration."""
    server = bench.own_dovecot(extra=COURIER)
    user = server.user()
    with server.reader(user) as reader:
        for name in "Lists.a", "Lists.noise", "Work":
            reader.create(f"INBOX.{name}")
        with watcher(bench, server, user,
                     r"INBOX, Lists/*, !Lists/noise, \Sent") as w:
            done = w.run("mailboxes", "work")
            watched = [line.split()[0] for line in done.stdout.splitlines()
                       if "yes" in line.split()]
            wanted = "INBOX", "INBOX.Lists.a", "INBOX.Gesendet"
            assert sorted(watched) == sorted(wanted), done
            w.start()
            for name in wanted:
                w.wait_state("live", "work", name)
            append_all(reader, "INBOX.Lists.noise", "INBOX.Work", *wanted)
            wait_subjects(w, *wanted)


def test_come_and_go(bench: Bench) -> None:
    """A mailbox that is made later is watched, its first message too; one
    that is removed is let go without a word."""
    server = bench.own_dovecot()
    user = server.user()
    with server.reader(user) as reader:
        reader.create("Lists/old")
        with watcher(bench, server, user, "INBOX, Lists/*, Lits/*") as w:
            w.start().wait_live("work")
            w.wait_state("live", "work", "Lists/old")
            reader.create("Lists/new")
            append_all(reader, "Lists/new")
            wait_subjects(w, "Lists/new")
            reader.imap.delete("Lists/old")
            append_all(reader, "INBOX")
            wait_subjects(w, "Lists/new", "INBOX")
            w.wait_state("stopped", "work", "Lists/old")
            w.wait_state("stopped", "work", "Lists/*")
            wait_until(lambda: "Lists/old" not in w.run(
                "status", config=False).stdout, "that it is let go")
            assert "0 of" not in w.run("status", config=False).stdout
            # Said at first, not again.
            assert w.log().count("no mailbox fits Lits/*") == 1


if __name__ == "__main__":
    tap.main(globals())
