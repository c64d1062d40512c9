"""Server.c as a child, and what one can ask it."""

from __future__ import annotations

import os
import select
import subprocess
from pathlib import Path
from typing import Optional

from rig.base import DEADLINE, end_process
from rig.certs import Authority

#: Where make has built the programs of this directory.
BUILT = Path(os.environ.get("top_builddir", "build")) / "tests" / "bench"


class Server:
    """A context manager.  Takes the place of a rig's server where a program
    wants to know the port and whom to trust."""

    def __init__(self, authority: Authority, *options: str,
                 tls: bool = True) -> None:
        self.authority = authority
        certificate = authority.good()
        trust = (["--certificate", str(certificate.certificate),
                  "--key", str(certificate.key)] if tls else [])
        # pylint: disable-next=consider-using-with
        self.process: Optional[subprocess.Popen] = subprocess.Popen(
            [str(BUILT / "server"), *trust, *options], text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            start_new_session=True)
        self.imaps = self.imap = int(self._line(DEADLINE).split()[1])

    def _line(self, deadline: float) -> str:
        """Lines come whole."""
        assert self.process is not None and self.process.stdout is not None
        out = self.process.stdout
        if not select.select([out], [], [], deadline)[0]:
            raise AssertionError(f"no answer from the server in {deadline} s")
        line = out.readline()
        if not line:
            raise AssertionError("the server has ended")
        return line.strip()

    def say(self, line: str) -> None:
        assert self.process is not None and self.process.stdin is not None
        self.process.stdin.write(line + "\n")

    def ask(self, line: str, deadline: float = DEADLINE) -> str:
        """A command with an answer of one line."""
        self.say(line)
        return self._line(deadline)

    def deliver(self, user: str, mailbox: str = "INBOX") -> int:
        """When EXISTS was written (monotonic, ns)."""
        return int(self.ask(f"deliver {user} {mailbox}").split()[4])

    def await_idle(self, count: int, deadline: float = DEADLINE) -> None:
        self.ask(f"await {count}", deadline)

    def stats(self) -> dict[str, int]:
        words = self.ask("stats").split()[1:]
        return {name: int(value) for name, value
                in (word.split("=") for word in words)}

    def stop(self) -> None:
        end_process(self.process)
        self.process = None

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
