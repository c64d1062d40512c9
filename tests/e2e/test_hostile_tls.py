#!/usr/bin/python3
"""Who stands between us and the server, or is not the server at all: no
word of a login goes to them, and nothing in the clear."""

from __future__ import annotations

import hashlib
import itertools
import os
import socket
import ssl
import warnings
from contextlib import suppress
from functools import partial
from typing import Callable

from rig import tap
from rig.certs import Authority, Certificate
from rig.gnutls import Session
from rig.hostile import (TLS, Attack, Case, Table, before, endless, instead,
                         names, play, say, send)
from rig.scripted import Closed, Connection, Handler, Scripted, default
from rig.tap import Bench, each
from rig.watcher import Watcher

# --- STARTTLS: before TLS --------------------------------------------------

STARTTLS = ("starttls",)


def refused(handlers: dict[str, Handler], **more: object) -> Case:
    """No login whatsoever."""
    return Case(handlers, modes=STARTTLS, no_login=True,
                **more)  # type: ignore[arg-type]


def greet(words: bytes) -> dict[str, Handler]:
    return {"greeting": lambda c, _tag, _rest: c.send(words)}


def answer(text: bytes, *more: bytes) -> dict[str, Handler]:
    """To STARTTLS, and then TLS as if nothing had been."""
    def handler(c: Connection, tag: bytes, _rest: bytes) -> None:
        c.send(text.replace(b"TAG", tag))
        for part in more:
            c.send(part)
        c.start_tls()
    return {"STARTTLS": handler}


def in_octets(text: bytes) -> dict[str, Handler]:
    return answer(b"", *(bytes((octet,)) for octet in text))


def answer_only(text: bytes) -> dict[str, Handler]:
    """No TLS follows."""
    def handler(c: Connection, tag: bytes, _rest: bytes) -> None:
        c.send(text.replace(b"TAG", tag))
        c.wait_closed()
    return {"STARTTLS": handler}


def forged(c: Connection, tag: bytes, rest: bytes) -> None:
    """In the clear the server has other capabilities than within TLS."""
    if c.tls:
        default("CAPABILITY")(c, tag, rest)
    else:
        c.send(b"* CAPABILITY IMAP4rev1 STARTTLS AUTH=X LOGINDISABLED\r\n")
        c.ok(tag)


def starttls_again(c: Connection, tag: bytes, _rest: bytes) -> None:
    """Offered within TLS once more."""
    c.send(b"* CAPABILITY IMAP4rev1 IDLE SASL-IR AUTH=PLAIN STARTTLS\r\n")
    c.ok(tag)


def once_started(bad: Scripted, _w: Watcher) -> None:
    started = [line for _, line in bad.commands if b"STARTTLS" in line]
    assert len(started) == 1, started


PLAIN_CAPABILITY = b"* OK [CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN] ready\r\n"
INJECTED = b"* CAPABILITY IMAP4rev1 INJECTED\r\n"

