"""Two computers and the way between them, in network namespaces: links go
down, addresses change, packets vanish underway.

    client 10.77.1.2 ---- 10.77.1.1 router 10.77.2.1 ---- 10.77.2.2 server
           10.77.3.2 ---- 10.77.3.1

The second link of the client is there but has no route until a test gives it
one.  A thread can be in another namespace than its process, and so can each
socket: what is made `with computer:` is on that computer.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Optional

from .base import Skip, end_process

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)

CLIENT = "10.77.1.2"
CLIENT_TOO = "10.77.3.2"
SERVER = "10.77.2.2"
CLIENT6 = "fd77:1::2"
SERVER6 = "fd77:2::2"


def become_root() -> None:
    """Starts the program again as root of a user namespace, if it is not
    root and that can be done.  Call it before anything else."""
    if os.geteuid() == 0 or "NETNS_TRIED" in os.environ:
        return
    os.environ["NETNS_TRIED"] = "1"
    able = subprocess.run(["unshare", "-rnm", "true"], check=False,
                          stdin=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) \
        if shutil.which("unshare") else None
    if able is not None and able.returncode == 0:
        os.execvp("unshare", ["unshare", "-rnm", sys.executable, *sys.argv])


def _call(function: str, *arguments: int) -> None:
    if getattr(_libc, function)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function}: {os.strerror(number)}")


def _own() -> int:
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


class Computer:
    """A network namespace; a context manager that goes there and back."""

    def __init__(self) -> None:
        home = _own()
        try:
            _call("unshare", _CLONE_NEWNET)
            self._namespace = _own()
            # It has a process id to name it by, and lives with it.
            self.holder = subprocess.Popen(
                ["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                start_new_session=True)
            self._before: list[int] = []
            self._configure()
            self.ip("link set lo up")
        finally:
            _call("setns", home, _CLONE_NEWNET)
            os.close(home)

    @staticmethod
    def _configure() -> None:
        """No IPv6 by itself: its addresses take a second or two to be made
        sure of, and that is a change of the network."""
        try:
            Path("/proc/sys/net/ipv6/conf/default/disable_ipv6").write_text(
                "1")
        except OSError:
            pass  # there is none

    def __enter__(self) -> "Computer":
        self._before.append(_own())
        _call("setns", self._namespace, _CLONE_NEWNET)
        return self

    def __exit__(self, *_: object) -> None:
        home = self._before.pop()
        _call("setns", home, _CLONE_NEWNET)
        os.close(home)

    def ip(self, command: str) -> None:
        """ip(8); more than one, separated by semicolons, are done in one
        go."""
        self._before.append(_own())
        _call("setns", self._namespace, _CLONE_NEWNET)
        try:
            done = subprocess.run(
                ["ip", "-batch", "-"], capture_output=True, text=True,
                input="\n".join(c.strip() for c in command.split(";")) + "\n",
                check=False)
        finally:
            self.__exit__()
        if done.returncode != 0:
            raise RuntimeError(f"ip {command}: {done.stderr.strip()}")

    def stop(self) -> None:
        end_process(self.holder)
        os.close(self._namespace)


class Network:
    """The three of them.  Raises Skip where it cannot be made."""

    def __init__(self) -> None:
        self._computers: list[Computer] = []
        if shutil.which("ip") is None:
            raise Skip("ip is missing (Debian: iproute2)")
        try:
            for _ in range(3):
                self._computers.append(Computer())
            self.client, self._router, self.server = self._computers
            self._connect()
        except (OSError, RuntimeError) as error:
            self.stop()
            raise Skip(f"no network namespaces: {error}") from None

    def _connect(self) -> None:
        router = self._router
        for link, peer in (("c1", self.client), ("s", self.server),
                           ("c2", self.client)):
            number = {"c1": 1, "s": 2, "c2": 3}[link]
            peer.ip(f"link add {link} type veth peer name r{number} "
                    f"netns {router.holder.pid};"
                    f"addr add 10.77.{number}.2/24 dev {link};"
                    f"link set {link} up")
            router.ip(f"addr add 10.77.{number}.1/24 dev r{number};"
                      f"link set r{number} up")
        self.server.ip("route add default via 10.77.2.1")
        self.client.ip("route add default via 10.77.1.1 dev c1")
        with router:
            Path("/proc/sys/net/ipv4/ip_forward").write_text("1")

    def add_ipv6(self) -> None:
        """Raises Skip where there is none."""
        computers = (self.client, "c1"), (self._router, "r1"), \
            (self._router, "r2"), (self.server, "s")
        try:
            for computer, link in computers:
                with computer:
                    Path(f"/proc/sys/net/ipv6/conf/{link}/disable_ipv6"
                         ).write_text("0")
            with self._router:
                Path("/proc/sys/net/ipv6/conf/all/forwarding").write_text("1")
        except OSError as error:
            raise Skip(f"no IPv6: {error}") from None
        self._router.ip("addr add fd77:1::1/64 dev r1 nodad;"
                        "addr add fd77:2::1/64 dev r2 nodad")
        self.client.ip(f"addr add {CLIENT6}/64 dev c1 nodad;"
                       "route add default via fd77:1::1")
        self.server.ip(f"addr add {SERVER6}/64 dev s nodad;"
                       "route add default via fd77:2::1")

    # --- what happens to it ---------------------------------------------

    def drop(self, *addresses: str) -> None:
        """Packets to these vanish underway; nobody is told."""
        for address in addresses:
            self._router.ip(f"route add blackhole {address}/32")

    def heal(self, *addresses: str) -> None:
        for address in addresses:
            self._router.ip(f"route del blackhole {address}/32")

    def stop(self) -> None:
        for computer in self._computers:
            computer.stop()

    def __enter__(self) -> "Network":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def with_file(ours: Path, place: str, program: list[str]) -> list[str]:
    """The program, as one that finds ours in that place."""
    script = f'mount --bind "$0" {place} && exec "$@"'
    wrapped = ["unshare", "--mount", "sh", "-c", script, str(ours)]
    able = subprocess.run([*wrapped, "true"], capture_output=True, text=True,
                          check=False)
    if able.returncode != 0:
        raise Skip(f"no mount namespace: {able.stderr.strip()}")
    return [*wrapped, *program]


class Names:
    """A name server on the server: every name is the server's address, as
    long as it is alive."""

    def __init__(self, network: Network, directory: Path) -> None:
        self.alive = True
        self.asked = 0
        with network.server:
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((SERVER, 53))
        self.resolv_conf = directory / "resolv.conf"
        self.resolv_conf.write_text(f"nameserver {SERVER}\n")
        threading.Thread(target=self._serve, daemon=True).start()

    def program(self, program: list[str]) -> list[str]:
        """The program, as one that asks this server: in a mount namespace of
        its own."""
        return with_file(self.resolv_conf, "/etc/resolv.conf", program)

    def _serve(self) -> None:
        while True:
            try:
                question, client = self._socket.recvfrom(512)
            except OSError:
                return
            self.asked += 1
            answer = self._answer(question)
            if self.alive and answer is not None:
                self._socket.sendto(answer, client)

    @staticmethod
    def _answer(question: bytes) -> Optional[bytes]:
        """RFC 1035 4.1: one A record, or none where AAAA was asked for."""
        end = question.find(b"\0", 12)
        if end < 0:
            return None
        kind, = struct.unpack("!H", question[end + 1:end + 3])
        record = (b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 0, 4)
                  + socket.inet_aton(SERVER)) if kind == 1 else b""
        return (question[:2] + b"\x81\x80\0\1"
                + struct.pack("!HHH", len(record) > 0, 0, 0)
                + question[12:end + 5] + record)

    def stop(self) -> None:
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()
