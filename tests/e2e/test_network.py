#!/usr/bin/python3
"""What befalls a computer: other networks, dead lines, sleep, a clock that is
set.  Each time: is it noticed, is the watch live again, and is every message
told once?  The figures are shown."""

from __future__ import annotations

import ctypes
import os
import struct
import time
from typing import Optional

from rig import tap
from rig.base import DEADLINE, Skip, wait_until
from rig.logind import Logind
from rig.mail import make_message
from rig.netns import (CLIENT, CLIENT6, CLIENT_TOO, SERVER, SERVER6, Names,
                       Network, become_root)
from rig.scripted import Scripted
from rig.tap import Bench, each

# Nothing tells us how far we are but what happens.
PATIENCE = DEADLINE


class Scene:
    """A client and a server, the watch live, and a clock for each event."""

    def __init__(self, bench: Bench, host: str = SERVER,
                 logind: Optional[Logind] = None, named: bool = False,
                 others: int = 0, **options: object) -> None:
        self.bench = bench
        self.network = Network()
        bench.defer(self.network.stop)
        if ":" in host:
            self.network.add_ipv6()
        with self.network.server:
            self.server = Scripted(
                bench.authority, host=host if ":" in host else SERVER,
                certificate=bench.authority.issue(
                    "network", ("imap.test", SERVER)))
        bench.defer(self.server.stop)
        self.watcher = bench.watcher()
        if named:
            self.names = Names(self.network, bench.directory)
            bench.defer(self.names.stop)
            self.watcher.program = self.names.program(self.watcher.program)
        self.watcher.environment["DBUS_SYSTEM_BUS_ADDRESS"] = (
            logind.address if logind else "unix:path=/nonexistent/bus")
        self.watcher.account("work", self.server, self.server.user,
                             host=host, **options)
        for number in range(others):
            self.add_account(f"other{number}")
        self._expected: list[str] = []
        with self.network.client:
            self.watcher.start()
        wait_until(lambda: len(self.lively()) == others + 1, "live",
                   PATIENCE)
        self._told_live = len(self.watcher.states("work"))
        self.tell("before")

    def add_account(self, name: str) -> None:
        """Another one, on a server of its own."""
        with self.network.server:
            server = Scripted(
                self.bench.authority, host=SERVER,
                certificate=self.bench.authority.issue("network"))
        self.bench.defer(server.stop)
        self.watcher.account(name, server, server.user, host=SERVER)

    def lively(self) -> set[str]:
        """The accounts that are live."""
        last = {event["account"]: event["state"]
                for event in self.watcher.events
                if event["event"] == "state"}
        return {name for name, state in last.items() if state == "live"}

    def state(self) -> str:
        return self.watcher.states("work")[-1]

    def send(self, subject: str) -> None:
        self._expected.append(subject)
        self.server.add(make_message(subject))

    def tell(self, subject: str) -> None:
        """A message that comes through now."""
        self.send(subject)
        self.watcher.wait_rings(len(self._expected), PATIENCE)

    def wait_noticed(self, since: float, what: str) -> None:
        """Also when it is live again sooner than anybody can look."""
        wait_until(lambda: len(self.watcher.states("work"))
                   > self._told_live, "noticed", PATIENCE)
        self.bench.note(f"{what}: noticed after "
                        f"{time.monotonic() - since:.2f} s")

    def wait_live(self, since: float, what: str) -> None:
        wait_until(lambda: self.state() == "live", "live again", PATIENCE)
        self._told_live = len(self.watcher.states("work"))
        self.bench.note(f"{what}: live again after "
                        f"{time.monotonic() - since:.2f} s")

    def end(self) -> None:
        """All that was sent has come, each once and in order."""
        self.tell("after")
        with self.watcher:
            pass
        told = [ring.subject for ring in self.watcher.rings]
        assert told == self._expected, f"{told} of {self._expected}"
        self.bench.note(f"messages: {len(told)} sent and told, "
                        "0 lost, 0 doubled")

    def peer(self) -> str:
        """Where the newest connection comes from; "": it has ended."""
        try:
            return self.server.connections[-1].sock.getpeername()[0]
        except OSError:
            return ""


# --- the network changes, and the kernel says so ------------------------


def test_address_removed(bench: Bench) -> None:
    scene = Scene(bench)
    client = scene.network.client
    start = time.monotonic()
    client.ip(f"addr del {CLIENT}/24 dev c1")
    scene.wait_noticed(start, "address removed")
    scene.send("during")
    start = time.monotonic()
    client.ip(f"addr add {CLIENT}/24 dev c1;"
              "route add default via 10.77.1.1 dev c1")
    scene.wait_live(start, "address given back")
    scene.end()


