#!/usr/bin/python3
"""Which mailboxes are watched on which connection, when the first of them
fails, when the server has yet to name them, and when the configuration is read
again while messages are on their way."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

from rig import tap
from rig.base import wait_until
from rig.mail import make_message
from rig.scripted import Connection, Scripted, default
from rig.tap import Bench, each
from rig.watcher import Watcher


def watches(w: Watcher) -> dict[str, dict[str, Any]]:
    """By mailbox, as status knows them."""
    done = w.run("status", "--json", config=False)
    assert done.returncode == 0, done
    account, = json.loads(done.stdout)["accounts"]
    return {watch["mailbox"]: watch for watch in account["watches"]}


def scripted(bench: Bench, **handlers: Any) -> Scripted:
    names = {name.replace("_", " "): handler
             for name, handler in handlers.items()}
    server = Scripted(bench.authority, names)
    bench.defer(server.stop)
    return server


@each("Missing", "Missing,Gone")
def test_first_is_refused(bench: Bench, missing: str) -> None:
    """The others have connections of their own, which the password opens."""
    server = bench.dovecot
    user = server.user()
    with server.reader(user) as reader:
        w = bench.watcher().account("work", server, user,
                                    mailboxes=f"{missing}, INBOX",
                                    method="idle", max_connections=3)
        with w:
            w.start().wait_live("work")
            reader.append("INBOX", make_message("Told"))
            assert w.wait_rings(1)[0].subject == "Told"
            assert watches(w)["Missing"]["state"] != "live"


#: What they have in common: INBOX.
MAILBOXES = {"plain": "INBOX", "pattern": "INB*", "excluded": "INBOX, !Junk"}


@each(*MAILBOXES)
def test_reload_amid_download(bench: Bench, mailboxes: str) -> None:
    """The download begins anew with the connection."""
    def fetch(c: Connection, tag: bytes, rest: bytes) -> None:
        if c.number > 1 or b"BODY.PEEK[]" not in rest:
            default("UID FETCH")(c, tag, rest)

    server = scripted(bench, UID_FETCH=fetch)
    options = dict(mailboxes=MAILBOXES[mailboxes], download_max_size="64K",
                   download_to=bench.path("Maildir"))
    w = bench.watcher().account("work", server, server.user, **options)
    with w:
        w.start().wait_live("work")
        server.wait_idle()
        message = make_message("Told")
        server.add(message)
        wait_until(lambda: any(b"BODY.PEEK[]" in line
                               for _, line in list(server.commands)),
                   "the download")
        w.write(w.text() + "burst = 7\n")
        w.send(signal.SIGHUP)
        ring, = w.wait_rings(1)
        path = ring.environment.get("IDLEBELL_FILE", "")
        assert path and Path(path).read_bytes() == message.lines, path


@each(*MAILBOXES)
def test_state_while_opening(bench: Bench, mailboxes: str) -> None:
    """What is on its way is not stopped."""
    def examine(c: Connection, _tag: bytes, _rest: bytes) -> None:
        c.selected = True

    server = scripted(bench, EXAMINE=examine)
    w = bench.watcher().account("work", server, server.user,
                                mailboxes=MAILBOXES[mailboxes])
    with w:
        w.start()
        server.wait_command(b"EXAMINE")
        assert watches(w)["INBOX"]["state"] == "connecting", watches(w)
        w.kill()


def test_blind_connection_goes(bench: Bench) -> None:
    """Who was told that it is blind is told that all is well, too, when the
    connection that was blind is not wanted any more."""
    def greet(c: Connection, tag: bytes, rest: bytes) -> None:
        if c.number == 1 or c.number > last[0]:
            default("greeting")(c, tag, rest)
        else:
            c.send(b"* BYE too many connections\r\n")
            c.hang_up()

    def states() -> list[str]:
        return [ring.environment["IDLEBELL_STATE"] for ring in w.rings]

    last = [1 << 30]  # that is refused
    server = scripted(bench, greeting=greet)
    w = bench.watcher()
    w.account("work", server, server.user, mailboxes="INBOX, Other",
              method="idle", max_connections=2, blind_after="1s",
              on_state=f"{w.hook} {w.hook_log}")
    with w:
        w.start()
        wait_until(lambda: states() == ["blind"], "blind")
        last[0] = len(server.connections)
        w.write(w.text().replace("INBOX, Other", "INBOX"))
        w.send(signal.SIGHUP)
        wait_until(lambda: states() == ["blind", "live"], "well again")


if __name__ == "__main__":
    tap.main(globals())
