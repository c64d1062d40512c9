"""What every rig needs: waiting with a deadline, ports, child processes."""

from __future__ import annotations

import os
import random
import select
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Callable, Optional, TypeVar

T = TypeVar("T")

#: Long enough for a slow machine that does other things as well; only what
#: fails lasts so long.  Whatever is waited for has this deadline: nothing
#: may depend on how fast a machine is.
DEADLINE = float(os.environ.get("E2E_DEADLINE", "180"))
HOST = "127.0.0.1"


class Skip(Exception):
    """A test that cannot run here: something it needs is not installed."""


class Timeout(AssertionError):
    """What was waited for did not come."""


def wait_until(condition: Callable[[], T], what: str,
               deadline: float = DEADLINE) -> T:
    """Returns the first true value of condition; its time is bounded."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Timeout(f"{what}: not within {deadline:g} s")
        select.select([], [], [], 0.005)


def wait_nothing(condition: Callable[[], object], what: str,
                 seconds: float) -> None:
    """Demands that something does not happen within a short time."""
    try:
        value = wait_until(condition, what, seconds)
    except Timeout:
        return
    raise AssertionError(f"{what}: happened: {value!r}")


_ports_given: set[int] = set()


def free_port() -> int:
    """A loopback port that nobody listens on, below those the kernel gives
    to outgoing connections, so that it stays free until a server takes it,
    also across a restart of that server."""
    low = 32768
    try:
        low = int(Path("/proc/sys/net/ipv4/ip_local_port_range")
                  .read_text().split()[0])
    except OSError:
        pass
    for _ in range(1000):
        port = random.randrange(10000, max(low, 11000))
        if port in _ports_given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
        _ports_given.add(port)
        return port
    raise RuntimeError("no free port on the loopback interface")


def port_answers(port: int) -> bool:
    """True once something accepts connections."""
    with socket.socket() as probe:
        probe.settimeout(20)
        return probe.connect_ex((HOST, port)) == 0


def end_process(process: Optional[subprocess.Popen], patience: float = 20,
                group: bool = False) -> Optional[int]:
    """Ends a child of ours: SIGTERM, after some patience SIGKILL.  group:
    it leads a session of its own, and what is left of that goes too."""
    if process is None:
        return None
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if group:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return process.returncode


def tail(path: Path, lines: int = 40, start: int = 0) -> str:
    """The end of a log file, from an offset on."""
    try:
        with open(path, "rb") as log:
            log.seek(start)
            text = log.read().decode("utf-8", "replace")
    except OSError as error:
        return f"({error})"
    return "\n".join(text.splitlines()[-lines:])
