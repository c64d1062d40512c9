#!/usr/bin/python3
"""idlebell, fetchmail --idle and imapfilter side by side: what each makes of
a connection that breaks, a server that goes, and a burst.

    make faults
    tests/faults/faults.py [--report FILE] [FAULT...]

Each has an account of its own on one Dovecot, through a relay of its own; a
fault comes to all of them at once.  Three messages are delivered right after
it, or as the server allows.  Prints a table; exit status 0 when idlebell has
lost and doubled nothing.  A program that is not installed is left out.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

# pylint: disable=wrong-import-position
from rig.base import HOST, Skip, Timeout, end_process  # noqa: E402
from rig.base import wait_nothing, wait_until  # noqa: E402
from rig.certs import Authority  # noqa: E402
from rig.cutter import Cutter  # noqa: E402
from rig.dovecot import Dovecot, User  # noqa: E402
from rig.mail import make_message  # noqa: E402
from rig.post import ring_ids  # noqa: E402
from rig.watcher import Watcher  # noqa: E402

BURST = 1000
START = 180.0  # seconds a program has to report its first message
PATIENCE = 60.0  # seconds after the fault
BLACK_HOLE_PATIENCE = 200.0  # half an hour would do for the others


# --- the programs ---------------------------------------------------------


class Program:
    """One of the notifiers; reports() are the Message-IDs it told of."""

    name = ""

    def __init__(self, directory: Path, relay: Cutter, user: User) -> None:
        directory.mkdir()
        directory.chmod(0o700)
        self.directory, self.relay, self.user = directory, relay, user
        self.log = directory / "reports"
        self.process: Optional[subprocess.Popen] = None

    @classmethod
    def is_there(cls) -> bool:
        return shutil.which(cls.name) is not None

    def command(self) -> list[str]:
        raise NotImplementedError

    def start(self) -> None:
        with open(self.directory / "output", "ab") as output:
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=output,
                stderr=output, start_new_session=True,
                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8",
                     "HOME": str(self.directory)})

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        end_process(self.process, group=True)
        self.process = None

    def reports(self) -> Counter[str]:
        try:
            lines = self.log.read_text().split("\n")[:-1]
        except FileNotFoundError:
            return Counter()
        return Counter(line.split("<", 1)[1].split(">")[0]
                       for line in lines if "<" in line)


class Idlebell(Program):
    """With its defaults."""

    name = "idlebell"

    def __init__(self, directory: Path, relay: Cutter, user: User) -> None:
        super().__init__(directory, relay, user)
        self._watcher = Watcher(directory, directory).account(
            "work", relay, user, "none")

    @classmethod
    def is_there(cls) -> bool:
        return True

    def start(self) -> None:
        self._watcher.start(verbose="-v")
        self.process = self._watcher.process

    def reports(self) -> Counter[str]:
        return ring_ids(self._watcher.rings)


class Fetchmail(Program):
    """In IDLE, every 10 s else; keeps the mail."""

    name = "fetchmail"

    def command(self) -> list[str]:
        rc = self.directory / "fetchmailrc"
        rc.touch(mode=0o600)
        rc.write_text(
            "set daemon 10\nset no bouncemail\n"
            f'poll {HOST} protocol imap port {self.relay.imap}\n'
            f'  user "{self.user.name}" password "{self.user.password}"\n'
            f"  idle keep sslproto '' mda \"sed -n "
            f"'1,/^$/s/^Message-ID: *//Ip' >>{self.log}\"\n")
        return ["fetchmail", "--nodetach", "-f", str(rc), "--pidfile",
                str(self.directory / "pid"), "-v"]


_IMAPFILTER = """\
options.timeout = 60
options.starttls = false
account = IMAP {{ server = "{host}", port = {port}, username = "{user}",
	password = "{password}" }}
function report()
	local new = account.INBOX:is_unseen()
	for _, message in ipairs(new) do
		local mailbox, uid = table.unpack(message)
		local log = io.open("{log}", "a")
		log:write(mailbox[uid]:fetch_field("Message-ID") .. "\\n")
		log:close()
	end
	new:mark_seen()
end
while true do
	recover(function () report() account.INBOX:enter_idle() end)
