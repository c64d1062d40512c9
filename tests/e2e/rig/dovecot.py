"""A private Dovecot: own directory, own ports, own users, no root needed."""

from __future__ import annotations

import atexit
import base64
import grp
import hashlib
import hmac
import json
import os
import pwd
import re
import secrets
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from .base import (DEADLINE, HOST, Skip, end_process, free_port,
                   port_answers, tail, wait_until)
from .certs import Authority, Certificate
from .mail import Deliverer, Message, Reader

USERS = 64  # passwd-file is read again at most once a second: all at start

# What it announces needs an inotify instance for each connection, of which a
# user has 128: without one it looks for itself, by default after 30 s.
_CONFIG = """\
base_dir = {run}
state_dir = {run}
log_path = {log}
log_timestamp = "%Y-%m-%d %H:%M:%S.%{{usecs}} "
protocols = imap lmtp
listen = {host}
{identity}
ssl = {ssl}
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = {disable_plaintext}
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
auth_verbose = yes
mail_home = {mail}/%u
mail_location = maildir:~/Maildir
mail_max_userip_connections = {userip}
mailbox_list_index = yes
mailbox_idle_check_interval = 2 secs
shutdown_clients = yes
login_greeting = {greeting}
namespace inbox {{
  inbox = yes
  separator = /
}}
{oauth}
passdb {{
  driver = passwd-file
  args = {users}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = {host}
    port = {lmtp}
  }}
}}
protocol imap {{
  imap_hibernate_timeout = {hibernate}
  {imap_extra}
}}
service imap {{
  unix_listener imap-master {{
    user = {internal}
  }}
}}
service imap-hibernate {{
  unix_listener imap-hibernate {{
    mode = 0666
  }}
}}
{extra}
"""

_OAUTH_PASSDB = """\
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {path}
}}
"""

_OAUTH_CONFIG = """\
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={keys}/
username_attribute = sub
"""


@dataclass(frozen=True)
class User:
    name: str
    password: str


def make_token(user: str, key: bytes, lifetime: int = 3600) -> str:
    """A JSON web token (RFC 7519) that says who its bearer is."""
    def part(octets: bytes) -> bytes:
        return base64.urlsafe_b64encode(octets).rstrip(b"=")

    now = int(time.time())
    head = part(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    body = part(json.dumps({"sub": user, "iat": now - 10, "nbf": now - 10,
                            "exp": now + lifetime}).encode())
    signature = hmac.new(key, head + b"." + body, hashlib.sha256).digest()
    return b".".join((head, body, part(signature))).decode()


def _run_directory(directory: Path) -> Path:
    """Where its sockets are, which an address of 107 octets must hold."""
    run = directory / "run"
    if len(str(run / "token-login" / "imap-urlauth")) > 107:
        run = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))
        run.chmod(0o755)
        atexit.register(shutil.rmtree, run, ignore_errors=True)
    return run


