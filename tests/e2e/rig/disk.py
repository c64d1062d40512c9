"""A small disk that only the processes of one mount namespace see."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from .base import DEADLINE, Skip, end_process


class SmallDisk:
    """A tmpfs of some octets on a directory.  What is to live on it runs
    behind prefix; we look at it through within()."""

    def __init__(self, directory: Path, size: int) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory = directory
        self._filler = "filler"
        alone = ["--mount"] if os.getuid() == 0 else ["--mount", "--user",
                                                      "--map-root-user"]
        try:
            self._holder = subprocess.Popen(
                ["unshare", *alone, "--", "sh", "-c",
                 f'mount -t tmpfs -o size={size},mode=0700 tmpfs "$1" && '
                 'echo ready && exec cat', "sh", str(directory)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, text=True)
        except FileNotFoundError as missing:
            raise Skip(f"{missing.filename} is missing") from None
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != "ready\n":
            _, why = self._holder.communicate(timeout=DEADLINE)
            raise Skip(f"no private mount here: {why.strip()}")
        self.prefix = ["nsenter", f"--target={self._holder.pid}", "--mount",
                       *(["--user", "--preserve-credentials"]
                         if os.getuid() != 0 else []), "--"]

    def within(self, path: Path) -> Path:
        """The way to what the processes behind prefix know as path."""
        return Path(f"/proc/{self._holder.pid}/root{path}")

    def fill(self) -> None:
        """Until not another octet fits."""
        fd = os.open(self.within(self._directory) / self._filler,
                     os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            while True:
                os.write(fd, bytes(4096))
        except OSError:
            pass
        finally:
            os.close(fd)

    def free(self) -> None:
        (self.within(self._directory) / self._filler).unlink()

    def stop(self) -> None:
        end_process(self._holder)
        for pipe in (self._holder.stdin, self._holder.stdout,
                     self._holder.stderr):
            if pipe is not None:
                pipe.close()
