"""A throw-away certificate authority, by GnuTLS certtool."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from .base import Skip


#: Since long ago: a clock that is set back must not be before it.
_VALID = 'activation_date = "2020-01-01 00:00:00 UTC"\nexpiration_days = 30'


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, as files (PEM)."""

    certificate: Path
    key: Path


def certtool(*arguments: object) -> None:
    if shutil.which("certtool") is None:
        raise Skip("certtool is missing (Debian: gnutls-bin)")
    subprocess.run(["certtool", *map(str, arguments)], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


class Authority:
    """Makes certificates that only who trusts .certificate believes."""

    def __init__(self, directory: Path, name: str = "Test CA") -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._key = directory / "key.pem"
        self._ca_key = directory / "ca-key.pem"
        self.certificate = directory / "ca.pem"
        for key in self._key, self._ca_key:
            certtool("--generate-privkey", "--key-type", "ecdsa",
                      "--outfile", key)
        template = directory / "ca.cfg"
        template.write_text(f'cn = "{name}"\nca\ncert_signing_key\n'
                            f'serial = 1\n{_VALID}\n')
        certtool("--generate-self-signed", "--load-privkey", self._ca_key,
                  "--template", template, "--outfile", self.certificate)

    def issue(self, name: str, hosts: Sequence[str] = ("localhost",),
              dates: Sequence[str] = (), self_signed: bool = False,
              key: Optional[Path] = None, hash: str = "SHA256"
              ) -> Certificate:
        """The certificate of that name; made when first asked for.  dates:
        "YYYY-MM-DD" from and to when it holds, UTC."""
        path = self.directory / f"{name}.pem"
        key = key or self._key
        if not path.exists():
            template = self.directory / f"{name}.cfg"
            template.write_text(self._template(hosts, dates))
            how = (["--generate-self-signed"] if self_signed else
                   ["--generate-certificate",
                    "--load-ca-certificate", self.certificate,
                    "--load-ca-privkey", self._ca_key])
            certtool(*how, "--load-privkey", key, "--hash", hash,
                      "--template", template, "--outfile", path)
        return Certificate(path, key)

    @staticmethod
    def _template(hosts: Sequence[str], dates: Sequence[str]) -> str:
        lines = [f'cn = "{hosts[0]}"', "tls_www_server", "signing_key"]
        lines += [f'ip_address = "{host}"' if host[0].isdigit()
                  else f'dns_name = "{host}"' for host in hosts]
        if dates:
            lines += [f'activation_date = "{dates[0]} 00:00:00 UTC"',
                      f'expiration_date = "{dates[1]} 00:00:00 UTC"']
        else:
            lines.append(_VALID)
        return "\n".join(lines) + "\n"

    def good(self) -> Certificate:
        return self.issue("good", ("localhost", "127.0.0.1"))

    def expired(self) -> Certificate:
        return self.issue("expired", dates=("2019-01-01", "2020-01-01"))

    def not_yet(self) -> Certificate:
        return self.issue("not-yet", dates=("2090-01-01", "2091-01-01"))

    def wrong_host(self) -> Certificate:
        return self.issue("wrong-host", ("elsewhere.example.org",))

    def self_signed(self) -> Certificate:
        return self.issue("self-signed", self_signed=True)

    def weak(self) -> Certificate:
        """Of an RSA key that is too short."""
        key = self.directory / "weak-key.pem"
        if not key.exists():
            certtool("--generate-privkey", "--key-type", "rsa",
                      "--bits", "1024", "--outfile", key)
        return self.issue("weak", key=key)

    def sha1(self) -> Certificate:
        return self.issue("sha1", hash="SHA1")

    def pin(self, certificate: Certificate) -> str:
        """What tls_pin holds for its key."""
        done = subprocess.run(
            ["certtool", "--pubkey-info", "--outder", "--load-certificate",
             str(certificate.certificate)], check=True, capture_output=True)
        digest = hashlib.sha256(done.stdout).digest()
        return "sha256//" + base64.b64encode(digest).decode()
