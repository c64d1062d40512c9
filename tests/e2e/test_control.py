#!/usr/bin/python3
"""The control socket and its commands: who may speak, what is answered, and
that nobody who is rude there keeps mail from ringing."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import stat
import struct
import subprocess
from pathlib import Path
from typing import Any

from rig import tap
from rig.base import DEADLINE, Skip, wait_until
from rig.mail import make_message
from rig.scripted import Scripted
from rig.tap import Bench, each
from rig.watcher import Watcher

COMMANDS = ("status", "poke", "reload", "stop")


def directory_of(w: Watcher) -> Path:
    return Path(w.environment["XDG_RUNTIME_DIR"]) / "idlebell"


def socket_of(w: Watcher) -> Path:
    return directory_of(w) / "control"


def connect(w: Watcher) -> socket.socket:
    """By way of a descriptor: the path may be too long for an address."""
    directory = os.open(directory_of(w), os.O_PATH)
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        client.connect(f"/proc/self/fd/{directory}/control")
    finally:
        os.close(directory)
    client.settimeout(DEADLINE)
    return client


def read_line(client: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\n"):
        more = client.recv(65536)
        if not more:
            break
        data += more
    return data


def reply_to(w: Watcher, request: bytes) -> dict[str, Any]:
    with connect(w) as client:
        client.sendall(request)
        return json.loads(read_line(client))


def status(w: Watcher) -> dict[str, Any]:
    done = w.run("status", "--json", config=False)
    assert (done.returncode, done.stderr) == (0, ""), done
    return json.loads(done.stdout)


def check_line(done: subprocess.CompletedProcess, code: int,
               *words: str) -> None:
    """It failed, and one line says why."""
    assert done.returncode == code, done
    assert done.stdout == "" and done.stderr.count("\n") == 1, done
    for word in words:
        assert word in done.stderr, done


def logins(server: Scripted) -> int:
    return sum(b" AUTHENTICATE " in line or b" LOGIN " in line
               for _, line in server.commands)


def check_rings(w: Watcher, server: Scripted, subject: str) -> None:
    server.add(make_message(subject))
    wait_until(lambda: any(r.subject == subject for r in w.rings), subject)


# --- status -----------------------------------------------------------------


def test_status(bench: Bench) -> None:
    with Scripted(bench.authority) as one, Scripted(bench.authority) as two:
        w = bench.watcher().account("one", one, one.user)
        with w.account("two", two, two.user):
            w.start().wait_live("one", "two")
            assert w.process is not None
            known = status(w)
            assert known["pid"] == w.process.pid
            assert [(a["account"], [(b["mailbox"], b["state"])
                                    for b in a["watches"]])
                    for a in known["accounts"]] == [
                ("one", [("INBOX", "live")]), ("two", [("INBOX", "live")])]
            done = w.run("status", "two", config=False)
            assert (done.returncode, done.stderr) == (0, ""), done
            assert "two\n" in done.stdout and "INBOX" in done.stdout, done
            assert "one\n" not in done.stdout, done
            assert "\x1b" not in done.stdout, "colours in a pipe"


def test_status_check(bench: Bench) -> None:
    with Scripted(bench.authority) as good:
        w = bench.watcher().account("good", good, good.user)
        with w.account("bad", good, good.user, port=1):
            w.start().wait_live("good").wait_state("waiting", "bad")
            done = w.run("status", "--check", "good", config=False)
            assert (done.returncode, done.stdout, done.stderr) == (
                0, "1 of 1 live\n", ""), done
            check_line(w.run("status", "--check", config=False), 75,
                       "only 1 of 2 live", "bad/INBOX")


def read_terminal(fd: int) -> bytes:
    """To its end, which is an error: each line comes for itself."""
    data = b""
    try:
        while more := os.read(fd, 65536):
            data += more
    except OSError as error:
        if error.errno != errno.EIO:
            raise
    return data


def test_status_on_a_terminal(bench: Bench) -> None:
    """Colours there, unless NO_COLOR is set."""
    with Scripted(bench.authority) as server:
        with bench.watcher().account("work", server, server.user) as w:
            w.start().wait_live("work")
            shown = {}
            for plain in "", "1":
                ours, theirs = os.openpty()
                subprocess.run([*w.program, "status"], stdout=theirs,
                               env={**w.environment, "TERM": "xterm",
                                    "NO_COLOR": plain},
                               stdin=subprocess.DEVNULL, check=True,
                               timeout=DEADLINE)
                os.close(theirs)
                shown[plain] = read_terminal(ours)
                os.close(ours)
            assert b"\x1b[32m" in shown[""], shown
            assert b"\x1b" not in shown["1"] and b"live" in shown["1"], shown


@each("status", "poke")
def test_unknown_account(bench: Bench, command: str) -> None:
    with Scripted(bench.authority) as server:
        with bench.watcher().account("work", server, server.user) as w:
            w.start().wait_live("work")
            check_line(w.run(command, "wrok", config=False), 64, "wrok",
                       "did you mean work?")
            check_line(w.run(command, "nobody", config=False), 64,
                       "no account nobody is watched\n")


@each(*COMMANDS)
def test_no_watcher(bench: Bench, command: str) -> None:
    with bench.watcher() as w:
        check_line(w.run(command, config=False), 69,
                   "no watcher is running")


def test_watcher_hangs(bench: Bench) -> None:
    with Scripted(bench.authority) as server:
        with bench.watcher().account("work", server, server.user) as w:
            w.start().wait_live("work")
            w.send(signal.SIGSTOP)
            done = w.run("status", config=False)
            w.send(signal.SIGCONT)
            check_line(done, 75, "does not answer")
            assert status(w)["accounts"]


def test_wrong_usage(bench: Bench) -> None:
    with bench.watcher() as w:
        for words in (("poke", "--check"), ("reload", "--json"),
                      ("stop", "now"), ("watch", "--check")):
            check_line(w.run(*words, config=False), 64)


def test_did_you_mean(bench: Bench) -> None:
    with bench.watcher() as w:
        for words, meant in (
                (("staus",), "did you mean status?"),
                (("Stauts", "--check"), "did you mean status?"),
                (("--jsno",), "did you mean --json?"),
                (("--conifg=x", "check"), "did you mean --config?")):
            check_line(w.run(*words, config=False), 64, words[0], meant)
        for words in ("dance",), ("--dance",), ("--",  "x" * 5000):
            done = w.run(*words, config=False)
            check_line(done, 64, "there is no")
            assert "did you mean" not in done.stderr, done


def test_help_fits_a_screen(bench: Bench) -> None:
    with bench.watcher() as w:
        lines = w.run("--help", config=False).stdout.splitlines()
        assert len(lines) <= 24 and max(map(len, lines)) < 80, lines


# --- stop and reload --------------------------------------------------------


def test_stop(bench: Bench) -> None:
    """When it returns the state is free for another."""
    last = []
    with Scripted(bench.authority) as server:
        with bench.watcher().account("work", server, server.user) as w:
            for count in 1, 2, 3:
                w.start().wait_live("work", count=count)
                done = w.run("stop", config=False)
                assert (done.returncode, done.stdout, done.stderr) == (
                    0, "", ""), done
                assert not socket_of(w).exists()
                last.append(w.process)
                w.process = None
    assert [process.wait(DEADLINE) for process in last] == [0, 0, 0]


def test_reload_keeps_connections(bench: Bench) -> None:
    """An account that has not changed keeps its TCP connection."""
    with Scripted(bench.authority) as one, Scripted(bench.authority) as two:
        w = bench.watcher().account("one", one, one.user)
        kept = w.text()
        with w.account("two", two, two.user, refresh="10m"):
            w.start().wait_live("one", "two")
            w.write(kept + w.text()[len(kept):].replace("10m", "9m"))
            done = w.run("reload", config=False)
            assert (done.returncode, done.stdout, done.stderr) == (
                0, "", ""), done
            w.wait_live("two", count=2)
            assert (len(one.connections), logins(one)) == (1, 1)
            assert (len(two.connections), logins(two)) == (2, 2)
            check_rings(w, one, "To one")
            check_rings(w, two, "To two")
            assert len(one.connections) == 1


def test_reload_with_errors(bench: Bench) -> None:
    """They are told where the command was typed and in the log, and all
    stays as it was."""
    with Scripted(bench.authority) as server:
        with bench.watcher().account("work", server, server.user) as w:
            w.start().wait_live("work")
            good = w.text()
            w.write(good + "\nnonsense = 1\nrefresh = never\n")
            done = w.run("reload", config=False)
            assert (done.returncode, done.stdout) == (78, ""), done
            for word in f"{w.config}:", "nonsense", "never", "stays":
                assert word in done.stderr, done
                w.wait_log(word, 2)
            w.config.unlink()
            done = w.run("reload", config=False)
            assert done.returncode == 78 and str(w.config) in done.stderr
            w.write(good)
            assert w.run("reload", config=False).returncode == 0
            assert (len(server.connections), logins(server)) == (1, 1)
            check_rings(w, server, "Still")


# --- one watcher, one socket ------------------------------------------------


def test_private(bench: Bench) -> None:
    with Scripted(bench.authority) as server:
        with bench.watcher().account("work", server, server.user) as w:
            w.start().wait_live("work")
            for path, kind, mode in (
                    (directory_of(w), stat.S_ISDIR, 0o700),
                    (socket_of(w), stat.S_ISSOCK, 0o600)):
                found = path.stat()
                assert kind(found.st_mode), path
                assert stat.S_IMODE(found.st_mode) == mode, path
                assert found.st_uid == os.geteuid(), path


def test_without_runtime_directory(bench: Bench) -> None:
    """The socket is with the state, and found there by those who have a
    runtime directory."""
    with Scripted(bench.authority) as server:
        with bench.watcher().account("work", server, server.user) as w:
            runtime = w.environment.pop("XDG_RUNTIME_DIR")
            w.start().wait_live("work")
            path = w.home / ".state" / "idlebell" / "control"
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert status(w)["accounts"]
            w.environment["XDG_RUNTIME_DIR"] = runtime
            assert status(w)["accounts"]


def test_long_path(bench: Bench) -> None:
    """Longer than an address could hold."""
    with Scripted(bench.authority) as server:
        with bench.watcher().account("work", server, server.user) as w:
            runtime = w.home / ("x" * 150)
            runtime.mkdir(mode=0o700)
            w.environment["XDG_RUNTIME_DIR"] = str(runtime)
            w.start().wait_live("work")
            assert status(w)["accounts"]


@each("writable", "other-user")
def test_unsafe_directory(bench: Bench, kind: str) -> None:
    """Not used; mail rings all the same."""
    if kind == "other-user" and os.geteuid() != 0:
        raise Skip("needs root")
    with Scripted(bench.authority) as server:
        with bench.watcher().account("work", server, server.user) as w:
            directory_of(w).mkdir()
            if kind == "writable":
                directory_of(w).chmod(0o777)
            else:
                os.chown(directory_of(w), 65534, 65534)
            w.start().wait_live("work")
            w.wait_log("will not find this watcher")
            assert not socket_of(w).exists()
            check_rings(w, server, "All the same")


def as_nobody(path: Path) -> bytes:
    """What another user is told there."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(DEADLINE)
                client.connect(str(path))
                client.sendall(b'{"command": "status"}\n')
                os.write(writer, b"heard:" + client.recv(100))
        except OSError as error:
            os.write(writer, type(error).__name__.encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        heard = answer.read()
    os.waitpid(child, 0)
    return heard


def test_another_user(bench: Bench) -> None:
    """Kept out by the directory, and where someone opened that, by a look
    at who calls."""
    if os.geteuid() != 0:
        raise Skip("needs root")
    with Scripted(bench.authority) as server:
        with bench.watcher().account("work", server, server.user) as w:
            runtime = Path("/tmp") / f"idlebell-{os.getpid()}"
            runtime.mkdir()
            bench.defer(lambda: subprocess.run(["rm", "-r", str(runtime)]))
            w.environment["XDG_RUNTIME_DIR"] = str(runtime)
            w.start().wait_live("work")
            assert as_nobody(socket_of(w)) == b"PermissionError"
            directory_of(w).chmod(0o711)
            socket_of(w).chmod(0o666)
            assert as_nobody(socket_of(w)) in (
                b"heard:", b"ConnectionResetError", b"BrokenPipeError")
            w.wait_log("of user 65534 was turned away")
            assert status(w)["accounts"]


def test_stale_socket(bench: Bench) -> None:
    """What a killed watcher leaves behind keeps nobody out."""
    with Scripted(bench.authority) as server:
        with bench.watcher().account("work", server, server.user) as w:
            w.start().wait_live("work")
            w.kill()
            assert socket_of(w).is_socket()
            check_line(w.run("status", config=False), 69, "no watcher")
            w.start().wait_live("work", count=2)
            assert w.process and status(w)["pid"] == w.process.pid


def test_live_socket_is_not_stolen(bench: Bench) -> None:
    """Two states, one runtime directory: the second goes without."""
    with Scripted(bench.authority) as server:
        first = bench.watcher().account("work", server, server.user)
        second = bench.watcher().account("work", server, server.user)
        second.environment["XDG_RUNTIME_DIR"] = \
            first.environment["XDG_RUNTIME_DIR"]
        with first, second:
            first.start().wait_live("work")
            second.start().wait_live("work")
            second.wait_log("will not find this watcher")
            assert first.process is not None
            assert status(second)["pid"] == first.process.pid
            check_rings(second, server, "Rings")
            second.stop()
            assert status(first)["pid"] == first.process.pid


def test_second_watcher(bench: Bench) -> None:
    with Scripted(bench.authority) as server:
        with bench.watcher().account("work", server, server.user) as w:
            w.start().wait_live("work")
            assert w.process is not None
            check_line(w.run("watch"), 75, "another idlebell is watching",
                       f"process {w.process.pid})")
            assert status(w)["pid"] == w.process.pid
            assert len(server.connections) == 1


# --- rude clients -----------------------------------------------------------

# What is sent, and a word of the error.
BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"\n", "no request"),
    "no-json": (b"status\n", "no request"),
    "no-object": (b"[]\n", "no request"),
    "no-command": (b"{}\n", "has a command"),
    "number": (b'{"command": 5}\n', "has a command"),
    "null": (b'{"command": null}\n', "has a command"),
    "accounts": (b'{"command": "status", "accounts": "work"}\n', "names"),
    "account": (b'{"command": "status", "accounts": [["work"]]}\n', "names"),
    "unknown": (b'{"command": "dance"}\n', "dance"),
    "unfinished": (b'{"command": "status"\n', "no request"),
    "nul": (b'{"command": "sta\0tus"}\n', "no request"),
    "no-utf8": (b'{"command": "\xff\xfe"}\n', "no request"),
    "deep": (b'{"command": ' + b"[" * 7000 + b"]" * 7000 + b"}\n",
             "no request"),
    "long": (b'{"command": "' + b"x" * 20000 + b'"}\n', "too long"),
    "endless": (b"x" * 10_000_000 + b"\n", "too long"),
}