BEFORE_TLS: Table = {
    "stripped": refused(greet(PLAIN_CAPABILITY)),
    "stripped-quietly": refused(
        greet(b"* OK ready\r\n")
        | {"CAPABILITY": lambda c, tag, _rest: (
            c.send(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"), c.ok(tag))}),
    "stripped-look-alike": refused(greet(
        b"* OK [CAPABILITY IMAP4rev1 XSTARTTLS STARTTLSX] STARTTLS\r\n")),
    "preauth": refused(greet(b"* PREAUTH [CAPABILITY IMAP4rev1 IDLE] x\r\n")),
    "preauth-starttls": refused(greet(
        b"* PREAUTH [CAPABILITY IMAP4rev1 IDLE STARTTLS] x\r\n")),
    "no": refused(answer_only(b"TAG NO not today\r\n")),
    "bad": refused(answer_only(b"TAG BAD what\r\n")),
    "bye": refused(answer_only(b"* BYE [UNAVAILABLE] x\r\n")),
    "ok-foreign": refused(answer_only(b"zz OK begin\r\n* BYE\r\n")),
    "ok-untagged": refused(answer_only(b"* OK begin\r\n* BYE\r\n")),
    "ok-then-plaintext": refused(answer_only(
        b"TAG OK begin\r\n* OK I speak no TLS\r\n")),
    "ok-then-close": refused({"STARTTLS": lambda c, tag, _rest: (
        c.ok(tag), c.hang_up())}),
    "injected-behind": refused(answer(b"TAG OK begin\r\n" + INJECTED)),
    "injected-line-begun": refused(answer(b"TAG OK begin\r\n* CAPA")),
    "injected-octet": refused(answer(b"TAG OK begin\r\n*")),
    "injected-nul": refused(answer(b"TAG OK begin\r\n\0")),
    "injected-in-pieces": refused(answer(
        b"TAG OK be", b"gin\r\n", INJECTED[:9], INJECTED[9:])),
    "injected-tagged": refused(answer(
        b"TAG OK begin\r\na3 OK [CAPABILITY IMAP4rev1] x\r\na4 OK x\r\n")),
    "injected-before": Case(answer(INJECTED + b"TAG OK begin\r\n"),
                            modes=STARTTLS, lives=True),
    "injected-capabilities": Case({"CAPABILITY": forged}
                                  | greet(b"* OK ready\r\n"),
                                  modes=STARTTLS, lives=True),
    "offered-twice": Case({"CAPABILITY": starttls_again}, modes=STARTTLS,
                          lives=True, check=once_started),
    "flood-before": refused(answer_only(b"* OK x\r\n" * 2000)),
}


@each(*names(BEFORE_TLS))
def test_before_tls(bench: Bench, which: str) -> None:
    play(bench, BEFORE_TLS, which)


# --- certificates ----------------------------------------------------------


def wrong(certificate: Callable[[Authority], Certificate],
          **more: object) -> Case:
    return Case(certificate=certificate, modes=TLS, no_login=True,
                **more)  # type: ignore[arg-type]


_others = itertools.count()


def unknown_ca(authority: Authority) -> Certificate:
    """By one who calls himself the same."""
    return Authority(authority.directory / f"other-{next(_others)}").good()


OLD_PIN = "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

CERTIFICATES: Table = {
    "expired": wrong(Authority.expired),
    "not-yet": wrong(Authority.not_yet),
    "wrong-host": wrong(Authority.wrong_host),
    "self-signed": wrong(Authority.self_signed),
    "unknown-ca": wrong(unknown_ca),
    "weak-key": wrong(Authority.weak),
    "sha1": wrong(Authority.sha1),
    "pin-revoked": wrong(Authority.good, options={"tls_pin": OLD_PIN}),
    "pin-but-expired": wrong(Authority.expired, options={"tls_pin": "PIN"}),
    "pin-but-wrong-host": wrong(Authority.wrong_host,
                                options={"tls_pin": "PIN"}),
    "host-nul": wrong(lambda authority: authority.issue(
        "wildcard", ("*.localhost", "*", "localhost.example.org"))),
}


@each(*names(CERTIFICATES))
def test_certificate(bench: Bench, which: str) -> None:
    name, _, mode = which.rpartition("-")
    case = CERTIFICATES[name]
    if case.options.get("tls_pin") == "PIN":
        certificate = case.certificate(bench.authority)
        case.options["tls_pin"] = bench.authority.pin(certificate)
    play(bench, CERTIFICATES, which)


# --- versions and ciphers --------------------------------------------------


def context(ciphers: str = "DEFAULT:@SECLEVEL=0", **attributes: object
            ) -> Callable[[Scripted], None]:
    def prepare(bad: Scripted) -> None:
        bad.context.set_ciphers(ciphers)
        for name, value in attributes.items():
            with warnings.catch_warnings():  # TLS 1.0 is the point
                warnings.simplefilter("ignore")
                setattr(bad.context, name, value)
    return prepare


def only(version: ssl.TLSVersion) -> Case:
    return Case(modes=TLS, no_login=True, prepare=context(
        minimum_version=version, maximum_version=version))


OLD = ssl.TLSVersion.TLSv1_2
PROTOCOLS: Table = {
    "tls-1.0": only(ssl.TLSVersion.TLSv1),
    "tls-1.1": only(ssl.TLSVersion.TLSv1_1),
    "anonymous": Case(modes=TLS, no_login=True, prepare=context(
        ciphers="aNULL:@SECLEVEL=0", maximum_version=OLD)),
    "no-encryption": Case(modes=TLS, no_login=True, prepare=context(
        ciphers="eNULL:@SECLEVEL=0", maximum_version=OLD)),
    "client-certificate": Case(modes=TLS, lives=True, prepare=context(
        verify_mode=ssl.CERT_OPTIONAL)),
    "many-tickets": Case(modes=TLS, lives=True,
                         prepare=context(num_tickets=200)),
}


@each(*names(PROTOCOLS))
def test_protocol(bench: Bench, which: str) -> None:
    play(bench, PROTOCOLS, which)


# --- the handshake ---------------------------------------------------------

ALERT, HANDSHAKE, DATA, CHANGE = b"\x15", b"\x16", b"\x17", b"\x14"


def record(kind: bytes, content: bytes) -> bytes:
    return kind + b"\3\3" + len(content).to_bytes(2, "big") + content


def take(c: Connection, size: int) -> bytes:
    try:
        data = c.sock.recv(size, socket.MSG_WAITALL)
    except OSError:
        raise Closed from None
    if len(data) < size:
        raise Closed
    c.plain += data
    return data


def hello(c: Connection) -> bytes:
    """The client's next handshake record, whole."""
    c.sock.settimeout(None)
    while True:
        head = take(c, 5)
        data = head + take(c, int.from_bytes(head[3:], "big"))
        if head[:1] == HANDSHAKE:
            return data


def after_hello(attack: Attack) -> Case:
    def handshake(c: Connection) -> None:
        hello(c)
        attack(c)
    return Case(handshake=handshake, modes=TLS, no_login=True)


def server_hello(client: bytes, random: bytes, version: bytes = b"\3\3",
                 extensions: bytes = b"") -> bytes:
    session_id = client[43:44 + client[43]]
    body = (version + random + session_id + b"\x13\1\0"
            + len(extensions).to_bytes(2, "big") + extensions)
    return record(HANDSHAKE, b"\2" + len(body).to_bytes(3, "big") + body)


def retry_without_end(c: Connection) -> None:
    """HelloRetryRequest again and again (RFC 8446 4.1.4)."""
    random = hashlib.sha256(b"HelloRetryRequest").digest()
    groups = (b"\0\x18", b"\0\x17", b"\0\x1d")
    while True:
        for group in groups:
            c.send(server_hello(hello(c), random, extensions=(
                b"\0\x2b\0\2\3\4" + b"\0\x33\0\2" + group)))


def downgrade(c: Connection) -> None:
    """TLS 1.1 chosen by a server that was offered better."""
    c.send(server_hello(hello(c), os.urandom(24) + b"DOWNGRD\0", b"\3\2"))
    c.wait_closed()


def half_hello(c: Connection) -> None:
    c.send(server_hello(hello(c), os.urandom(32))[:40])
    raise Closed


def whole(attack: Attack) -> Case:
    return Case(handshake=attack, modes=TLS, no_login=True)


HANDSHAKES: Table = {
    "truncated": whole(half_hello),
    "downgrade": whole(downgrade),
    "retry-without-end": whole(retry_without_end),
    "closed": after_hello(Connection.hang_up),
    "reset": after_hello(Connection.reset),
    "garbage": after_hello(say(os.urandom(4096))),
    "garbage-flood": after_hello(endless(os.urandom(65536))),
    "http": after_hello(say(b"HTTP/1.1 400 Bad Request\r\n\r\n")),
    "imap": after_hello(say(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] x\r\n")),
    "alert": after_hello(say(record(ALERT, b"\2\x28"))),
    "warnings": after_hello(endless(record(ALERT, b"\1\x5a") * 1000)),
    "empty-records": after_hello(endless(record(HANDSHAKE, b"") * 1000)),
    "change-cipher": after_hello(endless(record(CHANGE, b"\1") * 1000)),
    "data-early": after_hello(say(record(DATA, b"* OK ready\r\n"))),
    "record-huge": after_hello(endless(b"\x16\3\3\xff\xff" + b"x" * 65535)),
    "message-huge": after_hello(lambda c: (
        c.send(record(HANDSHAKE, b"\2\xff\xff\xff" + b"x" * 8000)),
        endless(record(HANDSHAKE, b"x" * 16000))(c))),
    "before-hello": whole(say(record(ALERT, b"\2\x28"))),
}


@each(*names(HANDSHAKES))
def test_handshake(bench: Bench, which: str) -> None:
    play(bench, HANDSHAKES, which)


# --- within TLS ------------------------------------------------------------


def in_idle(attack: Attack, **more: object) -> Case:
    def idle(c: Connection, tag: bytes, rest: bytes) -> None:
        default("IDLE")(c, tag, rest)
        attack(c)
    return Case({"IDLE": idle}, modes=TLS, **more)  # type: ignore[arg-type]


def raw(*octets: bytes) -> Attack:
    """Past TLS, and then the end."""
    def attack(c: Connection) -> None:
        for part in octets:
            c.send_raw(part)
        with suppress(OSError):  # it may have hung up already
            c.sock.shutdown(socket.SHUT_WR)
        c.wait_closed()
    return attack


def raw_flood(octets: bytes) -> Attack:
    def attack(c: Connection) -> None:
        while True:
            c.send_raw(octets)
    return attack


def gnutls(attack: Callable[[Session], None], version: str,
           **more: object) -> Case:
    """The conversation up to the login, by GnuTLS."""
    def handshake(c: Connection) -> None:
        session = Session(c, c.server.authority.good(),
                          f"NORMAL:-VERS-ALL:+VERS-TLS{version}"
                          ":%UNSAFE_RENEGOTIATION")
        attack(session)
    return Case(handshake=handshake, modes=("implicit",),
                **more)  # type: ignore[arg-type]


def converse(session: Session, disturb: Callable[[], None]) -> None:
    """Disturbed before each answer; then the end."""
    session.send(b"* OK [CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN SASL-IR] x\r\n")
    for _ in range(2):
        tag = session.line().partition(b" ")[0]
        for _ in range(200):
            disturb()
        session.send(tag + b" OK [CAPABILITY IMAP4rev1 IDLE] x\r\n")
    session.send(b"* BYE enough\r\n")
    session.line()


def without_end(disturb: Callable[[Session], None]
                ) -> Callable[[Session], None]:
    """Nobody need hang up before the greeting is due."""
    def attack(session: Session) -> None:
        while True:
            disturb(session)
            session.connection.server.idles.append(0)
    return attack


def disturbed(bad: Scripted, _w: Watcher) -> bool:
    return bool(bad.over) or len(bad.idles) > 1000


CONVERSATIONS: Table = {
    "cut": in_idle(raw()),
    "half-record": in_idle(raw(b"\x17\3\3\x10\0" + b"x" * 100)),
    "plaintext": in_idle(raw(b"* 1 EXISTS\r\n")),
    "forged-record": in_idle(raw(record(DATA, os.urandom(200)))),
    "forged-close": in_idle(raw(record(ALERT, b"\1\0"))),
    "forged-alert": in_idle(raw(record(ALERT, b"\2\x28"))),
    "forged-flood": in_idle(raw_flood(record(DATA, os.urandom(16000)))),
    "empty-flood": in_idle(raw_flood(record(CHANGE, b"\1") * 1000)),
    "key-updates": gnutls(lambda s: converse(s, s.update_key), "1.3"),
    "key-updates-without-end": gnutls(
        without_end(Session.update_key), "1.3", until=disturbed),
    "renegotiation": gnutls(lambda s: converse(s, s.ask_handshake), "1.2"),
    "renegotiation-without-end": gnutls(
        without_end(Session.ask_handshake), "1.2", until=disturbed),
    "warnings": gnutls(lambda s: converse(s, partial(s.warn, 90)), "1.2"),
    "warnings-without-end": gnutls(
        without_end(lambda s: s.warn(90)), "1.2", until=disturbed),
}


@each(*names(CONVERSATIONS))
def test_conversation(bench: Bench, which: str) -> None:
    play(bench, CONVERSATIONS, which)


if __name__ == "__main__":
    tap.main(globals())
