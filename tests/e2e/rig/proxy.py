"""A SOCKS5 and HTTP CONNECT proxy that remembers what it was asked."""

from __future__ import annotations

import base64
import selectors
import socket
import struct
import threading
from typing import Optional

from .base import DEADLINE, HOST


class Proxy:
    """Speaks both protocols on one port: the first octet tells them apart.
    Every host name is taken to be this machine."""

    def __init__(self, user: str = "", password: str = "") -> None:
        self.credentials = (user, password)
        self.requests: list[tuple[str, str, int]] = []  # kind, host, port
        self.refused = 0
        self._listener = socket.create_server((HOST, 0))
        self.port = self._listener.getsockname()[1]
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(client)
            threading.Thread(target=self._serve, args=(client,),
                             daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            client.settimeout(DEADLINE)
            first = self._exactly(client, 1)
            server = (self._socks(client) if first == b"\x05"
                      else self._http(client, first))
            if server is not None:
                self._sockets.append(server)
                self._relay(client, server)
        except OSError:
            pass
        finally:
            client.close()

    @staticmethod
    def _exactly(client: socket.socket, count: int) -> bytes:
        octets = b""
        while len(octets) < count:
            more = client.recv(count - len(octets))
            if not more:
                raise OSError("closed")
            octets += more
        return octets

    def _socks(self, client: socket.socket) -> Optional[socket.socket]:
        """RFC 1928 and RFC 1929."""
        methods = self._exactly(client, self._exactly(client, 1)[0])
        wanted = 2 if self.credentials[0] else 0
        if wanted not in methods:
            self.refused += 1
            client.sendall(b"\x05\xff")
            return None
        client.sendall(bytes((5, wanted)))
        if wanted == 2 and not self._socks_password(client):
            return None
        _, _, _, kind = self._exactly(client, 4)
        if kind == 3:
            host = self._exactly(client, self._exactly(client, 1)[0]).decode()
        else:
            size, family = ((4, socket.AF_INET) if kind == 1
                            else (16, socket.AF_INET6))
            host = socket.inet_ntop(family, self._exactly(client, size))
        port = struct.unpack(">H", self._exactly(client, 2))[0]
        self.requests.append(("socks name" if kind == 3
                              else "socks address", host, port))
        server = socket.create_connection((HOST, port), DEADLINE)
        client.sendall(b"\x05\0\0\1" + b"\0" * 6)
        return server

    def _socks_password(self, client: socket.socket) -> bool:
        self._exactly(client, 1)
        given = tuple(self._exactly(client, self._exactly(client, 1)[0])
                      .decode() for _ in range(2))
        good = given == self.credentials
        self.refused += not good
        client.sendall(b"\x01\0" if good else b"\x01\1")
        return good

    def _http(self, client: socket.socket, head: bytes
              ) -> Optional[socket.socket]:
        while not head.endswith(b"\r\n\r\n"):
            head += self._exactly(client, 1)
        method, target, _ = head.split(b"\r\n")[0].decode().split()
        if self.credentials[0]:
            token = base64.b64encode(":".join(self.credentials).encode())
            if b"Basic " + token not in head:
                self.refused += 1
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required"
                               b'\r\nProxy-Authenticate: Basic realm="t"'
                               b"\r\nContent-Length: 0\r\n\r\n")
                return None
        host, _, port = target.rpartition(":")
        self.requests.append((f"http {method}", host, int(port)))
        server = socket.create_connection((HOST, int(port)), DEADLINE)
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return server

    @staticmethod
    def _relay(client: socket.socket, server: socket.socket) -> None:
        other = {client: server, server: client}
        with selectors.DefaultSelector() as selector:
            for sock in other:
                sock.settimeout(None)
                selector.register(sock, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    sock = key.fileobj
                    assert isinstance(sock, socket.socket)
                    data = sock.recv(65536)
                    if not data:
                        client.close()
                        server.close()
                        return
                    other[sock].sendall(data)

    def stop(self) -> None:
        for sock in (self._listener, *self._sockets):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            sock.close()

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
