#!/usr/bin/python3
"""Mail that comes at any moment of connect, catch-up, refresh and download is
reported exactly once; so it is when mailboxes are renumbered, made anew, or
hold the same message.

$RACE_SECONDS is how long the tests with mail at random moments last, at a
pace of 2,000 messages in two minutes; $RACE_PATIENCE how long the last
message is waited for, and $RACE_SEED repeats the random choices of a run.
"""

from __future__ import annotations

import imaplib
import os
import random
import threading
import time
from collections import Counter
from typing import Any, Callable, Optional

from rig import tap
from rig.base import DEADLINE, wait_nothing, wait_until
from rig.cutter import Cutter
from rig.dovecot import Dovecot, User
from rig.mail import Message, Reader, make_message
from rig.post import MaildirIds, Postman, ring_ids, settle
from rig.scripted import Connection, Scripted, default
from rig.tap import Bench, each, timeout
from rig.watcher import Watcher

PATIENCE = float(os.environ.get("RACE_PATIENCE", DEADLINE))
LONG = 3600  # what is waited for has deadlines of its own
PACE = 2000 / 120  # messages a second
DAY = 86400


def duration(usual: float) -> float:
    return float(os.environ.get("RACE_SECONDS", usual))


def make_rng(bench: Bench) -> random.Random:
    seed = os.environ.get("RACE_SEED") or str(time.time_ns())
    bench.note(f"seed {seed}")
    return random.Random(seed)


