#!/usr/bin/python3
"""Whatever is killed, cut, full, damaged or failing: each message reaches the
hook and the Maildir, the Maildir has none twice, and hooks repeat no more
than the watcher was killed.

$CRASH_MESSAGES, $CRASH_KILLS (of the watcher, of the server, cuts of the
connection) and $CRASH_SECONDS are how large each test is; by default only the
first one has full size.  $CRASH_HOOK_SECONDS is how long a slow hook takes,
$CRASH_PATIENCE how long the last message is waited for, and $CRASH_SEED
repeats the random choices of a run.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections import Counter
from pathlib import Path
from typing import Any, Optional

from rig import tap
from rig.base import DEADLINE, wait_nothing, wait_until
from rig.cutter import Cutter, random_fate
from rig.disk import SmallDisk
from rig.dovecot import Dovecot
from rig.mail import make_message
from rig.post import MaildirIds, Postman, ring_ids, settle, stored_ids
from rig.tap import Bench, each, timeout

PATIENCE = float(os.environ.get("CRASH_PATIENCE", DEADLINE))
HOOK_SECONDS = float(os.environ.get("CRASH_HOOK_SECONDS", "2"))
LONG = 3600  # what is waited for has deadlines of its own


def scale(messages: int, faults: int, seconds: float
          ) -> tuple[int, int, float]:
    """The size of a test: by default this one."""
    get = os.environ.get
    return (int(get("CRASH_MESSAGES", messages)),
            int(get("CRASH_KILLS", faults)),
            float(get("CRASH_SECONDS", seconds)))


class Crash:
    """A watcher that downloads all it sees, and what must hold at the end."""

    def __init__(self, bench: Bench, what: str,
                 server: Optional[Dovecot] = None,
                 relay: Optional[Cutter] = None, behaviour: str = "",
                 disk: Optional[Path] = None, **options: Any) -> None:
        seed = os.environ.get("CRASH_SEED") or str(time.time_ns())
        self.bench, self.what, self.seed = bench, what, seed
        self.rng = random.Random(seed)
        self.server = server or bench.dovecot
        self.user = self.server.user()
        self.maildir = (disk or bench.directory) / "Maildir"
        self.files = MaildirIds(self.maildir)
        self.free_rings = 0  # of each message, which do not count
        self.postman: Optional[Postman] = None
        self.watcher = w = bench.watcher()
        w.account("work", relay or self.server, self.user,
                  on_message=f"{w.hook} {w.hook_log} {behaviour}",
                  download_max_size="64K", download_to=self.maildir,
                  **options)
        self._started = time.monotonic()

    def pause(self, seconds: float) -> None:
        """For something else to happen in the meantime."""
        wait_nothing(lambda: False, "a pause", seconds)

    def post(self, messages: int, seconds: float) -> Postman:
        self.postman = Postman(self.server, [self.user], messages, seconds,
                               self.rng)
        self.bench.defer(self.postman.stop)
        self.postman.start()
        return self.postman

    def deliver(self, count: int) -> None:
        with self.server.deliverer() as lmtp:
            for number in range(count):
                lmtp.deliver(self.user.name, make_message(
                    f"By hand {number}", size=self.rng.randrange(4000)))

    def kill_watcher(self) -> None:
        """Unless it has ended by itself."""
        process = self.watcher.process
        assert process is not None and process.poll() is None, \
            f"it ended by itself: {process and process.returncode}"
        self.watcher.kill()

    def rings(self) -> Counter[str]:
        """How often each message rang, beyond what it may."""
        counts = ring_ids(self.watcher.rings)
        return Counter({ident: count - self.free_rings
                        for ident, count in counts.items()
                        if count > self.free_rings})

    def wait_rings(self, idents: set[str]) -> None:
        wait_until(lambda: idents <= self.rings().keys(),
                   f"rings of {len(idents)} messages", PATIENCE)

    def finish(self, faults: int, fault: str, repeats: int = 0,
               sent: Optional[set[str]] = None) -> None:
        """Demands that every message the server has (or of those sent) is
        where it must be, with at most so many repeats of the hook."""
        if self.postman is not None:
            self.postman.join(PATIENCE)
            assert not self.postman.is_alive(), "the post does not end"
        sent = stored_ids(self.server, self.user) if sent is None else sent
        rings, files = settle(
            sent, [self.rings, self.files.count], PATIENCE)
        took = time.monotonic() - self._started
        self.bench.note(
            f"{self.what}: {len(sent)} messages, {faults} {fault}; "
            f"hooks: {rings}; Maildir: {files}; {took:.0f} s; "
            f"seed {self.seed}")
        assert (rings.lost, files.lost) == (0, 0), "lost"
        assert files.doubled == 0, "doubled in the Maildir"
        assert rings.doubled <= repeats, "doubled"
        assert not self.files.unfinished(), self.files.unfinished()


@timeout(LONG)
def test_watcher_killed(bench: Bench) -> None:
    messages, kills, seconds = scale(500, 50, 60)
    crash = Crash(bench, "watcher killed")
    with crash.watcher as w:
        w.start().wait_live("work")
        crash.post(messages, seconds)
        for _ in range(kills):
            crash.pause(crash.rng.uniform(0, 2 * seconds / kills))
            crash.kill_watcher()
            w.start()
        crash.finish(kills, "kills", repeats=kills)


@timeout(LONG)
def test_server_killed(bench: Bench) -> None:
    messages, kills, seconds = scale(60, 4, 10)
    crash = Crash(bench, "server killed", bench.own_dovecot())
    with crash.watcher as w:
        w.start().wait_live("work")
        crash.post(messages, seconds)
        for _ in range(kills):
            crash.pause(crash.rng.uniform(0, 2 * seconds / kills))
            crash.server.kill()
            crash.pause(crash.rng.uniform(0, 1))
            crash.server.start()
        crash.finish(kills, "kills")


@timeout(LONG)
def test_connection_cut(bench: Bench) -> None:
    """By RST or FIN, after a random number of octets in one direction."""
    messages, cuts, seconds = scale(100, 6, 10)
    with Cutter(bench.dovecot) as cutter:
        crash = Crash(bench, "connection cut", relay=cutter)
        with crash.watcher as w:
            w.start().wait_live("work")
            # One in three ends before it is live, the others later.
            cutter.fate = lambda: (
                random_fate(crash.rng, crash.rng.choice((20, 3000, 3000)))
                if cutter.cuts < cuts else None)
            cutter.cut("rst")
            crash.post(messages, seconds)
            assert crash.postman is not None
            crash.postman.join(PATIENCE)
            # A cut far away may need more traffic than there is.
            while cutter.cuts < cuts:
                crash.deliver(1)
                crash.pause(0.5)
            crash.finish(cutter.cuts, "cuts")


@timeout(LONG)
@each("state", "Maildir", "both")
def test_disk_full(bench: Bench, place: str) -> None:
    """What is on a small disk, while that is full."""
    messages, _, _ = scale(10, 1, 0)
    disk = bench.path("disk")
    small = SmallDisk(disk, max(messages * 8192, 1 << 20))
    bench.defer(small.stop)
    crash = Crash(bench, f"disk full ({place})",
                  disk=disk if place != "state" else None)
    if place != "state":
        crash.files = MaildirIds(small.within(crash.maildir))
    w = crash.watcher
    w.program = [*small.prefix, *w.program]
    if place != "Maildir":
        w.environment["XDG_STATE_HOME"] = str(disk)
    with w:
        w.start().wait_live("work")
        crash.deliver(2)
        w.wait_rings(2)
        small.fill()
        crash.deliver(messages)
        crash.pause(4)
        small.free()
        crash.wait_rings(stored_ids(crash.server, crash.user))
        # One more, and its mark is on disk with those of all others.
        crash.deliver(1)
        w.wait_rings(messages + 3, PATIENCE)
        crash.kill_watcher()
        w.start().wait_live("work", count=2)
        crash.deliver(1)
        crash.finish(1, "time full and a kill", repeats=1)


@timeout(LONG)
def test_state_truncated(bench: Bench) -> None:
    """What comes while the watcher is up rings; what came while it was down
    may be lost with the state, but nothing old rings again."""
    _, kills, _ = scale(0, 8, 0)
    crash = Crash(bench, "state truncated")
    counted: set[str] = set()
    with crash.watcher as w:
        w.start()
        for round in range(1, kills + 1):
            w.wait_live("work", count=round)
            before = stored_ids(crash.server, crash.user)
            crash.deliver(3)
            new = stored_ids(crash.server, crash.user) - before
            crash.wait_rings(new)
            counted |= new
            crash.kill_watcher()
            crash.deliver(1)
            _truncate(crash.rng, w.home / ".state")
            w.start()
        w.wait_live("work", count=kills + 1)
        crash.finish(kills, "times truncated", kills, sent=counted)


def _remove(directory: Path) -> bool:
    """Whoever writes there just now makes it fail."""
    try:
        shutil.rmtree(directory)
    except OSError:
        return False
    return True


@timeout(LONG)
def test_state_removed(bench: Bench) -> None:
    """The directory is made anew by the running watcher, with all that it
    knows: what comes while it is down then is told."""
    crash = Crash(bench, "state removed")
    state = crash.watcher.home / ".state" / "idlebell"
    with crash.watcher as w:
        w.start().wait_live("work")
        crash.deliver(1)
        w.wait_rings(1)
        assert (state / "lock").exists(), list(w.home.rglob("*"))
        wait_until(lambda: _remove(state), "the end of the state")
        crash.deliver(1)
        w.wait_rings(2)
        wait_until((state / "work.marks").exists, "the new state")
        done = w.run("once")
        assert done.returncode == 75, done  # another one is watching
        crash.kill_watcher()
        crash.deliver(1)
        w.start().wait_live("work", count=2)
        crash.finish(1, "time removed", repeats=2)


def _truncate(rng: random.Random, state: Path) -> None:
    """Every file in it, to a length less than it had."""
    found = [path for path in state.rglob("*")
             if path.is_file() and path.stat().st_size > 0]
    assert any(path.name.startswith("work") for path in found), found
    for path in found:
        os.truncate(path, rng.randrange(path.stat().st_size))


@timeout(LONG)
def test_hook_fails(bench: Bench) -> None:
    """At its first try for each message; with kills on top of it."""
    messages, kills, seconds = scale(15, 2, 5)
    crash = Crash(bench, "hook fails once", behaviour="once fail")
    crash.free_rings = 1
    with crash.watcher as w:
        w.start().wait_live("work")
        crash.post(messages, seconds)
        for _ in range(kills):
            crash.pause(crash.rng.uniform(0, 2 * seconds / kills))
            crash.kill_watcher()
            w.start()
        crash.finish(kills, "kills", repeats=kills)


@timeout(LONG)
def test_hook_hangs(bench: Bench) -> None:
    """At its first try for each message, until hook_timeout."""
    # One that is ended before it has begun would not have counted.
    messages, _, seconds = scale(3, 0, 2)
    crash = Crash(bench, "hook hangs once", behaviour="once hang",
                  hook_timeout="5s")
    crash.free_rings = 1
    with crash.watcher as w:
        w.start().wait_live("work")
        crash.post(messages, seconds)
        crash.finish(0, "kills")


@timeout(LONG)
def test_hook_slow(bench: Bench) -> None:
    messages, kills, seconds = scale(4, 1, 2)
    crash = Crash(bench, f"hook takes {HOOK_SECONDS:g} s",
                  behaviour=f"slow {int(HOOK_SECONDS * 1000)}")
    with crash.watcher as w:
        w.start().wait_live("work")
        crash.post(messages, seconds)
        for _ in range(kills):
            crash.pause(crash.rng.uniform(seconds, seconds + HOOK_SECONDS))
            crash.kill_watcher()
            w.start()
        crash.finish(kills, "kills", repeats=kills)


if __name__ == "__main__":
    tap.main(globals())
