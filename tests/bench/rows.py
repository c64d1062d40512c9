"""All rows, in the order in which they are measured."""

from __future__ import annotations

from typing import Callable, Iterator

import rows_load as load
import rows_wire as wire
from table import Figure
from workbench import Bench

ROWS: dict[str, Callable[[Bench], Iterator[Figure]]] = {
    "latency": wire.latency, "notify": wire.notify, "connect": wire.connect,
    "reconnect": wire.reconnect, "mailboxes": wire.mailboxes,
    "refresh": wire.refresh, "burst": wire.burst,
    "memory": load.memory, "thousands": load.thousands,
    "startup": load.startup, "idle": load.idle,
    "instructions": load.instructions, "events": load.events}
