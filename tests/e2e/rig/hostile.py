"""A bad server beside a good one in the same process, and what must hold
after whatever the bad one did."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Optional, Sequence

from .base import Skip, wait_until
from .certs import Authority
from .dovecot import User
from .mail import make_message
from .scripted import Connection, Handler, Scripted, default
from .tap import Bench
from .watcher import Ring, Watcher, secret_forms

Attack = Callable[[Connection], None]
Table = dict[str, "Case"]

MEMORY = 64 << 20
DESCRIPTORS = 60
#: How a connection may be made; the tls key of the configuration.
ALL = ("none", "implicit", "starttls")
TLS = ("implicit", "starttls")
#: The verb at which each phase begins.
PHASES = {"greeting": "greeting", "capability": "CAPABILITY",
          "login": "AUTHENTICATE", "open": "EXAMINE", "fetch": "UID FETCH",
          "idle": "IDLE"}
_LINE = re.compile(r"<[3-7]>idlebell: \S")
_FILE = re.compile(r"[A-Za-z0-9._@+=-]{1,80}(:2,[A-Z]*)?")
_VARIABLE = re.compile(r"IDLEBELL_[A-Z_]+")


@dataclass
class Case:
    """One thing a server may do.  It ends with the connection, or, if the
    case lives, with a message of the bad server that rings."""

    handlers: dict[str, Handler] = field(default_factory=dict)
    script: Optional[Attack] = None
    handshake: Optional[Attack] = None
    prepare: Callable[[Scripted], object] = lambda bad: None
    certificate: Callable[[Authority], Any] = Authority.good
    modes: Sequence[str] = ALL
    lives: bool = False
    #: No word of a login may be sent, whatever the way.
    no_login: bool = False
    #: A message holds the password, so hooks and the log have it, too.
    echoes: bool = False
    verbose: str = "-vvv"
    #: Of the account; a Path is below the watcher's directory.
    options: dict[str, object] = field(default_factory=dict)
    #: (bad server, watcher) -> true when it has happened.
    until: Optional[Callable[[Scripted, Watcher], object]] = None
    check: Callable[[Scripted, Watcher], object] = lambda bad, w: None


# --- making cases -----------------------------------------------------------


def endless(chunk: bytes) -> Attack:
    def attack(c: Connection) -> None:
        while True:
            c.send(chunk)
    return attack


def say(*octets: bytes) -> Attack:
    """In as many writes; then it waits for the client to go."""
    def attack(c: Connection) -> None:
        for part in octets:
            c.send(part)
        c.wait_closed()
    return attack


def instead(verb: str, attack: Attack) -> dict[str, Handler]:
    return {verb: lambda c, _tag, _rest: attack(c)}


def before(verb: str, *octets: bytes) -> dict[str, Handler]:
    """Said before the correct answer to a command."""
    def handler(c: Connection, tag: bytes, rest: bytes) -> None:
        for part in octets:
            c.send(part)
        default(verb)(c, tag, rest)
    return {verb: handler}


def behind(verb: str, attack: Attack) -> dict[str, Handler]:
    """Done after the correct answer to a command."""
    def handler(c: Connection, tag: bytes, rest: bytes) -> None:
        default(verb)(c, tag, rest)
        attack(c)
    return {verb: handler}


def send(octets: bytes) -> Attack:
    """Said, and then the conversation goes on."""
    return lambda c: c.send(octets)


# --- running one ------------------------------------------------------------


def names(table: Table) -> tuple[str, ...]:
    """For @each: NAME-MODE."""
    return tuple(f"{name}-{mode}" for name, case in table.items()
                 for mode in case.modes)


def play(bench: Bench, table: Table, which: str) -> None:
    name, _, mode = which.rpartition("-")
    run(bench, table[name], mode)


def run(bench: Bench, case: Case, mode: str) -> None:
    user = User("jane@example.org", "hostile-s3cret/pass")
    with Scripted(bench.authority) as good, \
            Scripted(bench.authority, case.handlers, case.script,
                     case.certificate(bench.authority), user) as bad:
        bad.handshake = case.handshake
        case.prepare(bad)
        w = bench.watcher().account("good", good, good.user)
        w.account("bad", bad, user, mode, **{
            name: w.directory / value if isinstance(value, Path) else value
            for name, value in case.options.items()})
        if case.echoes:
            w.forget_secret(user.password)
        journal(w)
        with w:
            w.start(verbose=case.verbose).wait_live("good")
            settle(case, bad, w)
            good.add(make_message("From the good one"))
            wait_until(lambda: rings_of(w, "good"), "the other's ring")
            case.check(bad, w)
            unharmed(w)
        closed_lips(case, mode, bad, good)
        clean_log(w)


def settle(case: Case, bad: Scripted, w: Watcher) -> None:
    if case.until is not None:
        until = case.until
        wait_until(lambda: until(bad, w), "what was to happen")
    elif case.lives:
        w.wait_live("bad")
        bad.add(make_message("From the bad one"))
        wait_until(lambda: any(r.subject == "From the bad one"
                               for r in rings_of(w, "bad")),
                   "the bad one's ring")
        assert bad.over == [], "the connection was given up"
    else:
        wait_until(lambda: bad.over, "the end of the connection")


def rings_of(w: Watcher, account: str) -> list[Ring]:
    return [r for r in w.rings
            if r.environment["IDLEBELL_ACCOUNT"] == account]


def journal(w: Watcher) -> None:
    """Standard error as the journal: each line must have its priority."""
    w.stderr.touch()
    st = w.stderr.stat()
    w.environment["JOURNAL_STREAM"] = f"{st.st_dev}:{st.st_ino}"


# --- what must hold ---------------------------------------------------------


def unharmed(w: Watcher) -> None:
    """While it runs still."""
    assert w.process is not None and w.process.poll() is None
    assert w.states("good").count("live") == 1, w.states("good")
    for ring in w.rings:
        _check_hook(w, ring)
    _check_files(w)
    small(w)


def small(w: Watcher) -> None:
    with suppress(Skip):  # under a checker
        memory = w.memory()
        assert memory < MEMORY, f"{memory >> 20} MiB"
    with suppress(Skip):  # not root
        count = w.descriptors()
        assert count <= DESCRIPTORS, f"{count} descriptors"


def canary(bench: Bench) -> Path:
    """Exists if text from a server was ever executed."""
    return bench.directory / "executed"


def _check_hook(w: Watcher, ring: Ring) -> None:
    """Its own environment and nothing but our names in addition."""
    assert ring.descriptors == [0, 1, 2], ring.descriptors
    given = ring.environment
    new = [n for n in given if given[n] != w.environment.get(n)]
    assert all(_VARIABLE.fullmatch(n) for n in new), new
    data = ring.json
    for name in new:
        assert name.removeprefix("IDLEBELL_").lower() in data, name
        assert is_harmless(given[name]), ascii(given[name])
    assert max(len(value.encode()) for value in given.values()) <= 8192


def is_harmless(text: str) -> bool:
    """Valid, and nothing that moves a cursor or turns the direction."""
    return all(unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp")
               and c not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067"
               "\u2068\u2069\u200e\u200f\u061c\ufeff" for c in text)


def _check_files(w: Watcher) -> None:
    """No name came from a server, and nothing lies where it should not."""
    top = {"home", "config", "stdout", "stderr", "hook.log", "Maildir"}
    assert {p.name for p in w.directory.iterdir()} <= top
    for path in w.directory.rglob("*"):
        assert _FILE.fullmatch(path.name), ascii(path)


def closed_lips(case: Case, mode: str, bad: Scripted, good: Scripted) -> None:
    """No password outside of TLS, and none at all for some."""
    for server in bad, good:
        if server is bad and mode == "none":
            continue
        plain = b"".join(c.plain for c in server.connections)
        for form in secret_forms(server.user.password):
            assert form not in plain, f"{form!r} was sent in the clear"
        assert not re.search(rb"LOGIN|AUTHENTICATE", plain), plain
    if case.no_login:
        words = (b"LOGIN", b"AUTHENTICATE", b"EXAMINE")
        assert not any(word in line for _, line in bad.commands
                       for word in words), bad.commands


def clean_log(w: Watcher) -> None:
    """Each line is ours, has its priority and is fit for a terminal."""
    text = w.stderr.read_text()  # valid UTF-8, or this fails
    assert text.endswith("\n") or not text
    for line in text.split("\n")[:-1]:
        assert _LINE.match(line), ascii(line[:200])
        assert is_harmless(line), ascii(line[:200])
        assert len(line.encode()) <= 4096, len(line)
