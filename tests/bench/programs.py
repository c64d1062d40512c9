"""The programs that are measured, each set up as its manual has it for
instant mail: TLS, IDLE, a hook for each message."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rig.base import Skip, end_process
from rig.dovecot import User
from rig.watcher import find_program

HOST = "localhost"
_HERE = Path(__file__).resolve().parent


def build_bell(directory: Path) -> Path:
    """The hook; static where that can be, as it is the program's time that
    counts and not the dynamic linker's."""
    bell = directory / "bell"
    compiler = shlex.split(os.environ.get("CC") or "cc")
    for how in ["-static"], []:
        done = subprocess.run(
            [*compiler, "-O2", *how, "-o", str(bell), str(_HERE / "bell.c")],
            check=False, capture_output=True)
        if done.returncode == 0:
            return bell
    raise RuntimeError(f"no hook: {done.stderr.decode()}")


@dataclass(frozen=True)
class Place:
    """What a program needs: a directory of its own, the server and the hook.
    extra: what a row wants besides, in the program's own words."""

    directory: Path
    server: Any
    users: list[User]
    bell: Path
    extra: str = ""


class Program:
    """A notifier; what it rang for is in ring_times()."""

    name = ""
    binary = ""
    version = ["--version"]

    def __init__(self, place: Place) -> None:
        self.place = place
        self.directory = place.directory
        self.directory.mkdir()
        self.directory.chmod(0o700)
        self.log = self.directory / "rings"
        self.user = place.users[0]
        self.processes: list[subprocess.Popen] = []
        self._offset = 0
        self._times: dict[str, int] = {}
        self.doubled = 0

    @classmethod
    def is_there(cls) -> bool:
        return shutil.which(cls.binary) is not None

    @classmethod
    def tell_version(cls) -> str:
        done = subprocess.run([*cls.argv(), *cls.version], check=False,
                              capture_output=True, text=True)
        found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
        return f"{cls.name} {found[0] if found else '?'}"

    @classmethod
    def argv(cls) -> list[str]:
        return [cls.binary]

    def commands(self) -> list[list[str]]:
        """A process for each account, where the program wants that."""
        return [self.command(number)
                for number in range(len(self.place.users))]

    def command(self, number: int) -> list[str]:
        raise NotImplementedError

    def write(self, name: str, text: str) -> Path:
        path = self.directory / name
        path.touch(mode=0o600)
        path.write_text(text)
        return path

    def home(self, number: int) -> Path:
        home = self.directory / f"home-{number}"
        home.mkdir(mode=0o700, exist_ok=True)
        return home

    def start(self, *before: str) -> None:
        """before: a command to run it by, such as valgrind's."""
        for number, command in enumerate(self.commands()):
            home = self.home(number)
            with open(self.directory / "output", "ab") as output:
                # pylint: disable-next=consider-using-with
                self.processes.append(subprocess.Popen(
                    [*before, *command], stdin=subprocess.DEVNULL,
                    stdout=output, stderr=output, start_new_session=True,
                    env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8",
                         "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}))

    def stop(self, patience: float = 10) -> None:
        for process in self.processes:
            end_process(process, patience, group=True)
        self.processes = []

    def check_alive(self) -> None:
        for process in self.processes:
            if process.poll() is not None:
                output = (self.directory / "output").read_text()
                raise AssertionError(
                    f"{self.name} ended: {process.returncode}: "
                    f"{output[-500:]}")

    def ring_times(self) -> dict[str, int]:
        """When the hook started for each message (monotonic, ns)."""
        try:
            with open(self.log, "rb") as log:
                log.seek(self._offset)
                data = log.read()
        except FileNotFoundError:
            data = b""
        whole = data[:data.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.decode().splitlines():
            when, _, ident = line.partition(" ")
            self.doubled += ident in self._times
            self._times.setdefault(ident, int(when))
        return self._times


class Idlebell(Program):
    """One process for any number of accounts."""

    name = binary = "idlebell"

    @classmethod
    def is_there(cls) -> bool:
        return True

    @classmethod
    def argv(cls) -> list[str]:
        return find_program()

    def commands(self) -> list[list[str]]:
        server = self.place.server
        sections = [
            "[defaults]", f"host = {HOST}", f"port = {server.imaps}",
            f"tls_ca_file = {server.authority.certificate}",
            "notify = hook", f"on_message = {self.place.bell} {self.log}",
            self.place.extra]
        for number, user in enumerate(self.place.users):
            sections += [f"[account a{number}]", f"user = {user.name}",
                         f"password = {user.password}"]
        config = self.write("config", "\n".join(sections) + "\n")
        return [[*self.argv(), "-q", "-c", str(config), "watch"]]


class Fetchmail(Program):
    """In IDLE, every 10 s else; keeps the mail."""

    name = binary = "fetchmail"

    def command(self, number: int) -> list[str]:
        server, user = self.place.server, self.place.users[number]
        rc = self.write(f"rc-{number}", (
            "set daemon 10\nset no bouncemail\n"
            f"poll {HOST} protocol imap port {server.imaps}\n"
            f'  user "{user.name}" password "{user.password}"\n'
            f"  ssl sslcertck sslcertfile {server.authority.certificate}\n"
            f'  idle keep mda "{self.place.bell} {self.log}"\n'))
        return ["fetchmail", "--nodetach", "-f", str(rc), "--pidfile",
                str(self.directory / f"pid-{number}")]


class Getmail(Program):
    """With --idle."""

    name, binary = "getmail6", "getmail"

    def command(self, number: int) -> list[str]:
        server, user = self.place.server, self.place.users[number]
        home = self.home(number)
        self.write(f"home-{number}/getmailrc", (
            "[retriever]\ntype = SimpleIMAPSSLRetriever\n"
            f"server = {HOST}\nport = {server.imaps}\n"
            f"username = {user.name}\npassword = {user.password}\n"
            f"ca_certs = {server.authority.certificate}\n"
            "[destination]\ntype = MDA_external\n"
            f"path = {self.place.bell}\narguments = ('{self.log}',)\n"
            "allow_root_commands = true\n"
            "[options]\nread_all = false\n"))
        return ["getmail", "--getmaildir", str(home), "--idle", "INBOX"]


_IMAPFILTER = """\
options.timeout = 60
{extra}
account = IMAP {{ server = "{host}", port = {port}, username = "{user}",
	password = "{password}", ssl = "auto" }}
function report()
	local new = account.INBOX:is_unseen()
	for _, message in ipairs(new) do
		local mailbox, uid = table.unpack(message)
		local id = mailbox[uid]:fetch_field("Message-ID")
		os.execute("{bell} {log} '" .. id:match("<(.*)>") .. "'")
	end
	new:mark_seen()
end
while true do
	recover(function () report() account.INBOX:enter_idle() end)
end
"""


class Imapfilter(Program):
    """In a loop of a look and IDLE, with recover() around it."""

    name = binary = "imapfilter"
    version = ["-V"]

    def command(self, number: int) -> list[str]:
        server, user = self.place.server, self.place.users[number]
        config = self.write(f"config-{number}.lua", _IMAPFILTER.format(
            host=HOST, port=server.imaps, user=user.name, log=self.log,
            password=user.password,
            bell=self.place.bell, extra=self.place.extra))
        return ["imapfilter", "-t", str(server.authority.certificate), "-c",
                str(config)]


PEERS: tuple[type[Program], ...] = (Fetchmail, Getmail, Imapfilter)


# --- what the kernel knows of them ----------------------------------------


def memory(processes: list[subprocess.Popen]) -> dict[str, int]:
    """Octets: Pss, Rss and private, of all of them together."""
    total: dict[str, int] = {"Pss": 0, "Rss": 0, "Private": 0}
    for process in processes:
        try:
            text = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        except PermissionError:  # idlebell keeps its memory to itself
            raise Skip("only root may ask for its memory") from None
        for line in text.splitlines()[1:]:
            name, value = line.split(":")[0], int(line.split()[1]) * 1024
            name = "Private" if name.startswith("Private_") else name
            if name in total:
                total[name] += value
    return total


def _threads(pid: int) -> list[Path]:
    return list(Path(f"/proc/{pid}/task").iterdir())


def switches(processes: list[subprocess.Popen]) -> int:
    """How often they went to sleep of their own will, which is how often
    they have been woken."""
    lines = [line for process in processes for task in _threads(process.pid)
             for line in (task / "status").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines
               if line.startswith("voluntary_ctxt"))


def cpu(process: subprocess.Popen) -> int:
    """Nanoseconds on a processor, without its children."""
    return sum(int((task / "schedstat").read_text().split()[0])
               for task in _threads(process.pid))