@each(*BAD)
def test_bad_request(bench: Bench, name: str) -> None:
    """An error is all that comes of it."""
    with Scripted(bench.authority) as server:
        with bench.watcher().account("work", server, server.user) as w:
            w.start().wait_live("work")
            request, word = BAD[name]
            reply = reply_to(w, request)
            assert reply["ok"] is False and word in reply["error"], reply
            assert reply["status"] == (64 if name == "unknown" else 76)
            assert status(w)["accounts"]
            assert len(server.connections) == 1


def test_request_in_pieces(bench: Bench) -> None:
    with Scripted(bench.authority) as server:
        with bench.watcher().account("work", server, server.user) as w:
            w.start().wait_live("work")
            with connect(w) as client:
                for octet in b'{"command": "status"}':
                    client.sendall(bytes([octet]))
                # Nothing comes for half a line; others are served.
                assert reply_to(w, b'{"command": "status"}\n')["ok"]
                client.sendall(b"\nand more that nobody wants\n")
                client.shutdown(socket.SHUT_WR)
                assert json.loads(read_line(client))["ok"]
                assert client.recv(1) == b"", "more than one reply"


def test_crowd(bench: Bench) -> None:
    """Hundreds that say nothing, half a word, or do not listen: others are
    answered, mail rings, and no descriptor stays."""
    with Scripted(bench.authority) as server:
        with bench.watcher().account("work", server, server.user) as w:
            w.start().wait_live("work")
            before = w.descriptors()
            crowd = []
            for number in range(400):
                crowd.append(connect(w))
                if number % 3:
                    crowd[-1].sendall(
                        (b"{", b'{"command": "status"}\n')[number % 3 - 1])
            assert status(w)["accounts"]
            assert w.descriptors() <= before + 16
            check_rings(w, server, "In the crowd")
            assert w.rings[0].descriptors == [0, 1, 2]
            for number, client in enumerate(crowd):
                if number % 2:  # RST instead of a goodbye
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                      struct.pack("ii", 1, 0))
                client.close()
            wait_until(lambda: w.descriptors() <= before,
                       "the clients' descriptors to be closed")
            assert len(server.connections) == 1


def test_eldest_has_to_go(bench: Bench) -> None:
    with Scripted(bench.authority) as server:
        with bench.watcher().account("work", server, server.user) as w:
            w.start().wait_live("work")
            eldest = connect(w)
            others = [connect(w) for _ in range(16)]
            assert eldest.recv(1) == b""
            others[-1].sendall(b'{"command": "status"}\n')
            assert json.loads(read_line(others[-1]))["ok"]
            for client in [eldest, *others]:
                client.close()


def test_silent_client_is_dropped(bench: Bench) -> None:
    with Scripted(bench.authority) as server:
        with bench.watcher().account("work", server, server.user) as w:
            w.start().wait_live("work")
            with connect(w) as client:
                client.sendall(b'{"command": ')
                assert client.recv(1) == b""


if __name__ == "__main__":
    tap.main(globals())
