"""Whether somebody sets the system's clock, as virtual machines do all the
time: programs that care are woken by it, and that is not their own doing."""

from __future__ import annotations

import ctypes
import os
import select
import struct
import time

_CLOCK_REALTIME = 0
_ABSTIME_CANCEL_ON_SET = 3
_FAR = 1 << 32


class Clock:
    """By a timer that ends when it is set, timerfd_create(2)."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None, use_errno=True)
        self._timer = self._library.timerfd_create(
            _CLOCK_REALTIME, os.O_NONBLOCK | os.O_CLOEXEC)
        self._arm()

    def _arm(self) -> None:
        never = ctypes.create_string_buffer(struct.pack("qqqq", 0, 0, _FAR, 0))
        self._library.timerfd_settime(self._timer, _ABSTIME_CANCEL_ON_SET,
                                      never, None)

    def watch(self, seconds: float) -> int:
        """Waits so long; how often it has been set meanwhile."""
        count = 0
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self._timer], [], [], left)[0]:
                count += 1
                self._arm()
        return count

    def close(self) -> None:
        os.close(self._timer)
