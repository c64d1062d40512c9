#!/usr/bin/python3
"""act: what is done to messages on Dovecot and on Cyrus, with and without
MOVE and UIDPLUS, what must not happen to others, and how it is undone beside
a watcher of the same mailbox."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any, Optional

from rig import tap
from rig.base import wait_nothing, wait_until
from rig.cyrus import Cyrus
from rig.mail import Reader, make_message
from rig.scripted import Closed, Connection, Scripted
from rig.tap import Bench, each
from rig.watcher import Watcher

SPECIAL = """
namespace inbox {
  mailbox Old {
    auto = create
    special_use = \\Archive
  }
  mailbox Trash {
    auto = create
    special_use = \\Trash
  }
  mailbox Junk {
    auto = create
    special_use = \\Junk
  }
}
"""
BASE = "IMAP4rev1 SASL-IR IDLE LITERAL+ SPECIAL-USE LIST-EXTENDED NAMESPACE"
#: How little a server may be able to.
LEVELS = {"move": "", "uidplus": f"imap_capability = {BASE} UIDPLUS",
          "bare": f"imap_capability = {BASE}"}
DELETED = "\\Deleted"

_dovecots: dict[str, Any] = {}
_cyrus: Optional[Cyrus] = None


def dovecot(bench: Bench, level: str = "move") -> Any:
    """One for each level, shared by all tests."""
    if level not in _dovecots:
        from rig.dovecot import Dovecot
        server = Dovecot(bench.shared / f"dovecot-{level}", bench.authority,
                         imap_extra=LEVELS[level], extra=SPECIAL)
        bench.at_end(server.stop)
        _dovecots[level] = server.start()
    return _dovecots[level]


def cyrus(bench: Bench) -> Cyrus:
    global _cyrus
    if _cyrus is None:
        server = Cyrus(bench.shared / "cyrus", bench.authority)
        bench.at_end(server.stop)
        _cyrus = server.start()
    return _cyrus


def fill(server: Any, user: Any, count: int = 3) -> None:
    for number in range(1, count + 1):
        server.deliver(user, make_message(f"Nr. {number}"))


def mark_others(reader: Reader, *uids: int) -> None:
    """Marks them \\Deleted and leaves them there, as some clients do."""
    reader.imap.select("INBOX")
    for uid in uids:
        reader.imap.uid("store", str(uid), "+FLAGS", f"({DELETED})")


def uids(reader: Reader, mailbox: str = "INBOX") -> list[int]:
    return [m.uid for m in reader.stored(mailbox)]


def flags(reader: Reader, uid: int, mailbox: str = "INBOX") -> set[str]:
    found, = (m for m in reader.stored(mailbox) if m.uid == uid)
    return set(found.flags) - {"\\Recent"}


def act(w: Watcher, *words: str, status: int = 0) -> Any:
    """As JSON, or what standard error says when it fails."""
    done = w.run("--json", "act", *words)
    assert done.returncode == status, done
    if status != 0:
        assert done.stdout == "", done
        assert len(done.stderr.splitlines()) == 1, done
        return done.stderr
    return json.loads(done.stdout)


def undo(w: Watcher, result: dict[str, Any]) -> Any:
    return act(w, *result["undo"][1:])


# --- what it does ---------------------------------------------------------


@each("read", "flag")
def test_flags_and_back(bench: Bench, verb: str) -> None:
    flag = {"read": "\\Seen", "flag": "\\Flagged"}[verb]
    server = dovecot(bench)
    user = server.user()
    fill(server, user)
    with bench.watcher().account("work", server, user) as w, \
            server.reader(user) as reader:
        reader.mark("INBOX", 2, flag)
        result = act(w, verb, "work", "INBOX", "1:2", "9")
        assert result["uids"] == "1:2" and result["count"] == 2, result
        assert [flag in flags(reader, uid) for uid in (1, 2, 3)] \
            == [True, True, False]
        # What had it before keeps it.
        undo(w, result)
        assert [flag in flags(reader, uid) for uid in (1, 2, 3)] \
            == [False, True, False]
        again = act(w, verb, "work", "INBOX", "2")
        assert again["undo"] is None, again


@each("move", "uidplus", "bare")
def test_others_stay(bench: Bench, level: str) -> None:
    """Whatever the server can: messages that others have marked \\Deleted are
    there afterwards."""
    server = dovecot(bench, level)
    user = server.user()
    fill(server, user, 5)
    with bench.watcher().account("work", server, user) as w, \
            server.reader(user) as reader:
        mark_others(reader, 1, 5)
        archived = act(w, "archive", "work", "INBOX", "2")
        deleted = act(w, "delete", "work", "INBOX", "3")
        gone = {2, 3}
        if level == "bare":
            gone = set()
            assert "cannot" in archived["text"], archived
            assert DELETED in flags(reader, 2)
            undo(w, archived)
            assert DELETED not in flags(reader, 2)
        else:
            assert archived["to_mailbox"] == "Old", archived
            assert deleted["to_mailbox"] == "Trash", deleted
        assert set(uids(reader)) == {1, 2, 3, 4, 5} - gone
        assert DELETED in flags(reader, 1) & flags(reader, 5)
        assert len(uids(reader, "Old")) == len(uids(reader, "Trash")) == 1
        # In the trash to delete is to delete, of that one alone.
        reader.append("Trash", make_message("Other"))
        reader.imap.select("Trash")
        reader.imap.uid("store", "2", "+FLAGS", f"({DELETED})")
        result = act(w, "delete", "work", "Trash", "1")
        assert result["to_mailbox"] is None, result
        assert uids(reader, "Trash") == ([1, 2] if level == "bare" else [2])
        # And to expunge everywhere.
        result = act(w, "expunge", "work", "INBOX", "4")
        assert (4 in uids(reader)) == (level == "bare"), result
        assert DELETED in flags(reader, 1) & flags(reader, 5)
        if level == "bare":
            undo(w, result)
            assert DELETED not in flags(reader, 4)


def test_others_stay_on_cyrus(bench: Bench) -> None:
    server = cyrus(bench)
    user = server.user()
    fill(server, user, 5)
    with bench.watcher().account("work", server, user, junk_mailbox="Spam",
                                 trash_mailbox="Bin") as w, \
            server.reader(user) as reader:
        mark_others(reader, 1, 5)
        # Named by the user, and made.
        junk = act(w, "junk", "work", "INBOX", "2")
        assert junk["to_mailbox"].endswith("Spam"), junk
        deleted = act(w, "delete", "work", "INBOX", "3:4")
        assert deleted["count"] == 2, deleted
        assert uids(reader) == [1, 5]
        assert "$Junk" in flags(reader, 1, junk["to_mailbox"])
        undo(w, deleted)
        back = undo(w, junk)
        assert back["to_mailbox"] == "INBOX", back
        assert sorted(uids(reader)) == [1, 5, 6, 7, 8]
        assert "$Junk" not in flags(reader, 8)
        assert DELETED in flags(reader, 1) & flags(reader, 5)
        assert "archive_mailbox" in act(
            w, "archive", "work", "INBOX", "6", status=69)


def test_junk_and_back(bench: Bench) -> None:
    server = dovecot(bench)
    user = server.user()
    fill(server, user)
    with bench.watcher().account("work", server, user) as w, \
            server.reader(user) as reader:
        result = act(w, "junk", "work", "INBOX", "2")
        assert "$Junk" in flags(reader, 1, "Junk")
        assert result["undo"][1] == "notjunk", result
        undo(w, result)
        assert uids(reader) == [1, 3, 4]
        assert flags(reader, 4) == {"$NotJunk"}


def test_move_and_back(bench: Bench) -> None:
    server = dovecot(bench)
    user = server.user()
    fill(server, user)
    with bench.watcher().account("work", server, user) as w, \
            server.reader(user) as reader:
        reader.create("Entwürfe & 'mehr'")
        done = w.run("act", "move", "work", "INBOX", "3,1",
                     "Entwürfe & 'mehr'")
        assert done.returncode == 0, done
        said, line = done.stdout.splitlines()
        assert said == "2 messages moved to Entwürfe & 'mehr'", said
        assert uids(reader) == [2]
        assert line.startswith("undo: idlebell act move work "), line
        assert w.run(*shlex.split(line)[2:]).returncode == 0
        assert uids(reader) == [2, 4, 5]
        # A typing error makes no mailbox.
        assert "not there" in act(w, "move", "work", "INBOX", "2", "Wokr",
                                  status=69)
        assert uids(reader) == [2, 4, 5]
        assert "already" in act(w, "move", "work", "INBOX", "2", "inbox",
                                status=69)


def test_names_instead_of_uses(bench: Bench) -> None:
    server = bench.dovecot
    user = server.user()
    fill(server, user)
    with bench.watcher().account("work", server, user) as w, \
            server.reader(user) as reader:
        # Without a trash it stays, unless that is what is wanted.
        refused = act(w, "delete", "work", "INBOX", "1", status=69)
        assert "no trash" in refused and "trash_mailbox" in refused, refused
        assert uids(reader) == [1, 2, 3]
        assert DELETED not in flags(reader, 1)
        result = act(w, "expunge", "work", "INBOX", "1")
        assert result["undo"] is None, result
        assert result["text"] == "deleted for good", result
        assert uids(reader) == [2, 3]
        reader.create("Deleted Messages")
        result = act(w, "delete", "work", "INBOX", "2")
        assert result["to_mailbox"] == "Deleted Messages", result
        assert "archive_mailbox" in act(
            w, "archive", "work", "INBOX", "3", status=69)
        reader.create("Archives")
        result = act(w, "archive", "work", "INBOX", "3")
        assert result["to_mailbox"] == "Archives", result


# --- what it refuses ------------------------------------------------------


def test_another_message(bench: Bench) -> None:
    """A hook that runs late must not hit another message."""
    server = dovecot(bench)
    user = server.user()
    fill(server, user)
    with bench.watcher().account("work", server, user) as w, \
            server.reader(user) as reader:
        validity = reader.examine()
        act(w, "read", "work", "INBOX", f"{validity}/1")
        assert "renumbered" in act(
            w, "delete", "work", "INBOX", f"{validity + 1}/2", status=69)
        assert uids(reader) == [1, 2, 3]
        assert "work/INBOX: it is not in the mailbox any more" in act(
            w, "delete", "work", "INBOX", f"{validity}/17", status=69)
        told = act(w, "delete", "work", "Nowhere", "1", status=69)
        assert told.count("idlebell mailboxes") == 1, told
        assert "opened" in told


def test_usage(bench: Bench) -> None:
    server = dovecot(bench)
    with bench.watcher().account("work", server, server.user()) as w:
        for words in (("read", "work", "INBOX"),
                      ("raed", "work", "INBOX", "1"),
                      ("read", "work", "INBOX", "0"),
                      ("read", "work", "INBOX", "1:*"),
                      ("read", "work", "INBOX", "7/1", "8/2"),
                      ("read", "work", "INBOX", "1 2"),
                      ("move", "work", "INBOX", "1"),
                      ("move", "work", "INBOX", "1", "2", "")):
            act(w, *words, status=64)
        assert "did you mean work?" in act(w, "read", "wrok", "INBOX", "1",
                                           status=64)
        assert "VERB ACCOUNT MAILBOX" in act(w, status=64)
        # What is wrong is named, not what stands before it.
        assert act(w, "read", "work", "INBOX", "4", "Archive",
                   status=64).endswith("not Archive\n")
        usage = w.run("act", "--help").stdout
        known = act(w, "frob", "work", "INBOX", "1", status=64)
        for verb in known.partition("done: ")[2].strip().split(", "):
            assert re.search(rf"\b{verb}\b", usage), (verb, usage)
        for words in (("watch", "wrok"), ("mailboxes", "wrok"),
                      ("fetch", "wrok", "INBOX", "1"),
                      ("explain", "--last", "1", "wrok")):
            done = w.run(*words)
            assert done.returncode == 64, done
            assert "did you mean work?" in done.stderr, done


def test_too_many_connections(bench: Bench) -> None:
    server = bench.own_dovecot(userip=1)
    user = server.user()
    fill(server, user)
    with bench.watcher().account("work", server, user) as w:
        w.start().wait_live("work")
        said = act(w, "read", "work", "INBOX", "1", status=75)
        assert "aximum number of connections" in said, said


def test_quota(bench: Bench) -> None:
    """COPY is refused for want of room, and nothing is deleted."""
    def refuse(c: Connection, tag: bytes, _rest: bytes) -> None:
        c.send(tag + b" NO [OVERQUOTA] Quota exceeded\r\n")

    with Scripted(bench.authority, {"SELECT": select, "UID COPY": refuse}) \
            as server:
        server.messages.append(make_message("One").octets)
        with bench.watcher().account("work", server, server.user) as w:
            said = act(w, "move", "work", "INBOX", "1", "Old", status=69)
            assert "quota" in said, said
        assert not any(b"STORE" in c for _, c in server.commands)


def ok(c: Connection, tag: bytes, _rest: bytes) -> None:
    c.ok(tag)


def test_names_that_steer(bench: Bench) -> None:
    """What a server calls its trash does not reach the terminal as it is."""
    def names(c: Connection, tag: bytes, _rest: bytes) -> None:
        name = b"Trash\x1b[2J\xc2\x9b1m"
        c.send(b'* LIST () "/" INBOX\r\n* LIST (\\Trash) "/" {%d}\r\n%b\r\n'
               % (len(name), name))
        c.ok(tag)

    def copy(c: Connection, tag: bytes, _rest: bytes) -> None:
        c.ok(tag, b"[COPYUID 9 1 4] copied")

    with Scripted(bench.authority, {"SELECT": select, "LIST": names,
                                    "UID COPY": copy, "UID STORE": ok,
                                    "UID EXPUNGE": ok}) as server:
        server.messages.append(make_message("One").octets)
        with bench.watcher().account("work", server, server.user) as w:
            done = w.run("act", "delete", "work", "INBOX", "1")
            assert done.returncode == 0, done
            assert "moved to Trash" in done.stdout, done
            assert all(c.isprintable() or c == "\n" for c in done.stdout), \
                done


def test_nothing_listed(bench: Bench) -> None:
    """Whoever lists nothing at all does not say that there is no trash."""
    with Scripted(bench.authority, {"SELECT": select, "LIST": ok,
                                    "UID STORE": ok, "UID EXPUNGE": ok}) \
            as server:
        server.messages.append(make_message("One").octets)
        with bench.watcher().account("work", server, server.user) as w:
            said = act(w, "delete", "work", "INBOX", "1", status=69)
            assert "trash" in said, said
        assert not any(b"STORE" in c or b"EXPUNGE" in c
                       for _, c in server.commands)


def select(c: Connection, tag: bytes, _rest: bytes) -> None:
    c.opened()
    c.send(b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] .\r\n"
           % (len(c.server.messages), c.server.uidvalidity))
    c.ok(tag, b"[READ-WRITE] opened")


@each("UID FETCH", "UID COPY", "SELECT")
def test_lost_in_between(bench: Bench, when: str) -> None:
    """Nothing is deleted before the copy is confirmed."""
    def hang_up(c: Connection, _tag: bytes, _rest: bytes) -> None:
        c.send(b"* BYE Server shutting down.\r\n")
        raise Closed

    with Scripted(bench.authority, {"SELECT": select, when: hang_up}) \
            as server:
        server.messages.append(make_message("One").octets)
        with bench.watcher().account("work", server, server.user) as w:
            said = act(w, "move", "work", "INBOX", "1", "Old", status=75)
            assert "shutting down" in said, said
        assert not any(b"STORE" in c or b"EXPUNGE" in c
                       for _, c in server.commands)
        assert len(server.connections) == 1


# --- beside a watcher -----------------------------------------------------


@each("dovecot", "cyrus")
def test_beside_watcher(bench: Bench, kind: str) -> None:
    """It hears that the message is read, and gone, and what comes back by undo
    does not ring again."""
    server = dovecot(bench) if kind == "dovecot" else cyrus(bench)
    user = server.user()
    fill(server, user, 1)
    with bench.watcher().account("work", server, user,
                                 trash_mailbox="Trash") as w:
        w.start().wait_live("work")
        server.deliver(user, make_message("Hello"))
        ring, = w.wait_rings(1)
        e = ring.environment
        where = (e["IDLEBELL_ACCOUNT"], e["IDLEBELL_MAILBOX"],
                 f'{e["IDLEBELL_UIDVALIDITY"]}/{e["IDLEBELL_UID"]}')
        act(w, "read", *where)
        wait_until(lambda: any(
            event["event"] == "flags" and "\\Seen" in event["flags"]
            for event in w.events), "the flags")
        result = act(w, "delete", *where)
        wait_until(lambda: any(event["event"] == "gone"
                               for event in w.events), "that it is gone")
        back = undo(w, result)
        assert back["to_mailbox"] == "INBOX", back
        # Another one behind it: then the one that came back has been seen.
        server.deliver(user, make_message("Next"))
        assert [r.subject for r in w.wait_rings(2)] == ["Hello", "Next"]
        wait_nothing(lambda: len(w.rings) > 2, "a third ring", 0.5)


if __name__ == "__main__":
    tap.main(globals())
