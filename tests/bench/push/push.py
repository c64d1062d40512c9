#!/usr/bin/python3
"""What it costs to hear of new mail at once: octets a day by polling, by IDLE
and by "true push", an alert from elsewhere and a connection for each message.

    make bench-push
    tests/bench/push/push.py [--short] [--page FILE.md --plot FILE.svg]

On a client and a server with a router between them (network namespaces), with
a real Dovecot, TLS, and the program itself.  Each event is measured by itself
and more than once: a connection, a refresh, a message, a probe; what a day
costs is computed from them (days.py).  --short takes half a
minute and measures each event once.
"""

from __future__ import annotations

import argparse
import os
import re
import select
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "e2e"))

# pylint: disable=wrong-import-position
import days  # noqa: E402
import page  # noqa: E402
from rig import certs  # noqa: E402
from rig.base import Skip, wait_until  # noqa: E402
from rig.dovecot import Dovecot, User  # noqa: E402
from rig.mail import Message, make_message  # noqa: E402
from rig.netns import SERVER, Network  # noqa: E402
from rig.watcher import Watcher, find_program  # noqa: E402
from wire import Cost, Wire, cost  # noqa: E402

QUIET = 1.0  # seconds; Dovecot waits for half a second before it announces
NO_TALK = "imap_idle_notify_interval = 29 mins"
TALK = "imap_idle_notify_interval = 5 s"
REHEARSAL = 120  # seconds
ROUNDS = 5  # at least, of which the mean is taken
END = "-----END CERTIFICATE-----\n"
OLD = 200  # messages whose flags are read again
CERTIFICATE = 1300  # octets: what public authorities give today, about


def chain(authority: certs.Authority) -> certs.Certificate:
    """A leaf with an RSA key and an intermediate, of usual sizes: what a
    handshake costs is mostly the certificates."""
    place = authority.directory
    key, ca = authority.directory / "rsa.pem", authority.directory
    certs.certtool("--generate-privkey", "--key-type", "rsa", "--bits",
                   "2048", "--outfile", key)
    for name, issuer, lines in (
            ("between", "ca", ["ca", "cert_signing_key"]),
            ("leaf", "between", ["tls_www_server", "signing_key",
                                 f'ip_address = "{SERVER}"'])):
        issuer_key = ca / "ca-key.pem" if issuer == "ca" else key
        padding = 0
        for _ in range(2):  # the second time with what was missing
            # A private extension stands in for policies and time stamps.
            template = place / f"{name}.cfg"
            template.write_text("\n".join([
                f'cn = "{name}.example.org"', "expiration_days = 30", *lines,
                f'add_extension = "1.3.6.1.4.1.32473.1 0x{"5a" * padding}"'
                if padding else ""]))
            certs.certtool("--generate-certificate", "--load-privkey", key,
                           "--load-ca-certificate", place / f"{issuer}.pem",
                           "--load-ca-privkey", issuer_key, "--template",
                           template, "--outfile", place / f"{name}.pem")
            pem = (place / f"{name}.pem").read_text()
            size = len(ssl.PEM_cert_to_DER_cert(pem))
            padding = max(0, CERTIFICATE - size - 18)
    both = place / "chain.pem"
    both.write_text((place / "leaf.pem").read_text()
                    + (place / "between.pem").read_text())
    return certs.Certificate(both, key)


def usual_message(number: int) -> Message:
    """With as much of a header as mail has that came over the Internet."""
    return make_message(
        f"Re: Minutes of the meeting on Thursday, part {number}",
        "jane.doe@mail.example.org", "Jane Doe", "john@example.org", 20_000,
        extra=[f"Received: from mx{n}.example.org (mx{n}.example.org "
               f"[192.0.2.{n}]) by mail.example.org with ESMTPS id {n:09}; "
               "Thu, 19 Nov 2026 10:00:00 +0000" for n in range(4)]
        + [f"References: <{'4711' * 8}@mail.example.org>",
           "DKIM-Signature: v=1; a=rsa-sha256; d=example.org; b=" + "Q" * 300])


