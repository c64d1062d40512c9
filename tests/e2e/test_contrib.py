#!/usr/bin/python3
"""The hooks of contrib/hooks, each with the program that it is for where that
is small enough, else with one that writes down how it was called."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
from pathlib import Path
from typing import Any

from rig import tap
from rig.base import DEADLINE, Skip, wait_until
from rig.mail import make_message
from rig.tap import Bench
from rig.watcher import Watcher

HOOKS = Path(__file__).resolve().parents[2] / "contrib" / "hooks"


def hook(name: str, *arguments: object) -> str:
    return " ".join([str(HOOKS / name), *map(str, arguments)])


def stand_in(w: Watcher, *names: str) -> Path:
    """Programs that write down their arguments, one a line; the first in
    PATH."""
    log, programs = w.directory / "called", w.directory / "bin"
    programs.mkdir()
    for name in names:
        program = programs / name
        program.write_text(f'#!/bin/sh\nprintf "%s\\n" {name} "$@" '
                           f'>>"{log}"\n')
        program.chmod(0o755)
    w.environment["PATH"] = f"{programs}:{w.environment['PATH']}"
    return log


def call(w: Watcher, name: str, *arguments: str,
         **variables: str) -> subprocess.CompletedProcess:
    return subprocess.run([HOOKS / name, *arguments], text=True,
                          env=w.environment | variables, timeout=DEADLINE,
                          stdin=subprocess.DEVNULL, capture_output=True)


def needs(program: str) -> None:
    if shutil.which(program) is None:
        raise Skip(f"{program} is missing")


def mbsync_account(server: Any, user: Any, local: Path) -> str:
    return f"""
IMAPAccount far
Host localhost
Port {server.imaps}
User {user.name}
Pass {user.password}
SSLType IMAPS
CertificateFile {server.authority.certificate}

IMAPStore far
Account far

MaildirStore near
Path {local}/
Inbox {local}/INBOX
SubFolders Verbatim

Channel work
Far :far:
Near :near:
Patterns *
Create Near
"""


def found(directory: Path) -> int:
    return sum(len(list(directory.glob(f"{part}/*")))
               for part in ("new", "cur"))


def test_mbsync(bench: Bench) -> None:
    """Only the mailbox that has news, and what is to follow."""
    needs("mbsync")
    server = bench.dovecot
    user = server.user()
    w = bench.watcher()
    local = w.home / "Mail"
    local.mkdir()
    with server.reader(user) as reader:
        reader.create("two words")
        reader.append("two words", make_message("Another"))
    rc = w.home / ".mbsyncrc"
    rc.write_text(mbsync_account(server, user, local))
    rc.chmod(0o600)
    done = w.home / "done"
    w.account("work", server, user, on_message=None,
              mailboxes='INBOX, "two words"'.replace('"', ""),
              on_mailbox=hook("mbsync", "work", "touch", done))
    with w, server.reader(user) as reader:
        w.start().wait_state("live", "work", "INBOX")
        w.wait_state("live", "work", "two words")
        server.deliver(user, make_message("One"))
        wait_until(done.exists, "the command behind mbsync")
        assert found(local / "INBOX") == 1, list(local.iterdir())
        assert found(local / "two words") == 0, list(local.iterdir())
        done.unlink()
        reader.append("two words", make_message("Two"))
        wait_until(done.exists, "the command behind mbsync")
        assert found(local / "two words") == 2, list(local.iterdir())


def test_notmuch(bench: Bench) -> None:
    """What was downloaded is found, with its tag; an odd Message-ID is
    nobody's command."""
    needs("notmuch")
    server = bench.dovecot
    user = server.user()
    w = bench.watcher()
    mail = w.home / "Mail"
    mail.mkdir()
    (w.home / ".notmuch-config").write_text(
        f"[database]\npath={mail}\n[user]\nname=A\n"
        f"primary_email=a@example.org\n[new]\ntags=unread;inbox\n")
    assert subprocess.run(["notmuch", "new", "--quiet"], env=w.environment,
                          check=False).returncode == 0
    w.account("work", server, user, on_message=None,
              download_max_size="64K", download_to=mail / "work",
              on_mailbox=hook("notmuch", "+boss", "-inbox"))

    def count(query: str) -> str:
        return subprocess.run(["notmuch", "count", query], text=True,
                              env=w.environment, capture_output=True,
                              check=True).stdout.strip()
    with w:
        w.start().wait_live("work")
        server.deliver(user, make_message("Found me"))
        wait_until(lambda: count("tag:boss and subject:found") == "1",
                   "the message in the index")
        assert count("tag:inbox") == "0"


