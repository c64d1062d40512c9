"""What a day costs, computed from what its events cost.

Whatever passes on the line puts off the next probe of TCP, and what restarts
IDLE the next refresh.  The names of costs are those that push.py measures.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Callable, Iterator, Mapping

from wire import Cost

DAY = 86400.0
Costs = Mapping[str, Cost]
#: Of messages a day: what a day costs.
Way = Callable[[float], Cost]


@dataclass(frozen=True)
class Day:
    """In IDLE; all times in seconds, 0: never."""

    costs: Costs
    refresh: float
    keepalive: float = 0
    talk: float = 0  # Dovecot's "* OK Still here", by its own clock
    renew: str = "refresh"  # the name of what a refresh costs
    pushed: bool = False  # messages come by NOTIFY, and IDLE goes on
    length: float = DAY

    def cost(self, messages: float) -> Cost:
        """Of one, with so many messages, also less than one, which come
        whenever they like (a Poisson process).

        What passes between one start of IDLE and the next is a stretch: it
        ends with a message or, after self.refresh, with a refresh.  Whatever
        is due at a time within it happens as often as it lasts so long."""
        rate = 0 if self.pushed else messages / self.length
        whole = exp(-rate * self.refresh)  # no message comes
        stretches = self.length * (rate / (1 - whole) if rate
                                   else 1 / self.refresh)
        stretch = (self.costs[self.renew] * whole
                   + self.costs["message in IDLE"] * (1 - whole))
        for time in self._probes():
            stretch += self.costs["probe"] * exp(-rate * time)
        total = stretch * stretches
        if self.pushed:
            total += self.costs["message by NOTIFY"] * messages
        if self.talk:
            total += self.costs["Still here"] * (self.length / self.talk)
        return total

    def _probes(self) -> Iterator[float]:
        """When they are due within a stretch; the server talks half of its
        time after the beginning, which is so on average."""
        last, talk = 0.0, (self.talk or 2 * self.refresh) / 2
        while self.keepalive:
            probe = last + self.keepalive
            if min(probe, talk) >= self.refresh:
                return
            if probe < talk:
                yield probe
                last = probe
            else:
                last = talk
                talk += self.talk


def polling(costs: Costs, every: float, connect: str) -> Way:
    """A connection each time; connect: full or resumed."""
    once, message = once_costs(costs, connect)

    def day(messages: float) -> Cost:
        return once * (DAY / every) + (message - once) * messages
    return day


def once_costs(costs: Costs, connect: str) -> tuple[Cost, Cost]:
    """A connection that finds nothing, and one that finds a message.  The
    program has no ticket when it is started: what a ticket spares is the
    difference between the two kinds of connecting."""
    spared = costs["connect, full"] - costs[f"connect, {connect}"]
    return costs["once"] - spared, costs["once with a message"] - spared


def kept(costs: Costs, every: float, poll: str) -> Way:
    """A connection that is kept and asked."""
    message = costs["once with a message"] - costs["once"]
    return lambda messages: (costs[poll] * (DAY / every)
                             + message * messages)


def push(costs: Costs, connect: str) -> Way:
    """An alert from elsewhere, which is not counted, and a connection."""
    _, message = once_costs(costs, connect)
    return lambda messages: message * messages


def crossing(idle: Way, pushed: Way, of: Callable[[Cost], float]) -> float:
    """The days between two messages from which on push is cheaper."""
    low, high = 1 / 10_000, 1000.0
    for _ in range(40):
        middle = (low * high) ** 0.5
        if of(pushed(1 / middle)) > of(idle(1 / middle)):
            low = middle
        else:
            high = middle
    return middle