class Site:
    """The two computers, the server and a watcher for each measurement."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.network = Network()
        self.authority = certs.Authority(directory / "ca")
        self.certificate = chain(self.authority)
        self.server: Any = None
        self.wire: Any = None
        self.resumed: list[str] = []
        self._count = 0

    def serve(self, talk: str) -> None:
        """A server of its own, and who listens to its port."""
        self.end()
        self._count += 1
        with self.network.server:
            self.server = Dovecot(
                self.directory / f"dovecot{self._count}", self.authority,
                certificate=self.certificate,
                extra=f"listen = 127.0.0.1, {SERVER}\n"
                f"protocol imap {{\n  {talk}\n}}\n").start()
        with self.network.client:
            self.wire = Wire("c1", self.server.imaps)

    def watcher(self, user: User, **options: object) -> Watcher:
        self._count += 1
        place = self.directory / f"watcher{self._count}"
        place.mkdir()
        watcher = Watcher(place, self.directory)
        watcher.environment["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=/none"
        return watcher.account("work", self.server, user, host=SERVER,
                               **{"tcp_keepalive": 0, "refresh": "29m",
                                  **options})

    def start(self, watcher: Watcher) -> None:
        with self.network.client:
            watcher.start(verbose="-v")
        watcher.wait_live("work")

    def once(self, watcher: Watcher) -> None:
        with self.network.client:
            done = watcher.run("-v", "once")
        assert done.returncode == 0, done.stderr

    def deliver(self, user: User, number: int) -> None:
        with self.network.server:
            self.server.deliver(user, usual_message(number))

    def end(self) -> None:
        if self.wire is not None:
            self.wire.stop()
        if self.server is not None:
            self.server.stop()
        self.wire = self.server = None

    def stop(self) -> None:
        self.end()
        self.network.stop()


# --- the events -----------------------------------------------------------


class NoopClient:
    """IDLE as the article has it: DONE, NOOP and IDLE one after another."""

    def __init__(self, site: Site, user: User) -> None:
        trust = ssl.create_default_context(
            cafile=str(site.authority.certificate))
        trust.check_hostname = False
        with site.network.client:
            sock = socket.create_connection((SERVER, site.server.imaps), 20)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock = trust.wrap_socket(sock)
        self._buffer = b""
        self._wait(b"* OK")
        self._send(f"1 LOGIN {user.name} {user.password}", b"1 OK")
        self._send("2 EXAMINE INBOX", b"2 OK")
        self._send("3 IDLE", b"+ ")

    def _wait(self, start: bytes) -> None:
        while True:
            while b"\n" not in self._buffer:
                more = self._sock.recv(65536)
                assert more, "the server has closed"
                self._buffer += more
            line, self._buffer = self._buffer.split(b"\n", 1)
            if line.startswith(start):
                return

    def _send(self, line: str, answer: bytes) -> None:
        self._sock.sendall(line.encode() + b"\r\n")
        self._wait(answer)

    def renew(self) -> None:
        self._send("DONE", b"3 OK")
        self.noop()
        self._send("3 IDLE", b"+ ")

    def noop(self) -> None:
        self._send("4 NOOP", b"4 OK")

    def leave_idle(self) -> None:
        self._send("DONE", b"3 OK")

    def read_flags(self) -> None:
        self._send("5 UID FETCH 1:* (FLAGS)", b"5 OK")

    def close(self) -> None:
        self._sock.close()


def mean(costs: list[Cost]) -> Cost:
    """Not the median: a server answers in one record or in three as it
    happens, and a day has both."""
    total = Cost()
    for one in costs:
        total += one
    return total * (1 / len(costs))


class Events:
    """Measures them, each some times; the costs by name."""

    def __init__(self, site: Site, rounds: int) -> None:
        self.site = site
        self.costs: dict[str, Cost] = {}
        self.spread: dict[str, float] = {}
        self.tls: dict[str, str] = {}
        self.rounds = rounds

    def take(self, name: str, event: Callable[[], object], *,
             new: bool = False, times: int = 1,
             prepare: Optional[Callable[[], object]] = None) -> None:
        """times: so many times as often as others."""
        found = []
        for _ in range(self.rounds * times):
            if prepare is not None:
                prepare()
            found.append(self.site.wire.measure(event, QUIET, new))
        self.costs[name] = mean(found)
        wires = [cost.wire for cost in found]
        self.spread[name] = max(wires) - min(wires)
        print(f"{name}: {self.costs[name]}", file=sys.stderr)

    def run(self) -> None:
        self.site.serve(NO_TALK)
        self.connections()
        self.idle()
        self.notify()
        self.article()
        self.flags()
        self.polls()
        self.probes()
        self.site.serve(TALK)
        self.talk()

    def connections(self) -> None:
        """once: a connection, all that is new, and the end of it."""
        user = self.site.server.user()
        watcher = self.site.watcher(user)
        number = iter(range(1000))
        self.site.once(watcher)
        self.take("once", lambda: self.site.once(watcher))
        self.take("once with a message", lambda: self.site.once(watcher),
                  prepare=lambda: self.site.deliver(user, next(number)))
        watcher.check_outputs()

    def idle(self) -> None:
        user = self.site.server.user()
        watcher = self.site.watcher(user, method="idle")
        with watcher:
            self.take("connect, full", lambda: self.site.start(watcher),
                      prepare=lambda: watcher.process and watcher.stop())
            self.message("message in IDLE", watcher, user)
            self.take("refresh", lambda: watcher.run("poke"), times=4)
            self.take("connect, resumed", lambda: self.reconnect(
                watcher, user), new=True)
            self.describe_tls(watcher)

    def message(self, name: str, watcher: Watcher, user: User) -> None:
        rings = len(watcher.rings)

        def message() -> None:
            nonlocal rings
            rings += 1
            self.site.deliver(user, rings)
            watcher.wait_rings(rings)

        self.take(name, message, times=2)

    def notify(self) -> None:
        user = self.site.server.user()
        with self.site.watcher(user) as watcher:
            self.site.start(watcher)
            self.message("message by NOTIFY", watcher, user)

    def reconnect(self, watcher: Watcher, user: User) -> None:
        live = watcher.states("work").count("live")
        self.site.server.kick(user)
        watcher.wait_live("work", count=live + 1)

    def describe_tls(self, watcher: Watcher) -> None:
        log = watcher.log()
        lines = re.findall(r"TLS 1\.\d[^\n]*", log)
        self.tls = {"full": lines[0], "resumed": lines[-1]}
        assert "resumed" in lines[-1] and "resumed" not in lines[0], lines

    def article(self) -> None:
        client = NoopClient(self.site, self.site.server.user())
        self.take("DONE, NOOP, IDLE", client.renew)
        client.leave_idle()
        self.take("NOOP", client.noop)
        client.close()

    def flags(self) -> None:
        """A client that comes back and has no other way than to look."""
        user = self.site.server.user()
        with self.site.network.server:
            with self.site.server.deliverer() as lmtp:
                for number in range(OLD):
                    lmtp.deliver(user.name, make_message(f"Old {number}"))
        client = NoopClient(self.site, user)
        client.leave_idle()
        self.take("flags", client.read_flags)
        client.close()

    def polls(self) -> None:
        """On a connection that is kept, by the program."""
        user = self.site.server.user()
        with self.site.watcher(user, method="poll",
                               poll_interval="1d") as watcher:
            self.site.start(watcher)
            self.take("poll", lambda: watcher.run("poke"))

    def hear(self, name: str) -> None:
        """What comes by itself on a line that is silent otherwise."""
        wire = self.site.wire

        def wait_packets() -> None:
            start = len(wire.packets)
            wait_until(lambda: len(wire.packets) >= start + 2, name)

        self.take(name, wait_packets)

    def probes(self) -> None:
        """TCP's own: the program sleeps."""
        with self.site.watcher(self.site.server.user(),
                               tcp_keepalive="4s") as watcher:
            self.site.start(watcher)
            self.hear("probe")

    def talk(self) -> None:
        """Dovecot's "* OK Still here"."""
        with self.site.watcher(self.site.server.user()) as watcher:
            self.site.start(watcher)
            self.hear("Still here")