end
"""


class Imapfilter(Program):
    """In a loop of a look and IDLE, with recover() around it."""

    name = "imapfilter"

    def command(self) -> list[str]:
        config = self.directory / "config.lua"
        config.touch(mode=0o600)
        config.write_text(_IMAPFILTER.format(
            host=HOST, port=self.relay.imap, user=self.user.name,
            password=self.user.password, log=self.log))
        return ["imapfilter", "-v", "-c", str(config)]


PROGRAMS = (Idlebell, Fetchmail, Imapfilter)


# --- the faults -----------------------------------------------------------


@dataclass
class Place:
    """What a fault is done to: the server and all programs."""

    server: Dovecot
    programs: list[Program]

    def relays(self) -> list[Cutter]:
        return [program.relay for program in self.programs]


def _deliver_all(place: Place, count: int) -> list[set[str]]:
    """So many messages for each program."""
    sent: list[set[str]] = []
    with place.server.deliverer() as lmtp:
        for program in place.programs:
            sent.append(set())
            for number in range(count):
                message = make_message(f"Nr. {number}")
                lmtp.deliver(program.user.name, message)
                sent[-1].add(message.message_id)
    return sent


def _drop_all(place: Place, count: int) -> list[set[str]]:
    """The same while the server is down."""
    sent: list[set[str]] = []
    for program in place.programs:
        sent.append(set())
        for number in range(count):
            message = make_message(f"Nr. {number}")
            place.server.drop(program.user, message)
            sent[-1].add(message.message_id)
    return sent


def _wait(seconds: float) -> None:
    wait_nothing(lambda: False, "the end of the fault", seconds)


def _cut(how: str) -> Callable[[Place], list[set[str]]]:
    def fault(place: Place) -> list[set[str]]:
        for relay in place.relays():
            relay.cut(how)
        return _deliver_all(place, 3)
    return fault


def _bye(place: Place) -> list[set[str]]:
    for program in place.programs:
        place.server.kick(program.user)
    return _deliver_all(place, 3)


def _restart(place: Place) -> list[set[str]]:
    place.server.stop()
    sent = _drop_all(place, 3)
    _wait(10)
    place.server.start()
    return sent


def _refused(place: Place) -> list[set[str]]:
    for relay in place.relays():
        relay.refuse()
        relay.cut("rst")
    sent = _deliver_all(place, 3)
    _wait(20)
    for relay in place.relays():
        relay.accept()
    return sent


def _black_hole(place: Place) -> list[set[str]]:
    for relay in place.relays():
        relay.silence()
    return _deliver_all(place, 3)


def _burst(place: Place) -> list[set[str]]:
    return _deliver_all(place, BURST)


FAULTS: dict[str, tuple[str, Callable[[Place], list[set[str]]]]] = {
    "rst": ("connection reset", _cut("rst")),
    "fin": ("connection closed", _cut("fin")),
    "bye": ("BYE of the server", _bye),
    "restart": ("server away for 10 s", _restart),
    "refused": ("connections refused for 20 s", _refused),
    "black-hole": ("packets of the old connection dropped", _black_hole),
    "burst": (f"burst of {BURST}", _burst),
}


# --- what comes of it -----------------------------------------------------


@dataclass
class Row:
    """What one program made of one fault; times in s, None: never."""

    program: str
    fault: str
    noticed: Optional[float] = None  # a new connection after its begin
    live: Optional[float] = None  # a report after its end
    lost: int = 0
    sent: int = 0
    doubled: int = 0
    works: bool = False
    alive: bool = True


@dataclass
class Trial:
    """One fault, done to all programs, from their start to their end."""

    place: Place
    fault: str
    rows: list[Row] = field(default_factory=list)

    def run(self) -> list[Row]:
        for program in self.place.programs:
            program.start()
        try:
            self._warm_up()
            self._measure()
        finally:
            for program in self.place.programs:
                program.stop()
        return self.rows

    def _reported(self, sent: list[set[str]]) -> bool:
        return all(expected <= program.reports().keys()
                   or not program.is_alive()
                   for program, expected in zip(self.place.programs, sent))

    def _warm_up(self) -> None:
        """All report, and idle again.  One that is still connecting takes
        what is there for old: it gets another."""
        end = time.monotonic() + START
        while True:
            sent = _deliver_all(self.place, 1)
            try:
                wait_until(lambda: self._reported(sent), "the start", 15)
                for program in self.place.programs:
                    assert program.is_alive(), f"{program.name} has ended"
                break
            except Timeout:
                if time.monotonic() > end:
                    raise
        _wait(3)

    def _measure(self) -> None:
        programs = self.place.programs
        before = [program.reports() for program in programs]
        calls = [len(program.relay.attempts) for program in programs]
        began = time.monotonic()
        sent = FAULTS[self.fault][1](self.place)
        ended = time.monotonic()
        live = self._watch(sent, before, ended)
        works = self._still_work()
        for number, program in enumerate(programs):
            new = program.reports() - before[number]
            after = program.relay.attempts[calls[number]:]
            self.rows.append(Row(
                program.name, FAULTS[self.fault][0],
                noticed=after[0] - began if after else None,
                live=live[number], sent=len(sent[number]),
                lost=len(sent[number] - new.keys()),
                doubled=sum(new[ident] - 1 for ident in sent[number]
                            if new[ident] > 1),
                works=works[number], alive=program.is_alive()))

    def _watch(self, sent: list[set[str]], before: list[Counter[str]],
               ended: float) -> list[Optional[float]]:
        """When each reported again, seconds after the end of the fault,
        until all is reported or patience is over."""
        live: list[Optional[float]] = [None] * len(sent)

        def look() -> bool:
            for number, program in enumerate(self.place.programs):
                if live[number] is None and (
                        sent[number] & program.reports().keys()):
                    live[number] = max(time.monotonic() - ended, 0)
            return self._reported(sent)

        patience = (BLACK_HOLE_PATIENCE if self.fault == "black-hole"
                    else PATIENCE)
        try:
            wait_until(look, "all reports", patience)
        except Timeout:
            pass
        _wait(3)  # for what comes twice
        return live

    def _still_work(self) -> list[bool]:
        last = _deliver_all(self.place, 1)
        try:
            wait_until(lambda: self._reported(last), "a last report", PATIENCE)
        except Timeout:
            pass
        return [expected <= program.reports().keys()
                for program, expected in zip(self.place.programs, last)]


def draw(rows: list[Row]) -> str:
    def seconds(value: Optional[float]) -> str:
        return "never" if value is None else f"{value:.1f}"

    lines = ["| fault | program | noticed after s | live again after s | "
             "lost | doubled | works afterwards |",
             "| --- | --- | --- | --- | --- | --- | --- |"]
    for row in rows:
        quiet = row.lost == 0 and row.noticed is None
        lines.append(
            f"| {row.fault} | {row.program} | "
            f"{'-' if quiet else seconds(row.noticed)} | "
            f"{seconds(row.live)} | {row.lost} of {row.sent} | "
            f"{row.doubled} | "
            f"{'yes' if row.works else 'no' if row.alive else 'it ended'} |")
    return "\n".join(lines) + "\n"


def try_all(directory: Path, faults: list[str]) -> list[Row]:
    rows: list[Row] = []
    there = [kind for kind in PROGRAMS if kind.is_there()]
    for kind in PROGRAMS:
        if kind not in there:
            print(f"{kind.name} is not installed: left out", flush=True)
    with Dovecot(directory / "dovecot",
                 Authority(directory / "ca")) as server:
        for fault in faults:
            relays = [Cutter(server) for _ in there]
            try:
                programs: list[Program] = [
                    kind(directory / f"{kind.name}-{fault}", relay,
                         server.user())
                    for kind, relay in zip(there, relays)]
                rows += Trial(Place(server, programs), fault).run()
            finally:
                for relay in relays:
                    relay.stop()
            print(draw(rows[-len(there):]), flush=True)
    return rows


def _on_end(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--report", type=Path)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("fault", nargs="*", help=", ".join(FAULTS))
    arguments = parser.parse_args()
    if unknown := set(arguments.fault) - FAULTS.keys():
        parser.error(f"no such fault: {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, _on_end)
    directory = Path(tempfile.mkdtemp(prefix="idlebell-faults-"))
    directory.chmod(0o755)
    try:
        rows = try_all(directory, arguments.fault or list(FAULTS))
    except Skip as reason:
        sys.exit(f"faults.py: {reason}")
    finally:
        if arguments.keep:
            print(f"kept: {directory}")
        else:
            shutil.rmtree(directory, ignore_errors=True)
    if arguments.report:
        arguments.report.write_text(draw(rows))
    mine = [row for row in rows if row.program == Idlebell.name]
    sys.exit(0 if all(row.lost == row.doubled == 0 and row.works
                      for row in mine) else 1)


if __name__ == "__main__":
    main()
