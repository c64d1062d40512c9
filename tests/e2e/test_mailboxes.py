#!/usr/bin/python3
"""Many mailboxes of an account on one connection, or a few: with NOTIFY, with
IDLE and STATUS, and by polling, on Dovecot and on Cyrus."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from pathlib import Path
from typing import Any, Optional

from rig import tap
from rig.base import DEADLINE, wait_nothing, wait_until
from rig.cutter import Cutter
from rig.cyrus import Cyrus
from rig.mail import Reader, make_message
from rig.tap import Bench, each
from rig.watcher import Watcher

SIDES = ("Lists", "Lists/boss/urgent", "Entwürfe", "Entwürfe/Ärger",
         "日本語", "Ein & Aus", "two words")
#: What shows for INBOX and for the others.
METHODS = {"auto": ("notify", "notify"), "idle": ("idle", "status"),
           "poll": ("poll", "status")}
NEVER = "1d"
SOON = "10s"  # the least there is

_cyrus: Optional[Cyrus] = None


def cyrus(bench: Bench) -> Cyrus:
    """Shared by all tests: it takes seconds to start."""
    global _cyrus
    if _cyrus is None:
        server = Cyrus(bench.shared / "cyrus", bench.authority)
        bench.at_end(server.stop)
        _cyrus = server.start()
    return _cyrus


def interval(method: str) -> str:
    """NOTIFY must not need it."""
    return NEVER if method == "auto" else SOON


def relay(bench: Bench, server: Any) -> Cutter:
    cutter = Cutter(server)
    bench.defer(cutter.stop)
    return cutter


def watches(w: Watcher) -> dict[str, dict[str, Any]]:
    """By mailbox, as status knows them."""
    done = w.run("status", "--json", config=False)
    assert done.returncode == 0, done
    account, = json.loads(done.stdout)["accounts"]
    return {watch["mailbox"]: watch for watch in account["watches"]}


def wait_mailboxes(w: Watcher, *mailboxes: str) -> None:
    for mailbox in mailboxes:
        w.wait_state("live", "work", mailbox)


def check_rings(w: Watcher, expected: list[tuple[str, str]],
                deadline: float = DEADLINE) -> None:
    """(mailbox, subject), in any order, each once."""
    w.wait_rings(len(expected), deadline)
    told = Counter((r.environment["IDLEBELL_MAILBOX"], r.subject)
                   for r in w.rings)
    assert told == Counter(expected), (
        f"missing {Counter(expected) - told}, "
        f"too many {told - Counter(expected)}")


# --- one connection -------------------------------------------------------


@each(*METHODS)
def test_one_connection(bench: Bench, method: str) -> None:
    """Names of all kinds; each message tells where it is."""
    server = bench.dovecot
    user = server.user()
    cutter = relay(bench, server)
    with server.reader(user) as reader:
        for mailbox in SIDES:
            reader.create(mailbox)
            reader.append(mailbox, make_message("Old"))
        w = bench.watcher().account("work", cutter, user, mailboxes="*",
                                    method=method,
                                    poll_interval=interval(method))
        with w:
            w.start()
            wait_mailboxes(w, "INBOX", *SIDES)
            shown = {name: watch["method"]
                     for name, watch in watches(w).items()}
            home, side = METHODS[method]
            assert shown == {"INBOX": home} | dict.fromkeys(SIDES, side), \
                shown
            expected = []
            for mailbox in ("INBOX", *SIDES):
                subject = f"Grüße in {mailbox}"
                reader.append(mailbox, make_message(subject))
                expected.append((mailbox, subject))
            check_rings(w, expected)
            for ring in w.rings:
                assert ring.json["mailbox"] == ring.environment[
                    "IDLEBELL_MAILBOX"]
                assert ring.json["from"][0]["address"] == "boss@example.org"
            assert cutter.connections == 1, cutter.connections


def test_notify_is_pushed(bench: Bench) -> None:
    """Without being asked for, also in a mailbox that is not selected."""
    server = bench.dovecot
    user = server.user()
    with server.reader(user) as reader:
        reader.create("Side")
        w = bench.watcher().account("work", server, user, mailboxes="*",
                                    poll_interval=NEVER)
        with w:
            w.start()
            wait_mailboxes(w, "INBOX", "Side")
            for number in range(3):
                reader.append("Side", make_message(f"Side {number}"))
                w.wait_rings(number + 1)


@each("auto", "idle")
def test_missed_while_stopped(bench: Bench, method: str) -> None:
    server = bench.dovecot
    user = server.user()
    with server.reader(user) as reader:
        for mailbox in SIDES:
            reader.create(mailbox)
        w = bench.watcher().account("work", server, user, mailboxes="*",
                                    method=method, poll_interval=SOON)
        with w:
            w.start()
            wait_mailboxes(w, "INBOX", *SIDES)
            w.stop()
            expected = []
            for number in range(3):
                for mailbox in ("INBOX", *SIDES):
                    reader.append(mailbox, make_message(f"Nr. {number}"))
                    expected.append((mailbox, f"Nr. {number}"))
            w.start()
            check_rings(w, expected)


class Storm(threading.Thread):
    """Messages for many mailboxes, at random, several at a time."""

    def __init__(self, readers: list[Reader], mailboxes: list[str],
                 count: int, rng: random.Random) -> None:
        super().__init__(daemon=True)
        self.expected: list[tuple[str, str]] = []
        self.error: Optional[Exception] = None
        self._readers, self._mailboxes = readers, mailboxes
        self._count, self._rng = count, rng

    def run(self) -> None:
        try:
            while len(self.expected) < self._count:
                reader = self._rng.choice(self._readers)
                for mailbox in self._rng.sample(self._mailboxes, 2):
                    subject = f"Nr. {len(self.expected)}"
                    reader.append(mailbox, make_message(subject))
                    self.expected.append((mailbox, subject))
                if self._rng.random() < 0.2:
                    threading.Event().wait(self._rng.random() / 2)
        except Exception as error:
            self.error = error


@each("auto", "idle")
def test_storm(bench: Bench, method: str) -> None:
    """200 messages in ten mailboxes while the connection is cut and the
    program is made to look: each rings exactly once."""
    server = bench.dovecot
    user = server.user()
    cutter = relay(bench, server)
    sides = [f"Side {number}" for number in range(9)]
    seed = random.randrange(1 << 32)
    bench.note(f"seed {seed}")
    rng = random.Random(seed)
    with server.reader(user) as reader, server.reader(user) as other:
        for mailbox in sides:
            reader.create(mailbox)
        w = bench.watcher().account("work", cutter, user, mailboxes="*",
                                    method=method, poll_interval=SOON)
        with w:
            w.start()
            wait_mailboxes(w, "INBOX", *sides)
            storm = Storm([reader, other], ["INBOX", *sides], 200, rng)
            storm.start()
            for share in 30, 70, 110, 150:
                wait_until(lambda: len(storm.expected) >= share
                           or storm.error, "the storm")
                if share != 110:
                    cutter.cut(rng.choice(("rst", "fin")))
                w.run("poke", config=False)
            storm.join(DEADLINE)
            assert storm.error is None and not storm.is_alive(), storm.error
            check_rings(w, storm.expected)
            wait_nothing(lambda: len(w.rings) > len(storm.expected),
                         "more than was sent", 2)


@each("auto", "idle")
def test_home_and_side_together(bench: Bench, method: str) -> None:
    """While the side is looked through, the INBOX is not selected."""
    server = bench.dovecot
    user = server.user()
    with server.reader(user) as reader, server.deliverer() as lmtp:
        reader.create("Side")
        w = bench.watcher().account("work", server, user, mailboxes="*",
                                    method=method, poll_interval=SOON)
        with w:
            w.start()
            wait_mailboxes(w, "INBOX", "Side")
            expected = []
            for number in range(20):
                reader.append("Side", make_message(f"Side {number}"))
                lmtp.deliver(user.name, make_message(f"Home {number}"))
                w.run("poke", config=False)
                expected += [("Side", f"Side {number}"),
                             ("INBOX", f"Home {number}")]
            check_rings(w, expected)


# --- which mailboxes ------------------------------------------------------


@each("auto", "idle")
def test_come_and_go(bench: Bench, method: str) -> None:
    """Mailboxes are made, renamed and deleted while they are watched."""
    server = bench.dovecot
    user = server.user()
    with server.reader(user) as reader:
        reader.create("Trash")
        w = bench.watcher().account("work", server, user,
                                    mailboxes="*, !Trash", method=method,
                                    poll_interval=interval(method))
        with w:
            w.start()
            wait_mailboxes(w, "INBOX")
            reader.create("Neues/Ärger")
            w.wait_state("live", "work", "Neues/Ärger")
            reader.append("Trash", make_message("Rubbish"))
            reader.append("Neues/Ärger", make_message("In the new one"))
            check_rings(w, [("Neues/Ärger", "In the new one")])
            reader.rename("Neues/Ärger", "Altes")
            w.wait_state("live", "work", "Altes")
            reader.append("Altes", make_message("Renamed"))
            check_rings(w, [("Neues/Ärger", "In the new one"),
                            ("Altes", "Renamed")])
            wait_until(lambda: "Neues/Ärger" not in watches(w),
                       "the old name forgotten")
            reader.remove("Altes")
            wait_until(lambda: "Altes" not in watches(w), "forgotten")
            assert "Trash" not in watches(w)
            reader.append("INBOX", make_message("Goes on"))
            check_rings(w, [("Neues/Ärger", "In the new one"),
                            ("Altes", "Renamed"), ("INBOX", "Goes on")])


_SPECIAL = """\
namespace inbox {
  mailbox Spam {
    special_use = \\Junk
    auto = subscribe
  }
}
"""


@each("named", "left_out")
def test_special_use(bench: Bench, how: str) -> None:
    server = bench.own_dovecot(extra=_SPECIAL)
    user = server.user()
    with server.reader(user) as reader:
        reader.create("Other")
        w = bench.watcher().account(
            "work", server, user, poll_interval=SOON,
            mailboxes="INBOX, \\Junk" if how == "named" else "*, !\\Junk")
        watched, not_watched = (("Spam", "Other") if how == "named"
                                else ("Other", "Spam"))
        with w:
            w.start()
            wait_mailboxes(w, "INBOX", watched)
            reader.append(not_watched, make_message("Not told"))
            reader.append(watched, make_message("Told"))
            check_rings(w, [(watched, "Told")])
            reader.append("INBOX", make_message("Told, too"))
            check_rings(w, [(watched, "Told"), ("INBOX", "Told, too")])
            assert set(watches(w)) == {"INBOX", watched}


@each("auto", "idle")
def test_one_is_refused(bench: Bench, method: str) -> None:
    """It is not there, and the others do not suffer; then it is made."""
    server = bench.dovecot
    user = server.user()
    with server.reader(user) as reader:
        reader.create("Side")
        w = bench.watcher().account(
            "work", server, user, mailboxes="INBOX, Missing, Side",
            method=method, poll_interval=SOON)
        with w:
            w.start()
            wait_mailboxes(w, "INBOX", "Side")
            reader.append("Side", make_message("One"))
            reader.append("INBOX", make_message("Two"))
            expected = [("Side", "One"), ("INBOX", "Two")]
            check_rings(w, expected)
            assert watches(w)["Missing"]["state"] != "live"
            reader.create("Missing")
            w.wait_state("live", "work", "Missing")
            reader.append("Missing", make_message("Three"))
            check_rings(w, [*expected, ("Missing", "Three")])


# --- connections ----------------------------------------------------------


@each("named", "pattern")
def test_hundreds(bench: Bench, mailboxes: str) -> None:
    """Dovecot takes a hundred names in a NOTIFY, and must push all the same."""
    server = bench.dovecot
    user = server.user()
    names = [f"Box{number}" for number in range(120)]
    with server.reader(user) as reader:
        for name in names:
            reader.create(name)
    listed = ", ".join(["INBOX", *names]) if mailboxes == "named" else "*"
    w = bench.watcher().account("work", server, user, mailboxes=listed)
    with w, server.reader(user) as reader:
        w.start()
        for name in names:
            w.wait_state("live", "work", name)
        for name in "Box119", "Box5", "INBOX":
            reader.append(name, make_message(f"in {name}"))
        rings = w.wait_rings(3)
        assert {ring.subject for ring in rings} == {
            "in Box119", "in Box5", "in INBOX"}
        status = json.loads(w.run("status", "--json").stdout)
        methods = {watch["method"]
                   for watch in status["accounts"][0]["watches"]}
        assert methods == {"notify"}, methods


def test_max_connections(bench: Bench) -> None:
    """The server has room for three and for whoever writes the mail."""
    server = bench.own_dovecot(userip=4)
    user = server.user()
    cutter = relay(bench, server)
    sides = ["A", "B", "C", "D"]
    with server.reader(user) as reader:
        for mailbox in sides:
            reader.create(mailbox)
        w = bench.watcher().account(
            "work", cutter, user, mailboxes="INBOX, A, B, C, D",
            method="idle", max_connections=3, poll_interval=SOON)
        with w:
            w.start()
            wait_mailboxes(w, "INBOX", *sides)
            wait_until(lambda: len(cutter.links) == 3, "three connections")
            methods = {name: watch["method"]
                       for name, watch in watches(w).items()}
            assert methods == {"INBOX": "idle", "A": "idle", "B": "idle",
                               "C": "status", "D": "status"}, methods
            expected = []
            for mailbox in ("INBOX", *sides):
                reader.append(mailbox, make_message(f"In {mailbox}"))
                expected.append((mailbox, f"In {mailbox}"))
            check_rings(w, expected)
            assert cutter.connections == 3, cutter.connections
            assert "Maximum number of connections" not in w.log()


def test_notify_needs_one(bench: Bench) -> None:
    """More are allowed, and not of use."""
    server = bench.dovecot
    user = server.user()
    cutter = relay(bench, server)
    with server.reader(user) as reader:
        for mailbox in "A", "B", "C":
            reader.create(mailbox)
        w = bench.watcher().account("work", cutter, user, mailboxes="*",
                                    max_connections=4, poll_interval=NEVER)
        with w:
            w.start()
            wait_mailboxes(w, "INBOX", "A", "B", "C")
            reader.append("C", make_message("Told"))
            check_rings(w, [("C", "Told")])
            assert cutter.connections <= 4, cutter.connections


# --- what else is done with messages --------------------------------------


@each("auto", "idle")
def test_downloads_from_sides(bench: Bench, method: str) -> None:
    server = bench.dovecot
    user = server.user()
    maildir = bench.path("Maildir")
    with server.reader(user) as reader:
        for mailbox in SIDES:
            reader.create(mailbox)
        w = bench.watcher().account(
            "work", server, user, mailboxes="*", method=method,
            poll_interval=SOON, download_max_size="64K", download_to=maildir)
        with w:
            w.start()
            wait_mailboxes(w, "INBOX", *SIDES)
            sent = {}
            for mailbox in ("INBOX", *SIDES):
                message = make_message(f"In {mailbox}", size=9000)
                sent[mailbox] = message
                reader.append(mailbox, message)
            large = make_message("Large", size=200_000)
            reader.append("Lists", large)
            check_rings(w, [(m, f"In {m}") for m in sent]
                        + [("Lists", "Large")])
            for ring in w.rings:
                path = ring.environment.get("IDLEBELL_FILE", "")
                if ring.subject == "Large":
                    assert path == ""
                else:
                    mailbox = ring.environment["IDLEBELL_MAILBOX"]
                    assert Path(path).read_bytes() == sent[mailbox].lines
            assert len(list((maildir / "new").iterdir())) == len(sent)


def fates(w: Watcher, mailbox: str) -> list[dict[str, Any]]:
    return [e for e in w.events if e["event"] in ("flags", "gone")
            and e["mailbox"] == mailbox]


def check_fates(w: Watcher, mailbox: str, uidvalidity: int, read: int,
                deleted: int) -> None:
    """One was read, and one deleted."""
    def find(event: str, uid: int) -> list[dict[str, Any]]:
        return [e for e in fates(w, mailbox)
                if e["event"] == event and e["uid"] == uid]

    wait_until(lambda: find("gone", deleted), f"{deleted} is gone")
    wait_until(lambda: [e for e in find("flags", read)
                        if "\\Seen" in e["flags"]], f"{read} is read")
    gone, = find("gone", deleted)
    assert gone == {"event": "gone", "account": "work", "mailbox": mailbox,
                    "uidvalidity": uidvalidity, "uid": deleted}
    flags = find("flags", read)[-1]
    assert set(flags) == {"event", "account", "mailbox", "uidvalidity",
                          "uid", "flags"}
    assert flags["account"] == "work"
    assert flags["uidvalidity"] == uidvalidity
    assert not find("gone", read), "it is still there"


def place(where: str) -> tuple[str, str]:
    """A mailbox, and how it is watched."""
    mailbox, _, by = where.partition("-by-")
    return mailbox, "idle" if by else "auto"


@each("INBOX", "Side", "Side-by-STATUS")
def test_read_and_deleted_elsewhere(bench: Bench, where: str) -> None:
    mailbox, method = place(where)
    server = bench.dovecot
    user = server.user()
    with server.reader(user) as reader:
        reader.create("Side")
        w = bench.watcher().account("work", server, user, mailboxes="*",
                                    method=method,
                                    poll_interval=interval(method))
        with w:
            w.start()
            wait_mailboxes(w, "INBOX", "Side")
            reader.append(mailbox, make_message("Read"))
            reader.append(mailbox, make_message("Deleted"))
            read, deleted = (int(r.environment["IDLEBELL_UID"])
                             for r in w.wait_rings(2))
            uidvalidity = reader.examine(mailbox)
            reader.mark(mailbox, read, "\\Seen")
            reader.mark(mailbox, deleted, "\\Deleted")
            check_fates(w, mailbox, uidvalidity, read, deleted)
            assert len(w.rings) == 2


@each("INBOX", "Side", "Side-by-STATUS")
def test_read_and_deleted_meanwhile(bench: Bench, where: str) -> None:
    """While there was no connection."""
    mailbox, method = place(where)
    server = bench.dovecot
    user = server.user()
    cutter = relay(bench, server)
    with server.reader(user) as reader:
        reader.create("Side")
        w = bench.watcher().account("work", cutter, user, mailboxes="*",
                                    method=method,
                                    poll_interval=interval(method))
        with w:
            w.start()
            wait_mailboxes(w, "INBOX", "Side")
            for subject in "Read", "Deleted":
                reader.append(mailbox, make_message(subject))
            read, deleted = (int(r.environment["IDLEBELL_UID"])
                             for r in w.wait_rings(2))
            uidvalidity = reader.examine(mailbox)
            cutter.refuse()
            cutter.cut()
            reader.mark(mailbox, read, "\\Seen")
            reader.mark(mailbox, deleted, "\\Deleted")
            cutter.accept()
            check_fates(w, mailbox, uidvalidity, read, deleted)
            reader.append(mailbox, make_message("Later"))
            assert w.wait_rings(3)[2].subject == "Later"


# --- Cyrus: IDLE and STATUS -----------------------------------------------


def test_on_cyrus(bench: Bench) -> None:
    """No NOTIFY; all sides in one command."""
    server = cyrus(bench)
    user = server.user()
    server.deliver(user, make_message("Old"))
    cutter = relay(bench, server)
    with server.reader(user) as reader:
        for mailbox in SIDES:
            reader.create(mailbox)
            reader.append(mailbox, make_message("Old"))
        w = bench.watcher().account("work", cutter, user, mailboxes="*",
                                    poll_interval=SOON)
        with w:
            w.start()
            wait_mailboxes(w, "INBOX", *SIDES)
            shown = watches(w)  # with parents that Cyrus has made itself
            assert shown["INBOX"]["method"] == "idle"
            assert {shown[name]["method"] for name in SIDES} == {"status"}
            assert "NOTIFY" in shown["INBOX"].get("method_why", ""), shown
            expected = []
            for mailbox in ("INBOX", *SIDES):
                reader.append(mailbox, make_message(f"In {mailbox}"))
                expected.append((mailbox, f"In {mailbox}"))
            check_rings(w, expected)
            assert "RETURN (STATUS" in w.log(), "no LIST-STATUS"
            assert cutter.connections == 1, cutter.connections


def test_storm_on_cyrus(bench: Bench) -> None:
    server = cyrus(bench)
    user = server.user()
    server.deliver(user, make_message("Old"))
    cutter = relay(bench, server)
    seed = random.randrange(1 << 32)
    bench.note(f"seed {seed}")
    rng = random.Random(seed)
    sides = ["A", "B", "C", "D"]
    with server.reader(user) as reader, server.reader(user) as other:
        for mailbox in sides:
            reader.create(mailbox)
        w = bench.watcher().account("work", cutter, user, mailboxes="*",
                                    poll_interval=SOON)
        with w:
            w.start()
            wait_mailboxes(w, "INBOX", *sides)
            storm = Storm([reader, other], ["INBOX", *sides], 100, rng)
            storm.start()
            for share in 20, 50, 80:
                wait_until(lambda: len(storm.expected) >= share
                           or storm.error, "the storm")
                if share != 50:
                    cutter.cut(rng.choice(("rst", "fin")))
                w.run("poke", config=False)
            storm.join(DEADLINE)
            assert storm.error is None and not storm.is_alive(), storm.error
            check_rings(w, storm.expected)


@each("elsewhere", "meanwhile")
def test_read_and_deleted_on_cyrus(bench: Bench, when: str) -> None:
    server = cyrus(bench)
    user = server.user()
    server.deliver(user, make_message("Old"))
    cutter = relay(bench, server)
    with server.reader(user) as reader:
        with bench.watcher().account("work", cutter, user) as w:
            w.start().wait_live("work")
            for subject in "Read", "Deleted":
                server.deliver(user, make_message(subject))
            read, deleted = (int(r.environment["IDLEBELL_UID"])
                             for r in w.wait_rings(2))
            uidvalidity = reader.examine()
            if when == "meanwhile":
                cutter.refuse()
                cutter.cut()
            reader.mark("INBOX", read, "\\Seen")
            reader.mark("INBOX", deleted, "\\Deleted")
            cutter.accept()
            check_fates(w, "INBOX", uidvalidity, read, deleted)


if __name__ == "__main__":
    tap.main(globals())
