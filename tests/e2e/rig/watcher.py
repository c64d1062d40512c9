"""idlebell under test: a home of its own, a configuration, a hook whose
calls are recorded, its events, and what must hold after every run."""

from __future__ import annotations

import base64
import json
import os
import shlex
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterable, Optional

from .base import DEADLINE, Skip, wait_until

_HERE = Path(__file__).resolve().parent
_TOP = _HERE.parents[2]
_BUGS = ("CRITICAL **", "WARNING **", "ERROR: AddressSanitizer",
         "ERROR: LeakSanitizer", "runtime error:", "Assertion ")


def find_program() -> list[str]:
    """$IDLEBELL (may have arguments, such as valgrind's), else a build."""
    if os.environ.get("IDLEBELL"):
        return shlex.split(os.environ["IDLEBELL"])
    for place in (Path.cwd(), _TOP / "build", _TOP, *_TOP.glob("build-*")):
        program = place / "src" / "idlebell"
        if os.access(program, os.X_OK):
            return [str(program)]
    raise FileNotFoundError("idlebell is not built (or set $IDLEBELL)")


_hook: Optional[Path] = None


def build_hook(directory: Path) -> Path:
    """Compiles the hook, once for all tests of a program."""
    global _hook
    if _hook is None:
        compiler = os.environ.get("CC") or "cc"
        path = directory / "hook"
        subprocess.run([*shlex.split(compiler), "-O1", "-o", str(path),
                        str(_HERE / "hook.c")], check=True)
        _hook = path
    return _hook


@dataclass
class Ring:
    """One call of the hook."""

    time: int  # monotonic, ns, at its start
    pid: int
    second_pid: int
    descriptors: list[int]
    input: str
    environment: dict[str, str]

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.input)

    @property
    def subject(self) -> str:
        return self.environment.get("IDLEBELL_SUBJECT", "")

    @property
    def rule(self) -> str:
        return self.environment.get("IDLEBELL_RULE", "")


