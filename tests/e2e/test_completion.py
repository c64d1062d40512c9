#!/usr/bin/python3
"""What the shells complete, in the shells themselves."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from rig import tap
from rig.base import DEADLINE, Skip
from rig.tap import Bench, each
from rig.watcher import Watcher

BASH = r"""
source "$1"
complete -p idlebell >/dev/null
COMP_WORDS=("${@:2}"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_idlebell
printf '%s\n' "${COMPREPLY[@]}"
"""


def prepare(bench: Bench) -> Watcher:
    """idlebell in PATH, two accounts, a rule."""
    w = bench.watcher()
    programs = w.directory / "bin"
    programs.mkdir()
    program = programs / "idlebell"
    program.write_text("#!/bin/sh\nexec " + " ".join(w.program) + ' "$@"\n')
    program.chmod(0o755)
    w.environment["PATH"] = f"{programs}:{w.environment['PATH']}"
    for name in "work", "home":
        w.section(f"account {name}", host="localhost", user="u",
                  password_command="true", on_message="true",
                  mailboxes="INBOX, Lists/*, Drafts")
    w.section("rule boss", **{"from": "boss@example.org"})
    config = w.home / ".config" / "idlebell" / "config"
    config.parent.mkdir(parents=True)
    config.write_text(w.text())
    config.chmod(0o600)
    return w


def script(w: Watcher, shell: str) -> Path:
    done = w.run("completion", shell, config=False)
    assert done.returncode == 0 and not done.stderr, done
    path = w.directory / f"idlebell.{shell}"
    path.write_text(done.stdout)
    return path


def by_bash(w: Watcher, *words: str) -> set[str]:
    done = subprocess.run(
        ["bash", "-c", BASH, "bash", script(w, "bash"), "idlebell", *words],
        env=w.environment, text=True, capture_output=True, timeout=DEADLINE,
        check=True)
    assert not done.stderr, done
    return set(done.stdout.split("\n")) - {""}


def by_fish(w: Watcher, *words: str) -> set[str]:
    line = " ".join(["idlebell", *(word.replace(" ", "\\ ")
                                   for word in words)])
    done = subprocess.run(
        ["fish", "--no-config", "-c", f"source {script(w, 'fish')}; "
         f"complete -C '{line}'"],
        env=w.environment, text=True, capture_output=True, timeout=DEADLINE,
        check=True)
    assert not done.stderr, done
    return {line.split("\t")[0] for line in done.stdout.splitlines()}


class Terminal:
    """A zsh that somebody types into."""

    def __init__(self, w: Watcher) -> None:
        process, self.fd = pty.fork()
        if process == 0:
            os.execvpe("zsh", ["zsh", "-f", "-i"],
                       w.environment | {"TERM": "dumb", "COLUMNS": "200"})
        self.process = process
        self.screen = ""

    def type(self, text: str, until: str) -> str:
        """What was shown since, up to a pattern."""
        os.write(self.fd, text.encode())
        end, shown = time.monotonic() + DEADLINE, ""
        while not re.search(until, shown):
            ready = select.select([self.fd], [], [], 1)[0]
            assert time.monotonic() < end, (text, until, shown)
            if ready:
                shown += os.read(self.fd, 4096).decode(errors="replace")
        return shown

    def close(self) -> None:
        os.close(self.fd)
        os.waitpid(self.process, 0)


def needs(shell: str) -> None:
    if shutil.which(shell) is None:
        raise Skip(f"{shell} is missing")


ACCOUNTS = {"work", "home"}


@each("bash", "fish")
def test_words(bench: Bench, shell: str) -> None:
    """Commands, their options, accounts, and nothing where nothing fits."""
    needs(shell)
    w = prepare(bench)
    complete: Any = by_bash if shell == "bash" else by_fish
    assert {"watch", "status", "explain", "completion"} <= complete(w, "")
    assert complete(w, "sta") == {"status"}
    assert complete(w, "status", "") == ACCOUNTS
    assert complete(w, "status", "work", "ho") == {"home"}
    assert "--check" in complete(w, "status", "--c")
    assert "--check" not in complete(w, "poke", "--")
    assert "--json" in complete(w, "status", "--j")
    assert complete(w, "completion", "") == {"bash", "zsh", "fish"}
    assert complete(w, "reload", "") == set()
    assert complete(w, "act", "ar") == {"archive"}
    assert ACCOUNTS <= complete(w, "act", "archive", "")
    assert complete(w, "act", "archive", "work", "IN") == {"INBOX"}
    assert complete(w, "-o", "refr") == {"refresh="}
    assert not {"list_id=", "urgent="} & complete(w, "-o", "")


def test_bash_positions(bench: Bench) -> None:
    """Options and what they take are no arguments; files are files."""
    needs("bash")
    w = prepare(bench)
    assert by_bash(w, "-v", "--shard", "1/2", "mailb") == {"mailboxes"}
    assert by_bash(w, "mailboxes", "") == ACCOUNTS
    assert by_bash(w, "mailboxes", "work", "") == set()
    assert by_bash(w, "act", "archive", "") == ACCOUNTS
    assert by_bash(w, "--shard", "") == set()
    assert by_bash(w, "-o", "refresh", "=", "5m", "sta") == {"status"}
    assert by_bash(w, "--config", "=", "x", "status", "wo") == {"work"}
    assert by_bash(w, "-o", "refresh", "=") == set()
    assert by_bash(w, "-o", "refresh", "=", "5") == set()
    assert by_bash(w, "--option", "=", "tls_p") == {"tls_pin="}
    assert by_bash(w, "--option", "=", "tls", "=", "none", "sta") == {"status"}
    for words in ("explain",), ("-c",), ("status", "--config"):
        assert by_bash(w, *words, f"{w.directory}/idle") == {
            f"{w.directory}/idlebell.bash"}


def test_zsh(bench: Bench) -> None:
    needs("zsh")
    w = prepare(bench)
    terminal = Terminal(w)
    bench.defer(terminal.close)
    terminal.type(f"PS1='ready> '; autoload -U compinit; "
                  f"compinit -u -d {w.directory}/dump; "
                  f"source {script(w, 'zsh')}; echo do''ne\n", "done")
    terminal.type("idlebell stat\t", "idlebell status ")
    terminal.type("wo\t", "work")
    terminal.type("\x15idlebell completion fi\t", "fish")
    terminal.type("\x15idlebell status --ch\t", "--check")
    terminal.type("\x15idlebell -o x=1 -o refr\t", "refresh=$")
    terminal.type("\x15idlebell -vv stat\t", "idlebell -vv status ")
    shown = terminal.type("\x15idlebell mail\t \t\t", "home")
    assert "work" in shown, shown


def test_help(bench: Bench) -> None:
    """That of each command fits a screen, too, and names its options."""
    w = prepare(bench)
    for command in by_bash(w, ""):
        done = w.run(command, "--help", config=False)
        lines = done.stdout.splitlines()
        assert done.returncode == 0, done
        assert lines[0].startswith(f"Usage: idlebell [OPTION...] {command}")
        assert len(lines) <= 24 and max(map(len, lines)) < 80, lines


if __name__ == "__main__":
    tap.main(globals())
