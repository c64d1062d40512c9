#!/usr/bin/python3
"""Other users and other programs on the same machine: what they can read,
plant and inherit."""

from __future__ import annotations

import ctypes
import itertools
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Callable, Iterator

from rig import tap
from rig.base import Skip, wait_until
from rig.mail import make_message
from rig.scripted import Connection, Scripted
from rig.tap import Bench, each
from rig.watcher import Watcher

NOBODY = 65534


def new_watcher(bench: Bench, server: Scripted, **options: object
                ) -> tuple[Watcher, Path]:
    w = bench.watcher()
    maildir = w.directory / "Maildir"
    w.account("work", server, server.user, **{
        "download_to": maildir, "download_max_size": "1M", **options})
    return w, maildir


def ring(w: Watcher, server: Scripted, count: int) -> Path:
    """One more message; where it was downloaded to."""
    server.add(make_message(f"Message {count}"))
    path = w.wait_rings(count)[-1].environment["IDLEBELL_FILE"]
    return Path(path)


def state_of(w: Watcher) -> Path:
    return w.home / ".state" / "idlebell"


# --- private from the first moment ------------------------------------------


class Spy:
    """Looks without a pause, and notes whatever others could get at."""

    def __init__(self, *places: Path) -> None:
        self.places = places
        self.seen: set[str] = set()
        self.open: set[str] = set()
        self._stop = False
        self._thread = threading.Thread(target=self._look)

    def _paths(self) -> Iterator[Path]:
        for place in self.places:
            yield place
            for directory, names, files in os.walk(place):
                for name in names + files:
                    yield Path(directory, name)

    def _look(self) -> None:
        while not self._stop:
            for path in self._paths():
                try:
                    mode = path.lstat().st_mode
                except OSError:
                    continue
                self.seen.add(path.name)
                if mode & 0o077:
                    self.open.add(f"{path}: {stat.filemode(mode)}")

    def __enter__(self) -> "Spy":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop = True
        self._thread.join()


def test_private(bench: Bench) -> None:
    """Whatever the umask, and at every moment."""
    with Scripted(bench.authority) as server:
        w, maildir = new_watcher(bench, server)
        old = os.umask(0)
        bench.defer(lambda: os.umask(old))
        run = Path(w.environment["XDG_RUNTIME_DIR"]) / "idlebell"
        with Spy(w.home / ".state", run, maildir) as spy, w:
            w.start()
            os.umask(old)
            w.wait_live("work")
            for count in range(1, 11):
                ring(w, server, count)
        assert {"lock", "work.marks", "tmp", "new"} <= spy.seen, spy.seen
        assert not spy.open, spy.open


def test_private_calls(bench: Bench) -> None:
    """No file is made with a mode that others can use, not for an instant,
    and none through a symbolic link."""
    if shutil.which("strace") is None:
        raise Skip("strace is missing")
    with Scripted(bench.authority) as server:
        w, maildir = new_watcher(bench, server)
        trace = bench.path("trace")
        w.program = ["strace", "-f", "-qq", "-o", str(trace), "-e",
                     "trace=open,openat,openat2,creat,mkdir,mkdirat",
                     *w.program]
        server.messages.append(make_message("Old").octets)
        try:
            assert w.run("once").returncode == 0
        except AssertionError:
            raise Skip("strace does not work here") from None
        server.messages.append(make_message("New").octets)
        assert w.run("once").returncode == 0
        w.check_outputs()
        own = [line for line in trace.read_text().splitlines()
               if "O_CREAT" in line and "= -1" not in line
               and str(w.hook_log) not in line
               and ".gcda" not in line]  # of a coverage build
        assert len(own) >= 3, own
        for line in own:
            assert "0600)" in line, line
            assert "O_NOFOLLOW" in line and "O_CLOEXEC" in line, line


# --- planted names ----------------------------------------------------------


PLANTS: dict[str, Callable[[Path, Path], object]] = {
    "symlink": lambda path, victim: path.symlink_to(victim),
    "dangling": lambda path, victim: path.symlink_to(
        victim.with_name("not-there")),
    "hard-link": lambda path, victim: os.link(victim, path),
    "fifo": lambda path, _victim: os.mkfifo(path),
    "directory": lambda path, _victim: path.mkdir(),
    "loop": lambda path, _victim: path.symlink_to(path.name),
}


def names_of(w: Watcher) -> list[str]:
    """What a run has left, and what each is called while it is written."""
    found = {p.name for p in state_of(w).iterdir()}
    return sorted(found | {f".{name}.new" for name in found}
                  | {f"{name}.new" for name in found})


