"""A throw-away certificate authority, by GnuTLS certtool."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

from .base import Skip


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, as files (PEM)."""

    certificate: Path
    key: Path


def _certtool(*arguments: object) -> None:
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
            _certtool("--generate-privkey", "--key-type", "ecdsa",
                      "--outfile", key)
        template = directory / "ca.cfg"
        template.write_text(f'cn = "{name}"\nca\ncert_signing_key\n'
                            'serial = 1\nexpiration_days = 30\n')
        _certtool("--generate-self-signed", "--load-privkey", self._ca_key,
                  "--template", template, "--outfile", self.certificate)

    def issue(self, name: str, hosts: Sequence[str] = ("localhost",),
              expired: bool = False, self_signed: bool = False
              ) -> Certificate:
        """The certificate of that name; made when first asked for."""
        path = self.directory / f"{name}.pem"
        if not path.exists():
            template = self.directory / f"{name}.cfg"
            template.write_text(self._template(hosts, expired))
            how = (["--generate-self-signed"] if self_signed else
                   ["--generate-certificate",
                    "--load-ca-certificate", self.certificate,
                    "--load-ca-privkey", self._ca_key])
            _certtool(*how, "--load-privkey", self._key,
                      "--template", template, "--outfile", path)
        return Certificate(path, self._key)

    @staticmethod
    def _template(hosts: Sequence[str], expired: bool) -> str:
        lines = [f'cn = "{hosts[0]}"', "tls_www_server", "signing_key"]
        lines += [f'ip_address = "{host}"' if host[0].isdigit()
                  else f'dns_name = "{host}"' for host in hosts]
        if expired:
            lines += ['activation_date = "2019-01-01 00:00:00"',
                      'expiration_date = "2020-01-01 00:00:00"']
        else:
            lines.append("expiration_days = 30")
        return "\n".join(lines) + "\n"

    def good(self) -> Certificate:
        return self.issue("good", ("localhost", "127.0.0.1"))

    def expired(self) -> Certificate:
        return self.issue("expired", expired=True)

    def wrong_host(self) -> Certificate:
        return self.issue("wrong-host", ("elsewhere.example.org",))

    def self_signed(self) -> Certificate:
        return self.issue("self-signed", self_signed=True)
