"""Runs the test_* functions of a file, each in a directory of its own.

A test takes one argument, the Bench; @each() gives it a second one and runs
it once for each value.  Output is TAP (version 12); what the programs said
is shown for a test that fails.

    test_x.py [-l] [-k] [PATTERN...]   -l list, -k keep the directories
"""

from __future__ import annotations

import argparse
import fnmatch
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from types import FrameType
from typing import Any, Callable, Optional

from .base import Skip, tail
from .certs import Authority
from .dovecot import Dovecot
from .watcher import Watcher

Test = Callable[..., None]
TIMEOUT = float(os.environ.get("E2E_TIMEOUT", "900"))


def each(*values: str) -> Callable[[Test], Test]:
    def mark(test: Test) -> Test:
        test.values = values  # type: ignore[attr-defined]
        return test
    return mark


def timeout(seconds: float) -> Callable[[Test], Test]:
    def mark(test: Test) -> Test:
        test.timeout = seconds  # type: ignore[attr-defined]
        return test
    return mark


class Bench:
    """What a test works with.  Servers that many tests can share live as
    long as the file runs; everything else ends with the test."""

    def __init__(self, shared: Path) -> None:
        self.shared = shared
        self.directory = shared
        self.authority = Authority(shared / "ca")
        self._dovecot: Optional[Dovecot] = None
        self._count = 0
        self._cleanups: list[Callable[[], object]] = []
        self._last: list[Callable[[], object]] = []
        self._logs: list[tuple[Path, int]] = []

    @property
    def dovecot(self) -> Dovecot:
        """The shared one, with fresh users for each test."""
        if self._dovecot is None:
            self._dovecot = Dovecot(self.shared / "dovecot", self.authority)
            self.at_end(self._dovecot.stop)
            self._dovecot.start()
            self.show(self._dovecot.log)
        return self._dovecot

    def own_dovecot(self, **options: Any) -> Dovecot:
        """One for this test alone, already started."""
        server = Dovecot(self.path("dovecot"), self.authority, **options)
        self.defer(server.stop)
        self.show(server.log)
        return server.start()

    def watcher(self) -> Watcher:
        directory = self.path("watcher")
        directory.mkdir()
        watcher = Watcher(directory, self.shared)
        self.defer(watcher.kill)
        self.show(watcher.stderr)
        self.show(watcher.stdout)
        return watcher

    def path(self, name: str) -> Path:
        """A new name in the test's directory."""
        self._count += 1
        return self.directory / f"{name}-{self._count}"

    def defer(self, cleanup: Callable[[], object]) -> None:
        """Runs when the test ends, however it ends."""
        self._cleanups.append(cleanup)

    def at_end(self, cleanup: Callable[[], object]) -> None:
        """Runs when the whole file is done."""
        self._last.append(cleanup)

    def show(self, log: Path) -> None:
        """Shown from here on if the test fails."""
        self._logs.append((log, log.stat().st_size if log.exists() else 0))

    def note(self, text: str) -> None:
        """A line that is shown whatever comes of the test."""
        _comment(text)

    # --- for the runner -------------------------------------------------

    def begin(self, name: str) -> None:
        self.directory = self.shared / name
        self.directory.mkdir()
        self.directory.chmod(0o755)
        self._logs.clear()
        if self._dovecot is not None:
            self.show(self._dovecot.log)

    def end(self, keep: bool) -> None:
        _clean(self._cleanups)
        if not keep:
            shutil.rmtree(self.directory, ignore_errors=True)
        self.directory = self.shared

    def explain(self) -> None:
        for log, start in self._logs:
            _comment(f"--- {log.name} ({log.parent.name})\n"
                     + tail(log, 40, start))

    def close(self) -> None:
        _clean(self._last)


def _clean(actions: list[Callable[[], object]]) -> None:
    """The last one first; one that fails does not stop the others."""
    while actions:
        try:
            actions.pop()()
        except Exception:
            _comment(traceback.format_exc())


def _comment(text: str) -> None:
    for line in text.splitlines():
        clean = "".join(c if c.isprintable() else "?" for c in line)
        print(f"# {clean[:400]}", flush=True)


def _on_alarm(_number: int, _frame: Optional[FrameType]) -> None:
    raise TimeoutError("the test took too long")


def _on_end(_number: int, _frame: Optional[FrameType]) -> None:
    raise KeyboardInterrupt


def _collect(module: dict[str, Any]) -> list[tuple[str, Test, tuple]]:
    """In file order, one for each value of @each."""
    found = []
    for name, test in module.items():
        if not name.startswith("test_") or not callable(test):
            continue
        short = name.removeprefix("test_")
        values = getattr(test, "values", None)
        if values is None:
            found.append((short, test, ()))
        else:
            found += [(f"{short}-{value}", test, (value,))
                      for value in values]
    return found


def _run_one(bench: Bench, name: str, test: Test, values: tuple,
             keep: bool) -> tuple[str, str]:
    """("ok" | "skip" | "not ok", reason)."""
    bench.begin(name)
    signal.setitimer(signal.ITIMER_REAL, getattr(test, "timeout", TIMEOUT))
    result = "ok", ""
    try:
        test(bench, *values)
    except Skip as reason:
        # Where everything is meant to run, nothing is passed over.
        result = ("not ok" if os.environ.get("E2E_NO_SKIP") else "skip",
                  str(reason))
    except Exception as error:
        result = "not ok", str(error) or type(error).__name__
        signal.setitimer(signal.ITIMER_REAL, 0)
        _comment(traceback.format_exc())
        bench.explain()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        bench.end(keep)
    return result


def _line(number: int, name: str, result: str, seconds: float) -> str:
    state = "ok" if result == "skip" else result
    return f"{state} {number} - {name} ({seconds:.1f} s)"


def _run_all(bench: Bench, tests: list[tuple[str, Test, tuple]],
             keep: bool) -> int:
    failed = 0
    for number, (name, test, values) in enumerate(tests, 1):
        started = time.monotonic()
        result, reason = _run_one(bench, name, test, values, keep)
        line = _line(number, name, result, time.monotonic() - started)
        skip = f" # SKIP {reason}" if result == "skip" else ""
        if result == "not ok":
            _comment(f"{name}: {reason}")
        print(line + skip, flush=True)
        failed += result == "not ok"
    return failed


def main(module: dict[str, Any]) -> None:
    """Ends a test file: tap.main(globals())."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-l", "--list", action="store_true")
    parser.add_argument("-k", "--keep", action="store_true")
    parser.add_argument("pattern", nargs="*")
    arguments = parser.parse_args()
    tests = [t for t in _collect(module) if not arguments.pattern or any(
        fnmatch.fnmatchcase(t[0], p) for p in arguments.pattern)]
    if arguments.list:
        print("\n".join(name for name, _, _ in tests))
        return
    if not tests:
        sys.exit("no such test")
    signal.signal(signal.SIGALRM, _on_alarm)
    signal.signal(signal.SIGTERM, _on_end)
    print(f"1..{len(tests)}", flush=True)
    shared = Path(tempfile.mkdtemp(prefix="idlebell-e2e-"))
    shared.chmod(0o755)
    bench = None
    try:
        bench = Bench(shared)
        failed = _run_all(bench, tests, arguments.keep)
    except Skip as reason:
        print(f"Bail out! {reason}")
        failed = 1
    finally:
        if bench is not None:
            bench.close()
        if arguments.keep:
            _comment(f"kept: {shared}")
        else:
            shutil.rmtree(shared, ignore_errors=True)
    sys.exit(1 if failed else 0)
