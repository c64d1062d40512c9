#!/usr/bin/python3
"""Measures idlebell next to those of its elders that are installed: make
bench.

    bench.py [--report FILE] [--short] [--keep] [ROW...]

Each row (rows.py) is measured by itself, on private servers and on the
loopback interface of a network namespace of its own where that can be made.
The report is a table in Markdown.  Fails only when something could not be
measured; what is not installed is left out.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

# pylint: disable=wrong-import-position
from programs import PEERS  # noqa: E402
from rig.base import Skip  # noqa: E402
from rig.cyrus import unpack  # noqa: E402
from rows import ROWS  # noqa: E402
from table import Figure, draw, page  # noqa: E402
from workbench import Bench  # noqa: E402


def enter_namespace() -> None:
    """Starts the program again where nobody else uses the loopback
    interface, and where we may listen to it; if that can be done."""
    if os.environ.get("BENCH_NAMESPACE") == "own":
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    if os.environ.get("BENCH_NAMESPACE") or shutil.which("unshare") is None:
        return
    os.environ["BENCH_NAMESPACE"] = "tried"
    how = (["unshare", "--net"] if os.geteuid() == 0 else
           ["unshare", "--user", "--map-current-user", "--keep-caps",
            "--net"])
    able = subprocess.run([*how, "ip", "link", "set", "lo", "up"],
                          check=False, stdin=subprocess.DEVNULL,
                          capture_output=True)
    if able.returncode == 0:
        os.environ["BENCH_NAMESPACE"] = "own"
        os.execvp("unshare", [*how, sys.executable, *sys.argv])


def _measure(bench: Bench, name: str) -> tuple[list[Figure], str]:
    """Its figures, and why there are none: "" when it could be done."""
    began = time.monotonic()
    print(f"{name} ...", flush=True)
    figures: list[Figure] = []
    try:
        for figure in ROWS[name](bench):
            figures.append(figure)
    except Skip as reason:
        print(f"{name}: left out: {reason}", flush=True)
    except Exception as error:  # pylint: disable=broad-except
        traceback.print_exc()
        return figures, f"{name}: {error}"
    finally:
        bench.stop_programs()
    print(draw(figures), flush=True)
    print(f"{name}: {time.monotonic() - began:.0f} s\n", flush=True)
    return figures, ""


def _on_end(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--report", type=Path)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--short", action="store_true",
                        default=bool(os.environ.get("BENCH_SHORT")))
    parser.add_argument("row", nargs="*", help=", ".join(ROWS))
    arguments = parser.parse_args()
    wanted = (" ".join(arguments.row).replace(",", " ").split()
              or list(ROWS))
    if unknown := set(wanted) - ROWS.keys():
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    with contextlib.suppress(Skip):
        unpack()  # Cyrus; there is no network where we go
    enter_namespace()
    signal.signal(signal.SIGTERM, _on_end)
    directory = Path(tempfile.mkdtemp(prefix="idlebell-bench-"))
    directory.chmod(0o755)
    load = os.getloadavg()[0]
    bench = Bench(directory, arguments.short)
    for kind in PEERS:
        if kind not in bench.kinds:
            print(f"{kind.name} is not installed: left out", flush=True)
    figures: list[Figure] = []
    failed = []
    try:
        for name in wanted:
            found, problem = _measure(bench, name)
            figures += found
            failed += [problem] if problem else []
        report = page(figures, bench.kinds, load)
    finally:
        bench.stop()
        if arguments.keep:
            print(f"kept: {directory}")
        else:
            shutil.rmtree(directory, ignore_errors=True)
    print(report)
    if arguments.report:
        arguments.report.write_text(report)
    for problem in failed:
        print(f"bench.py: {problem}", file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
