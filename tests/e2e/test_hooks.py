#!/usr/bin/python3
"""Hooks that run once for many messages, and what they are told."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import Any

from rig import tap
from rig.base import wait_until
from rig.mail import make_message
from rig.tap import Bench
from rig.watcher import Ring, Watcher


def lines(ring: Ring) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ring.input.splitlines()]


def of(w: Watcher, event: str) -> list[Ring]:
    return [r for r in w.rings if r.environment["IDLEBELL_EVENT"] == event]


def told(w: Watcher, event: str, member: str) -> Counter:
    return Counter(line[member] for ring in of(w, event)
                   for line in lines(ring))


def check_rings(rings: list[Ring]) -> None:
    """Each says how many there are, and never two run at once."""
    for ring in rings:
        assert int(ring.environment["IDLEBELL_COUNT"]) == len(lines(ring)), (
            ring)
        assert ring.environment["IDLEBELL_MAILBOX"] == "INBOX", ring
    ends = [ring.time + 300_000_000 for ring in rings]
    assert all(end <= after.time for end, after in zip(ends, rings[1:])), (
        rings)


def test_on_mailbox(bench: Bench) -> None:
    """Every message once, in few runs, also under mail that does not cease;
    on_message rings for each besides."""
    server = bench.dovecot
    user = server.user()
    w = bench.watcher()
    w.account("work", server, user, hook_wait="1s", hook_max_wait="2s",
              on_mailbox=f"{w.hook} {w.hook_log} slow 300")
    subjects = [f"Nr. {number}" for number in range(60)]
    with w, server.deliverer() as lmtp:
        w.start().wait_live("work")
        began = time.monotonic_ns()
        for subject in subjects:
            lmtp.deliver(user.name, make_message(subject))
        wait_until(lambda: told(w, "mailbox", "subject").total() >= 60,
                   "all messages")
        wait_until(lambda: len(of(w, "message")) == 60, "each by itself")
        rings = of(w, "mailbox")
        assert told(w, "mailbox", "subject") == Counter(subjects), rings
        # One a second, as long as messages come.
        assert len(rings) <= 1 + (rings[-1].time - began) / 1e9, rings
        assert len(rings) < 60, "each by itself"
        check_rings(rings)
        assert {line["event"] for r in rings for line in lines(r)} == {
            "message"}


def test_crash(bench: Bench) -> None:
    """What a batch had not been told of when the watcher was killed is told
    after the next start."""
    server = bench.dovecot
    user = server.user()
    w = bench.watcher()
    w.account("work", server, user, hook_wait="1h", hook_max_wait="1h",
              on_message=None,
              on_mailbox=f"{w.hook} {w.hook_log}")
    with w:
        w.start().wait_live("work")
        server.deliver(user, make_message("Before"))
        w.wait_log("Before")
        w.kill()
        assert not w.rings
        w.write(w.text().replace("= 1h", "= 0s"))
        w.start()
        wait_until(lambda: of(w, "mailbox"), "the batch")
        assert told(w, "mailbox", "subject") == {"Before": 1}


def test_stop(bench: Bench) -> None:
    """What waits for more when the watcher is stopped is told at once, and
    neither hook runs again."""
    server = bench.dovecot
    user = server.user()
    w = bench.watcher()
    w.account("work", server, user, hook_wait="1h", hook_max_wait="1h",
              on_mailbox=f"{w.hook} {w.hook_log}",
              on_read=f"{w.hook} {w.hook_log}")
    with w, server.reader(user) as reader:
        w.start().wait_live("work")
        for number in range(3):
            server.deliver(user, make_message(f"Nr. {number}"))
        wait_until(lambda: len(of(w, "message")) == 3, "each by itself")
        reader.change(2, "\\Seen")
        wait_until(lambda: any(e["event"] == "flags" for e in w.events),
                   "the reading")
        assert not of(w, "mailbox") and not of(w, "read")
        w.stop()
        assert told(w, "mailbox", "uid") == {1: 1, 2: 1, 3: 1}
        assert told(w, "read", "uid") == {2: 1}
        w.start().wait_live("work", count=2)
        server.deliver(user, make_message("Last"))
        wait_until(lambda: len(of(w, "message")) == 4, "the last")
        w.stop()
        assert told(w, "mailbox", "uid") == {1: 1, 2: 1, 3: 1, 4: 1}


def test_on_read(bench: Bench) -> None:
    """What was told is told once more when it was read or deleted, whichever
    comes first; what others do with older messages is not."""
    server = bench.dovecot
    user = server.user()
    server.deliver(user, make_message("Old"))
    w = bench.watcher()
    w.account("work", server, user, hook_wait="100ms", on_message=None,
              on_read=f"{w.hook} {w.hook_log}")
    with w, server.reader(user) as reader:
        w.start().wait_live("work")
        for number in range(2, 6):
            server.deliver(user, make_message(f"Nr. {number}"))
        wait_until(lambda: len(w.messages()) == 4, "the messages")
        for uid, flag in ((1, "\\Seen"), (2, "\\Flagged"), (2, "\\Seen"),
                          (2, "\\Answered"), (3, "\\Deleted"), (4, "\\Seen")):
            reader.change(uid, flag)
        wait_until(lambda: told(w, "read", "uid").total() >= 3, "the readings")
        reader.change(2, "\\Deleted")
        reader.change(5, "\\Deleted")
        wait_until(lambda: told(w, "read", "uid").total() >= 4, "the last")
        rings = of(w, "read")
        assert {(line["uid"], line["gone"]) for r in rings
                for line in lines(r)} == {
                    (2, False), (3, True), (4, False), (5, True)}, rings
        assert told(w, "read", "uid").total() == 4, rings
        assert all(r.environment["IDLEBELL_ACCOUNT"] == "work" and
                   "IDLEBELL_UID" not in r.environment for r in rings)


if __name__ == "__main__":
    tap.main(globals())
