#!/usr/bin/python3
"""doctor: for each broken set-up it names the cause and what to do, skips what
depends on it, and tells no secret (every output is searched for those)."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from rig import tap
from rig.base import HOST, free_port
from rig.desktop import Desktop
from rig.disk import SmallDisk
from rig.netns import SERVER, SERVER6, Network, with_file
from rig.scripted import Connection, Scripted
from rig.tap import Bench, each
from rig.watcher import Watcher

STEPS = ("configuration", "state directory", "watcher", "clock",
         "environment", "desktop bus", "notifications", "systemd unit",
         "hooks of rules", "hooks", "downloads", "password", "name",
         "connection", "proxy", "TLS", "certificate", "greeting", "login",
         "capabilities", "mailboxes", "quiet hours", "method", "IDLE")
LINE = re.compile(r"  (ok|warning|failed|skipped) +(?:[\d.]+ m?s +)?"
                  rf"({'|'.join(STEPS)}) +(.*)")


class Report:
    """What it printed, by step: the first failure of a step wins."""

    def __init__(self, done: subprocess.CompletedProcess) -> None:
        self.status = done.returncode
        self.text = done.stdout
        assert "\x1b" not in self.text, "colours without a terminal"
        self.steps: dict[str, tuple[str, str]] = {}
        last = ""
        for line in self.text.splitlines():
            found = LINE.fullmatch(line)
            if found:
                verdict, last, text = found.groups()
                if (self.steps.get(last, ("ok",))[0] != "failed"):
                    self.steps[last] = (verdict, text)
            elif line.startswith(" "):
                assert line.lstrip().startswith("-> "), line
                verdict, text = self.steps[last]
                self.steps[last] = (verdict, f"{text} {line.lstrip()}")

    def expect(self, step: str, verdict: str, *words: str) -> None:
        assert self.steps.get(step, ("",))[0] == verdict, self.text
        for word in words:
            assert word in self.steps[step][1], f"{word!r}: {self.text}"

    def failed(self, step: str, status: int, *words: str) -> None:
        """Alone: this is the cause, with what to do; what depends on it is
        skipped."""
        self.expect(step, "failed", "-> ", *words)
        assert [s for s, (verdict, _) in self.steps.items()
                if verdict == "failed"] == [step], self.text
        assert self.status == status, (self.status, self.text)

    def skipped(self, *steps: str) -> None:
        for step in steps:
            self.expect(step, "skipped")


def examine(bench: Bench, w: Watcher, *arguments: str) -> Report:
    done = w.run("doctor", *arguments)
    show = os.environ.get("DOCTOR_SHOW")
    if show:
        with open(show, "a", encoding="utf-8") as log:
            log.write(f"==== {bench.directory.name}: {done.returncode}\n"
                      f"{done.stdout}{done.stderr}\n")
    assert done.stderr == "", done.stderr
    return Report(done)


def patient(bench: Bench, **options: object) -> Watcher:
    server = bench.dovecot
    return bench.watcher().account("work", server, server.user(), **options)


# --- all well ---------------------------------------------------------------


def test_well(bench: Bench) -> None:
    w = patient(bench)
    with w:
        report = examine(bench, w)
        assert report.status == 0, report.text
        assert "All is well." in report.text, report.text
        assert not {v for v, _ in report.steps.values()} - {"ok"}, report.text
        report.expect("name", "ok", "127.0.0.1")
        report.expect("TLS", "ok", "TLS 1.3")
        report.expect("certificate", "ok", "CN=localhost", "CN=Test CA",
                      "sha256//")
        report.expect("login", "ok", "user")
        report.expect("capabilities", "ok", "IDLE", "NOTIFY")
        report.expect("method", "ok", "INBOX (pushed, ")
        report.expect("IDLE", "ok", "DONE", "round trip")
        report.expect("hooks", "ok", "on_message")


def test_quiet_hours(bench: Bench) -> None:
    """What rests now, and why."""
    server = bench.dovecot
    user = server.user()
    with server.reader(user) as reader:
        reader.create("Alarms")
    w = bench.watcher().account("work", server, user, mailboxes="*",
                                quiet_hours="00:00-24:00")
    with w:
        report = examine(bench, w)
        report.expect("quiet hours", "ok", "until resumed: 2 of 2 mailboxes")
    with w.section("rule alarm", mailbox="Alarms", urgent="yes"):
        report = examine(bench, w)
        report.expect("quiet hours", "ok", "1 of 2 mailboxes rest, as no "
                      "urgent rule can be about them")


def test_other_account_goes_on(bench: Bench) -> None:
    """One that fails does not hold up the others, and they are told one
    after the other; --json says the same."""
    w = patient(bench)
    w.account("home", bench.dovecot, bench.dovecot.user(), port=free_port())
    w.account("third", bench.dovecot, bench.dovecot.user())
    with w:
        done = w.run("--json", "doctor")
        assert done.returncode == 69, done
        document: dict[str, Any] = json.loads(done.stdout)
        assert document["status"] == 69 and document["warnings"] == 0
        assert [(a["account"], a["verdict"]) for a in document["accounts"]] \
            == [("work", "ok"), ("home", "failed"), ("third", "ok")]
        step = {s["step"]: s for s in document["accounts"][1]["steps"]}
        assert step["connection"]["verdict"] == "failed", step
        assert step["connection"]["microseconds"] >= 0
        assert step["connection"]["advice"], step
        assert step["login"]["verdict"] == "skipped"
        assert step["login"]["microseconds"] is None
        assert {"configuration", "clock"} <= {
            s["step"] for s in document["computer"]}
        report = examine(bench, w, "third")
        assert report.status == 0 and "Account home" not in report.text


def test_unknown_account(bench: Bench) -> None:
    w = patient(bench)
    with w:
        done = w.run("doctor", "wrk")
        assert done.returncode == 64, done
        assert "did you mean work?" in done.stderr, done


def test_configuration(bench: Bench) -> None:
    w = patient(bench)
    w.section("account home", host="localhost", user="jane", refersh="5m")
    with w:
        report = examine(bench, w)
        report.failed("configuration", 78, "refersh", "refresh")


# --- the way there ----------------------------------------------------------


def test_wrong_host(bench: Bench) -> None:
    w = patient(bench, host="no-such-host.invalid")
    with w:
        report = examine(bench, w)
        assert report.status in (69, 75), report.text
        report.failed("name", report.status, "no-such-host.invalid", "host",
                      "/etc/resolv.conf")
        report.skipped("connection", "TLS", "login", "IDLE")


def test_wrong_port(bench: Bench) -> None:
    port = free_port()
    w = patient(bench, port=port)
    with w:
        report = examine(bench, w)
        report.failed("connection", 69, "refused", f"is port {port} right?",
                      "993")
        report.skipped("TLS", "login", "mailboxes", "IDLE")


def test_implicit_tls_on_starttls_port(bench: Bench) -> None:
    w = patient(bench, port=bench.dovecot.imap)
    with w:
        report = examine(bench, w)
        report.failed("TLS", 76, "does not answer in TLS", "tls = starttls")
        report.skipped("certificate", "login")


def test_starttls_on_implicit_port(bench: Bench) -> None:
    """The server waits for TLS, and we for its greeting."""
    w = patient(bench, tls="starttls", port=bench.dovecot.imaps)
    with w:
        report = examine(bench, w)
        report.failed("TLS", 75, "says nothing", "tls = implicit")
        report.skipped("certificate", "login")


def test_starttls(bench: Bench) -> None:
    w = patient(bench, tls="starttls")
    with w:
        report = examine(bench, w)
        assert report.status == 0, report.text
        report.expect("certificate", "ok", "CN=localhost")


def test_unknown_authority(bench: Bench) -> None:
    w = patient(bench, tls_ca_file=None)
    pin = bench.authority.pin(bench.authority.good())
    with w:
        report = examine(bench, w)
        report.failed("TLS", 76, "its issuer is unknown", pin, "tls_ca_file")
        report.skipped("login")


@each("early", "expired")
def test_certificate_dates(bench: Bench, which: str) -> None:
    certificate = (bench.authority.not_yet() if which == "early"
                   else bench.authority.expired())
    with Scripted(bench.authority, certificate=certificate) as server:
        w = bench.watcher().account("work", server, server.user)
        with w:
            report = examine(bench, w)
            report.failed(
                "TLS", 76,
                "it is not valid yet" if which == "early"
                else "it has expired", "the clock is wrong", "timedatectl")


def test_wrong_clock(bench: Bench) -> None:
    """By files that are younger than now the clock is known to be wrong, and
    it is named as the cause of what TLS says."""
    certificate = bench.authority.not_yet()
    with Scripted(bench.authority, certificate=certificate) as server:
        w = bench.watcher().account("work", server, server.user)
        os.utime(w.config, (3800000000, 3800000000))
        with w:
            report = examine(bench, w)
            report.expect("clock", "warning", "the clock is wrong",
                          "was changed at 2090-06-01", "timedatectl")
            report.failed("TLS", 76, "it is not valid yet",
                          "-> the clock is wrong: it says ")


def test_certificate_ends_soon(bench: Bench) -> None:
    soon = datetime.now(timezone.utc) + timedelta(days=5)
    certificate = bench.authority.issue(
        "soon", dates=("2020-01-01", f"{soon:%F}"))
    with Scripted(bench.authority, certificate=certificate) as server:
        w = bench.watcher().account("work", server, server.user)
        with w:
            report = examine(bench, w)
            assert report.status == 0, report.text
            report.expect("certificate", "warning", "renew")
            # Three if it is midnight meanwhile.
            assert re.search("for [34] more days",
                             report.steps["certificate"][1]), report.text


def test_proxy_down(bench: Bench) -> None:
    port = free_port()
    w = patient(bench, proxy=f"socks5h://jane:s3cret-proxy@{HOST}:{port}")
    w.secret("s3cret-proxy")
    with w:
        report = examine(bench, w)
        report.failed("proxy", 69, f"{HOST} port {port}", "refused",
                      "is the proxy up")
        report.skipped("TLS", "login")


def test_ipv6_broken(bench: Bench) -> None:
    """Packets to its IPv6 address vanish; a name with both is the network's
    own."""
    with Network() as network:
        network.add_ipv6()
        with network.server:
            server = Scripted(bench.authority, certificate=bench.authority
                              .issue("both", ("both.example",)), host=SERVER)
        network._router.ip(f"route add blackhole {SERVER6}/128")
        hosts = bench.path("hosts")
        hosts.write_text(f"{SERVER} both.example\n{SERVER6} both.example\n")
        with server:
            w = bench.watcher().account("work", server, server.user,
                                        host="both.example")
            w.program = with_file(hosts, "/etc/hosts", w.program)
            with w, network.client:
                report = examine(bench, w)
                assert report.status == 0, report.text
                assert SERVER in report.text and SERVER6 in report.text
                broken = [line for line in report.text.splitlines()
                          if "IPv6 is broken" in line]
                assert len(broken) == 1 and "warning" in broken[0], report.text
                assert "each connection is delayed" in report.text
                report.expect("login", "ok")


# --- the login --------------------------------------------------------------


def test_wrong_password(bench: Bench) -> None:
    w = patient(bench, password="s3cret-wrong")
    w.secret("s3cret-wrong")
    with w:
        report = examine(bench, w)
        report.failed("login", 77, "user and password", "app password")
        report.expect("TLS", "ok")
        report.skipped("mailboxes", "IDLE")


def make_keyring(bench: Bench, body: str) -> Path:
    """A secret-tool that behaves like one whose keyring is locked."""
    tool = bench.path("bin")
    tool.mkdir()
    tool = tool / "secret-tool"
    tool.write_text(f"#!/bin/sh\n{body}\n")
    tool.chmod(0o755)
    return tool


@each("silent", "hangs")
def test_locked_keyring(bench: Bench, how: str) -> None:
    tool = make_keyring(bench, "exit 1" if how == "silent"
                        else "exec cat /dev/zero >/dev/null")
    w = patient(bench, password_command=f"{tool} lookup secret s3cret-word")
    w.secret("s3cret-word")
    with w:
        report = examine(bench, w)
        report.failed("password", 77, "secret-tool", "the keyring is probably "
                      "locked", "exit status 1" if how == "silent"
                      else "does not end within 30 s")
        report.expect("TLS", "ok")
        report.skipped("login", "IDLE")


# --- what is there ----------------------------------------------------------


def test_missing_mailbox(bench: Bench) -> None:
    user = bench.dovecot.user()
    w = bench.watcher().account("work", bench.dovecot, user,
                                mailboxes="INBOX, Archiv")
    bench.dovecot.reader(user).create("Archive")
    with w:
        report = examine(bench, w)
        report.failed("mailboxes", 69, "Archiv:",
                      "did you mean Archive instead of Archiv?",
                      "idlebell mailboxes work")
        report.expect("IDLE", "ok")


def test_pattern_without_mailbox(bench: Bench) -> None:
    """It may come, and the watcher goes on without it."""
    user = bench.dovecot.user()
    w = bench.watcher().account("work", bench.dovecot, user,
                                mailboxes="INBOX, Lists/*")
    with w:
        report = examine(bench, w)
        report.expect("mailboxes", "warning")
        report.expect("IDLE", "ok")


@each("begin", "end")
def test_dead_idle(bench: Bench, how: str) -> None:
    def idle(c: Connection, tag: bytes, _rest: bytes) -> None:
        if how == "end":
            c.send(b"+ idling\r\n")
        c.wait_closed()

    with Scripted(bench.authority, {"IDLE": idle}) as server:
        w = bench.watcher().account("work", server, server.user)
        with w:
            report = examine(bench, w)
            report.failed("IDLE", 76, "IDLE is offered, but dead",
                          '"+"' if how == "begin" else "DONE",
                          "method = poll")
            report.expect("mailboxes", "ok")


def test_no_idle(bench: Bench) -> None:
    with Scripted(bench.authority) as server:
        server.capabilities = lambda tls: (  # type: ignore[method-assign]
            b"IMAP4rev1 SASL-IR AUTH=PLAIN" + (b"" if tls else b" STARTTLS"))
        w = bench.watcher().account("work", server, server.user)
        with w:
            report = examine(bench, w)
            assert report.status == 0, report.text
            report.expect("capabilities", "warning", "no IDLE", "late")
            report.expect("method", "warning", "INBOX (asked for every 5m")
            report.expect("IDLE", "ok", "not used", "NOOP")


# --- this computer ----------------------------------------------------------


@each("plain", "interpreter", "missing")
def test_hook(bench: Bench, how: str) -> None:
    hook = bench.path("ring")
    if how != "missing":
        hook.write_text("#!/nonexistent/sh\n" if how == "interpreter"
                        else "#!/bin/sh\n")
        hook.chmod(0o755 if how == "interpreter" else 0o644)
    w = patient(bench, on_message=hook)
    words = {"plain": "is not executable: chmod +x",
             "interpreter": "its interpreter /nonexistent/sh is missing",
             "missing": "there is no program"}
    with w:
        report = examine(bench, w)
        report.failed("hooks", 78, "on_message", words[how], str(hook))
        report.expect("IDLE", "ok")


def test_no_bus(bench: Bench) -> None:
    w = patient(bench, notify="desktop, hook")
    with w:
        report = examine(bench, w)
        report.failed("desktop bus", 69, "no desktop bus",
                      "DBUS_SESSION_BUS_ADDRESS", "notify = hook")
        report.skipped("notifications", "systemd unit")
        report.expect("IDLE", "ok")


def test_hung_bus(bench: Bench) -> None:
    """Somebody listens and never answers: all else is told all the same."""
    path = bench.path("bus")
    with socket.socket(socket.AF_UNIX) as bus:
        bus.bind(str(path))
        bus.listen()
        w = patient(bench, notify="desktop, hook")
        w.environment["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={path}"
        with w:
            report = examine(bench, w)
            report.failed("desktop bus", 75, "no answer within", "hangs")
            report.skipped("notifications")
            report.expect("IDLE", "ok")


def test_systemd_unit(bench: Bench) -> None:
    """The manager of the session's units, with another bus than ours."""
    with Desktop(bench.path("d")) as desktop:
        w = patient(bench)
        w.environment["DBUS_SESSION_BUS_ADDRESS"] = desktop.address
        with w:
            assert "systemd unit" not in examine(bench, w).steps
            desktop.start_manager("DBUS_SESSION_BUS_ADDRESS=unix:path=/x")
            report = examine(bench, w)
            assert report.status == 0, report.text
            report.expect("systemd unit", "warning",
                          "idlebell.service is enabled", "another bus",
                          "import-environment")
            desktop.stop_daemon()
            desktop.start_manager(
                f"DBUS_SESSION_BUS_ADDRESS={desktop.address}")
            report = examine(bench, w)
            report.expect("systemd unit", "ok", "idlebell.service is enabled")


