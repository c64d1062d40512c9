"""Mail at random moments, and the count of what became of it."""

from __future__ import annotations

import random
import smtplib
import threading
from collections import Counter
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Callable, Iterable, Optional

from .base import DEADLINE, Timeout, wait_nothing, wait_until
from .dovecot import Dovecot, User
from .mail import Deliverer, make_message
from .watcher import Ring


class Postman(threading.Thread):
    """Delivers count messages at random moments within about seconds, also
    to a server that comes and goes.  Which of the messages the server has
    taken, the server must be asked: stored_ids()."""

    def __init__(self, server: Dovecot, users: list[User], count: int,
                 seconds: float, rng: random.Random,
                 largest: int = 20_000) -> None:
        super().__init__(daemon=True)
        self.delivered = 0
        self._server, self._users, self._count = server, users, count
        self._gap = seconds / max(count, 1)
        self._rng = random.Random(rng.random())
        self._largest = largest
        self._ended = threading.Event()
        self._lmtp: Optional[Deliverer] = None

    def run(self) -> None:
        while self.delivered < self._count and not self._ended.is_set():
            self._ended.wait(self._rng.expovariate(1 / self._gap))
            user = self._rng.choice(self._users)
            # A new message each time: whether the server took the last
            # one is not known when it broke off.
            while not self._deliver(user) and not self._ended.is_set():
                self._ended.wait(0.1)
        if self._lmtp is not None:
            self._lmtp.close()

    def _deliver(self, user: User) -> bool:
        message = make_message(f"Nr. {self.delivered}",
                               size=self._rng.randrange(self._largest))
        try:
            if self._lmtp is None:
                self._lmtp = self._server.deliverer()
            self._lmtp.deliver(user.name, message)
        except (OSError, smtplib.SMTPException, RuntimeError):
            self._lmtp = None
            return False
        self.delivered += 1
        return True

    def stop(self) -> None:
        self._ended.set()
        self.join(DEADLINE)


def stored_ids(server: Dovecot, user: User,
               mailbox: str = "INBOX") -> set[str]:
    with server.reader(user) as reader:
        return {message.message_id for message in reader.stored(mailbox)}


def ring_ids(rings: Iterable[Ring]) -> Counter[str]:
    return Counter(r.environment["IDLEBELL_MESSAGE_ID"] for r in rings)


def _file_id(path: Path) -> Optional[str]:
    """None: a mail reader, or the watcher, has just moved it."""
    try:
        with open(path, "rb") as file:
            header = BytesHeaderParser().parse(file)
    except FileNotFoundError:
        return None
    return str(header["Message-ID"]).strip("<>")


class MaildirIds:
    """The messages of a Maildir; what was read once is not read again."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._known: dict[Path, str] = {}

    def count(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for path in self._files("new", "cur"):
            if path not in self._known and (ident := _file_id(path)):
                self._known[path] = ident
            if path in self._known:
                found[self._known[path]] += 1
        return found

    def unfinished(self) -> list[Path]:
        return self._files("tmp")

    def _files(self, *names: str) -> list[Path]:
        return [path for name in names
                if (self._directory / name).is_dir()
                for path in (self._directory / name).iterdir()]


@dataclass
class Tally:
    """What became of some messages at one place."""

    messages: int
    lost: int
    doubled: int

    def __str__(self) -> str:
        return f"lost {self.lost}, doubled {self.doubled}"


def make_tally(sent: set[str], seen: Counter[str]) -> Tally:
    return Tally(len(sent), len(sent - seen.keys()),
                 sum(seen.values()) - len(seen))


def settle(sent: set[str], counts: Callable[[], list[Counter[str]]],
           patience: float, quiet: float = 2) -> list[Tally]:
    """Waits until every place has every message, and for what may come too
    much, but no longer than patience; what it has then."""
    try:
        wait_until(lambda: all(sent <= seen.keys() for seen in counts()),
                   "all messages", patience)
    except Timeout:
        pass  # the tallies say it
    before = counts()
    wait_nothing(lambda: False, "what comes too much", quiet)
    while counts() != before:
        before = counts()
        wait_nothing(lambda: False, "what comes too much", quiet)
    return [make_tally(sent, seen) for seen in counts()]
