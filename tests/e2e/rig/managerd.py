"""A user's systemd that knows one unit, and an environment: its arguments.
"ready" comes first.

    managerd.py [NAME=VALUE...]
"""

from __future__ import annotations

import json
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

NAME = "org.freedesktop.systemd1"


class Manager(dbus.service.Object):  # type: ignore[misc]
    @dbus.service.method(f"{NAME}.Manager", in_signature="s",
                         out_signature="s")
    def GetUnitFileState(self, unit: str) -> str:
        if unit != "idlebell.service":
            raise dbus.DBusException("no such unit")
        return "enabled"

    @dbus.service.method("org.freedesktop.DBus.Properties",
                         in_signature="ss", out_signature="v")
    def Get(self, interface: str, name: str) -> dbus.Array:
        if (interface, name) != (f"{NAME}.Manager", "Environment"):
            raise dbus.DBusException("no such property")
        return dbus.Array(sys.argv[1:], signature="s")


def main() -> None:
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus = dbus.SessionBus()
    name = dbus.service.BusName(NAME, bus, do_not_queue=True)
    manager = Manager(bus, "/org/freedesktop/systemd1")
    print(json.dumps({"event": "ready"}), flush=True)
    GLib.MainLoop().run()
    del name, manager


main()