class Dovecot:
    """One instance.  user() hands out a fresh user each time, first those
    with names."""

    def __init__(self, directory: Path, authority: Authority, *,
                 certificate: Optional[Certificate] = None,
                 mechanisms: str = "plain login", oauth: bool = False,
                 hibernate: str = "0", greeting: str = "ready.",
                 userip: int = 200, ssl_required: bool = False,
                 imap_extra: str = "", extra: str = "",
                 users: int = USERS, names: Sequence[str] = ()) -> None:
        if not Path("/usr/sbin/dovecot").exists():
            raise Skip("dovecot is missing "
                       "(Debian: dovecot-imapd dovecot-lmtpd)")
        # Processes of other users must come through to their sockets.
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o755)
        self.directory = directory
        self.authority = authority
        self._run = _run_directory(directory)
        self.log = directory / "dovecot.log"
        self.config = directory / "dovecot.conf"
        self.imaps, self.imap, self.lmtp = (free_port() for _ in range(3))
        self.process: Optional[subprocess.Popen] = None
        self.oauth_key = secrets.token_bytes(32)
        self._mail = directory / "mail"
        self._users = [User(name, secrets.token_urlsafe(12)) for name in
                       (*names, *(f"user{n:02}" for n in range(users)))]
        self._next = 0
        oauth_passdb = self._write_oauth() if oauth else ""
        if oauth:
            mechanisms += " xoauth2 oauthbearer"
        self._write_users()
        identity, uid, gid, internal = self._identity()
        certificate = certificate or authority.good()
        self.config.write_text(_CONFIG.format(
            run=self._run, log=self.log, host=HOST,
            identity=identity, uid=uid, gid=gid, internal=internal,
            ssl="required" if ssl_required else "yes",
            certificate=certificate.certificate, key=certificate.key,
            disable_plaintext="yes" if ssl_required else "no",
            mechanisms=mechanisms, mail=self._mail, userip=userip,
            greeting=greeting, oauth=oauth_passdb,
            users=directory / "users", imap=self.imap, imaps=self.imaps,
            lmtp=self.lmtp, hibernate=hibernate, imap_extra=imap_extra,
            extra=extra))

    def _identity(self) -> tuple[str, int, int, str]:
        """Who the processes run as: us, or, started by root, Debian's
        users, because Dovecot never reads mail as root."""
        if os.getuid() == 0:
            mail = pwd.getpwnam("mail")
            os.chown(self._mail, mail.pw_uid, mail.pw_gid)
            return "first_valid_uid = 1", mail.pw_uid, mail.pw_gid, "dovecot"
        user = pwd.getpwuid(os.getuid()).pw_name
        group = grp.getgrgid(os.getgid()).gr_name
        return (f"default_internal_user = {user}\n"
                f"default_internal_group = {group}\n"
                f"default_login_user = {user}\nfirst_valid_uid = 1",
                os.getuid(), os.getgid(), user)

    def _write_users(self) -> None:
        self._mail.mkdir()
        path = self.directory / "users"
        path.write_text("".join(f"{user.name}:{{PLAIN}}{user.password}\n"
                                for user in self._users))
        path.chmod(0o644)

    def _write_oauth(self) -> str:
        # fs:posix: <azp or "default">/<algorithm>/<kid or "default">
        keys = self.directory / "keys"
        key = keys / "default" / "HS256" / "default"
        key.parent.mkdir(parents=True)
        key.write_bytes(base64.b64encode(self.oauth_key))
        path = self.directory / "oauth2.conf"
        path.write_text(_OAUTH_CONFIG.format(keys=keys))
        return _OAUTH_PASSDB.format(path=path)

    # --- its life -------------------------------------------------------

    def start(self) -> "Dovecot":
        self._launch()
        wait_until(self._answers, "start of Dovecot")
        return self

    def _launch(self) -> None:
        with open(self.directory / "dovecot.stderr", "wb") as errors:
            self.process = subprocess.Popen(
                ["/usr/sbin/dovecot", "-F", "-c", str(self.config)],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=errors, start_new_session=True)

    def _answers(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            errors = (self.directory / "dovecot.stderr").read_text()
            # Those whom the last one left behind take a moment to go.
            if "Address already in use" not in errors + tail(self.log, 5):
                raise RuntimeError(f"Dovecot does not start: {errors}")
            self._launch()
            return False
        return all(map(port_answers, (self.imaps, self.imap, self.lmtp)))

    def stop(self) -> None:
        if self.process is not None:
            # The master waits for those who serve clients: ask them, too.
            self.process.terminate()
            self.kill_imap(signal.SIGTERM)
        end_process(self.process, patience=60, group=True)
        self.process = None

    def kill(self) -> None:
        """Ends all of it at once, as a crash of the machine would."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
        wait_until(lambda: not port_answers(self.imaps), "end of Dovecot")

    def restart(self) -> None:
        self.stop()
        self.start()

    def __enter__(self) -> "Dovecot":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def doveadm(self, *arguments: str) -> str:
        done = subprocess.run(
            ["doveadm", "-c", str(self.config), *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=DEADLINE)
        if done.returncode not in (0, 68):  # 68: nobody to kick
            raise RuntimeError(f"doveadm {arguments}: {done.stderr}")
        return done.stdout

    def kick(self, user: User) -> None:
        """Ends the user's connections."""
        self.doveadm("kick", user.name)

    def connections(self, user: User) -> int:
        """How many the user has."""
        who = self.doveadm("-f", "flow", "who", user.name)
        return sum(int(n) for n in re.findall(r" #=(\d+) ", who))

    def imap_processes(self) -> list[int]:
        """The processes that serve logged-in connections."""
        assert self.process is not None
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                name, rest = stat.read_text().rsplit(")", 1)
            except OSError:
                continue
            if (name.split("(", 1)[1] == "imap"
                    and int(rest.split()[1]) == self.process.pid):
                found.append(int(stat.parent.name))
        return found

    def kill_imap(self, number: int = signal.SIGKILL) -> int:
        """Kills them, as a crash would; how many."""
        processes = self.imap_processes()
        for pid in processes:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        return len(processes)

    # --- its users ------------------------------------------------------

    def user(self) -> User:
        self._next += 1
        return self._users[self._next - 1]

    def token(self, user: User, lifetime: int = 3600) -> str:
        return make_token(user.name, self.oauth_key, lifetime)

    def deliverer(self) -> Deliverer:
        return Deliverer(self.lmtp)

    def deliver(self, user: User, message: Message) -> int:
        """By LMTP; returns the monotonic clock (ns) at its 250."""
        with self.deliverer() as lmtp:
            return lmtp.deliver(user.name, message)

    def drop(self, user: User, message: Message) -> None:
        """Puts it into the INBOX behind the server's back, which works
        while the server is down."""
        mailbox = self._mail / user.name / "Maildir"
        name = f"{time.time_ns()}.drop.localhost"
        path = mailbox / "tmp" / name
        path.write_bytes(message.lines)
        owner = mailbox.stat()
        os.chown(path, owner.st_uid, owner.st_gid)
        path.rename(mailbox / "new" / name)

    def reader(self, user: User, port: Optional[int] = None) -> Reader:
        if port is not None:
            return Reader(port, user.name, user.password)
        trust = ssl.create_default_context(
            cafile=str(self.authority.certificate))
        trust.check_hostname = False
        return Reader(self.imaps, user.name, user.password, trust)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)
