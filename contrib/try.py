"""What contrib/try shows, once idlebell is built ($IDLEBELL)."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import NoReturn, Optional

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "tests" / "e2e"))

from rig.base import Skip, tail, wait_until  # noqa: E402
from rig.certs import Authority  # noqa: E402
from rig.dovecot import Dovecot, User  # noqa: E402
from rig.mail import Deliverer, Message, make_message  # noqa: E402
from rig.watcher import Ring, Watcher  # noqa: E402

LIMIT = "64K"
FILM = 20 << 20
ACCOUNTS = {"work": "implicit", "home": "starttls"}
TLS_NAMES = {"implicit": "TLS from the start", "starttls": "STARTTLS"}
SENDERS = {"boss": ("boss@example.org", "The Boss"),
           "stranger": ("stranger@example.com", "A Stranger")}
MAILBOXES = "namespace inbox {\n" + "".join(
    f"  mailbox {name} {{\n    auto = subscribe\n{use}  }}\n"
    for name, use in (("Archive", "    special_use = \\Archive\n"),
                      ("Junk", "    special_use = \\Junk\n"),
                      ("Trash", "    special_use = \\Trash\n"),
                      ("Lists/devel", ""))) + "}\n"


class Terminal:
    """Colours where they can be seen."""

    def __init__(self) -> None:
        self.colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[m" if self.colours else text

    def say(self, text: str = "") -> None:
        print(text, flush=True)

    def title(self, text: str) -> None:
        self.say("\n" + self.paint("1", text))

    def good(self, text: str) -> str:
        return self.paint("32", text)

    def bad(self, text: str) -> str:
        return self.paint("1;31", text)


@dataclass(frozen=True)
class Case:
    """A message, and what must come of it."""

    text: str
    sender: str
    size: int
    rings: bool
    downloaded: bool


CASES = (
    Case("the boss, 8 KB", "boss", 8 << 10, True, True),
    Case("a stranger, 8 KB", "stranger", 8 << 10, False, True),
    Case("the boss, 2 MB", "boss", 2 << 20, True, False),
)


def session_bus() -> Optional[str]:
    """The desktop's, if there is one."""
    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent")) / "bus"
    if address is None and path.is_socket():
        address = f"unix:path={path}"
    return address


def configure(watcher: Watcher, server: Dovecot, users: dict[str, User],
              bus: Optional[str]) -> None:
    if bus is not None:
        watcher.environment["DBUS_SESSION_BUS_ADDRESS"] = bus
    watcher.section("defaults", download_max_size=LIMIT)
    for name, tls in ACCOUNTS.items():
        watcher.account(name, server, users[name], tls,
                        notify="desktop, hook" if bus else "hook",
                        download_to=watcher.directory / f"Mail-{name}")
    watcher.section("rule boss", **{"from": "boss@example.org",
                                    "urgency": "critical"})
    watcher.section("rule others", **{"from": "*", "notify": "none"})