def test_away_for_long(bench: Bench) -> None:
    """Long enough that the next attempt is far away."""
    scene = Scene(bench)
    client = scene.network.client
    client.ip(f"addr del {CLIENT}/24 dev c1")
    wait_until(lambda: scene.watcher.log().count("trying again in") >= 1
               and scene.watcher.states("work").count("connecting") >= 4,
               "the third failure", PATIENCE)
    scene.send("during")
    start = time.monotonic()
    client.ip(f"addr add {CLIENT}/24 dev c1;"
              "route add default via 10.77.1.1 dev c1")
    scene.wait_live(start, "network back after failures")
    scene.end()


def test_another_address(bench: Bench) -> None:
    """As after a new lease, or in another network."""
    scene = Scene(bench)
    client = scene.network.client
    start = time.monotonic()
    client.ip("addr add 10.77.1.9/24 dev c1;"
              f"addr del {CLIENT}/24 dev c1;"
              "addr add 10.77.1.9/24 dev c1;"
              "route add default via 10.77.1.1 dev c1"
              if promotes_nothing(scene) else
              "addr add 10.77.1.9/24 dev c1;"
              f"addr del {CLIENT}/24 dev c1")
    scene.send("during")
    scene.wait_noticed(start, "another address")
    scene.wait_live(start, "another address")
    assert scene.peer() == "10.77.1.9"
    scene.end()


def promotes_nothing(scene: Scene) -> bool:
    """Does the second address of a network go together with its first?"""
    with scene.network.client:
        with open("/proc/sys/net/ipv4/conf/c1/promote_secondaries",
                  encoding="ascii") as setting:
            return setting.read().strip() == "0"


def test_route_changed(bench: Bench) -> None:
    """A cable is plugged in: the old address is still there, but it is not
    that of the way to the server any more."""
    scene = Scene(bench)
    start = time.monotonic()
    scene.network.client.ip("route replace default via 10.77.3.1 dev c2")
    scene.send("during")
    wait_until(lambda: scene.peer() == CLIENT_TOO, "the other way", PATIENCE)
    scene.wait_live(start, "route changed")
    scene.end()


def test_route_removed(bench: Bench) -> None:
    scene = Scene(bench)
    client = scene.network.client
    start = time.monotonic()
    client.ip("route del default")
    scene.wait_noticed(start, "route removed")
    scene.send("during")
    start = time.monotonic()
    client.ip("route add default via 10.77.1.1 dev c1")
    scene.wait_live(start, "route given back")
    scene.end()


def test_link_down_and_up(bench: Bench) -> None:
    scene = Scene(bench)
    client = scene.network.client
    start = time.monotonic()
    client.ip("link set c1 down")
    scene.wait_noticed(start, "link down")
    scene.send("during")
    start = time.monotonic()
    client.ip("link set c1 up; route add default via 10.77.1.1 dev c1")
    scene.wait_live(start, "link up")
    scene.end()


def test_link_flaps(bench: Bench) -> None:
    """Down and up in an instant, three times: whatever becomes of the
    connection, the messages come."""
    scene = Scene(bench)
    for number in range(3):
        scene.network.client.ip(
            "link set c1 down; link set c1 up;"
            "route add default via 10.77.1.1 dev c1")
        scene.tell(f"flap {number}")
    bench.note(f"link flaps: {len(scene.server.connections)} connections")
    scene.end()


def test_another_network_is_none_of_ours(bench: Bench) -> None:
    """The second link changes; the connection over the first one stays."""
    scene = Scene(bench)
    client = scene.network.client
    client.ip("link set c2 down")
    scene.tell("down")
    client.ip("link set c2 up; addr add 10.77.3.9/24 dev c2;"
              "addr del 10.77.3.9/24 dev c2")
    # Beyond the second that a burst of changes may last.
    end = time.monotonic() + 1.5
    wait_until(lambda: time.monotonic() > end, "the burst's end")
    scene.tell("up")
    assert len(scene.server.connections) == 1, "it has connected again"
    scene.end()


def test_address_for_privacy(bench: Bench) -> None:
    """Its successor takes over; the connection of the old one stays as long
    as that is there (RFC 8981 3.4)."""
    scene = Scene(bench, host=SERVER6, tls="none")
    client = scene.network.client
    said = "the network has changed"
    seen = scene.watcher.log().count(said)
    client.ip("addr add fd77:1::9/64 dev c1 nodad;"
              f"addr change {CLIENT6}/64 dev c1 preferred_lft 0")
    scene.watcher.wait_log(said, seen + 1, PATIENCE)
    scene.tell("successor")
    assert len(scene.server.connections) == 1, "it has connected again"
    start = time.monotonic()
    client.ip(f"addr del {CLIENT6}/64 dev c1")
    scene.send("during")
    wait_until(lambda: scene.peer() == "fd77:1::9", "the successor",
               PATIENCE)
    scene.wait_live(start, "old address for privacy gone")
    scene.end()