def plant(path: Path, how: str, victim: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)
    PLANTS[how](path, victim)


@each(*PLANTS)
def test_planted_in_state(bench: Bench, how: str) -> None:
    """It runs or says why not; it writes nowhere else and hangs never."""
    with Scripted(bench.authority) as server:
        w, _ = new_watcher(bench, server)
        with w:
            w.start().wait_live("work")
            ring(w, server, 1)
        victim = bench.path("victim")
        for name in names_of(w):
            victim.write_text("precious\n")
            plant(state_of(w) / name, how, victim)
            done = w.run("once")
            assert done.returncode in (0, 73, 74, 75, 77, 78), (name, done)
            assert victim.read_text() == "precious\n", name
            assert not victim.with_name("not-there").exists(), name
            path = state_of(w) / name
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            else:
                path.unlink(missing_ok=True)


def planted_message(maildir: Path, name: str, how: str,
                    victim: Path) -> None:
    for place in "tmp", "new", "cur":
        plant(maildir / place / name, how, victim)


@each(*PLANTS)
def test_planted_in_maildir(bench: Bench, how: str) -> None:
    """Under the very name that a message is going to have."""
    with Scripted(bench.authority) as server:
        w, maildir = new_watcher(bench, server)
        victim = bench.path("victim")
        victim.write_text("precious\n")
        with w:
            w.start().wait_live("work")
            path = ring(w, server, 1)
            head = path.name.removesuffix("U1")
            plant(maildir / "tmp" / f"{head}U2", how, victim)
            server.add(make_message("Second"))
            w.wait_rings(2)
        assert victim.read_text() == "precious\n"
        assert not victim.with_name("not-there").exists()


@each(*PLANTS)
def test_planted_in_runtime(bench: Bench, how: str) -> None:
    """In place of the control socket and of all beside it: mail rings, and
    nothing else is touched."""
    with Scripted(bench.authority) as server:
        w, _ = new_watcher(bench, server)
        run = Path(w.environment["XDG_RUNTIME_DIR"]) / "idlebell"
        with w:
            w.start().wait_live("work")
            names = [p.name for p in run.iterdir()]
            ring(w, server, 1)
        assert "control" in names, names
        victim = bench.path("victim")
        victim.write_text("precious\n")
        victim.chmod(0o644)
        for count, name in enumerate(names, 2):
            plant(run / name, how, victim)
            w.start().wait_live("work", count=count)
            ring(w, server, count)
            w.run("status")
            w.stop()
            assert victim.read_text() == "precious\n", name
            assert stat.S_IMODE(victim.stat().st_mode) == 0o644, name
            assert not victim.with_name("not-there").exists(), name


@each("foreign", "linked", "writable")
def test_runtime_of_others(bench: Bench, how: str) -> None:
    """Where others could put a socket of theirs, there is none of ours."""
    as_root()
    with Scripted(bench.authority) as server:
        w, _ = new_watcher(bench, server)
        run = Path(w.environment["XDG_RUNTIME_DIR"]) / "idlebell"
        place = bench.path("place") if how == "linked" else run
        place.mkdir(mode=0o700)
        if how == "linked":
            run.symlink_to(place)
            os.chown(run, NOBODY, NOBODY, follow_symlinks=False)
        elif how == "foreign":
            os.chown(run, NOBODY, NOBODY)
        else:
            run.chmod(0o777)
        with w:
            w.start().wait_live("work")
            ring(w, server, 1)
            assert not list(place.iterdir()), how


@each("tmp", "new", "cur")
def test_linked_maildir(bench: Bench, sub: str) -> None:
    """A part of the Maildir points elsewhere: nothing is put there."""
    with Scripted(bench.authority) as server:
        w, maildir = new_watcher(bench, server)
        other = bench.path("other")
        other.mkdir()
        for name in "tmp", "new", "cur":
            (maildir / name).mkdir(parents=True)
        (maildir / sub).rmdir()
        (maildir / sub).symlink_to(other)
        with w:
            w.start().wait_live("work")
            server.add(make_message("New"))
            assert "IDLEBELL_FILE" not in w.wait_rings(1)[0].environment or \
                not w.rings[0].environment["IDLEBELL_FILE"]
        assert not list(other.iterdir())


