"""Messages, and the two ways to a server: LMTP in, IMAP out."""

from __future__ import annotations

import base64
import imaplib
import itertools
import re
import smtplib
import socket
import ssl
import time
from dataclasses import dataclass
from email.header import Header
from email.utils import formatdate
from typing import Iterable, Optional

from .base import DEADLINE

_serial = itertools.count(1)


@dataclass
class Message:
    """What is delivered: the octets, and what the tests compare with."""

    subject: str
    sender: str
    message_id: str
    octets: bytes  # lines end in CRLF

    @property
    def lines(self) -> bytes:
        """As a Maildir holds it: lines end in LF."""
        return self.octets.replace(b"\r\n", b"\n")


def _encode(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8").encode()


def make_message(subject: str, sender: str = "boss@example.org",
                 name: str = "", to: str = "jane@example.org",
                 size: int = 0, body: str = "Hello.\n",
                 extra: Iterable[str] = ()) -> Message:
    """A message; size pads the body until the whole has that many octets."""
    message_id = f"<{next(_serial)}.{time.time_ns()}@example.org>"
    address = f"{_encode(name)} <{sender}>" if name else sender
    head = [f"From: {address}", f"To: {to}", f"Subject: {_encode(subject)}",
            f"Date: {formatdate(localtime=False)}",
            f"Message-ID: {message_id}", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit", *extra, "", ""]
    octets = "\n".join(head).replace("\r\n", "\n").encode() + body.encode()
    octets = octets.replace(b"\n", b"\r\n")
    line = b"0123456789" * 7 + b"\r\n"
    missing = size - len(octets)
    if missing > 0:
        octets += line * (missing // len(line))
        rest = size - len(octets)
        octets += b"x" * (rest - 2) + b"\r\n" if rest >= 2 else b""
    return Message(subject, sender, message_id[1:-1], octets)


class Deliverer:
    """One LMTP conversation that many messages can go through."""

    def __init__(self, port: int) -> None:
        self._lmtp = smtplib.LMTP("127.0.0.1", port, timeout=DEADLINE)
        # One write for a message: no 40 ms between header and body.
        sock = self._lmtp.sock
        assert sock is not None
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def deliver(self, recipient: str, message: Message) -> int:
        """Returns the monotonic clock (ns) when the server took it."""
        refused = self._lmtp.sendmail("sender@example.org", [recipient],
                                      message.octets)
        if refused:
            raise RuntimeError(f"LMTP refused {recipient}: {refused}")
        return time.monotonic_ns()

    def close(self) -> None:
        try:
            self._lmtp.quit()
        except (OSError, smtplib.SMTPException):
            pass

    def __enter__(self) -> "Deliverer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass
class Stored:
    """A message as the server has it."""

    uid: int
    flags: frozenset[str]
    message_id: str


def quote(mailbox: str) -> str:
    """A quoted string for imaplib, which quotes nothing itself."""
    escaped = mailbox.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def modified_utf7(text: str) -> str:
    """A mailbox name on the wire, RFC 3501 5.1.3."""
    def encode(match: re.Match[str]) -> str:
        coded = base64.b64encode(match[0].encode("utf-16-be")).decode()
        return "&%s-" % coded.rstrip("=").replace("/", ",")
    return re.sub(r"[^\x20-\x7e]+", encode, text.replace("&", "&-"))


class Reader:
    """A plain IMAP client, for looking at what the watcher did."""

    def __init__(self, port: int, user: str, password: str,
                 tls: Optional[ssl.SSLContext] = None) -> None:
        imap: imaplib.IMAP4
        if tls is not None:
            imap = imaplib.IMAP4_SSL("127.0.0.1", port, ssl_context=tls,
                                     timeout=DEADLINE)
        else:
            imap = imaplib.IMAP4("127.0.0.1", port, timeout=DEADLINE)
        imap.login(user, password)
        self.imap = imap

    def _call(self, verb: str, *arguments: str) -> list:
        status, data = getattr(self.imap, verb)(*arguments)
        if status != "OK":
            raise RuntimeError(f"{verb} {arguments}: {status} {data}")
        return data

    def create(self, mailbox: str) -> None:
        self._call("create", quote(modified_utf7(mailbox)))

    def rename(self, mailbox: str, name: str) -> None:
        self._call("rename", quote(modified_utf7(mailbox)),
                   quote(modified_utf7(name)))

    def remove(self, mailbox: str) -> None:
        self._call("delete", quote(modified_utf7(mailbox)))

    def mark(self, mailbox: str, uid: int, flag: str) -> None:
        """Sets a flag of a message; \\Deleted also expunges it."""
        self._call("select", quote(modified_utf7(mailbox)))
        self._call("uid", "store", str(uid), "+FLAGS", f"({flag})")
        if flag == "\\Deleted":
            self._call("expunge")

    def append(self, mailbox: str, message: Message,
               flags: str = "") -> None:
        status, data = self.imap.append(quote(modified_utf7(mailbox)), flags,
                                        "", message.octets)
        if status != "OK":
            raise RuntimeError(f"APPEND {mailbox}: {data}")

    def examine(self, mailbox: str = "INBOX") -> int:
        """Opens read-only, so that \\Recent stays; the UIDVALIDITY."""
        status, data = self.imap.select(quote(modified_utf7(mailbox)),
                                        readonly=True)
        if status != "OK":
            raise RuntimeError(f"EXAMINE {mailbox}: {data}")
        return int(self.imap.response("UIDVALIDITY")[1][0])

    def change(self, uid: int, flag: str, mailbox: str = "INBOX") -> None:
        """Sets a flag; \\Deleted deletes the message."""
        self._call("select", quote(modified_utf7(mailbox)))
        self._call("uid", "store", str(uid), "+FLAGS", f"({flag})")
        self._call("expunge")

    def stored(self, mailbox: str = "INBOX") -> list[Stored]:
        self.examine(mailbox)
        # By UID, as FETCH of an empty mailbox is an error.
        data = self._call("uid", "fetch", "1:*", "(UID FLAGS BODY.PEEK"
                          "[HEADER.FIELDS (MESSAGE-ID)])")
        found = []
        for part in data:
            if not isinstance(part, tuple):
                continue
            line, header = part[0].decode(), part[1].decode()
            uid = re.search(r"UID (\d+)", line)
            flags = re.search(r"FLAGS \(([^)]*)\)", line)
            ident = re.search(r"<([^>]*)>", header)
            assert uid and flags, line
            found.append(Stored(int(uid[1]), frozenset(flags[1].split()),
                                ident[1] if ident else ""))
        return found

    def close(self) -> None:
        try:
            self.imap.logout()
        except (OSError, imaplib.IMAP4.error):
            pass

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
