"""Mail at random moments, and the count of what became of it."""

from __future__ import annotations

import os
import random
import smtplib
import threading
from collections import Counter
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Callable, Iterable, Optional, Sequence

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
                 largest: int = 20_000,
                 mailboxes: Sequence[str] = ("INBOX",)) -> None:
        super().__init__(daemon=True)
        self.idents: list[str] = []  # what it is certain of, as it came
        self._server, self._users, self._count = server, users, count
        self._gap = seconds / max(count, 1)
        self._rng = random.Random(rng.random())
        self._largest = largest
        self._mailboxes = mailboxes
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

    @property
    def delivered(self) -> int:
        return len(self.idents)

    def _deliver(self, user: User) -> bool:
        message = make_message(f"Nr. {self.delivered}",
                               size=self._rng.randrange(self._largest))
        try:
            if self._lmtp is None:
                self._lmtp = self._server.deliverer()
            self._lmtp.deliver(self._address(user), message)
        except (OSError, smtplib.SMTPException, RuntimeError):
            self._lmtp = None
            return False
        self.idents.append(message.message_id)
        return True

    def _address(self, user: User) -> str:
        """The detail says the mailbox, where the server is told to obey."""
        mailbox = self._rng.choice(self._mailboxes)
        return user.name if mailbox == "INBOX" else f"{user.name}+{mailbox}"

    def stop(self) -> None:
        self._ended.set()
        self.join(DEADLINE)


def stored_ids(server: Dovecot, user: User,
               mailbox: str = "INBOX") -> set[str]:
    with server.reader(user) as reader:
        return {message.message_id for message in reader.stored(mailbox)}


def ring_ids(rings: Iterable[Ring]) -> Counter[str]:
    return Counter(r.environment["IDLEBELL_MESSAGE_ID"] for r in rings)


def _file_id(path: str) -> str:
    with open(path, "rb") as file:
        header = BytesHeaderParser().parse(file)
    return str(header["Message-ID"]).strip("<>")


class MaildirIds:
    """The messages of a Maildir; what was read once is not read again."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._known: dict[str, str] = {}

    def count(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for path in self._paths("new", "cur"):
            if path not in self._known:
                self._known[path] = _file_id(path)
            found[self._known[path]] += 1
        return found

    def unfinished(self) -> list[str]:
        return self._paths("tmp")

    def _paths(self, *names: str) -> list[str]:
        places = [self._directory / name for name in names]
        return [entry.path for place in places if place.is_dir()
                for entry in os.scandir(place)]


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


def settle(sent: set[str], places: Sequence[Callable[[], Counter[str]]],
           patience: float, quiet: float = 2) -> list[Tally]:
    """Waits until every place has every message, and for what may come too
    much, but no longer than patience; what it has then."""
    def counts() -> list[Counter[str]]:
        return [place() for place in places]
    try:
        wait_until(lambda: all(sent <= place().keys() for place in places),
                   "all messages", patience)
    except Timeout:
        pass  # the tallies say it
    before = counts()
    wait_nothing(lambda: False, "what comes too much", quiet)
    while counts() != before:
        before = counts()
        wait_nothing(lambda: False, "what comes too much", quiet)
    return [make_tally(sent, seen) for seen in counts()]
