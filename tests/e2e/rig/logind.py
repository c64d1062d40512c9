"""A logind on a bus of its own, which sleeps when it is told to.

As a program (logind.py ADDRESS) it is that logind: it reads "sleep" and
"wake" from standard input and prints a line of JSON for each lock that is
taken or let go of; "ready" comes first.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

if __name__ != "__main__":
    from .base import Skip, end_process, wait_until
    from .desktop import _PYTHON, Desktop

_NAME = "org.freedesktop.login1"
_MANAGER = "org.freedesktop.login1.Manager"


class Logind:
    """The daemon, and what it has seen."""

    def __init__(self, directory: Path) -> None:
        self._bus = Desktop(directory)
        self.address = self._bus.address
        self._log = directory / "logind"
        with open(self._log, "wb") as log:
            self._daemon = subprocess.Popen(
                [_PYTHON, str(Path(__file__)), self.address],
                env={"PATH": "/usr/bin:/bin"}, stdin=subprocess.PIPE,
                stdout=log, start_new_session=True)
        wait_until(self._ready, "the logind")

    def _ready(self) -> bool:
        if self._daemon.poll() is not None:
            raise Skip("no logind (Debian: python3-dbus python3-gi)")
        return bool(self._said())

    def _said(self) -> list[dict[str, Any]]:
        text = self._log.read_text()
        return [json.loads(line)
                for line in text[:text.rfind("\n") + 1].splitlines()]

    def events(self, event: str) -> list[dict[str, Any]]:
        return [e for e in self._said() if e["event"] == event]

    def wait(self, event: str, count: int) -> dict[str, Any]:
        """"lock" or "unlock"; time is the monotonic clock's (s)."""
        wait_until(lambda: len(self.events(event)) >= count,
                   f"{event} {count}")
        return self.events(event)[count - 1]

    def tell(self, word: str) -> None:
        assert self._daemon.stdin is not None
        self._daemon.stdin.write(f"{word}\n".encode())
        self._daemon.stdin.flush()

    def stop(self) -> None:
        end_process(self._daemon)
        self._bus.stop()


def _say(event: str, **members: object) -> None:
    print(json.dumps({"event": event, "time": time.monotonic(), **members}),
          flush=True)


def _main() -> None:
    import dbus
    import dbus.mainloop.glib
    import dbus.service
    from gi.repository import GLib

    class Manager(dbus.service.Object):  # type: ignore[misc]
        @dbus.service.method(_MANAGER, in_signature="ssss",
                             out_signature="h")
        def Inhibit(self, what: str, who: str, why: str,
                    mode: str) -> dbus.types.UnixFd:
            ours, theirs = os.pipe()
            GLib.io_add_watch(ours, GLib.IO_HUP, self._let_go)
            _say("lock", what=what, who=who, why=why, mode=mode)
            sent = dbus.types.UnixFd(theirs)
            os.close(theirs)
            return sent

        @staticmethod
        def _let_go(ours: int, _condition: object) -> bool:
            _say("unlock")
            os.close(ours)
            return False

        @dbus.service.signal(_MANAGER, signature="b")
        def PrepareForSleep(self, start: bool) -> None:
            pass

    def on_word(stdin: int, _condition: object) -> bool:
        words = os.read(stdin, 100).decode().split()
        for word in words:
            manager.PrepareForSleep(word == "sleep")
        return bool(words)

    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus = dbus.bus.BusConnection(sys.argv[1])
    name = dbus.service.BusName(_NAME, bus, do_not_queue=True)
    manager = Manager(bus, "/org/freedesktop/login1")
    GLib.io_add_watch(0, GLib.IO_IN | GLib.IO_HUP, on_word)
    _say("ready")
    GLib.MainLoop().run()
    del name


if __name__ == "__main__":
    _main()