def test_changes_without_end(bench: Bench) -> None:
    """A dozen changes that do not bring the way back leave it no further
    away than one."""
    scene = Scene(bench)
    client = scene.network.client
    client.ip("route del default")
    scene.wait_noticed(time.monotonic(), "route removed")
    scene.send("during")
    said = "the network has changed"
    for _ in range(7):
        for change in "add", "del":
            seen = scene.watcher.log().count(said)
            client.ip(f"addr {change} 10.77.3.9/24 dev c2")
            scene.watcher.wait_log(said, seen + 1, PATIENCE)
    start = time.monotonic()
    client.ip("route add default via 10.77.1.1 dev c1")
    scene.wait_live(start, "route given back after 14 other changes")
    scene.end()


def test_many_accounts(bench: Bench) -> None:
    """All come back, one after the other."""
    scene = Scene(bench, others=9)
    client = scene.network.client
    client.ip("link set c1 down")
    wait_until(lambda: not scene.lively(), "all noticed", PATIENCE)
    scene.send("during")
    start = time.monotonic()
    client.ip("link set c1 up; route add default via 10.77.1.1 dev c1")
    wait_until(scene.lively, "the first live", PATIENCE)
    first = time.monotonic() - start
    wait_until(lambda: len(scene.lively()) == 10, "all live", PATIENCE)
    bench.note(f"10 accounts: the first live after {first:.2f} s, the last "
               f"after {time.monotonic() - start:.2f} s")
    scene.end()


# --- packets vanish, and nobody says so ---------------------------------


LOST = {"both-ways": (CLIENT, SERVER), "from-server": (CLIENT,),
        "to-server": (SERVER,)}


@each(*LOST)
def test_dead_while_idle(bench: Bench, lost: str) -> None:
    """Noticed by keepalive: 4 s, and three more probes 1 s apart; or, where
    the server's announcement still comes through, by its answer."""
    scene = Scene(bench, tcp_keepalive="4s", tcp_timeout="8s")
    start = time.monotonic()
    scene.network.drop(*LOST[lost])
    scene.send("during")
    scene.wait_noticed(start, f"dead line, idle, {lost}, tcp_keepalive 4s")
    start = time.monotonic()
    scene.network.heal(*LOST[lost])
    scene.wait_live(start, f"line healed, {lost}")
    scene.end()


@each(*LOST)
def test_dead_with_data(bench: Bench, lost: str) -> None:
    """Noticed because what the refresh sends is not acknowledged."""
    scene = Scene(bench, tcp_keepalive="0", tcp_timeout="4s", refresh="5s")
    start = time.monotonic()
    scene.network.drop(*LOST[lost])
    scene.send("during")
    scene.wait_noticed(
        start, f"dead line, {lost}, tcp_timeout 4s, refresh 5s")
    start = time.monotonic()
    scene.network.heal(*LOST[lost])
    scene.wait_live(start, f"line healed, {lost}")
    scene.end()


def test_lost_probe(bench: Bench) -> None:
    """A short gap on an idle line is no reason to give it up."""
    scene = Scene(bench, tcp_keepalive="4s")
    scene.network.drop(*LOST["both-ways"])
    # The first probe goes out 4 s after the last packet, and is lost.
    end = time.monotonic() + 5.5
    wait_until(lambda: time.monotonic() > end, "the gap's end")
    scene.network.heal(*LOST["both-ways"])
    scene.tell("through")
    assert len(scene.server.connections) == 1, "it was given up"
    scene.end()


def test_dead_by_default(bench: Bench) -> None:
    """The figures of the defaults, in two minutes."""
    scene = Scene(bench)
    start = time.monotonic()
    scene.network.drop(*LOST["both-ways"])
    wait_until(lambda: scene.state() != "live", "noticed", PATIENCE)
    bench.note("dead line, idle, defaults: noticed after "
               f"{time.monotonic() - start:.1f} s")
    scene.network.heal(*LOST["both-ways"])
    scene.wait_live(time.monotonic(), "line healed")
    scene.end()


# --- names --------------------------------------------------------------


def test_names_dead(bench: Bench) -> None:
    """The connection is cut and no name server answers; then one does."""
    scene = Scene(bench, host="imap.test", named=True)
    scene.names.alive = False
    asked = scene.names.asked
    start = time.monotonic()
    scene.server.connections[0].post(scene.server.connections[0].hang_up)
    scene.wait_noticed(start, "cut, names dead")
    scene.send("during")
    wait_until(lambda: scene.names.asked >= asked + 2, "questions", PATIENCE)
    start = time.monotonic()
    scene.names.alive = True
    scene.wait_live(start, "names alive")
    scene.end()


