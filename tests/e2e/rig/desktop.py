"""A private session bus with a notification daemon, or without one."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, Optional

from .base import Skip, end_process, wait_until

# Debian's has the D-Bus modules, whatever else is called python3.
_PYTHON = ("/usr/bin/python3" if os.access("/usr/bin/python3", os.X_OK)
           else sys.executable)

_CONFIG = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class Desktop:
    """The bus starts with it and activates nothing: a daemon is there only
    after start_daemon()."""

    def __init__(self, directory: Path) -> None:
        if shutil.which("dbus-daemon") is None:
            raise Skip("dbus-daemon is missing")
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        # Short: the path of a socket has at most 107 octets.
        self._socket = directory / "bus"
        self.address = f"unix:path={self._socket}"
        config = directory / "bus.conf"
        config.write_text(_CONFIG.format(socket=self._socket))
        self._bus = subprocess.Popen(
            ["dbus-daemon", "--nofork", f"--config-file={config}"],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        self._daemon: Optional[subprocess.Popen] = None
        self._log = directory / "notifications"
        wait_until(self._listens, "the private session bus")

    def _listens(self) -> bool:
        """The socket is there a moment before somebody listens."""
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self._socket)) == 0

    def start_daemon(self, *arguments: str) -> None:
        self._start("notifyd.py", *arguments)

    def start_manager(self, *environment: str) -> None:
        """In the daemon's place: a systemd that has these variables."""
        self._start("managerd.py", *environment)

    def _start(self, program: str, *arguments: str) -> None:
        with open(self._log, "wb") as log:
            self._daemon = subprocess.Popen(
                [_PYTHON, str(Path(__file__).parent / program), *arguments],
                env={"DBUS_SESSION_BUS_ADDRESS": self.address,
                     "PATH": "/usr/bin:/bin"},
                stdin=subprocess.PIPE, stdout=log, start_new_session=True)

        def ready() -> bool:
            assert self._daemon is not None
            if self._daemon.poll() is not None:
                raise Skip("no notification daemon (Debian: python3-dbus "
                           "python3-gi)")
            return bool(self._said())
        wait_until(ready, "the notification daemon")

    def play(self, line: str) -> None:
        """What a user does, see notifyd.py; it is told when that returns."""
        assert self._daemon is not None and self._daemon.stdin is not None
        before = self._count_played()
        self._daemon.stdin.write(line.encode() + b"\n")
        self._daemon.stdin.flush()
        wait_until(lambda: self._count_played() > before, f"{line!r}, done")

    def _count_played(self) -> int:
        return sum(e["event"] == "played" for e in self._said())

    def press(self, number: int, action: str) -> None:
        self.play(f"press {number} {action}")

    def inhibit(self, inhibited: bool) -> None:
        self.play(f"inhibit {int(inhibited)}")

    def stop_daemon(self) -> None:
        end_process(self._daemon)
        self._daemon = None

    def _said(self) -> list[dict[str, Any]]:
        text = self._log.read_text()
        return [json.loads(line)
                for line in text[:text.rfind("\n") + 1].splitlines()]

    @property
    def bubbles(self) -> list[dict[str, Any]]:
        return [e for e in self._said() if e["event"] == "notify"]

    def wait_bubbles(self, count: int) -> list[dict[str, Any]]:
        wait_until(lambda: len(self.bubbles) >= count, f"bubble {count}")
        return self.bubbles

    @property
    def closed(self) -> list[int]:
        """Those that the program has closed."""
        return [e["id"] for e in self._said() if e["event"] == "close"]

    def wait_closed(self, number: int) -> None:
        wait_until(lambda: number in self.closed, f"the end of {number}")

    def stop(self) -> None:
        self.stop_daemon()
        end_process(self._bus)

    def __enter__(self) -> "Desktop":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
