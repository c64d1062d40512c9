"""The side of a TLS server that Python's ssl does not have: new keys, new
handshakes and alerts whenever one likes.  By GnuTLS, which idlebell needs,
too."""

from __future__ import annotations

import ctypes
import ctypes.util
from typing import Any, Optional

from .base import Skip
from .certs import Certificate
from .scripted import Closed, Connection

_SERVER, _CERTIFICATE, _PEM, _WARNING = 1, 1, 1, 1
#: E_AGAIN, E_INTERRUPTED, E_WARNING_ALERT_RECEIVED
_NOT_FATAL = (-28, -52, -16)
_library: Optional[ctypes.CDLL] = None


def _gnutls() -> ctypes.CDLL:
    global _library
    if _library is None:
        try:
            _library = ctypes.CDLL("libgnutls.so.30")
        except OSError as error:
            raise Skip(str(error)) from None
        _library.gnutls_record_send.restype = ctypes.c_ssize_t
        _library.gnutls_record_recv.restype = ctypes.c_ssize_t
        _library.gnutls_strerror.restype = ctypes.c_char_p
    return _library


class Session:
    """Server side of a connection; blocking."""

    def __init__(self, connection: Connection, certificate: Certificate,
                 priorities: str) -> None:
        self.connection = connection
        self._lib = _gnutls()
        connection.sock.setblocking(True)
        self._credentials, self._session = (ctypes.c_void_p()
                                            for _ in range(2))
        self._call("certificate_allocate_credentials",
                   ctypes.byref(self._credentials))
        self._call("certificate_set_x509_key_file", self._credentials,
                   str(certificate.certificate).encode(),
                   str(certificate.key).encode(), _PEM)
        self._call("init", ctypes.byref(self._session), _SERVER)
        self._call("priority_set_direct", self._session,
                   priorities.encode(), None)
        self._call("credentials_set", self._session, _CERTIFICATE,
                   self._credentials)
        self._lib.gnutls_transport_set_int2(
            self._session, connection.sock.fileno(),
            connection.sock.fileno())
        self._call("handshake", self._session)

    def _call(self, name: str, *arguments: Any) -> int:
        while True:
            result = getattr(self._lib, "gnutls_" + name)(*arguments)
            if result not in _NOT_FATAL:
                break
        if result < 0:
            raise Closed
        return result

    def send(self, octets: bytes) -> None:
        self._call("record_send", self._session, octets,
                   ctypes.c_size_t(len(octets)))

    def line(self) -> bytes:
        """What the client sent at once; enough for single commands."""
        buffer = ctypes.create_string_buffer(65536)
        size = self._call("record_recv", self._session, buffer,
                          ctypes.c_size_t(len(buffer)))
        if size == 0:
            raise Closed
        return buffer.raw[:size].rstrip(b"\r\n")

    def update_key(self) -> None:
        self._call("session_key_update", self._session, 0)

    def ask_handshake(self) -> None:
        self._call("rehandshake", self._session)

    def warn(self, alert: int) -> None:
        self._call("alert_send", self._session, _WARNING, alert)