def exchange(one: Path, other: Path) -> None:
    """At once: neither name is missing for a moment."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(-100, os.fsencode(one), -100, os.fsencode(other), 2):
        raise OSError(ctypes.get_errno(), "renameat2")


def test_racing_renamer(bench: Bench) -> None:
    """Parts of the Maildir become links and directories again all the time:
    whatever comes of the messages, nothing lands elsewhere."""
    with Scripted(bench.authority) as server:
        w, maildir = new_watcher(bench, server)
        other = bench.path("other")
        other.mkdir()
        with w:
            w.start().wait_live("work")
            ring(w, server, 1)
            stop = threading.Event()
            link = bench.path("link")
            link.symlink_to(other)

            def race() -> None:
                for sub in itertools.cycle(("tmp", "new", "cur")):
                    exchange(maildir / sub, link)
                    for _ in range(50):  # long enough to be met
                        other.stat()
                    exchange(maildir / sub, link)
                    if stop.is_set():
                        return

            thread = threading.Thread(target=race)
            thread.start()
            try:
                for count in range(2, 42):
                    server.add(make_message(f"Message {count}"))
                w.wait_rings(41)
            finally:
                stop.set()
                thread.join()
        assert not list(other.iterdir())


# --- directories of others --------------------------------------------------


def as_root() -> None:
    if os.geteuid() != 0:
        raise Skip("only root can give files away")


def refused(w: Watcher, text: str) -> None:
    done = w.run("once")
    assert done.returncode != 0, done
    assert text in done.stderr, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr


@each("group", "others")
def test_writable_state(bench: Bench, who: str) -> None:
    with Scripted(bench.authority) as server:
        w, _ = new_watcher(bench, server)
        state_of(w).mkdir(parents=True)
        state_of(w).chmod(0o770 if who == "group" else 0o707)
        refused(w, "other users can write to it")
        assert not list(state_of(w).iterdir())


def test_foreign_state(bench: Bench) -> None:
    as_root()
    with Scripted(bench.authority) as server:
        w, _ = new_watcher(bench, server)
        state_of(w).mkdir(parents=True)
        os.chown(state_of(w), NOBODY, NOBODY)
        refused(w, "belongs to another user")
        assert not list(state_of(w).iterdir())


@each("own", "foreign")
def test_linked_state(bench: Bench, whose: str) -> None:
    """People may move it elsewhere by a link of theirs, others may not."""
    as_root()
    with Scripted(bench.authority) as server:
        w, _ = new_watcher(bench, server)
        elsewhere = bench.path("elsewhere")
        elsewhere.mkdir(0o700)
        (elsewhere / "lock").write_text("precious\n")
        state_of(w).parent.mkdir()
        state_of(w).symlink_to(elsewhere)
        if whose == "own":
            assert w.run("once").returncode == 0
            assert (elsewhere / "work.marks").exists()
            return
        os.chown(state_of(w), NOBODY, NOBODY, follow_symlinks=False)
        refused(w, "Permission denied")
        assert (elsewhere / "lock").read_text() == "precious\n"


def test_foreign_maildir(bench: Bench) -> None:
    as_root()
    with Scripted(bench.authority) as server:
        w, maildir = new_watcher(bench, server)
        for path in maildir, *(maildir / n for n in ("tmp", "new", "cur")):
            path.mkdir(mode=0o777)
            os.chown(path, NOBODY, NOBODY)
        with w:
            w.start().wait_live("work")
            server.add(make_message("New"))
            w.wait_log("belongs to another user")
        assert not [p for p in maildir.rglob("*") if p.is_file()]


@each("0644", "0640", "0604", "0622")
def test_readable_config(bench: Bench, mode: str) -> None:
    """One that holds a password and that others can read is refused."""
    with Scripted(bench.authority) as server:
        w, _ = new_watcher(bench, server)
        w.config.chmod(int(mode, 8))
        done = w.run("once")
        assert done.returncode == 78, done
        assert not server.connections


# --- what children inherit --------------------------------------------------

#: In quotes for the configuration, which ends values at ";".
LOOK = """"sh -c 'ls /proc/$$/fd >>{0}; grep ^Sig /proc/self/status >>{0};\
 cat {1}'\""""
#: Signals 32 and 33 are the C library's: posix_spawn() ignores them.
OURS = ~(3 << 31)


def looked(path: Path) -> tuple[list[str], list[int]]:
    """The descriptors, and the signals blocked and ignored, of the first."""
    words = path.read_text().split()
    end = words.index("SigQ:")
    signals = [int(words[words.index(name) + 1], 16) & OURS
               for name in ("SigBlk:", "SigIgn:")]
    # Debian's shell keeps 10 for itself while it redirects.
    return sorted({*words[:end]} - {"10"}), signals


