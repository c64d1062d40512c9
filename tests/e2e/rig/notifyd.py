"""A notification daemon that shows nothing: each bubble becomes a line of
JSON on standard output.  "ready" comes first.

    notifyd.py [hang]       hang: owns the name but answers no call

A user is played by lines on standard input: "press ID ACTION", "close ID", and
"inhibit 1" or "inhibit 0" (as Plasma's "do not disturb"); each is said again
when it is on the bus.
"""

from __future__ import annotations

import json
import os
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

NAME = "org.freedesktop.Notifications"
PROPERTIES = "org.freedesktop.DBus.Properties"


def say(**members: object) -> None:
    print(json.dumps(members), flush=True)


def plain(value: object) -> object:
    """D-Bus types as JSON can have them."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, dbus.Boolean):
        return bool(value)
    return int(value) if isinstance(value, int) else str(value)


class Daemon(dbus.service.Object):  # type: ignore[misc]
    last = 0
    inhibited = False

    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, interface: str, name: str) -> bool:
        if (interface, name) != (NAME, "Inhibited"):
            raise dbus.exceptions.DBusException(
                f"no property {name}",
                name="org.freedesktop.DBus.Error.UnknownProperty")
        return self.inhibited

    @dbus.service.signal(PROPERTIES, signature="sa{sv}as")
    def PropertiesChanged(self, interface: str, changed: dict,
                          invalidated: list) -> None:
        pass

    def inhibit(self, inhibited: bool) -> None:
        self.inhibited = inhibited
        self.PropertiesChanged(NAME, {"Inhibited": inhibited}, [])

    @dbus.service.method(NAME, out_signature="as")
    def GetCapabilities(self) -> list[str]:
        return ["actions", "body", "body-markup", "persistence", "sound"]

    @dbus.service.method(NAME, out_signature="ssss")
    def GetServerInformation(self) -> tuple[str, str, str, str]:
        return "fake", "idlebell tests", "1", "1.2"

    @dbus.service.method(NAME, in_signature="susssasa{sv}i",
                         out_signature="u")
    def Notify(self, app: str, replaces: int, icon: str, summary: str,
               body: str, actions: list, hints: dict, expires: int) -> int:
        self.last = int(replaces) or self.last + 1
        say(event="notify", id=self.last, app=str(app),
            replaces=int(replaces), icon=str(icon), summary=str(summary),
            body=str(body), actions=plain(actions), hints=plain(hints),
            expires=int(expires))
        return self.last

    @dbus.service.method(NAME, in_signature="u")
    def CloseNotification(self, number: int) -> None:
        say(event="close", id=int(number))
        self.NotificationClosed(number, 3)

    @dbus.service.signal(NAME, signature="uu")
    def NotificationClosed(self, number: int, reason: int) -> None:
        pass

    @dbus.service.signal(NAME, signature="us")
    def ActionInvoked(self, number: int, action: str) -> None:
        pass


def play(daemon: Daemon, line: str) -> None:
    word, number, *rest = line.split()
    if word == "inhibit":
        daemon.inhibit(number == "1")
        return
    if word == "press":
        daemon.ActionInvoked(int(number), rest[0])
    daemon.NotificationClosed(int(number), 2)


def on_lines(fd: int, _condition: object, daemon: Daemon) -> bool:
    lines = os.read(fd, 65536).decode()
    for line in lines.splitlines():
        play(daemon, line)
        say(event="played", line=line)
    return bool(lines)


def main() -> None:
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus = dbus.SessionBus()
    name = dbus.service.BusName(NAME, bus, do_not_queue=True)
    hang = "hang" in sys.argv[1:]
    daemon = None if hang else Daemon(bus, "/org/freedesktop/Notifications")
    say(event="ready")
    if hang:
        # The name is ours, but calls stay in the socket unread.
        sys.stdin.read()
        return
    GLib.io_add_watch(sys.stdin.fileno(), GLib.PRIORITY_DEFAULT,
                      GLib.IOCondition.IN | GLib.IOCondition.HUP, on_lines,
                      daemon)
    GLib.MainLoop().run()
    del name, daemon


main()
