#!/usr/bin/python3
"""Languages: what people read is in theirs, with the right plurals and the
locale's clock; what programs read is the same everywhere."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

from rig import tap
from rig.base import Skip, wait_until
from rig.desktop import Desktop
from rig.mail import make_message
from rig.tap import Bench, each
from rig.watcher import Watcher

LOCALES = {"de": "de_DE", "fr": "fr_FR", "tr": "tr_TR", "en": "en_US"}
WIDTH = 80


def translations() -> str:
    """Where the build has them."""
    path = os.environ.get("IDLEBELL_LOCALEDIR", "")
    if not list(Path(path or "/nonexistent").glob("*/LC_MESSAGES/*.mo")):
        raise Skip("built without translations (IDLEBELL_LOCALEDIR)")
    return path


def make_locale(bench: Bench, name: str) -> Path:
    """Shared by all tests; the systems that test have few of their own."""
    directory = bench.shared / "locales"
    made = directory / f"{name}.UTF-8"
    if made.exists():
        return directory
    if not shutil.which("localedef"):
        raise Skip("no localedef (Debian: locales)")
    directory.mkdir(exist_ok=True)
    done = subprocess.run(
        ["localedef", "-i", name, "-f", "UTF-8", str(made)],
        capture_output=True, encoding="utf-8")
    if not made.exists():
        raise Skip(f"localedef makes no {name} (Debian: locales): {done.stderr}")
    return directory


def speak(bench: Bench, w: Watcher, language: str) -> None:
    """Without LeakSanitizer: the C library keeps what it makes of LOCPATH."""
    name = LOCALES[language]
    checks = w.environment.get("ASAN_OPTIONS", "")
    w.environment |= {
        "ASAN_OPTIONS": f"{checks}:detect_leaks=0".lstrip(":"),
        "LOCPATH": str(make_locale(bench, name)), "LC_ALL": f"{name}.UTF-8",
        "IDLEBELL_LOCALEDIR": translations()}


def plain_account(bench: Bench, **options: object) -> Watcher:
    """Its server is never asked."""
    return bench.watcher().section("account work", **{
        "host": "localhost", "user": "jane", "password": "x", **options})


def body_of(bubble: dict) -> list[str]:
    return html.unescape(bubble["body"]).splitlines()


def too_wide(text: str) -> list[str]:
    return [line for line in text.splitlines() if len(line) >= WIDTH]


BUBBLES = {
    "de": ("1 neue Nachricht", "3 neue Nachrichten in INBOX", "Archivieren"),
    "fr": ("1 nouveau message", "3 nouveaux messages in INBOX", "Archiver"),
}


@each("de", "fr")
def test_bubbles(bench: Bench, language: str) -> None:
    """One and three; buttons; the status as a table, and as JSON."""
    one, three, _ = BUBBLES[language]
    with Desktop(bench.path("d")) as desktop:
        desktop.start_daemon()
        w = bench.watcher()
        user = bench.dovecot.user()
        w.environment["DBUS_SESSION_BUS_ADDRESS"] = desktop.address
        w.account("work", bench.dovecot, user, notify="desktop", show="count",
                  burst=1)
        speak(bench, w, language)
        with w:
            w.start().wait_live("work")
            bench.dovecot.deliver(user, make_message("One"))
            bubble, = desktop.wait_bubbles(1)
            assert bubble["summary"] == one, bubble
            assert BUBBLES[language][2] in bubble["actions"], bubble
            bench.dovecot.deliver(user, make_message("Two"))
            bench.dovecot.deliver(user, make_message("Three"))
            wait_until(lambda: desktop.bubbles[-1]["summary"].startswith(
                three.split(" in ")[0]), f"a bubble: {three}")
            check_status(w, language)


STATUS = {
    "de": ("1 von 1 aktiv", "POSTFACH", "aktiv"),
    "fr": ("1 sur 1 actives", "BOÎTE", "active"),
}


def check_status(w: Watcher, language: str) -> None:
    title, head, state = STATUS[language]
    done = w.run("status", config=False)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done
    assert lines[0] == title, done.stdout
    assert not too_wide(done.stdout), done.stdout
    heads = next(line for line in lines if head in line)
    row = next(line for line in lines if line.lstrip().startswith("INBOX"))
    # The columns begin where their heads do, which counts characters.
    assert row.index(state) == re.search(
        r"STATUS|ÉTAT", heads).start(), done.stdout
    document = json.loads(w.run("status", "--json", config=False).stdout)
    watch, = document["accounts"][0]["watches"]
    assert watch["state"] == "live", document


@each("de", "fr")
def test_help(bench: Bench, language: str) -> None:
    w = bench.watcher()
    english = w.run("--help", config=False).stdout
    speak(bench, w, language)
    text = w.run("--help", config=False).stdout
    assert text != english
    assert not too_wide(text), text
    assert len(text.splitlines()) == len(english.splitlines()) <= 24
    for command in "act", "doctor", "mute", "explain", "fetch":
        text = w.run(command, "--help", config=False).stdout
        assert len(text.splitlines()) > 3, text


def test_clock(bench: Bench) -> None:
    """As each locale writes it; a snooze's end, told without a watcher."""
    said = {}
    year = date.today().year + 1
    for language in "de", "fr", "en":
        w = plain_account(bench)
        speak(bench, w, language)
        w.environment["TZ"] = "UTC"
        done = w.run("mute", "someone@example.org", f"{year}-05-31",
                     config=False)
        assert done.returncode == 0, done
        said[language] = done.stdout
    assert f"31.05.{year} " in said["de"], said
    assert f"31/05/{year} " in said["fr"], said
    assert re.search(rf"05/31/{year} \d+:\d\d [AP]M", said["en"]), said


