#!/usr/bin/python3
"""Several watchers of one configuration, each with its part of the accounts:
all is watched, nothing twice, and accounts move without losing anything."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any, Iterator

from rig import tap
from rig.base import wait_until
from rig.dovecot import Dovecot, User
from rig.mail import make_message
from rig.tap import Bench
from rig.watcher import Watcher

#: Enough that each of three shards has one, and that some move.
NAMES = ("a", "b", "c", "d", "e", "f", "g", "h")


def shard_of(name: str, count: int) -> int:
    """As idlebell(1) has it."""
    def weigh(number: int) -> int:
        text = name.encode() + b"\0" + str(number).encode()
        return int.from_bytes(hashlib.sha256(text).digest()[:8], "big")
    return max(range(1, count + 1), key=weigh)


def members(number: int, count: int) -> list[str]:
    return [name for name in NAMES if shard_of(name, count) == number]


class Fleet:
    """Watchers on several computers, with one configuration."""

    def __init__(self, bench: Bench, server: Dovecot) -> None:
        self.bench = bench
        self.server = server
        self.users: dict[str, User] = {name: server.user() for name in NAMES}
        self.watchers: list[Watcher] = []
        self.sent: list[str] = []

    def watcher(self, state: Path) -> Watcher:
        w = self.bench.watcher()
        w.environment["XDG_STATE_HOME"] = str(state)
        for name, user in self.users.items():
            w.account(name, self.server, user)
        self.watchers.append(w)
        return w

    def post(self, what: str) -> None:
        """One message to each account."""
        for name, user in self.users.items():
            self.sent.append(f"{what} to {name}")
            self.server.deliver(user, make_message(self.sent[-1]))

    def rung(self) -> list[str]:
        return sorted(ring.subject for w in self.watchers for ring in w.rings)

    def check(self) -> None:
        """All that was sent has rung, once."""
        wait_until(lambda: set(self.rung()) >= set(self.sent), "the rings")
        assert self.rung() == sorted(self.sent), self.rung()


@contextlib.contextmanager
def running(*watchers: Watcher) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for w in watchers:
            stack.enter_context(w)
        yield


def start(w: Watcher, number: int, count: int) -> None:
    w.start(options=["--shard", f"{number}/{count}"])


def wait_members(w: Watcher, number: int, count: int) -> None:
    w.wait_live(*members(number, count))


def status(w: Watcher, shard: str) -> dict[str, Any]:
    done = w.run("status", "--json", "--shard", shard, config=False)
    assert (done.returncode, done.stderr) == (0, ""), done
    return json.loads(done.stdout)


def test_recount(bench: Bench) -> None:
    """From two shards to three, with one state directory."""
    fleet = Fleet(bench, bench.dovecot)
    state = bench.path("state")
    one, two, three = (fleet.watcher(state) for _ in range(3))
    moved = [n for n in NAMES if shard_of(n, 2) != shard_of(n, 3)]
    assert moved and all(members(k, 3) for k in (1, 2, 3)), moved
    with running(one, two, three):
        start(one, 1, 2)
        start(two, 2, 2)
        wait_members(one, 1, 2)
        wait_members(two, 2, 2)
        fleet.post("Before")
        fleet.check()
        fleet.post("On the way")
        one.stop()
        fleet.post("One of two is gone")
        # What 2/2 still watches would ring twice.
        start(three, 3, 3)
        assert three.wait_exit() == 75
        assert "another number of shards" in three.log(), three.log()
        two.stop()
        fleet.post("Nobody is there")
        for number, w in enumerate((one, two, three), 1):
            start(w, number, 3)
            fleet.post(f"{number} of three starts")
        wait_until(lambda: set(fleet.rung()) >= set(fleet.sent), "the rings")
        fleet.post("After")
        fleet.check()
        for number, w in enumerate((one, two, three), 1):
            after = {r.subject for r in w.rings if "After" in r.subject}
            assert after == {f"After to {n}" for n in members(number, 3)}
            w.stop()
        fleet.check()


def test_carried_over(bench: Bench) -> None:
    """To computers of their own, from one that had it all."""
    fleet = Fleet(bench, bench.dovecot)
    states = bench.path("state-1"), bench.path("state-2")
    one, two = map(fleet.watcher, states)
    with running(one, two):
        one.start().wait_live(*NAMES)
        fleet.post("Before")
        fleet.check()
        one.stop()
        shutil.copytree(states[0], states[1])
        fleet.post("Between")
        start(one, 1, 2)
        start(two, 2, 2)
        fleet.check()
        fleet.post("After")
        fleet.check()


def test_state_untouched(bench: Bench) -> None:
    """What belongs to others is not read, made or written."""
    fleet = Fleet(bench, bench.dovecot)
    state = bench.path("state")
    with fleet.watcher(state) as w:
        start(w, 1, 2)
        wait_members(w, 1, 2)
        known = status(w, "1/2")
        assert known["shard"] == "1/2"
        assert [a["account"] for a in known["accounts"]] == members(1, 2)
        w.stop()
        owners = {path.name.split(".")[0]
                  for path in (state / "idlebell").iterdir()
                  if not path.name.startswith("lock")}
        assert owners == set(members(1, 2)), owners


def test_control(bench: Bench) -> None:
    """Two on one computer are told apart; those of all accounts are alone."""
    fleet = Fleet(bench, bench.dovecot)
    state = bench.path("state")
    one, two, whole = (fleet.watcher(state) for _ in range(3))
    for w in two, whole:
        w.environment["XDG_RUNTIME_DIR"] = one.environment["XDG_RUNTIME_DIR"]
    with running(one, two, whole):
        start(one, 1, 2)
        start(two, 2, 2)
        wait_members(one, 1, 2)
        wait_members(two, 2, 2)
        for w, shard in (one, "1/2"), (two, "2-of-2"):
            assert w.process is not None
            assert status(one, shard)["pid"] == w.process.pid
        done = one.run("status", config=False)
        assert done.returncode == 69, done
        done = one.run("status", "--shard", "1/3", config=False)
        assert done.returncode == 69 and "shard 1/3" in done.stderr, done
        foreign = members(2, 2)[0]
        done = one.run("poke", "--shard", "1/2", foreign, config=False)
        assert done.returncode == 64, done
        assert f"account {foreign} is in shard 2/2, not in 1/2" \
            in done.stderr, done
        whole.start()
        assert whole.wait_exit() == 75
        assert one.run("reload", "--shard", "1/2",
                       config=False).returncode == 0
        one.wait_log("configuration read again")
        assert "configuration read again" not in two.log()
        assert one.run("stop", "--shard", "2/2",
                       config=False).returncode == 0
        assert two.wait_exit() == 0
        assert status(one, "1/2")["live"] == len(members(1, 2))


def test_words(bench: Bench) -> None:
    """What is said to who writes something wrong, and by check."""
    fleet = Fleet(bench, bench.dovecot)
    w = fleet.watcher(bench.path("state"))
    foreign = members(2, 2)[0]
    for words, text in (
            (("--shard", "3/2", "watch"), '"3/2" is no shard'),
            (("--shard=", "watch"), '"" is no shard'),
            (("--shard", "1/2", "watch", foreign),
             f"account {foreign} is in shard 2/2, not in 1/2"),
            (("--shard", "1/2", "once", foreign), "is in shard 2/2"),
            (("--shard", "1/2", "once", "nobody"), "there is no account"),
            (("--shard", "1/2", "mailboxes", "a"),
             "--shard is not known to mailboxes")):
        done = w.run(*words)
        assert done.returncode == 64 and text in done.stderr, done
    done = w.run("check", "--shard", "1/2")
    assert done.returncode == 0, done
    assert f"{len(members(1, 2))} of them in shard 1/2\n" in done.stdout, done


def test_once(bench: Bench) -> None:
    fleet = Fleet(bench, bench.dovecot)
    w = fleet.watcher(bench.path("state"))
    with w:
        for number in (1, 2):
            assert w.run("once", "--shard",
                         f"{number}/2").returncode == 0
        fleet.post("New")
        assert w.run("once", "--shard", "1/2").returncode == 0
        assert sorted(r.subject for r in w.rings) == sorted(
            f"New to {n}" for n in members(1, 2))
        assert w.run("once", "--shard", "2/2").returncode == 0
        fleet.check()


def test_empty(bench: Bench) -> None:
    """A shard without accounts waits for some."""
    server = bench.dovecot
    number = 3 - shard_of("work", 2)
    name = next(n for n in NAMES if shard_of(n, 2) == number)
    w = bench.watcher().account("work", server, server.user())
    with w:
        start(w, number, 2)
        w.wait_log("0 of 1 accounts, waiting for a reload")
        assert status(w, f"{number}/2")["accounts"] == []
        w.account(name, server, server.user())
        assert w.run("reload", "--shard", f"{number}/2",
                     config=False).returncode == 0
        w.wait_live(name)
        assert w.states("work") == []


if __name__ == "__main__":
    tap.main(globals())