def confuse() -> None:
    """Started by a careless parent."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    signal.signal(signal.SIGQUIT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR2,
                                              signal.SIGWINCH})


def never(c: Connection, _tag: bytes, _rest: bytes) -> None:
    c.wait_closed()


@each("on_message", "password_command", "on_state")
def test_inherits(bench: Bench, key: str) -> None:
    """Nothing but 0, 1 and 2, and no signal blocked or ignored, though a
    parent left more."""
    with Scripted(bench.authority) as server:
        seen, answer = bench.path("seen"), bench.path("answer")
        answer.write_text(server.user.password + "\n"
                          if key == "password_command" else "")
        options: dict[str, object] = {key: LOOK.format(seen, answer)}
        if key == "on_state":
            options["blind_after"] = "1s"
            server.handlers["greeting"] = never
        w, _ = new_watcher(bench, server, **options)
        leaked = os.open("/dev/null", os.O_RDONLY)
        os.set_inheritable(leaked, True)
        bench.defer(lambda: os.close(leaked))
        w.preexec, w.close_fds = confuse, False
        with w:
            w.start()
            if key != "on_state":
                w.wait_live("work")
            server.add(make_message("New"))
            wait_until(lambda: seen.exists()
                       and "SigIgn" in seen.read_text(), "a look")
        assert looked(seen) == (["0", "1", "2"], [0, 0]), seen.read_text()


# --- memory and command line ------------------------------------------------


def dumps_core(pid: int, process: subprocess.Popen) -> bool:
    os.kill(pid, signal.SIGSEGV)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = -signal.SIGSEGV
    assert os.WIFSIGNALED(status), status
    return os.WCOREDUMP(status)


def allow_core() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)


def test_no_core_dump(bench: Bench) -> None:
    """A crash leaves no image of the passwords; other programs dump core
    under the same conditions."""
    place = bench.path("place")
    place.mkdir()
    control = subprocess.Popen(
        [sys.executable, "-c", "print(flush=True); input()"], cwd=place,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        preexec_fn=allow_core)
    assert control.stdout is not None and control.stdin is not None
    control.stdout.readline()
    dumped = dumps_core(control.pid, control)
    control.stdin.close()
    if not dumped:
        raise Skip("no core dumps on this machine")
    for path in place.iterdir():
        path.unlink()
    with Scripted(bench.authority) as server:
        w, _ = new_watcher(bench, server)
        if len(w.program) > 1 or "ASAN_OPTIONS" in os.environ:
            raise Skip("built for checkers, which look into it")
        w.environment["PWD"] = str(place)
        w.cwd, w.preexec = place, allow_core
        with w:
            w.start().wait_live("work")
            assert w.process is not None
            assert not dumps_core(w.process.pid, w.process)
            w.process = None
        assert not list(place.iterdir())


def test_no_ptrace(bench: Bench) -> None:
    """Another program of the same user, who is not root, cannot look into
    its memory, but it still works."""
    as_root()
    if shutil.which("setpriv") is None:
        raise Skip("setpriv is missing")
    drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}",
            "--clear-groups"]
    with Scripted(bench.authority) as server:
        w, _ = new_watcher(bench, server)
        if len(w.program) > 1 or "ASAN_OPTIONS" in os.environ:
            raise Skip("built for checkers, which look into it")
        bench.directory.chmod(0o755)
        for path in w.directory, *w.directory.rglob("*"):
            os.chown(path, NOBODY, NOBODY)
        program = shutil.copy(w.program[0], bench.shared / "idlebell")
        os.chmod(program, 0o755)
        w.program = [*drop, program]
        with w:
            w.start().wait_live("work")
            ring(w, server, 1)
            assert w.process is not None
            assert w.run("status").returncode == 0
            for name in "mem", "environ", "maps":
                done = subprocess.run(
                    [*drop, "head", "-c1", f"/proc/{w.process.pid}/{name}"],
                    capture_output=True)
                assert b"denied" in done.stderr, (name, done)


def test_command_line(bench: Bench) -> None:
    """-o password=... does not stay in the list of processes."""
    with Scripted(bench.authority) as server:
        w, _ = new_watcher(bench, server, password=None)
        with w:
            w.start(options=(f"-opassword={server.user.password}",
                             "--option", "refresh=10m"))
            w.wait_live("work")
            assert w.process is not None
            line = Path(f"/proc/{w.process.pid}/cmdline").read_bytes()
            assert server.user.password.encode() not in line
            assert b"-opassword=*" in line and b"watch" in line, line


if __name__ == "__main__":
    tap.main(globals())