class _RingLog:
    """The records of the hook; what was read once is not read again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._rings: list[Ring] = []

    def read(self) -> list[Ring]:
        try:
            with open(self._path, "rb") as log:
                log.seek(self._offset)
                data = log.read()
        except FileNotFoundError:
            return []
        while b":" in data:
            length, rest = data.split(b":", 1)
            record, data = rest[:int(length)], rest[int(length):]
            if len(record) < int(length):
                break
            self._offset += len(length) + 1 + len(record)
            self._rings.append(_parse_ring(record))
        return list(self._rings)


def _parse_ring(record: bytes) -> Ring:
    fields = record.decode("utf-8", "surrogateescape").split("\0")[:-1]
    when, pid, second, descriptors, text, *environment = fields
    return Ring(int(when), int(pid), int(second),
                [int(fd) for fd in descriptors.split()], text,
                dict(e.split("=", 1) for e in environment))


def secret_forms(secret: str) -> set[bytes]:
    """What must not be seen: the secret itself, in hexadecimal, and the
    part of any base64 text around it that does not depend on what stands
    before and behind it, which covers every SASL form."""
    octets = secret.encode()
    forms = {octets, octets.hex().encode()}
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + octets).rstrip(b"=")
        whole = coded[(0, 2, 3)[before]:
                      len(coded) if (before + len(octets)) % 3 == 0
                      else len(coded) - 1]
        forms |= {whole, whole.replace(b"+", b"-").replace(b"/", b"_")}
    return forms


class Watcher:
    """Use as a context manager: leaving it stops the program and checks
    that it went at once, with exit status 0, and told no secret."""

    def __init__(self, directory: Path, shared: Path) -> None:
        self.directory = directory
        self.home = directory / "home"
        self.config = directory / "config"
        self.stdout = directory / "stdout"
        self.stderr = directory / "stderr"
        self.hook_log = directory / "hook.log"
        self.hook = build_hook(shared)
        self.program = find_program()
        self.process: Optional[subprocess.Popen] = None
        self.environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(self.home), "LANG": "C.UTF-8", "TZ": "UTC",
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "XDG_STATE_HOME": str(self.home / ".state"),
            "XDG_CACHE_HOME": str(self.home / ".cache"),
            "XDG_RUNTIME_DIR": str(self.home / "run"),
            # No test may ring on the desktop of who runs it.
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
        }
        self.environment |= {
            name: value for name, value in os.environ.items()
            if name.startswith(("ASAN_", "UBSAN_", "LSAN_", "G_SLICE"))}
        for path in self.home, self.home / "run":
            path.mkdir(mode=0o700, exist_ok=True)
        self._ring_log = _RingLog(self.hook_log)
        #: Of how watch is started, as in subprocess.Popen.
        self.cwd: Optional[Path] = None
        self.preexec: Optional[Callable[[], None]] = None
        self.close_fds = True
        self._secrets: set[str] = set()
        self._sections: list[str] = []

    # --- its configuration ----------------------------------------------

    def section(self, title: str, **options: object) -> "Watcher":
        """Adds a section; an option None is left out."""
        lines = [f"[{title}]"]
        lines += [f"{name} = {value}" for name, value in options.items()
                  if value is not None]
        self._sections.append("\n".join(lines) + "\n")
        self.write()
        return self

    def account(self, name: str, server: Any, user: Any,
                tls: str = "implicit", **options: object) -> "Watcher":
        """Adds an account on a rig's server; options win over these."""
        port = server.imaps if tls == "implicit" else server.imap
        settings: dict[str, object] = {
            "host": "localhost", "port": port, "tls": tls,
            "tls_ca_file": (None if tls == "none"
                            else server.authority.certificate),
            "user": user.name, "notify": "hook",
            "on_message": f"{self.hook} {self.hook_log}"}
        if not {"password", "password_command",
                "token_command"} & options.keys():
            settings["password"] = user.password
        self.secret(user.password)
        return self.section(f"account {name}", **{**settings, **options})

    def secret(self, *secrets: str) -> None:
        """What no output of any run may contain."""
        self._secrets |= set(secrets)

    def forget_secret(self, secret: str) -> None:
        """It is in what is to be told: not searched for."""
        self._secrets.discard(secret)

    def write(self, text: Optional[str] = None) -> None:
        """(Re)writes the file; text instead of the sections, if given."""
        new = self.config.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text("\n".join(self._sections) if text is None else text)
        new.rename(self.config)

    def text(self) -> str:
        return self.config.read_text()

    # --- running it -----------------------------------------------------

    def start(self, *accounts: str, verbose: str = "-vvv",
              options: Iterable[str] = ()) -> "Watcher":
        """Starts `watch --json`; output of earlier runs stays in the
        logs."""
        with open(self.stdout, "ab") as out, open(self.stderr, "ab") as err:
            self.process = subprocess.Popen(
                [*self.program, verbose, "--json", "-c", str(self.config),
                 *options, "watch", *accounts],
                env=self.environment, stdin=subprocess.DEVNULL,
                stdout=out, stderr=err, start_new_session=True, cwd=self.cwd,
                preexec_fn=self.preexec, close_fds=self.close_fds)
        return self

    def run(self, *arguments: str, config: bool = True,
            input: Optional[bytes] = None, deadline: float = DEADLINE
            ) -> subprocess.CompletedProcess:
        """Runs a command that ends by itself; text in and out."""
        where = ["-c", str(self.config)] if config else []
        done = subprocess.run(
            [*self.program, *where, *arguments], env=self.environment,
            input=input if input is not None else b"",
            capture_output=True, timeout=deadline)
        with open(self.stderr, "ab") as log:
            log.write(b"$ idlebell %s\n" % " ".join(arguments).encode()
                      + done.stdout + done.stderr)
        self._search(done.stdout + done.stderr, f"output of {arguments}")
        return subprocess.CompletedProcess(
            done.args, done.returncode,
            done.stdout.decode(), done.stderr.decode())

    def send(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def stop(self, number: int = signal.SIGTERM,
             within: float = 15.0) -> None:
        """Stops it; it must exit with 0.  It takes a second, of which a
        silent server may have most; a machine that is busy, or whose disk
        is, needs some more.  Whoever waits for a server, a name or a hook
        needs longer than that."""
        assert self.process is not None
        if self._under_checker():
            within *= 3
        self._search_command_line()
        started = time.monotonic()
        self.send(number)
        try:
            status = self.process.wait(within + 4)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(
                f"still running {within + 4:g} s after signal {number}"
            ) from None
        took = time.monotonic() - started
        self.process = None
        assert status == 0, f"exit status {status} after signal {number}"
        assert took <= within, f"took {took:.2f} s to stop"

    def wait_exit(self, deadline: float = DEADLINE) -> int:
        """Its exit status, when it ends by itself."""
        assert self.process is not None
        try:
            status = self.process.wait(deadline)
        except subprocess.TimeoutExpired:
            raise AssertionError("it does not end by itself") from None
        self.process = None
        return status

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def __enter__(self) -> "Watcher":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None and self.process is not None:
                assert self.process.poll() is None, \
                    f"ended by itself: {self.process.returncode}"
                self.stop()
        finally:
            self.kill()
        if kind is None:
            self.check_outputs()

    # --- what it did ----------------------------------------------------

    @property
    def rings(self) -> list[Ring]:
        return self._ring_log.read()

    @property
    def events(self) -> list[dict[str, Any]]:
        """The complete lines of --json."""
        try:
            text = self.stdout.read_text()
        except FileNotFoundError:
            return []
        return [json.loads(line)
                for line in text[:text.rfind("\n") + 1].splitlines()]

    def messages(self) -> list[dict[str, Any]]:
        return [e for e in self.events if e["event"] == "message"]

    def states(self, account: Optional[str] = None,
               mailbox: Optional[str] = None) -> list[str]:
        return [e["state"] for e in self.events if e["event"] == "state"
                and account in (None, e["account"])
                and mailbox in (None, e["mailbox"])]

    def wait_state(self, state: str, account: str, mailbox: str = "INBOX",
                   count: int = 1, deadline: float = DEADLINE) -> None:
        """Waits until a watch has been in a state for the count-th time
        since the rig was made."""
        wait_until(
            lambda: self._alive()
            and self.states(account, mailbox).count(state) >= count,
            f"{account}/{mailbox}: {state} ({count})", deadline)

    def wait_live(self, *accounts: str, count: int = 1) -> "Watcher":
        for account in accounts:
            self.wait_state("live", account, count=count)
        return self

    def wait_rings(self, count: int, deadline: float = DEADLINE
                   ) -> list[Ring]:
        wait_until(lambda: self._alive() and len(self.rings) >= count,
                   f"ring {count}", deadline)
        return self.rings

    def wait_log(self, text: str, count: int = 1,
                 deadline: float = DEADLINE) -> None:
        wait_until(lambda: self.log().count(text) >= count,
                   f"{text!r} on standard error", deadline)

    def log(self) -> str:
        try:
            return self.stderr.read_text(errors="replace")
        except FileNotFoundError:
            return ""

    def _alive(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(
                f"it ended by itself: exit status {self.process.returncode}")
        return True

    def _under_checker(self) -> bool:
        """Valgrind or a sanitizer: slower and larger than life."""
        return len(self.program) > 1 or "ASAN_OPTIONS" in os.environ

    def memory(self) -> int:
        """The most memory it ever had (VmHWM), in octets."""
        assert self.process is not None
        if self._under_checker():
            raise Skip("memory means nothing under a checker")
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines()
                    if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024

    def descriptors(self) -> int:
        """How many it has open."""
        assert self.process is not None
        try:
            return len(os.listdir(f"/proc/{self.process.pid}/fd"))
        except PermissionError:  # it keeps its memory to itself
            raise Skip("only root may count its descriptors") from None

    # --- what must hold after each run ----------------------------------

    def check_outputs(self) -> None:
        for path in self.stdout, self.stderr, self.hook_log:
            if path.exists():
                self._search(path.read_bytes(), path.name)
        assert "\x1b" not in self.log(), "an escape on standard error"
        for bug in _BUGS:
            assert bug not in self.log(), f"{bug!r} on standard error"
        for path in (self.home / ".state").rglob("*"):
            if path.is_file():
                self._search(path.read_bytes(), str(path))

    def _search(self, output: bytes, where: str) -> None:
        for secret in self._secrets:
            for form in secret_forms(secret):
                assert form not in output, \
                    f"a secret is in {where} as {form!r}"

    def _search_command_line(self) -> None:
        assert self.process is not None
        try:
            line = Path(f"/proc/{self.process.pid}/cmdline").read_bytes()
        except OSError:
            return
        self._search(line, "its command line")

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)