def test_counter(bench: Bench) -> None:
    """Up with what comes, down with what is read elsewhere."""
    server = bench.dovecot
    user = server.user()
    w = bench.watcher()
    log = stand_in(w, "pkill", "polybar-msg", "tmux")
    w.account("work", server, user, on_message=None, hook_wait="100ms",
              on_mailbox=hook("counter"), on_read=hook("counter"))

    def shown() -> str:
        return call(w, "counter", "show").stdout.strip()
    with w, server.reader(user) as reader:
        assert (shown(), json.loads(call(w, "counter", "waybar").stdout)) == (
            "", {"text": "", "tooltip": "", "class": "none"})
        w.start().wait_live("work")
        for number in range(1, 4):
            server.deliver(user, make_message(f"Nr. {number}"))
        wait_until(lambda: shown() == "3", "3")
        bar = json.loads(call(w, "counter", "waybar").stdout)
        assert (bar["text"], bar["class"]) == ("3", "unread"), bar
        assert bar["tooltip"].split() == ["3", "work", "INBOX"], bar
        reader.change(1, "\\Seen")
        reader.change(3, "\\Deleted")
        wait_until(lambda: shown() == "1", "1")
        assert "polybar-msg\naction\n#mail.hook.0" in log.read_text()
        assert "pkill\n-RTMIN+9" in log.read_text()
        call(w, "counter", "clear")
        assert shown() == ""
    done = call(w, "counter", "nonsense")
    assert done.returncode == 64 and "usage" in done.stderr, done


def test_sound(bench: Bench) -> None:
    w = bench.watcher()
    log = stand_in(w, "pw-play")
    sounds = w.home / ".local/share/sounds/freedesktop/stereo"
    sounds.mkdir(parents=True)
    (sounds / "message-new-email.oga").touch()
    path = "/usr/bin:/bin"
    if any(Path(d, "canberra-gtk-play").exists() for d in path.split(":")):
        stand_in_log = w.directory / "bin" / "canberra-gtk-play"
        stand_in_log.write_text('#!/bin/sh\nexit 0\n')
        stand_in_log.chmod(0o755)
    assert call(w, "sound", str(sounds / "message-new-email.oga")
                ).returncode == 0
    assert log.read_text().splitlines() == [
        "pw-play", str(sounds / "message-new-email.oga")]
    done = call(w, "sound", "/nonexistent.wav")
    assert done.returncode == 66 and "/nonexistent.wav" in done.stderr, done


def test_speech(bench: Bench) -> None:
    """No subject is an option."""
    w = bench.watcher()
    log = stand_in(w, "spd-say")
    done = call(w, "speech", IDLEBELL_FROM_NAME="--version",
                IDLEBELL_FROM_ADDRESS="a@example.org",
                IDLEBELL_SUBJECT="$(touch /tmp/x) `id`")
    assert done.returncode == 0, done
    assert log.read_text().splitlines() == [
        "spd-say", "--wait", "--",
        "Mail from --version: $(touch /tmp/x) `id`"]


def test_bell(bench: Bench) -> None:
    w = bench.watcher()
    leader, follower = pty.openpty()
    done = call(w, "bell", os.ttyname(follower), "/dev/nonexistent")
    assert done.returncode == 0, done
    assert os.read(leader, 10) == b"\a"
    os.close(follower)
    os.close(leader)
    done = call(w, "bell", "/dev/nonexistent")
    assert done.returncode == 1 and "no terminal" in done.stderr, done


def test_pipe(bench: Bench) -> None:
    """watch --json feeds jq, line by line, as the manual says."""
    needs("jq")
    server = bench.dovecot
    user = server.user()
    w = bench.watcher().account("work", server, user)
    with w:
        w.start().wait_live("work")
        with open(w.stdout) as events, subprocess.Popen(
                ["jq", "--unbuffered", "-r",
                 'select(.event == "message") | .subject'],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                text=True) as jq:
            assert jq.stdin is not None and jq.stdout is not None
            server.deliver(user, make_message("Ärger & Co"))
            w.wait_rings(1)
            jq.stdin.write(events.read())
            jq.stdin.close()
            assert jq.stdout.read() == "Ärger & Co\n"


if __name__ == "__main__":
    tap.main(globals())