def test_no_daemon(bench: Bench) -> None:
    with Desktop(bench.path("d")) as desktop:
        w = patient(bench, notify="desktop, hook")
        w.environment["DBUS_SESSION_BUS_ADDRESS"] = desktop.address
        with w:
            report = examine(bench, w)
            report.failed("notifications", 69, "no notification daemon",
                          "dunst")
            desktop.start_daemon()
            report = examine(bench, w)
            report.expect("notifications", "ok", "fake 1 (idlebell tests)",
                          "actions")
            assert report.status == 0, report.text
            assert desktop.bubbles == []
            desktop.stop_daemon()
            desktop.start_daemon("hang")
            report = examine(bench, w)
            report.failed("notifications", 69,
                          "no notification daemon answers")


def test_downloads(bench: Bench) -> None:
    """A place that cannot be one, and one that is something else."""
    mail = bench.path("mail")
    mail.touch()
    w = patient(bench, download_to=mail / "in")
    with w:
        report = examine(bench, w)
        report.failed("downloads", 74, str(mail), "must be yours")
    mail.unlink()
    (mail / "in" / "photos").mkdir(parents=True)
    with w:
        report = examine(bench, w)
        assert report.status == 0, report.text
        report.expect("downloads", "warning", "is no Maildir")


def test_rules(bench: Bench) -> None:
    w = patient(bench)
    w.section("rule boss", **{"from": "boss@example.org",
                              "on_message": "/nonexistent/ring"})
    with w:
        report = examine(bench, w)
        report.failed("hooks of rules", 78, "on_message: there is no program "
                      "/nonexistent/ring")


def test_second_watcher(bench: Bench) -> None:
    """It is named, and not disturbed."""
    w = patient(bench)
    with w:
        w.start().wait_live("work")
        assert w.process is not None
        report = examine(bench, w)
        assert report.status == 0, report.text
        report.expect("watcher", "ok", "another idlebell is watching",
                      f"process {w.process.pid}", "would not start")
        assert w.states("work").count("live") == 1


def test_full_disk(bench: Bench) -> None:
    w = patient(bench)
    state = w.home / ".state" / "idlebell"
    disk = SmallDisk(state, 64 * 1024)
    bench.defer(disk.stop)
    disk.fill()
    w.program = [*disk.prefix, *w.program]
    with w:
        report = examine(bench, w)
        report.failed("state directory", 74, str(state), "No space left",
                      "make room")
        report.expect("IDLE", "ok")


if __name__ == "__main__":
    tap.main(globals())
