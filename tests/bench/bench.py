#!/usr/bin/python3
"""Measures idlebell next to those of its elders that are installed: make
bench.

    bench.py [--report FILE] [--short] [--keep] [ROW...]

Each row of rows.py is measured by itself, on private servers and on the
loopback interface of a network namespace of its own where that can be made.
The report is a table in Markdown.  Fails only when something could not be
measured; what is not installed is left out.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any, Callable, Optional, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

# pylint: disable=wrong-import-position
from programs import PEERS, Idlebell, Place, Program  # noqa: E402
from programs import build_bell  # noqa: E402
from rig.base import Skip, wait_nothing  # noqa: E402
from rig.certs import Authority  # noqa: E402
from rig.cyrus import Cyrus  # noqa: E402
from rig.dovecot import Dovecot, User  # noqa: E402
from rig.mail import Deliverer, Message  # noqa: E402
from wire import Wire  # noqa: E402

T = TypeVar("T")


class Bench:
    """What rows work with; servers live as long as it does."""

    def __init__(self, directory: Path, short: bool) -> None:
        self.directory, self.short = directory, short
        self.authority = Authority(directory / "ca")
        self.bell = build_bell(directory)
        self.kinds: list[type[Program]] = [
            Idlebell, *(kind for kind in PEERS if kind.is_there())]
        self.idle_seconds = float(os.environ.get(
            "BENCH_IDLE_SECONDS", self.pick("180", "5")))
        self.trust_is_small = True
        self._count = 0
        self._wire: Optional[Wire] = None
        self._servers: dict[type, Any] = {}
        self._deliverers: dict[int, Deliverer] = {}

    def pick(self, long: T, short: T) -> T:
        return short if self.short else long

    def path(self, name: str) -> Path:
        """A new name each time."""
        self._count += 1
        return self.directory / f"{self._count}-{name}"

    @property
    def wire(self) -> Wire:
        if self._wire is None:
            self._wire = Wire()
        return self._wire

    def _server(self, kind: type) -> Any:
        if kind not in self._servers:
            server = kind(self.directory / kind.__name__.lower(),
                          self.authority)
            self._servers[kind] = server
            server.start()
        return self._servers[kind]

    @property
    def dovecot(self) -> Dovecot:
        return self._server(Dovecot)

    @property
    def cyrus(self) -> Cyrus:
        return self._server(Cyrus)

    def user(self, server: Any) -> User:
        return server.user()

    def deliver(self, server: Any, user: User, message: Message) -> int:
        """By one conversation for all, so that starting a server's process
        is not part of anything."""
        if server.lmtp not in self._deliverers:
            self._deliverers[server.lmtp] = server.deliverer()
        return self._deliverers[server.lmtp].deliver(user.name, message)

    def program(self, kind: type[Program], server: Any, users: list[User],
                extra: str = "") -> Program:
        return kind(Place(self.path(kind.name), server, users, self.bell,
                          extra))

    @staticmethod
    def hold(what: str, seconds: float) -> None:
        """Time is what is measured, or what programs need to tidy up."""
        wait_nothing(lambda: False, what, seconds)

    @staticmethod
    def need(program: str) -> None:
        if shutil.which(program) is None:
            raise Skip(f"{program} is not installed")

    @staticmethod
    def need_descriptors(count: int) -> None:
        """For this program and all it starts."""
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        if most < count and os.geteuid() == 0:
            try:
                resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))
                return
            except (OSError, ValueError):
                pass
        if most < count:
            raise Skip(f"no more than {most} open files are allowed here")
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, most))

    def stop(self) -> None:
        for deliverer in self._deliverers.values():
            deliverer.close()
        for server in self._servers.values():
            server.stop()
        if self._wire is not None:
            self._wire.close()


# --- the table ------------------------------------------------------------


def _number(value: float, digits: int) -> str:
    return "never" if value == float("inf") else f"{value:,.{digits}f}"


def _met(figure: Any) -> str:
    mine = figure.values.get(Idlebell.name)
    if figure.goal is None or mine is None:
        return ""
    more_is_better = figure.what.startswith(("mailboxes", "... hooks"))
    met = mine >= figure.goal if more_is_better else mine <= figure.goal
    return f"{_number(figure.goal, figure.digits)} {'yes' if met else 'no'}"


def _ratio(figure: Any) -> str:
    """To the best of the others."""
    mine = figure.values.get(Idlebell.name)
    others = [value for name, value in figure.values.items()
              if name != Idlebell.name]
    if mine is None or not others or min(others) == 0:
        return ""
    more_is_better = figure.what.startswith(("mailboxes", "... hooks"))
    best = max(others) if more_is_better else min(others)
    return f"{mine / best:.2f}"


def draw(figures: list[Any], names: list[str]) -> str:
    lines = ["| | " + " | ".join(names)
             + " | goal, met | to the best other | limit | |",
             "| --- " * (len(names) + 5) + "|"]
    for figure in figures:
        what = figure.what + (f" ({figure.unit})" if figure.unit else "")
        cells = [_number(figure.values[name], figure.digits)
                 if name in figure.values else "" for name in names]
        lines.append("| " + " | ".join(
            [what, *cells, _met(figure), _ratio(figure), figure.limit,
             figure.note]) + " |")
    return "\n".join(lines) + "\n"


def _say(*command: str) -> str:
    try:
        return subprocess.run(command, check=False, capture_output=True,
                              text=True).stdout.strip()
    except OSError:
        return ""


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()


def _system() -> str:
    for line in Path("/etc/os-release").read_text().splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.split("=", 1)[1].strip('"')
    return platform.system()


def _server_versions() -> list[str]:
    packages = ("dovecot-core", "cyrus-imapd", "libgnutls30")
    return [f"{name} {version}" for name in packages
            if (version := _say("dpkg-query", "-W", "-f", "${Version}",
                                name) or _say_candidate(name))]


def _say_candidate(name: str) -> str:
    """Cyrus is not installed, but unpacked from its package."""
    for line in _say("apt-cache", "policy", name).splitlines():
        if "Candidate:" in line:
            return line.split(":", 1)[1].strip()
    return ""


def preface(bench: Bench) -> str:
    versions = [kind.tell_version() for kind in bench.kinds]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (f"{datetime.date.today()}, {_system()}, Linux "
            f"{platform.release()}; {os.cpu_count()} x {_processor()}, "
            f"{memory:.0f} GiB.\n\n"
            f"{'; '.join(versions + _server_versions())}.\n\n")


# --- the run --------------------------------------------------------------


def enter_namespace() -> None:
    """Starts the program again where nobody else uses the loopback
    interface, and where we may listen to it; if that can be done."""
    if os.environ.get("BENCH_NAMESPACE") == "own":
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    if os.environ.get("BENCH_NAMESPACE") or shutil.which("unshare") is None:
        return
    os.environ["BENCH_NAMESPACE"] = "tried"
    how = (["unshare", "--net"] if os.geteuid() == 0 else
           ["unshare", "--user", "--map-current-user", "--keep-caps",
            "--net"])
    able = subprocess.run([*how, "ip", "link", "set", "lo", "up"],
                          check=False, stdin=subprocess.DEVNULL,
                          capture_output=True)
    if able.returncode == 0:
        os.environ["BENCH_NAMESPACE"] = "own"
        os.execvp("unshare", [*how, sys.executable, *sys.argv])


def _measure(bench: Bench, name: str, row: Callable) -> tuple[list, str]:
    """Its figures, and why there are none: "" when it could be done."""
    began = time.monotonic()
    print(f"{name} ...", flush=True)
    figures: list[Any] = []
    try:
        for figure in row(bench):
            figures.append(figure)
    except Skip as reason:
        print(f"{name}: left out: {reason}", flush=True)
    except Exception as error:  # pylint: disable=broad-except
        traceback.print_exc()
        return figures, f"{name}: {error}"
    print(draw(figures, _names(figures)), flush=True)
    print(f"{name}: {time.monotonic() - began:.0f} s\n", flush=True)
    return figures, ""


def _names(figures: list[Any]) -> list[str]:
    names = [Idlebell.name, *(kind.name for kind in PEERS), "GnuTLS"]
    return [name for name in names
            if any(name in figure.values for figure in figures)]


def _on_end(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    import rows  # pylint: disable=import-outside-toplevel
    parser = argparse.ArgumentParser()
    parser.add_argument("--report", type=Path)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--short", action="store_true",
                        default=bool(os.environ.get("BENCH_SHORT")))
    parser.add_argument("row", nargs="*", help=", ".join(rows.ROWS))
    arguments = parser.parse_args()
    wanted = (" ".join(arguments.row).replace(",", " ").split()
              or list(rows.ROWS))
    if unknown := set(wanted) - rows.ROWS.keys():
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    enter_namespace()
    signal.signal(signal.SIGTERM, _on_end)
    directory = Path(tempfile.mkdtemp(prefix="idlebell-bench-"))
    directory.chmod(0o755)
    bench = Bench(directory, arguments.short)
    for kind in PEERS:
        if kind not in bench.kinds:
            print(f"{kind.name} is not installed: left out", flush=True)
    figures: list[Any] = []
    failed = []
    try:
        for name in wanted:
            found, problem = _measure(bench, name, rows.ROWS[name])
            figures += found
            failed += [problem] if problem else []
        head = preface(bench)
    finally:
        bench.stop()
        if arguments.keep:
            print(f"kept: {directory}")
        else:
            shutil.rmtree(directory, ignore_errors=True)
    table = head + draw(figures, _names(figures))
    print(table)
    if arguments.report:
        arguments.report.write_text(table)
    for problem in failed:
        print(f"bench.py: {problem}", file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
