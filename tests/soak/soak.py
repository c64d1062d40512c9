#!/usr/bin/python3
"""Fifty accounts of three mailboxes for an hour, by NOTIFY and by IDLE, with
mail, cuts and server restarts all the while: is all mail accounted for, and do
memory and descriptors stay flat?

    make soak SOAK_MINUTES=60
    tests/soak/soak.py --minutes 3 --report FILE

Prints a report and writes it to FILE; exit status 0 when all of it holds.
The slope of memory is judged in runs of an hour or more: in a short one the
allocator has not seen its worst case yet.  Needs Dovecot, and less than one
core.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

# pylint: disable=wrong-import-position
from rig.base import (Skip, Timeout, tail, wait_nothing,  # noqa: E402
                      wait_until)
from rig.certs import Authority  # noqa: E402
from rig.cutter import Cutter, Fate, random_fate  # noqa: E402
from rig.dovecot import Dovecot  # noqa: E402
from rig.post import (MaildirIds, Postman, Tally, settle,  # noqa: E402
                      stored_ids)
from rig.watcher import Watcher  # noqa: E402

ACCOUNTS = 50
MAILBOXES = ("INBOX", "Lists", "Work")
# By turns: how an account names them, and what else it says.
ACCOUNT_KINDS: tuple[dict[str, object], ...] = (
    {"mailboxes": "INBOX, Lists, Work"},
    {"mailboxes": "*"},
    {"mailboxes": "*, !Trash", "method": "idle", "poll_interval": "10s"},
    {"mailboxes": "Work, INBOX, Lists", "method": "idle",
     "poll_interval": "10s", "max_connections": 2},
)
MESSAGES_A_SECOND = 2.0
SAMPLE_SECONDS = 10
SLOPE_MAX = 10.0  # kB an hour and account, from the first third on
SLOPE_MINUTES = 60  # below that it is only shown
GROWTH_MAX = 100.0  # kB an account, in any run, from the first third on
DESCRIPTORS_MORE = 2  # at the end, than when all was live for the first time
PATIENCE = 600.0  # seconds, for what is on its way at the end


# --- what is measured -----------------------------------------------------


@dataclass
class Sample:
    """The watcher's process at one moment."""

    seconds: float  # since the start
    rss: int  # kB
    pss: int
    own: int  # neither files nor shared: what it has allocated
    descriptors: int
    cpu: float  # seconds


