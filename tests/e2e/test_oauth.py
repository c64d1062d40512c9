#!/usr/bin/python3
"""OAuth 2.0 tokens: XOAUTH2 and OAUTHBEARER against Dovecot, which checks
them itself; token_command; expiry."""

from __future__ import annotations

import base64

from rig import tap
from rig.base import wait_until
from rig.dovecot import Dovecot, User
from rig.mail import make_message
from rig.scripted import Connection, Scripted
from rig.tap import Bench, each
from rig.watcher import Watcher

MECHANISMS = ("xoauth2", "oauthbearer")


def token_account(bench: Bench, server: Dovecot, user: User, token: str,
                  **options: object) -> Watcher:
    path = bench.path("token")
    path.write_text(token + "\n")
    w = bench.watcher()
    w.secret(token)
    return w.account("work", server, user, token_command=f"cat {path}",
                     **options)


@each(*MECHANISMS, "auto")
def test_token(bench: Bench, auth: str) -> None:
    server = bench.own_dovecot(oauth=True)
    user = server.user()
    with token_account(bench, server, user, server.token(user),
                       auth=auth) as w:
        w.start().wait_live("work")
        server.deliver(user, make_message("By token"))
        w.wait_rings(1)
        method = "OAUTH" if auth == "auto" else f"method={auth.upper()}"
        # Its log is written by a process of its own.
        wait_until(lambda: method in server.log.read_text(),
                   f"{auth} in the server's log")


@each(*MECHANISMS)
def test_refused_token(bench: Bench, auth: str) -> None:
    """The server's error document is answered, the exchange ends."""
    server = bench.own_dovecot(oauth=True)
    user = server.user()
    expired = server.token(user, lifetime=-5)
    with token_account(bench, server, user, expired, auth=auth) as w:
        done = w.run("once")
        assert done.returncode == 77, done
        assert len(done.stderr.splitlines()) == 1, done.stderr
        # Refused twice, and nothing else is left to watch.
        assert w.start().wait_exit() == 77
        assert w.states("work")[-1] == "stopped"


def test_token_is_fetched_anew(bench: Bench) -> None:
    """Every login asks the command: a token does not last."""
    server = bench.own_dovecot(oauth=True)
    user = server.user()
    w = bench.watcher()
    path, count = bench.path("token"), bench.path("count")
    path.write_text(server.token(user))
    script = bench.path("script")
    script.write_text(f"#!/bin/sh\necho >>'{count}'\ncat '{path}'\n")
    script.chmod(0o755)
    w.secret(path.read_text())
    w.account("work", server, user, token_command=script)
    with w:
        w.start().wait_live("work")
        path.write_text(server.token(user, lifetime=7200))
        w.secret(path.read_text())
        server.kick(user)
        w.wait_live("work", count=2)
        wait_until(lambda: len(count.read_text()) >= 2, "a second token")


@each(*MECHANISMS)
def test_exchange(bench: Bench, auth: str) -> None:
    """What is sent, octet for octet, and the answer to a refusal."""
    token = "a-token-not-to-be-seen-0001"
    seen: list[bytes] = []

    def authenticate(c: Connection, tag: bytes, rest: bytes) -> None:
        mechanism, _, response = rest.partition(b" ")
        assert mechanism.upper() == auth.upper().encode(), mechanism
        seen.append(base64.b64decode(response))
        c.send(b"+ " + base64.b64encode(b'{"status":"401"}') + b"\r\n")
        seen.append(c.line())
        c.send(tag + b" NO [AUTHENTICATIONFAILED] expired\r\n")

    with Scripted(bench.authority,
                  handlers={"AUTHENTICATE": authenticate}) as server:
        server.extra_capabilities = b" AUTH=XOAUTH2 AUTH=OAUTHBEARER"
        w = bench.watcher()
        w.secret(token)
        path = bench.path("token")
        path.write_text(token)
        w.account("work", server, server.user, auth=auth,
                  token_command=f"cat {path}")
        with w:
            done = w.run("once")
            assert done.returncode == 77, done
        name = server.user.name.encode()
        if auth == "xoauth2":
            assert seen[0] == (b"user=%s\1auth=Bearer %s\1\1"
                               % (name, token.encode())), seen[0]
            assert base64.b64decode(seen[1]) in (b"", b"\1"), seen[1]
        else:
            assert seen[0] == (b"n,a=%s,\1host=localhost\1port=%d\1"
                               b"auth=Bearer %s\1\1"
                               % (name, server.imaps, token.encode()))
            assert seen[1] == b"AQ==", seen[1]


if __name__ == "__main__":
    tap.main(globals())