class Show:
    """The demonstration; counts what is not as it should be."""

    def __init__(self, terminal: Terminal, server: Dovecot,
                 watcher: Watcher, users: dict[str, User]) -> None:
        self.terminal = terminal
        self.server = server
        self.watcher = watcher
        self.users = users
        self.problems: list[str] = []
        self.delays: list[float] = []

    def check(self, holds: bool, text: str) -> None:
        if not holds:
            self.problems.append(text)

    def connect(self) -> None:
        started = time.monotonic()
        self.watcher.start()
        for account, tls in ACCOUNTS.items():
            self.watcher.wait_state("live", account)
            self.terminal.say(
                f"  {account}: watched, {TLS_NAMES[tls]}, after "
                f"{(time.monotonic() - started) * 1000:.0f} ms")

    def deliver_all(self) -> None:
        self.terminal.say(self.terminal.paint(
            "2", f"  {'account':9}{'message':20}{'the bell':24}"
            "download"))
        for account in ACCOUNTS:
            with self.server.deliverer() as lmtp:
                for case in CASES:
                    self._deliver(lmtp, account, case)

    def _deliver(self, lmtp: Deliverer, account: str, case: Case) -> None:
        address, name = SENDERS[case.sender]
        message = make_message(f"From {case.text}", address, name,
                               size=case.size)
        taken = lmtp.deliver(self.users[account].name, message)
        event, ring = self._wait(message, case)
        bell = "silent, by its rule"
        if ring is not None:
            delay = (ring.time - taken) / 1e6
            self.delays.append(delay)
            bell = f"rang after {delay:.0f} ms"
        path = event["file"]
        download = "none"
        if path is not None:
            whole = self._is_whole(Path(path), account, event["uid"])
            download = ("whole, octet for octet" if whole
                        else "not what the server has")
            self.check(whole, f"{account}: {path} is not the message")
        elif case.size > 64 << 10:
            download = f"none, above {LIMIT}"
        right = ((ring is not None) == case.rings
                 and (path is not None) == case.downloaded)
        self.check(right, f"{account}: {case.text}: {bell}; {download}")
        mark = self.terminal.good("ok") if right else \
            self.terminal.bad("wrong")
        self.terminal.say(f"  {account:9}{case.text:20}{bell:24}"
                          f"{download:26}{mark}")

    def _wait(self, message: Message, case: Case
              ) -> tuple[dict, Optional[Ring]]:
        """The event of --json, and the hook's call, if one is due."""
        def event() -> Optional[dict]:
            return next((e for e in self.watcher.messages()
                         if e["message_id"] == message.message_id), None)

        def ring() -> Optional[Ring]:
            return next((r for r in self.watcher.rings
                         if r.json["message_id"] == message.message_id),
                        None)
        if case.rings:
            wait_until(ring, f"the bell for {case.text}")
        found = wait_until(event, f"the event for {case.text}")
        assert found is not None
        return found, ring()

    def _is_whole(self, path: Path, account: str, uid: int) -> bool:
        with self.server.reader(self.users[account]) as reader:
            reader.examine()
            _, data = reader.imap.uid("fetch", str(uid), "(BODY.PEEK[])")
        return path.read_bytes() == data[0][1].replace(b"\r\n", b"\n")

    def look_at_server(self) -> None:
        for account, user in self.users.items():
            with self.server.reader(user) as reader:
                unread = sum("\\Seen" not in m.flags
                             for m in reader.stored())
            self.terminal.say(f"  {account}: {unread} of {len(CASES)} "
                              "messages are still unread on the server")
            self.check(unread == len(CASES), f"{account}: a flag changed")
        self.terminal.say(f"  memory: {self.watcher.memory() / 1e6:.1f} MB "
                          "at its highest")

    def finish(self) -> None:
        started = time.monotonic()
        self.watcher.stop()
        self.watcher.check_outputs()
        self.terminal.say(
            f"  stopped in {(time.monotonic() - started) * 1000:.0f} ms; "
            "no password in its log, at the highest level")

    def verdict(self) -> int:
        self.terminal.say()
        if self.problems:
            for problem in self.problems:
                self.terminal.say(self.terminal.bad(f"WRONG: {problem}"))
            return 1
        self.terminal.say(self.terminal.good(
            f"All as it should be: {len(self.delays)} of "
            f"{len(CASES) * len(ACCOUNTS)} messages rang, at the latest "
            f"{max(self.delays):.0f} ms after the server took them."))
        self.terminal.say("(Dovecot gathers changes for half a second "
                          "before it tells anybody.)")
        return 0


# --- --keep -----------------------------------------------------------------


def write_script(path: Path, text: str) -> Path:
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


def fill(show: Show) -> None:
    """Something to play with: a large message, others read and not, one in
    another mailbox."""
    for account, user in show.users.items():
        with show.server.deliverer() as lmtp:
            lmtp.deliver(user.name, make_message(
                f"A film, {FILM >> 20} MB", *SENDERS["stranger"], size=FILM))
        with show.server.reader(user) as reader:
            reader.append("INBOX", make_message(
                "Read long ago", *SENDERS["boss"]), "(\\Seen)")
            reader.append("INBOX", make_message(
                "Answered, and not for ever", *SENDERS["stranger"]),
                "(\\Seen \\Answered)")
            reader.append("Lists/devel", make_message(
                "[devel] Patch v3", *SENDERS["stranger"],
                extra=["List-Id: <devel.lists.example.org>"]))
        wait_until(lambda name=account: sum(
            e["account"] == name for e in show.watcher.messages())
            == len(CASES) + 3, "what there is to play with")


def write_commands(show: Show, directory: Path) -> Path:
    """The file to read into a shell, in which "idlebell" is ours."""
    watcher, commands = show.watcher, directory / "bin"
    commands.mkdir()
    write_script(
        commands / "deliver",
        f'exec {shlex.quote(sys.executable)} -B '
        f'{shlex.quote(str(Path(__file__).resolve()))} '
        f'--port {show.server.lmtp} --deliver "$@"\n')
    write_script(
        commands / "idlebell", "exec env "
        + " ".join(f"{name}={shlex.quote(watcher.environment[name])}"
                   for name in watcher.environment if name.startswith("XDG_"))
        + f" {shlex.join(watcher.program)} "
        f'-c {shlex.quote(str(watcher.config))} "$@"\n')
    write_script(
        commands / "kick",
        f'exec doveadm -c {shlex.quote(str(show.server.config))} kick "$@"\n')
    for section in "1", "5":
        manual = directory / "man" / f"man{section}"
        manual.mkdir(parents=True)
        for page in (TOP / "man").glob(f"*.{section}"):
            shutil.copy(page, manual)
    file = directory / "env"
    file.write_text(f"PATH={shlex.quote(str(commands))}:$PATH\n"
                    f"MANPATH={shlex.quote(str(directory / 'man'))}:"
                    "${MANPATH:-}\nexport PATH MANPATH\n")
    return file


