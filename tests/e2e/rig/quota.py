"""A user's quota that is used up, without a file system that has any."""

from __future__ import annotations

import errno
import os
import shlex
import subprocess
from pathlib import Path
from typing import Optional

from .tap import Bench
from .watcher import Watcher

_HERE = Path(__file__).resolve().parent
#: All that may need room.
CALLS = "open", "mkdir", "write", "fsync", "close", "rename", "fallocate"

_library: Optional[Path] = None


def _build(bench: Bench) -> Path:
    """Compiled once for all tests of a program."""
    global _library
    if _library is None:
        compiler = os.environ.get("CC") or "cc"
        path = bench.shared / "quota.so"
        subprocess.run([*shlex.split(compiler), "-O1", "-shared", "-fPIC",
                        "-o", str(path), str(_HERE / "quota.c"), "-ldl"],
                       check=True)
        _library = path
    return _library


class Quota:
    """Of what a watcher, and all that it runs, writes below a place."""

    def __init__(self, bench: Bench, w: Watcher, place: Path) -> None:
        self.place = place
        self._flag = bench.path("quota.flag")
        checks = w.environment.get("ASAN_OPTIONS", "")
        w.environment.update(LD_PRELOAD=str(_build(bench)),
                             QUOTA_PLACE=str(place),
                             QUOTA_FLAG=str(self._flag),
                             ASAN_OPTIONS=f"{checks}:verify_asan_link_order=0"
                             .lstrip(":"))

    def use_up(self, *calls: str, error: int = errno.EDQUOT) -> None:
        """From now on these fail."""
        draft = self._flag.with_suffix(".new")
        draft.write_text(f"{error} {' '.join(calls or CALLS)} ")
        draft.rename(self._flag)

    def free(self) -> None:
        self._flag.unlink(missing_ok=True)