def test_names_dead_after_change(bench: Bench) -> None:
    """As in another network: its name server takes a while to come."""
    scene = Scene(bench, host="imap.test", named=True)
    client = scene.network.client
    scene.names.alive = False
    client.ip("link set c1 down")
    scene.wait_noticed(time.monotonic(), "link down, names dead")
    scene.send("during")
    asked = scene.names.asked
    start = time.monotonic()
    client.ip("link set c1 up; route add default via 10.77.1.1 dev c1")
    wait_until(lambda: scene.names.asked > asked, "a question", PATIENCE)
    bench.note("link up, names dead: asked after "
               f"{time.monotonic() - start:.2f} s")
    start = time.monotonic()
    scene.names.alive = True
    scene.wait_live(start, "names alive")
    scene.end()


def test_changes_while_names_are_dead(bench: Bench) -> None:
    """An attempt that still looks for the name is no connection made, however
    often a change of the network begins it anew."""
    scene = Scene(bench, host="imap.test", named=True)
    client = scene.network.client
    scene.names.alive = False
    scene.server.connections[0].post(scene.server.connections[0].hang_up)
    scene.wait_noticed(time.monotonic(), "cut, names dead")
    scene.send("during")
    said = "the network has changed"
    for _ in range(7):
        for change in "add", "del":
            seen = scene.watcher.log().count(said)
            client.ip(f"addr {change} 10.77.3.9/24 dev c2")
            scene.watcher.wait_log(said, seen + 1, PATIENCE)
    start = time.monotonic()
    scene.names.alive = True
    scene.wait_live(start, "names alive after 14 changes")
    scene.end()


# --- sleep and time -----------------------------------------------------


def logouts(scene: Scene) -> int:
    return sum(b" LOGOUT" in command
               for _, command in list(scene.server.commands))


def test_sleep(bench: Bench) -> None:
    """Logged out before it sleeps, back when it wakes; twice."""
    logind = Logind(bench.path("bus"))
    bench.defer(logind.stop)
    scene = Scene(bench, logind=logind)
    for turn in 1, 2:
        lock = logind.wait("lock", turn)
        assert (lock["what"], lock["mode"]) == ("sleep", "delay")
        start = time.monotonic()
        logind.tell("sleep")
        released = logind.wait("unlock", turn)
        # It is said before the lock is let go of; a server that is slow
        # hears it later.
        wait_until(lambda: logouts(scene) == turn, "the goodbye")
        bench.note("goodbye said and the computer let sleep after "
                   f"{released['time'] - start:.2f} s")
        wait_until(lambda: scene.state() != "live", "the end of the watch")
        scene.send(f"asleep {turn}")
        start = time.monotonic()
        logind.tell("wake")
        scene.wait_live(start, "wake")
    logind.wait("lock", 3)
    scene.end()


def test_sleep_of_a_dead_line(bench: Bench) -> None:
    """Nobody hears the goodbye: the computer sleeps all the same."""
    logind = Logind(bench.path("bus"))
    bench.defer(logind.stop)
    scene = Scene(bench, logind=logind)
    logind.wait("lock", 1)
    scene.network.drop(CLIENT, SERVER)
    start = time.monotonic()
    logind.tell("sleep")
    released = logind.wait("unlock", 1)
    bench.note("dead line: let sleep after "
               f"{released['time'] - start:.2f} s")
    scene.send("asleep")
    scene.network.heal(CLIENT, SERVER)
    start = time.monotonic()
    logind.tell("wake")
    scene.wait_live(start, "wake")
    scene.end()


def step_clock(ms: int) -> None:
    """Sets it forward; by much would trouble others on this machine."""
    libc = ctypes.CDLL(None, use_errno=True)
    now = struct.pack("@ll", *divmod(time.time_ns() + ms * 1_000_000,
                                     1_000_000_000))
    if libc.clock_settime(time.CLOCK_REALTIME, now) != 0:
        raise Skip("the clock cannot be set here")


def test_clock_step(bench: Bench) -> None:
    """The connection is looked at, and kept as it is well."""
    scene = Scene(bench)
    before = len(scene.server.commands)
    start = time.monotonic()
    step_clock(150)
    bench.defer(lambda: step_clock(-150))
    wait_until(lambda: len(scene.server.commands) > before,
               "a look at the connection", PATIENCE)
    bench.note("clock set: the server was asked after "
               f"{time.monotonic() - start:.2f} s")
    scene.tell("set")
    assert len(scene.server.connections) == 1, "it has connected again"
    scene.end()


if "E2E_SLOW" not in os.environ:
    del test_dead_by_default
become_root()
tap.main(globals())