TO_TYPE = """\
  . {env}

and there, for example:

  idlebell status                     is all well?
  deliver work boss 'A subject'       rings in work; as home does
  deliver work stranger               does not; deliver work FILE does as
                                      its rule says
  idlebell explain --last 5 work      which rule is it, for each?
  idlebell pause 2m work              rings no more; resume ends it
  idlebell act archive work INBOX 1   move it; what it prints undoes it
  idlebell fetch work INBOX 4         {size} MB, to {mail}
  idlebell mailboxes work             what there is, and what is watched
  idlebell doctor                     does all of it work?
  kick work                           cut its connections
  man idlebell

  configuration: {config}
  log:           {log}

^C here ends it.  New mail:
"""


def keep(terminal: Terminal, show: Show, directory: Path) -> None:
    """Stays and shows what rings, until ^C."""
    watcher = show.watcher
    fill(show)
    terminal.title("It goes on.  Type in another terminal:")
    terminal.say("\n" + TO_TYPE.format(
        env=write_commands(show, directory), size=FILM >> 20,
        mail=watcher.directory / "Mail-work", config=watcher.config,
        log=watcher.stderr))
    shown = len(watcher.messages())
    while True:
        wait_until(lambda: len(watcher.messages()) > shown, "mail", 1e9)
        for event in watcher.messages()[shown:]:
            shown += 1
            who = ", ".join(f["name"] or f["address"]
                            for f in event["from"])
            terminal.say(f"{time.strftime('%H:%M:%S')} {event['account']}: "
                         f"{who}: {event['subject']} "
                         f"[{event['rule'] or 'no rule'}]")


def deliver_one(port: int, words: list[str]) -> int:
    """deliver USER [boss | stranger | FILE] [SUBJECT]"""
    if not words:
        print(deliver_one.__doc__, file=sys.stderr)
        return 64
    user, what, subject = (words + ["boss", "Hello"][len(words) - 1:])[:3]
    if what in SENDERS:
        message = make_message(subject, *SENDERS[what])
    else:
        octets = Path(what).read_bytes().replace(b"\r\n", b"\n")
        message = Message("", "", "", octets.replace(b"\n", b"\r\n"))
    with Deliverer(port) as lmtp:
        lmtp.deliver(user, message)
    return 0


def say_why(error: Exception) -> int:
    """Of deliver: no such user, no such file."""
    if isinstance(error, SMTPRecipientsRefused):
        for _, why in error.recipients.values():
            print(f"deliver: {why.decode()}", file=sys.stderr)
    else:
        print(f"deliver: {error}", file=sys.stderr)
    return 69


# --- the whole of it --------------------------------------------------------


def demonstrate(terminal: Terminal, directory: Path, stay: bool) -> int:
    bus = session_bus()
    terminal.title("A private Dovecot on this machine")
    authority = Authority(directory / "ca")
    home = directory / "watcher"
    home.mkdir()
    watcher = Watcher(home, directory)
    with Dovecot(directory / "dovecot", authority, extra=MAILBOXES,
                 names=list(ACCOUNTS)) as server:
        users = {account: server.user() for account in ACCOUNTS}
        terminal.say(f"  imaps on port {server.imaps}, imap on port "
                     f"{server.imap}, mail comes in by LMTP")
        configure(watcher, server, users, bus)
        show = Show(terminal, server, watcher, users)
        try:
            terminal.title("idlebell watches two accounts")
            show.connect()
            terminal.title("Mail comes")
            show.deliver_all()
            if bus:
                terminal.say("  (and bubbles on your desktop)")
            terminal.title("Afterwards")
            show.look_at_server()
            if stay:
                keep(terminal, show, directory)
            show.finish()
        except AssertionError as problem:
            show.problems.append(str(problem))
            terminal.say(tail(watcher.stderr))
        finally:
            watcher.kill()
        return show.verdict()


def on_signal(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--port", type=int)
    parser.add_argument("--deliver", nargs="*")
    arguments = parser.parse_args()
    if arguments.deliver is not None:
        try:
            return deliver_one(arguments.port, arguments.deliver)
        except OSError as error:
            return say_why(error)
    for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
        signal.signal(number, on_signal)
    directory = Path(tempfile.mkdtemp(prefix="idlebell-try-"))
    directory.chmod(0o755)
    try:
        return demonstrate(Terminal(), directory, arguments.keep)
    except Skip as reason:
        print(f"contrib/try: {reason}", file=sys.stderr)
        return 69
    except KeyboardInterrupt:
        print()
        return 0 if arguments.keep else 130
    finally:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
