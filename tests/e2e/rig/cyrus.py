"""A private Cyrus IMAP server, from Debian's packages, never installed.

Its packages conflict with a mail system that may be there, so they are
unpacked into a cache directory and run from it.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import secrets
import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Any, Optional

from .base import (HOST, Skip, end_process, free_port, port_answers,
                   wait_until)
from .certs import Authority
from .dovecot import User
from .mail import Deliverer, Message, Reader

_IMAPD = """\
configdirectory: {state}
partition-default: {state}/mail
defaultpartition: default
proc_path: {state}/proc
mboxname_lockpath: {state}/lock
idlesocket: {state}/idle
lmtpsocket: {state}/lmtp
notifysocket: {state}/notify
sievedir: {state}/sieve
cyrus_user: {user}
servername: localhost
hashimapspool: yes
altnamespace: yes
unixhierarchysep: yes
allowplaintext: yes
autocreate_quota: 0
autocreate_post: yes
duplicatesuppression: no
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {state}/sasldb
sasl_mech_list: PLAIN LOGIN
tls_server_cert: {certificate}
tls_server_key: {key}
tls_session_timeout: 0
"""

_MASTER = """\
START {{
  recover cmd="{bin}/ctl_cyrusdb -C {config} -r"
  idled cmd="{bin}/idled -C {config}"
}}
SERVICES {{
  imap cmd="{bin}/imapd -C {config}" listen="{host}:{imap}" prefork=1
  imaps cmd="{bin}/imapd -s -C {config}" listen="{host}:{imaps}" prefork=1
  lmtp cmd="{bin}/lmtpd -a -C {config}" listen="{host}:{lmtp}" prefork=0
}}
EVENTS {{
}}
"""

_WANTED = ("cyrus-imapd", "cyrus-common", "sasl2-bin")


def _run(*arguments: str, cwd: Optional[Path] = None) -> str:
    return subprocess.run(arguments, cwd=cwd, check=True, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True
                          ).stdout


def _download(root: Path) -> None:
    """Cyrus and those libraries it needs that are not installed."""
    packages = root.with_name("packages")
    packages.mkdir(exist_ok=True)
    plan = _run("apt-get", "--simulate", "--no-install-recommends",
                "install", *_WANTED)
    names = [line.split()[1] for line in plan.splitlines()
             if line.startswith("Inst ")]
    names = [name for name in names
             if name in _WANTED or name.startswith("lib")]
    _run("apt-get", "download", *names, cwd=packages)
    unpacked = root.with_suffix(".new")
    shutil.rmtree(unpacked, ignore_errors=True)
    for package in packages.glob("*.deb"):
        _run("dpkg", "-x", str(package), str(unpacked))
    shutil.rmtree(packages)
    unpacked.rename(root)


def unpack() -> Path:
    """Where Cyrus is unpacked; once for each user and machine."""
    if os.access("/usr/lib/cyrus/bin/master", os.X_OK):
        return Path("/")
    if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
        raise Skip("no Debian packages to take Cyrus from")
    # Root's home is closed to the user that Cyrus will run as.
    home = ("/var/cache" if os.getuid() == 0 else
            os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    cache = Path(home) / "idlebell-tests" / "cyrus"
    cache.mkdir(parents=True, exist_ok=True)
    root = cache / "root"
    with open(cache / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.exists():
            try:
                _download(root)
            except (OSError, subprocess.CalledProcessError) as error:
                detail = getattr(error, "stderr", "") or str(error)
                raise Skip("Cyrus cannot be downloaded: "
                           + detail.strip().splitlines()[-1]) from None
    return root


class Cyrus:
    """One instance, with idled: it announces within a millisecond."""

    def __init__(self, directory: Path, authority: Authority) -> None:
        self._root = unpack()
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.authority = authority
        self.log = directory / "stderr"
        self.imap, self.imaps, self.lmtp = (free_port() for _ in range(3))
        self.process: Optional[subprocess.Popen] = None
        self._count = 0
        # Cyrus refuses to be root: then it is Debian's mail user.
        self._user = (pwd.getpwnam("mail") if os.getuid() == 0
                      else pwd.getpwuid(os.getuid()))
        self._identity: dict[str, Any] = (
            {"user": self._user.pw_uid, "group": self._user.pw_gid,
             "extra_groups": []} if os.getuid() == 0 else {})
        self._state = directory / "state"
        for name in "", "mail", "proc", "lock", "sieve", "db", "socket":
            (self._state / name).mkdir(exist_ok=True)
        self._environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LD_LIBRARY_PATH": ":".join(
                str(path) for path in
                (self._root / "usr/lib").glob("*-linux-gnu*"))}
        self._config = directory / "imapd.conf"
        self._master = directory / "cyrus.conf"
        certificate = authority.good()
        key = shutil.copy(certificate.key, self._state / "key.pem")
        self._config.write_text(_IMAPD.format(
            state=self._state, user=self._user.pw_name,
            certificate=certificate.certificate, key=key))
        self._master.write_text(_MASTER.format(
            bin=self._root / "usr/lib/cyrus/bin", config=self._config,
            host=HOST, imap=self.imap, imaps=self.imaps, lmtp=self.lmtp))
        if os.getuid() == 0:
            for path in directory, *directory.rglob("*"):
                os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def start(self) -> "Cyrus":
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [str(self._root / "usr/lib/cyrus/bin/master"), "-C",
                 str(self._config), "-M", str(self._master), "-p",
                 str(self.directory / "pid")],
                env=self._environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
                **self._identity)
        wait_until(self._answers, "start of Cyrus")
        return self

    def _answers(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise RuntimeError(f"Cyrus does not start: exit status "
                               f"{self.process.returncode}")
        return all(map(port_answers, (self.imap, self.imaps, self.lmtp)))

    def stop(self) -> None:
        end_process(self.process, patience=60, group=True)
        self.process = None

    def __enter__(self) -> "Cyrus":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def user(self) -> User:
        """A new user with an INBOX."""
        self._count += 1
        user = User(f"user{self._count:02}", secrets.token_urlsafe(12))
        subprocess.run(
            [str(self._root / "usr/sbin/saslpasswd2"), "-f",
             str(self._state / "sasldb"), "-c", "-p", "-u", "localhost",
             user.name], input=user.password.encode(), check=True,
            env=self._environment, capture_output=True, **self._identity)
        return user

    def deliverer(self) -> Deliverer:
        return Deliverer(self.lmtp)

    def deliver(self, user: User, message: Message) -> int:
        with self.deliverer() as lmtp:
            return lmtp.deliver(user.name, message)

    def reader(self, user: User) -> Reader:
        trust = ssl.create_default_context(
            cafile=str(self.authority.certificate))
        trust.check_hostname = False
        return Reader(self.imaps, user.name, user.password, trust)