def rehearse(events: Events) -> tuple[Cost, Cost]:
    """A small day without mail, measured and computed: is it true?"""
    site = events.site
    day = days.Day(events.costs, refresh=12, keepalive=4, talk=5,
                   length=REHEARSAL)
    with site.watcher(site.server.user(), refresh="12s",
                      tcp_keepalive="4s") as watcher:
        site.start(watcher)
        start = len(site.wire.packets)
        select.select([], [], [], day.length)
        measured = cost(site.wire.packets[start:])
    return measured, day.cost(0)


# --- the page -------------------------------------------------------------


def versions(site: Site) -> dict[str, str]:
    def first_line(*command: str) -> str:
        return subprocess.run(command, capture_output=True, text=True,
                              check=True).stdout.splitlines()[0]

    release = dict(line.split("=", 1) for line in
                   Path("/etc/os-release").read_text().splitlines()
                   if "=" in line)
    return {
        "date": time.strftime("%Y-%m-%d"),
        "idlebell": first_line(*find_program(), "--version"),
        "Dovecot": first_line("/usr/sbin/dovecot", "--version"),
        "system": release["PRETTY_NAME"].strip('"'),
        "kernel": "Linux " + os.uname().release.split("-")[0],
        "processors": str(os.cpu_count()),
        "chain": str(sum(len(ssl.PEM_cert_to_DER_cert(pem + END)) for pem in
                         site.certificate.certificate.read_text()
                         .split(END)[:-1])),
    }


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true",
                        default=bool(os.environ.get("BENCH_SHORT")))
    parser.add_argument("--page", type=Path)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        print("not measured: a Dovecot in a network namespace needs root")
        return bool(os.environ.get("E2E_NO_SKIP"))
    directory = Path(tempfile.mkdtemp(prefix="idlebell-push-"))
    directory.chmod(0o755)
    site: Optional[Site] = None
    try:
        site = Site(directory)
        events = Events(site, 1 if arguments.short else ROUNDS)
        events.run()
        rehearsal = None if arguments.short else rehearse(events)
        result = page.Result(events.costs, events.spread, events.tls,
                             versions(site), rehearsal, events.rounds, OLD)
    except Skip as reason:
        print(f"not measured: {reason}")
        return bool(os.environ.get("E2E_NO_SKIP"))
    finally:
        if site is not None:
            site.stop()
        shutil.rmtree(directory, ignore_errors=True)
    text = page.page(result)
    if arguments.page:
        arguments.page.write_text(text)
    else:
        print(text)
    if arguments.plot:
        arguments.plot.write_text(page.plot(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