def take_sample(pid: int, started: float) -> Sample:
    process = Path(f"/proc/{pid}")
    sizes = {}
    for line in (process / "smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split(":")
        sizes[name] = int(value.split()[0])
    stat = (process / "stat").read_text().rsplit(")", 1)[1].split()
    ticks = int(stat[11]) + int(stat[12])
    return Sample(time.monotonic() - started, sizes["Rss"], sizes["Pss"],
                  sizes["Anonymous"] + sizes["Swap"],
                  len(os.listdir(process / "fd")),
                  ticks / os.sysconf("SC_CLK_TCK"))


def has_more_descriptors(samples: list[Sample]) -> bool:
    return (samples[-1].descriptors
            > samples[0].descriptors + DESCRIPTORS_MORE)


def later(samples: list[Sample]) -> list[Sample]:
    """The last two thirds."""
    return samples[len(samples) // 3:]


def slope(samples: list[Sample]) -> float:
    """Of its own memory by least squares, kB an hour.  The proportional set
    size also changes with what other programs map."""
    count = len(samples)
    if count < 2:
        return 0.0
    mean_x = sum(s.seconds for s in samples) / count
    mean_y = sum(s.own for s in samples) / count
    spread = sum((s.seconds - mean_x) ** 2 for s in samples)
    if spread == 0:
        return 0.0
    return 3600 * sum((s.seconds - mean_x) * (s.own - mean_y)
                      for s in samples) / spread


# --- what is done to it ---------------------------------------------------


class Repeated:
    """An action again and again, after a random time each."""

    def __init__(self, rng: random.Random, seconds: tuple[float, float],
                 action: Callable[[], object]) -> None:
        self.count = 0
        self._rng, self._seconds, self._action = rng, seconds, action
        self._plan()

    def _plan(self) -> None:
        self._due = time.monotonic() + self._rng.uniform(*self._seconds)

    def run_if_due(self) -> None:
        if time.monotonic() >= self._due:
            self._action()
            self.count += 1
            self._plan()


class Soak:
    """The server, the relay, the watcher, and what they have seen."""

    def __init__(self, directory: Path, minutes: float,
                 seed: str) -> None:
        self.minutes = minutes
        self.rng = random.Random(seed)
        self.directory = directory
        self.server = Dovecot(
            directory / "dovecot", Authority(directory / "ca"),
            extra="recipient_delimiter = +\n"
                  "lmtp_save_to_detail_mailbox = yes").start()
        self.cutter = Cutter(self.server)
        self.users = {f"account{n:02}": self.server.user()
                      for n in range(ACCOUNTS)}
        self.files = {name: MaildirIds(directory / name)
                      for name in self.users}
        self.watcher = self._make_watcher()
        self.samples: list[Sample] = []
        self.started = 0.0
        self.restarts = 0
        self.postman = Postman(
            self.server, list(self.users.values()), sys.maxsize,
            sys.maxsize / MESSAGES_A_SECOND, self.rng,
            mailboxes=MAILBOXES)

    def _make_watcher(self) -> Watcher:
        place = self.directory / "watcher"
        place.mkdir()
        watcher = Watcher(place, self.directory)
        for number, (name, user) in enumerate(self.users.items()):
            with self.server.reader(user) as reader:
                for mailbox in MAILBOXES[1:]:
                    reader.create(mailbox)
            watcher.account(name, self.cutter, user,
                            download_max_size="64K",
                            download_to=self.directory / name,
                            **ACCOUNT_KINDS[number % len(ACCOUNT_KINDS)])
        return watcher

    def close(self) -> None:
        self.postman.stop()
        self.watcher.kill()
        self.cutter.stop()
        self.server.stop()

    # --- the load -------------------------------------------------------

    def fate(self) -> Optional[Fate]:
        """One connection in ten ends somewhere on its way."""
        return random_fate(self.rng, 200) if self.rng.random() < 0.1 else None

    def cut(self) -> None:
        self.cutter.cut(self.rng.choice(("rst", "fin")),
                        self.rng.randint(1, 5))

    def restart(self) -> None:
        """In good order, or as after a crash; away for a moment."""
        if self.rng.random() < 0.5:
            self.server.kill()
        else:
            self.server.stop()
        wait_nothing(lambda: False, "the server away",
                     self.rng.uniform(0, 5))
        self.server.start()

    def sample(self) -> None:
        assert self.watcher.process is not None
        status = self.watcher.process.poll()
        assert status is None, f"the watcher ended by itself: {status}"
        self.samples.append(take_sample(self.watcher.process.pid,
                                        self.started))

    def sample_at_rest(self) -> None:
        """A connection on its way again has more descriptors for a moment:
        the last sample is that of a moment without one."""
        def look() -> bool:
            if len(self.samples) > before:
                self.samples.pop()
            self.sample()
            return not has_more_descriptors(self.samples)

        before = len(self.samples)
        with suppress(Timeout):  # then the report says so
            wait_until(look, "no more descriptors than at first")

    def run(self) -> None:
        self.started = time.monotonic()
        self.sample()  # all live, nothing done yet
        self.cutter.fate = self.fate
        self.postman.start()
        tasks = [Repeated(self.rng, (SAMPLE_SECONDS, SAMPLE_SECONDS),
                          self.sample),
                 Repeated(self.rng, (2, 12), self.cut)]
        pause = min(self.minutes * 60 / 3, 300)
        restarts = Repeated(self.rng, (pause / 2, pause), self.restart)
        while time.monotonic() < self.started + self.minutes * 60:
            for task in (*tasks, restarts):
                task.run_if_due()
            wait_nothing(lambda: False, "the next thing to do", 0.2)
        self.restarts = restarts.count
        self.postman.stop()
        self.cutter.fate = None

    def wait_live(self) -> None:
        def all_live() -> bool:
            last = {(e["account"], e["mailbox"]): e["state"]
                    for e in self.watcher.events if e["event"] == "state"}
            wait_nothing(lambda: False, "the next look", 0.5)
            return list(last.values()).count("live") == (
                ACCOUNTS * len(MAILBOXES))
        wait_until(all_live, "all accounts live", PATIENCE)

    # --- the account ----------------------------------------------------

    def rings(self) -> Counter[str]:
        return Counter(
            f"{r.environment['IDLEBELL_ACCOUNT']} "
            f"{r.environment['IDLEBELL_MESSAGE_ID']}"
            for r in self.watcher.rings)

    def stored_files(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for name, files in self.files.items():
            for ident, count in files.count().items():
                found[f"{name} {ident}"] += count
        return found

    def stored_messages(self) -> set[str]:
        return {f"{name} {ident}" for name, user in self.users.items()
                for mailbox in MAILBOXES
                for ident in stored_ids(self.server, user, mailbox)}

    def count(self) -> list[Tally]:
        """Hooks, Maildirs; and a last sample, with nothing going on."""
        tallies = settle(self.stored_messages(),
                         [self.rings, self.stored_files], PATIENCE)
        self.wait_live()
        self.sample_at_rest()
        return tallies


# --- what is said about it ------------------------------------------------


def judge(soak: Soak, tallies: list[Tally]) -> list[tuple[bool, str]]:
    """What must hold: (it does, in words)."""
    hooks, files = tallies
    first, last = soak.samples[0], soak.samples[-1]
    kept = later(soak.samples)
    a_hour = slope(kept) / ACCOUNTS
    growth = (last.own - kept[0].own) / ACCOUNTS
    judged = soak.minutes >= SLOPE_MINUTES
    return [
        (hooks.messages > 0 and soak.cutter.cuts > 0 and soak.restarts > 0,
         f"{hooks.messages} messages, {soak.cutter.cuts} connections cut, "
         f"{soak.restarts} server restarts, "
         f"{soak.cutter.connections} connections"),
        (hooks.lost == 0 and hooks.doubled == 0, f"hooks: {hooks}"),
        (files.lost == 0 and files.doubled == 0, f"Maildirs: {files}"),
        (a_hour < SLOPE_MAX or not judged,
         f"memory: {a_hour:+.1f} kB an hour and account from the first "
         f"third on (limit {SLOPE_MAX:g}"
         f"{'' if judged else ', judged from an hour on'})"),
        (growth < GROWTH_MAX,
         f"memory: {growth:+.1f} kB an account since the first third "
         f"(limit {GROWTH_MAX:g})"),
        (not has_more_descriptors(soak.samples),
         f"descriptors: {first.descriptors} at the start, "
         f"{last.descriptors} at the end, at most "
         f"{max(s.descriptors for s in soak.samples)}"),
    ]


def report(soak: Soak, tallies: list[Tally]) -> tuple[bool, str]:
    verdicts = judge(soak, tallies)
    first, last = soak.samples[0], soak.samples[-1]
    share = 100 * (last.cpu - first.cpu) / (last.seconds - first.seconds)
    lines = [f"{soak.minutes:g} minutes, {ACCOUNTS} accounts; "
             f"CPU {last.cpu:.1f} s ({share:.1f} %)"]
    lines += [f"{'ok' if good else 'NOT OK':6} {text}"
              for good, text in verdicts]
    lines += ["", "seconds  RSS kB  PSS kB  own kB  descriptors    CPU s"]
    step = max(len(soak.samples) // 30, 1)
    shown = soak.samples[::step]
    if shown[-1] is not last:
        shown.append(last)
    lines += [f"{s.seconds:7.0f} {s.rss:7} {s.pss:7} {s.own:7} "
              f"{s.descriptors:12} {s.cpu:8.1f}" for s in shown]
    return all(good for good, _ in verdicts), "\n".join(lines) + "\n"


def soak_once(directory: Path, arguments: argparse.Namespace) -> bool:
    soak = Soak(directory, arguments.minutes, arguments.seed)
    try:
        with soak.watcher as watcher:
            watcher.start(verbose="-v")
            soak.wait_live()
            soak.run()
            good, text = report(soak, soak.count())
    except AssertionError:
        print(tail(soak.watcher.stderr), flush=True)
        raise
    finally:
        soak.close()
    print(text, end="", flush=True)
    if arguments.report:
        arguments.report.write_text(text)
    return good


def _on_end(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--seed", default=str(time.time_ns()))
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _on_end)
    directory = Path(tempfile.mkdtemp(prefix="idlebell-soak-"))
    directory.chmod(0o755)
    print(f"seed {arguments.seed}", flush=True)
    try:
        good = soak_once(directory, arguments)
    except Skip as reason:
        sys.exit(f"soak.py: {reason}")
    finally:
        if arguments.keep:
            print(f"kept: {directory}")
        else:
            shutil.rmtree(directory, ignore_errors=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