class Race:
    """A watcher with refresh = 5s that downloads, and a postman."""

    def __init__(self, bench: Bench, what: str, seconds: float,
                 server: Optional[Dovecot] = None,
                 relay: Optional[Cutter] = None, pace: float = PACE,
                 **options: Any) -> None:
        self.bench, self.what, self.seconds = bench, what, seconds
        self.rng = make_rng(bench)
        self.server = server or bench.dovecot
        self.user = self.server.user()
        maildir = bench.path("Maildir")
        self.files = MaildirIds(maildir)
        self.watcher = bench.watcher().account(
            "work", relay or self.server, self.user, refresh="5s",
            download_max_size="64K", download_to=maildir, **options)
        self.postman = Postman(self.server, [self.user],
                               int(seconds * pace), seconds, self.rng, 8000)
        bench.defer(self.postman.stop)

    def rings(self) -> Counter[str]:
        return ring_ids(self.watcher.rings)

    def run(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Until all is delivered; meanwhile() again and again."""
        self.postman.start()
        while self.postman.is_alive():
            meanwhile()
            self.postman.join(0.05)

    def finish(self) -> None:
        sent = set(self.postman.idents)
        rings, files = settle(sent, [self.rings, self.files.count],
                              PATIENCE)
        self.bench.note(f"{self.what}: {len(sent)} messages in "
                        f"{self.seconds:g} s; hooks: {rings}; "
                        f"Maildir: {files}")
        assert (rings.lost, rings.doubled) == (0, 0), "hooks"
        assert (files.lost, files.doubled) == (0, 0), "Maildir"


@timeout(LONG)
def test_refresh(bench: Bench) -> None:
    race = Race(bench, "refresh and download", duration(30))
    with race.watcher as w:
        w.start().wait_live("work")
        race.run()
        race.finish()


@timeout(LONG)
def test_connect(bench: Bench) -> None:
    """With the connection cut now and then, for many a catch-up."""
    with Cutter(bench.dovecot) as cutter:
        race = Race(bench, "cut connections", duration(15), relay=cutter)
        next_cut = time.monotonic()

        def cut() -> None:
            nonlocal next_cut
            if time.monotonic() > next_cut:
                cutter.cut(race.rng.choice(("rst", "fin")))
                next_cut = time.monotonic() + race.rng.uniform(3, 8)

        with race.watcher as w:
            w.start().wait_live("work")
            race.run(cut)
            bench.note(f"{cutter.cuts} cuts")
            race.finish()


@timeout(LONG)
def test_turns(bench: Bench) -> None:
    """Many accounts, of which some wait for their turn when the server is
    back: each connects once, also where a connection takes a while."""
    count = 20
    with Cutter(bench.dovecot) as cutter:
        w = bench.watcher()
        names = [f"account{n:02}" for n in range(count)]
        for name in names:
            w.account(name, cutter, bench.dovecot.user())
        with w:
            w.start(verbose="-v").wait_live(*names)
            cutter.refuse()
            cutter.cut()
            w.wait_log("waiting for its turn")
            before = cutter.connections
            cutter.delay = 1.5
            cutter.accept()
            for name in names:
                w.wait_state("live", name, count=2)
            wait_nothing(lambda: cutter.connections > before + count,
                         "one connection too many", 2)
            assert len(cutter.links) == count, len(cutter.links)


class Meddler:
    """Another client, which changes flags and removes what it may."""

    def __init__(self, server: Dovecot, user: User,
                 rng: random.Random) -> None:
        self._reader = server.reader(user)
        self._reader.imap.select("INBOX")
        self._rng = rng

        self.removed = 0

    def meddle(self, may_go: set[str]) -> None:
        """A flag of any message; one of those that may go goes."""
        imap = self._reader.imap
        imap.noop()
        stored = self._stored()
        if not stored:
            return
        uid, _ = self._rng.choice(stored)
        imap.uid("store", str(uid), self._rng.choice("+-") + "FLAGS",
                 self._rng.choice((r"(\Seen)", r"(\Flagged)")))
        gone = [uid for uid, ident in stored if ident in may_go]
        if gone:
            imap.uid("store", str(self._rng.choice(gone)), "+FLAGS",
                     r"(\Deleted)")
            imap.expunge()
            self.removed += 1

    def _stored(self) -> list[tuple[int, str]]:
        _, data = self._reader.imap.uid("fetch", "1:*", "(ENVELOPE)")
        found = []
        for part in data:
            line = part[0] + part[1] if isinstance(part, tuple) else part
            if line and b"ENVELOPE" in line:
                uid = int(line.split(b"UID ")[1].split()[0])
                ident = line.rsplit(b'"<', 1)[1].split(b">")[0].decode()
                found.append((uid, ident))
        return found

    def close(self) -> None:
        self._reader.close()


def start_idler(server: Dovecot, user: User) -> Callable[[], object]:
    """A second client that idles on the mailbox; what ends it."""
    reader = server.reader(user)
    reader.examine()
    reader.imap.send(b"x1 IDLE\r\n")

    def listen() -> None:
        try:
            reader.imap.sock.settimeout(None)
            while reader.imap.readline():
                pass
        except (OSError, ValueError, imaplib.IMAP4.error):
            pass

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()

    def end() -> None:
        reader.imap.send(b"DONE\r\nx2 LOGOUT\r\n")
        thread.join(DEADLINE)

    return end


@timeout(LONG)
def test_other_clients(bench: Bench) -> None:
    """One that idles, one that changes flags and expunges what has rung."""
    race = Race(bench, "other clients", duration(15))
    for number in range(20):
        race.server.deliver(race.user, make_message(f"Old {number}"))
    bench.defer(start_idler(race.server, race.user))
    meddler = Meddler(race.server, race.user, race.rng)
    bench.defer(meddler.close)
    with race.watcher as w:
        w.start().wait_live("work")
        race.run(lambda: meddler.meddle(
            set(race.rings()) & set(race.files.count())))
        bench.note(f"{meddler.removed} messages expunged")
        race.finish()


@timeout(LONG)
def test_hibernation(bench: Bench) -> None:
    """A server that forgets to announce: the refresh finds all."""
    server = bench.own_dovecot(hibernate="1s")
    race = Race(bench, "hibernating Dovecot", duration(20), server, pace=1)
    with race.watcher as w:
        w.start().wait_live("work")
        race.run()
        race.finish()


# --- mailboxes made anew --------------------------------------------------


class Mailbox:
    """A mailbox "Work" with old mail, which another client works at."""

    def __init__(self, bench: Bench) -> None:
        self.server = bench.dovecot
        self.user = self.server.user()
        self.reader: Reader = self.server.reader(self.user)
        bench.defer(self.reader.close)
        self.reader.create("Work")
        self.messages: list[Message] = []

    def append(self, message: Message, age: float = 0) -> Message:
        """age: how long ago the server says it came, seconds."""
        date = imaplib.Time2Internaldate(time.time() - age)
        status, data = self.reader.imap.append("Work", "", date,
                                               message.octets)
        assert status == "OK", data
        return message

    def add(self, subject: str, age: float = 0) -> Message:
        self.messages.append(self.append(make_message(subject), age))
        return self.messages[-1]

    def uidvalidity(self) -> int:
        value = self.reader.examine("Work")
        self.reader.imap.unselect()
        return value

    def renumber(self, uidvalidity: int) -> None:
        self.server.doveadm("mailbox", "update", "-u", self.user.name,
                            "--uid-validity", str(uidvalidity), "Work")

    def remake(self, gone=lambda: True) -> None:
        """Dovecot may keep half of a deleted mailbox for who still has it
        open: gone says that nobody has."""
        self.reader.imap.delete("Work")
        wait_until(gone, "nobody in the deleted mailbox", PATIENCE)
        self.reader.create("Work")


def _renumbered(box: Mailbox) -> None:
    """By a server that tells it."""
    box.renumber(box.uidvalidity() + 7)


def _restored(box: Mailbox) -> None:
    """As after a backup: deleted, made anew, the old mail with its dates."""
    messages = list(box.messages)
    box.remake()
    for number, message in enumerate(messages):
        box.append(message, (10 - number) * DAY / 2)


def _reused(box: Mailbox) -> None:
    """Old mail under other UIDs, new mail partly under UIDs of messages that
    have rung, and the server does not tell."""
    before, messages = box.uidvalidity(), box.messages[2:]
    box.remake()
    for number, message in enumerate(reversed(messages)):
        box.append(message, (number + 1) * DAY / 2)
    box.renumber(before)


def _emptied(box: Mailbox) -> None:
    """UIDs begin at 1 again, and the server does not tell."""
    before = box.uidvalidity()
    box.remake()
    box.renumber(before)


CHANGES = {"renumbered": _renumbered, "restored": _restored,
           "reused": _reused, "emptied": _emptied}


@each(*(f"{change}-{how}" for change in CHANGES
        for how in ("stopped", "cut-off")))
def test_mailbox(bench: Bench, name: str) -> None:
    """No flood, no repeat, and what is new rings, when a mailbox is not what
    it was.  The watcher was stopped meanwhile, or could not connect."""
    change, how = name.split("-", 1)
    box = Mailbox(bench)
    for number in range(4):
        box.add(f"Old {number}", age=3 * DAY)
    with Cutter(box.server) as cutter:
        w = bench.watcher().account("work", cutter, box.user,
                                    mailboxes="Work")
        with w:
            w.start().wait_state("live", "work", "Work")
            for number in range(4):
                box.add(f"Rung {number}")
            w.wait_rings(4)
            _leave(w, cutter, how, box)
            # The server's dates are in seconds.
            wait_nothing(lambda: False, "the next second", 1.1)
            CHANGES[change](box)
            for number in range(3):
                box.add(f"New {number}")
            _return(w, cutter, how)
            w.wait_rings(7, PATIENCE)
            box.add("Last")
            w.wait_rings(8)
            wait_nothing(lambda: len(w.rings) > 8, "a ring too many", 1)
            assert ([r.subject for r in w.rings]
                    == ["Rung 0", "Rung 1", "Rung 2", "Rung 3",
                        "New 0", "New 1", "New 2", "Last"])


def _leave(w: Watcher, cutter: Cutter, how: str, box: Mailbox) -> None:
    if how == "stopped":
        w.stop()
    else:
        cutter.refuse()
        cutter.cut()
        w.wait_state("waiting", "work", "Work")
    # Nobody but the other client has the mailbox open: its server may be
    # slow to see that we have gone.
    wait_until(lambda: box.server.connections(box.user) == 1,
               "the end of the connection", PATIENCE)


def _return(w: Watcher, cutter: Cutter, how: str) -> None:
    if how == "stopped":
        w.start()
    else:
        cutter.accept()
    w.wait_state("live", "work", "Work", count=2, deadline=PATIENCE)


@timeout(LONG)
def test_mailbox_again_and_again(bench: Bench) -> None:
    """Deleted and made anew under the watcher's eyes."""
    box = Mailbox(bench)
    w = bench.watcher().account("work", box.server, box.user,
                                mailboxes="Work", refresh="5s")
    sent: set[str] = set()
    with w:
        w.start().wait_state("live", "work", "Work")
        for round in range(3):
            for number in range(3):
                sent.add(box.add(f"Nr. {round}.{number}").message_id)
            wait_until(lambda: sent <= ring_ids(w.rings).keys(),
                       "rings of all", PATIENCE)
            before = w.states("work", "Work").count("waiting")
            box.remake(lambda: w.states("work", "Work").count("waiting")
                       > before)
        tally, = settle(sent, [lambda: ring_ids(w.rings)], PATIENCE)
        assert (tally.lost, tally.doubled) == (0, 0), tally


# --- the same message in several mailboxes --------------------------------


@each("together", "later", "after-a-crash")
def test_labels(bench: Bench, when: str) -> None:
    """As with Gmail's labels: it rings once for each account."""
    server = bench.dovecot
    user = server.user()
    with server.reader(user) as reader:
        reader.create("All")
        w = bench.watcher()
        for account in "one", "two":
            w.account(account, server, user, mailboxes="INBOX, All")
        message, other = make_message("Twice"), make_message("Other")
        with w:
            w.start()
            for account in "one", "two":
                for mailbox in "INBOX", "All":
                    w.wait_state("live", account, mailbox)
            reader.append("INBOX", message)
            if when != "together":
                w.wait_rings(2)
            if when == "after-a-crash":
                # Once more, so that the marks of the first are on disk.
                reader.append("INBOX", make_message("Between"))
                w.wait_rings(4)
                w.stop()
                w.start()
            reader.append("All", message)
            reader.append("All", other)
            wait_until(lambda: _subjects(w)["Other"] >= 2, "the other one")
            wait_nothing(lambda: _subjects(w)["Twice"] > 2,
                         "a ring too many", 1.5)
            counts = _subjects(w)
            assert (counts["Twice"], counts["Other"]) == (2, 2), counts


def test_silent_copy(bench: Bench) -> None:
    """A copy that rules keep silent does not silence the one that rings."""
    server = bench.dovecot
    user = server.user()
    with server.reader(user) as reader:
        reader.create("Lists")
        w = bench.watcher().account("work", server, user,
                                    mailboxes="INBOX, Lists")
        w.section("rule quiet", mailbox="Lists", notify="none")
        message = make_message("For me, too")
        with w:
            w.start()
            for mailbox in "INBOX", "Lists":
                w.wait_state("live", "work", mailbox)
            reader.append("Lists", message)
            wait_until(lambda: len(w.messages()) == 1, "the silent one")
            reader.append("INBOX", message)
            ring, = w.wait_rings(1)
            assert ring.environment["IDLEBELL_MAILBOX"] == "INBOX"


class Restored:
    """A scripted server that counts anew, or gives UIDs to others, while
    nobody can come in; its messages arrived at one time."""

    def __init__(self, bench: Bench) -> None:
        self.arrived = time.time()
        self.open = True
        self.bare = False  # FETCH gives no header
        self.sent_away = 0
        self.server = Scripted(bench.authority, {
            "greeting": self._greet, "UID FETCH": self._fetch,
            "UID SEARCH": self._search})
        bench.defer(self.server.stop)

    def _greet(self, c: Connection, tag: bytes, rest: bytes) -> None:
        if not self.open:
            self.sent_away += 1
            c.send(b"* BYE being restored\r\n")
            c.hang_up()
        default("greeting")(c, tag, rest)

    def _fetch(self, c: Connection, tag: bytes, rest: bytes) -> None:
        if self.bare:
            c.send(b"* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 100)\r\n")
            c.ok(tag)
            return
        date = time.strftime("%d-%b-%Y %H:%M:%S +0000",
                             time.gmtime(self.arrived)).encode()
        send = c.send
        c.send = lambda octets: send(  # type: ignore[method-assign]
            octets.replace(b"22-Nov-2026 10:00:00 +0000", date))
        default("UID FETCH")(c, tag, rest)
        c.send = send  # type: ignore[method-assign]

    def _search(self, c: Connection, tag: bytes, _rest: bytes) -> None:
        uids = b"".join(b" %d" % (n + 1)
                        for n in range(len(self.server.messages)))
        c.send(b"* SEARCH%s\r\n" % uids)
        c.ok(tag)

    def cut(self) -> None:
        for connection in list(self.server.connections):
            connection.post(connection.hang_up)

    def close(self) -> None:
        self.open = False
        self.cut()


def test_long_restore(bench: Bench) -> None:
    """Connections that came to nothing do not make what came meanwhile
    old: of a mailbox that is numbered anew, what is ten minutes older than
    the last look does not ring."""
    box = Restored(bench)
    with bench.watcher().account("work", box.server,
                                 box.server.user) as w:
        w.start().wait_live("work")
        # The last look was just now, however long it took to get here.
        box.arrived = time.time() - 597
        box.close()
        box.server.uidvalidity += 2
        box.server.messages.append(make_message("Meanwhile").octets)
        wait_until(lambda: box.sent_away >= 3, "vain connections")
        box.open = True
        assert w.run("poke").returncode == 0
        w.wait_live("work", count=2)
        ring, = w.wait_rings(1)
        assert ring.subject == "Meanwhile"


def test_bare_anchor(bench: Bench) -> None:
    """A message told without its header is no other when that comes."""
    box = Restored(bench)
    with bench.watcher().account("work", box.server,
                                 box.server.user) as w:
        w.start().wait_live("work")
        box.bare = True
        box.server.add(make_message("Hidden"))
        w.wait_rings(1)
        box.bare = False
        box.cut()
        w.wait_live("work", count=2)
        box.server.add(make_message("Next"))
        w.wait_rings(2)
        assert [r.subject for r in w.rings] == ["", "Next"], w.rings
        assert "gives UIDs to other messages" not in w.log()


def test_same_place(bench: Bench) -> None:
    """UIDs are given to others without notice: what kept its own does not
    ring again."""
    box = Restored(bench)
    with bench.watcher().account("work", box.server,
                                 box.server.user) as w:
        w.start().wait_live("work")
        box.server.add(make_message("Kept"))
        box.server.add(make_message("Lost"))
        w.wait_rings(2)
        box.close()
        box.server.messages[1] = make_message("Other").octets
        box.open = True
        w.wait_rings(3)
        wait_nothing(lambda: len(w.rings) > 3, "a ring too many", 1.5)
        assert _subjects(w) == {"Kept": 1, "Lost": 1, "Other": 1}


def _subjects(w: Watcher) -> Counter[str]:
    return Counter(r.subject for r in w.rings)


if __name__ == "__main__":
    tap.main(globals())
