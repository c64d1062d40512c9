"""What rows work with: servers, programs, the wire, and how long to take."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import smtplib
from pathlib import Path
from typing import Any, Iterator, Optional, TypeVar, Union

from programs import PEERS, Idlebell, Place, Program, build_bell
from rig.base import Skip, wait_nothing
from rig.certs import Authority
from rig.cyrus import Cyrus
from rig.dovecot import Dovecot, User
from rig.mail import Deliverer, Message
from wire import Wire

T = TypeVar("T")


def _trust_the_world(certificates: Path) -> None:
    """Adds the system's: what counts is what programs do that trust as many
    as in real life."""
    system = Path("/etc/ssl/certs/ca-certificates.crt")
    if system.exists():
        with open(certificates, "ab") as out:
            out.write(system.read_bytes())


class Bench:
    """What rows work with; servers live as long as it does."""

    def __init__(self, directory: Path, short: bool) -> None:
        self.directory, self.short = directory, short
        self.authority = Authority(directory / "ca")
        _trust_the_world(self.authority.certificate)
        self.bell = build_bell(directory)
        self.kinds: list[type[Program]] = [
            Idlebell, *(kind for kind in PEERS if kind.is_there())]
        self.idle_seconds = float(os.environ.get(
            "BENCH_IDLE_SECONDS", self.pick("180", "5")))
        self._programs: list[Program] = []
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
        is not part of anything; until the server has had enough of it."""
        known = self._deliverers.get(server.lmtp)
        if known is not None:
            try:
                return known.deliver(user.name, message)
            except (OSError, smtplib.SMTPException):
                known.close()
        self._deliverers[server.lmtp] = server.deliverer()
        return self._deliverers[server.lmtp].deliver(user.name, message)

    def program(self, kind: type[Program], server: Any, users: list[User],
                extra: str = "") -> Program:
        program = kind(Place(self.path(kind.name), server, users, self.bell,
                             extra))
        self._programs.append(program)
        return program

    @contextlib.contextmanager
    def excusing(self, program: Union[Program, type[Program]]
                 ) -> Iterator[None]:
        """What a peer cannot do is said and left out."""
        try:
            yield
        except AssertionError as error:
            if program.name == Idlebell.name:
                raise
            print(f"{program.name}: left out: {error}", flush=True)

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

    def stop_programs(self) -> None:
        """What a row that broke off may have left."""
        for program in self._programs:
            program.stop()
        self._programs = []

    def stop(self) -> None:
        self.stop_programs()
        for deliverer in self._deliverers.values():
            deliverer.close()
        for server in self._servers.values():
            server.stop()
        if self._wire is not None:
            self._wire.close()