def test_table(bench: Bench) -> None:
    """The columns of explain --last hold where times are longer."""
    w = bench.watcher()
    user = bench.dovecot.user()
    w.account("work", bench.dovecot, user, notify="none")
    speak(bench, w, "en")
    bench.dovecot.deliver(user, make_message("One of them"))
    done = w.run("explain", "--last", "1", "work")
    head, row = done.stdout.splitlines()
    assert re.search(r"\d\d-\d\d \d+:\d\d [AP]M", row), done.stdout
    assert head.index("SUBJECT") == row.index("One of them"), done.stdout
    assert not too_wide(done.stdout), done.stdout


MAIL = (b"From: INFO@EXAMPLE.ORG\r\nSubject: Title\r\n"
        b"Date: Sun, 22 Nov 2026 10:00:00 +0000\r\n\r\nHello\r\n")


@each("de", "tr")
def test_programs(bench: Bench, language: str) -> None:
    """Commas in numbers and a Turkish i change nothing of what is read, nor
    of what programs read."""
    contacts = bench.path("contacts.vcf")
    contacts.write_text("BEGIN:VCARD\nVERSION:4.0\nFN:Info\n"
                        "EMAIL:info@example.org\nEND:VCARD\n")
    w = bench.watcher()
    w.section(
        "account work", host="localhost", user="jane", password="x",
        notify="hook", on_message=f"{w.hook} {w.hook_log}", DOWNLOAD_MAX_SIZE="64K", DOWNLOAD_TO="/nonexistent/INBOX",
        quiet_hours="FRI, Mon 12:00-13:00")
    w.section("defaults", contacts_file=str(contacts))
    w.section("rule friends", contact="yes", subject="TITLE",
              notify="none")
    commands = (("check", "--print"), ("explain", "--json"),
                ("test-notification", "--json"))
    english = [w.run(*command, input=MAIL).stdout for command in commands]
    speak(bench, w, language)
    other = [w.run(*command, input=MAIL).stdout for command in commands]
    for before, after in zip(english[:2], other[:2]):
        assert before and before == after, (before, after)
    assert json.loads(other[1])["decides"] == "friends", other[1]
    first, second = w.rings
    for ring in first, second:
        assert re.match(r"20\d\d-", ring.environment["IDLEBELL_DATE"]), ring


def test_errors_stay(bench: Bench) -> None:
    """The log and errors are English: people search for them."""
    w = plain_account(bench, hosst="x")
    speak(bench, w, "de")
    done = w.run("check")
    assert "did you mean" in done.stderr, done
    done = w.run("nonsense")
    assert "there is no command nonsense" in done.stderr, done


tap.main(globals())
