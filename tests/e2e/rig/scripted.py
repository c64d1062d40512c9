"""A small IMAP server for what no real server does on demand.

It serves one mailbox correctly; a test replaces single commands, the
greeting, or the whole conversation, by functions of its own.
"""

from __future__ import annotations

import base64
import os
import queue
import re
import select
import socket
import ssl
import threading
from typing import Callable, Optional

from .base import DEADLINE, HOST, wait_until
from .certs import Authority, Certificate
from .dovecot import User
from .mail import Message

Handler = Callable[["Connection", bytes, bytes], None]
CAPABILITIES = b"IMAP4rev1 LITERAL+ SASL-IR IDLE ENABLE UIDPLUS ID AUTH=PLAIN"


class Closed(Exception):
    """The client has gone, or the server is being stopped."""


class Connection:
    """One client.  A handler gets it, the tag and the arguments."""

    def __init__(self, server: "Scripted", sock: socket.socket,
                 number: int, tls: bool) -> None:
        self.server = server
        self.sock = sock
        self.number = number  # from 1
        self.tls = tls
        self.idle_tag: Optional[bytes] = None
        self.selected = False
        self.plain = b""  # what came outside of TLS, its beginning
        self._known = 0  # messages told to the client
        self._buffer = b""
        # Only this connection's thread touches the (TLS) socket; others
        # wake it up and leave it something to do.
        self._posts: queue.SimpleQueue[Callable[[], None]] = \
            queue.SimpleQueue()
        self._wake_read, self._wake_write = socket.socketpair()

    # --- octets ---------------------------------------------------------

    def send(self, octets: bytes) -> None:
        try:
            self.sock.sendall(octets)
        except (OSError, ValueError):
            raise Closed from None

    def post(self, action: Callable[[], None]) -> None:
        """From another thread: the connection's own runs action when it
        next waits for the client."""
        self._posts.put(action)
        try:
            self._wake_write.send(b"!")
        except OSError:
            pass  # it has gone

    def _wait_readable(self) -> None:
        """Until the client has sent something; does what was posted."""
        pending = getattr(self.sock, "pending", lambda: 0)
        while not pending():
            ready, _, _ = select.select([self.sock, self._wake_read], [],
                                        [], 120)
            if self._wake_read in ready:
                self._wake_read.recv(1)
                self._posts.get()()
            elif not ready:
                raise Closed
            else:
                return

    def _receive(self) -> None:
        try:
            self._wait_readable()
            more = self.sock.recv(65536)
        except (OSError, ValueError):
            raise Closed from None
        if not more:
            raise Closed
        if not self.tls and len(self.plain) < 1 << 20:
            self.plain += more
        self._buffer += more

    def line(self) -> bytes:
        """The next line, without its end."""
        while b"\n" not in self._buffer:
            self._receive()
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line.rstrip(b"\r")

    def command(self) -> bytes:
        """The next command with its literals."""
        line = self.line()
        while match := re.search(rb"\{(\d+)(\+?)\}$", line):
            if not match[2]:
                self.send(b"+ go on\r\n")
            while len(self._buffer) < int(match[1]):
                self._receive()
            line += b"\r\n" + self._buffer[:int(match[1])]
            self._buffer = self._buffer[int(match[1]):]
            line += self.line()
        self.server.commands.append((self.number, line))
        return line

    def wait_closed(self) -> None:
        """Reads and drops until the client goes."""
        while True:
            self._buffer = b""
            self._receive()

    def close(self) -> None:
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()

    def drop_wake(self) -> None:
        self._wake_read.close()
        self._wake_write.close()

    def hang_up(self) -> None:
        raise Closed

    def reset(self) -> None:
        """Closes with RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             b"\1\0\0\0\0\0\0\0")
        self.sock.close()

    def send_raw(self, octets: bytes) -> None:
        """Past TLS: straight onto the wire."""
        view = memoryview(octets)
        try:
            while view:
                _, ready, _ = select.select([], [self.sock], [], 120)
                if not ready:
                    raise Closed
                view = view[os.write(self.sock.fileno(), view):]
        except (OSError, ValueError):
            raise Closed from None

    def start_tls(self) -> None:
        self._buffer = b""
        if self.server.handshake is not None:
            self.server.handshake(self)
            raise Closed
        try:
            self.sock = self.server.context.wrap_socket(
                self.sock, server_side=True)
        except (OSError, ValueError):
            raise Closed from None
        self.tls = True

    # --- a correct conversation -----------------------------------------

    def ok(self, tag: bytes, text: bytes = b"done") -> None:
        self.send(tag + b" OK " + text + b"\r\n")

    def serve(self) -> None:
        handlers = {**_HANDLERS, **self.server.handlers}
        handlers["greeting"](self, b"*", b"")
        while True:
            command = self.command()
            tag, _, rest = command.partition(b" ")
            if self.idle_tag is not None:
                self._end_idle(command)
                continue
            verb, _, rest = rest.partition(b" ")
            if verb.upper() == b"UID":
                second, _, rest = rest.partition(b" ")
                verb += b" " + second
            handler = handlers.get(verb.decode("ascii", "replace").upper())
            if handler is None or (verb.upper() in _NEED_MAILBOX
                                   and not self.selected):
                self.send(tag + b" BAD not now\r\n")
            else:
                handler(self, tag, rest)

    def _end_idle(self, command: bytes) -> None:
        tag, self.idle_tag = self.idle_tag or b"", None
        if command.upper() != b"DONE":
            self.send(tag + b" BAD Expected DONE.\r\n")
        else:
            self.ok(tag, b"Idle completed")

    def announce(self) -> None:
        """EXISTS, when there is more than the client knows."""
        count = len(self.server.messages)
        if count != self._known:
            self._known = count
            self.send(b"* %d EXISTS\r\n* %d RECENT\r\n" % (count, 1))

    def announce_idle(self) -> None:
        if self.idle_tag is not None:
            self.announce()

    def opened(self) -> None:
        self.selected = True
        self._known = len(self.server.messages)


_NEED_MAILBOX = (b"UID FETCH", b"IDLE", b"CLOSE", b"UNSELECT")


# --- what it does if a test does not say otherwise --------------------------


def _greeting(c: Connection, _tag: bytes, _rest: bytes) -> None:
    c.send(b"* OK [CAPABILITY %s] ready\r\n" % c.server.capabilities(c.tls))


def _capability(c: Connection, tag: bytes, _rest: bytes) -> None:
    c.send(b"* CAPABILITY %s\r\n" % c.server.capabilities(c.tls))
    c.ok(tag)


def _noop(c: Connection, tag: bytes, _rest: bytes) -> None:
    c.announce()
    c.ok(tag)


def _ok(c: Connection, tag: bytes, _rest: bytes) -> None:
    c.ok(tag)


def _starttls(c: Connection, tag: bytes, _rest: bytes) -> None:
    c.ok(tag, b"begin TLS")
    c.start_tls()


def _authenticate(c: Connection, tag: bytes, rest: bytes) -> None:
    mechanism, _, response = rest.partition(b" ")
    if not response:
        c.send(b"+ \r\n")
        response = c.line()
    expected = c.server.user
    words = base64.b64decode(response).split(b"\0")
    if (mechanism.upper() == b"PLAIN" and words[1:]
            == [expected.name.encode(), expected.password.encode()]):
        c.ok(tag, b"[CAPABILITY %s] welcome" % c.server.capabilities(True))
    else:
        c.send(tag + b" NO [AUTHENTICATIONFAILED] no\r\n")


def _login(c: Connection, tag: bytes, rest: bytes) -> None:
    if c.server.user.password.encode() in rest:
        c.ok(tag, b"[CAPABILITY %s] welcome" % c.server.capabilities(True))
    else:
        c.send(tag + b" NO [AUTHENTICATIONFAILED] no\r\n")


def _enable(c: Connection, tag: bytes, _rest: bytes) -> None:
    c.send(b"* ENABLED\r\n")
    c.ok(tag)


def _id(c: Connection, tag: bytes, _rest: bytes) -> None:
    c.send(b'* ID ("name" "scripted")\r\n')
    c.ok(tag)


def _open(c: Connection, tag: bytes, _rest: bytes) -> None:
    messages = c.server.messages
    c.opened()
    c.send(b"* FLAGS (\\Seen \\Answered)\r\n* %d EXISTS\r\n* 0 RECENT\r\n"
           b"* OK [UIDVALIDITY %d] valid\r\n* OK [UIDNEXT %d] next\r\n"
           % (len(messages), c.server.uidvalidity, len(messages) + 1))
    c.ok(tag, b"[READ-ONLY] opened")


def _fetch_item(octets: bytes, asked: bytes) -> bytes:
    if match := re.search(rb"BODY\.PEEK\[HEADER\.FIELDS (\([^)]*\))\]",
                          asked, re.I):
        head = octets.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        return b"BODY[HEADER.FIELDS %s] {%d}\r\n%s" % (
            match[1], len(head), head)
    if match := re.search(rb"BODY\.PEEK\[\](?:<(\d+)\.(\d+)>)?", asked,
                          re.I):
        if match[1] is None:
            return b"BODY[] {%d}\r\n%s" % (len(octets), octets)
        start, size = int(match[1]), int(match[2])
        piece = octets[start:start + size]
        return b"BODY[]<%d> {%d}\r\n%s" % (start, len(piece), piece)
    return b""


def _uid_fetch(c: Connection, tag: bytes, rest: bytes) -> None:
    numbers, _, asked = rest.partition(b" ")
    count = len(c.server.messages)
    numbers = numbers.replace(b"*", b"%d" % count)
    low, colon, high = numbers.partition(b":")
    first = min(int(low), count) if colon else int(low)
    last = int(high or low)
    c.announce()
    for uid in range(max(first, 1), min(last, count) + 1):
        octets = c.server.messages[uid - 1]
        item = _fetch_item(octets, asked)
        c.send(b"* %d FETCH (UID %d FLAGS () RFC822.SIZE %d INTERNALDATE "
               b'"22-Nov-2026 10:00:00 +0000"%s)\r\n'
               % (uid, uid, len(octets), item and b" " + item))
    c.ok(tag)


def _idle(c: Connection, tag: bytes, _rest: bytes) -> None:
    c.send(b"+ idling\r\n")
    c.idle_tag = tag
    c.server.idles.append(c.number)
    c.announce()


def _list(c: Connection, tag: bytes, _rest: bytes) -> None:
    c.send(b'* LIST (\\HasNoChildren) "/" INBOX\r\n')
    c.ok(tag)


def _status(c: Connection, tag: bytes, _rest: bytes) -> None:
    count = len(c.server.messages)
    c.send(b"* STATUS INBOX (MESSAGES %d UNSEEN %d UIDNEXT %d UIDVALIDITY "
           b"%d)\r\n" % (count, count, count + 1, c.server.uidvalidity))
    c.ok(tag)


def _logout(c: Connection, tag: bytes, _rest: bytes) -> None:
    c.send(b"* BYE see you\r\n")
    c.ok(tag)
    raise Closed


_HANDLERS: dict[str, Handler] = {
    "greeting": _greeting, "CAPABILITY": _capability, "NOOP": _noop,
    "CHECK": _noop, "CLOSE": _ok, "UNSELECT": _ok, "STARTTLS": _starttls,
    "AUTHENTICATE": _authenticate, "LOGIN": _login, "ENABLE": _enable,
    "ID": _id, "EXAMINE": _open, "SELECT": _open, "UID FETCH": _uid_fetch,
    "IDLE": _idle, "LIST": _list, "STATUS": _status, "LOGOUT": _logout,
}


def default(name: str) -> Handler:
    """The correct behaviour, for a handler that only now and then differs."""
    return _HANDLERS[name]


class Scripted:
    """The server; a context manager.  handlers: "greeting" or a command in
    capitals ("UID FETCH"); script: the whole conversation instead."""

    def __init__(self, authority: Authority,
                 handlers: Optional[dict[str, Handler]] = None,
                 script: Optional[Callable[[Connection], None]] = None,
                 certificate: Optional[Certificate] = None,
                 user: User = User("jane@example.org", "s3cret-scripted"),
                 uidvalidity: int = 7, host: str = HOST) -> None:
        self.authority = authority
        self.handlers = handlers or {}
        self.script = script or Connection.serve
        self.user = user
        self.uidvalidity = uidvalidity
        self.extra_capabilities = b""
        self.messages: list[bytes] = []  # UID n is at n - 1
        self.commands: list[tuple[int, bytes]] = []
        self.idles: list[int] = []  # connection of each IDLE
        #: In place of the TLS handshake, on the bare socket.
        self.handshake: Optional[Callable[[Connection], None]] = None
        self.connections: list[Connection] = []
        self.over: list[int] = []  # connections that have ended
        self.errors: list[str] = []
        certificate = certificate or authority.good()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # What is weak is the client's to refuse.
        self.context.set_ciphers("DEFAULT:@SECLEVEL=0")
        self.context.load_cert_chain(certificate.certificate,
                                     certificate.key)
        self._open = True
        self._listeners = [socket.create_server(
            (host, 0), family=socket.AF_INET6 if ":" in host
            else socket.AF_INET)
                           for _ in range(2)]
        self.imap, self.imaps = (listener.getsockname()[1]
                                 for listener in self._listeners)
        for listener, tls in zip(self._listeners, (False, True)):
            threading.Thread(target=self._accept, args=(listener, tls),
                             daemon=True).start()

    def capabilities(self, tls: bool) -> bytes:
        words = CAPABILITIES + self.extra_capabilities
        return words if tls else words + b" STARTTLS"

    def add(self, message: Message) -> None:
        """A new message; told to those who idle."""
        self.messages.append(message.octets)
        for connection in list(self.connections):
            connection.post(connection.announce_idle)

    def wait_idle(self, count: int = 1) -> None:
        wait_until(lambda: len(self.idles) >= count, f"IDLE {count}")

    def wait_connections(self, count: int,
                         deadline: float = DEADLINE) -> None:
        wait_until(lambda: len(self.connections) >= count,
                   f"connection {count}", deadline)

    def wait_command(self, start: bytes) -> bytes:
        """The first command, without its tag, that begins so."""
        def find() -> Optional[bytes]:
            bare = (c.partition(b" ")[2] for _, c in list(self.commands))
            return next((c for c in bare if c.startswith(start)), None)
        found = wait_until(find, f"command {start!r}")
        assert found is not None
        return found

    def _accept(self, listener: socket.socket, tls: bool) -> None:
        while self._open:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            sock.settimeout(120)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(self, sock, len(self.connections) + 1,
                                    False)
            self.connections.append(connection)
            threading.Thread(target=self._converse, args=(connection, tls),
                             daemon=True).start()

    def _converse(self, connection: Connection, tls: bool) -> None:
        try:
            if tls:
                connection.start_tls()
            self.script(connection)
        except Closed:
            pass
        except Exception as error:  # a test must be able to show it
            self.errors.append(repr(error))
        finally:
            connection.idle_tag = None
            connection.close()
            connection.drop_wake()
            self.over.append(connection.number)

    def stop(self) -> None:
        self._open = False
        for listener in self._listeners:
            try:
                listener.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            listener.close()
        for connection in self.connections:
            connection.post(connection.hang_up)

    def __enter__(self) -> "Scripted":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        assert not self.errors, self.errors


