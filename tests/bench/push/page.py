"""The page and the plot of what push.py has measured."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from math import log10
from typing import Callable, Iterable, Optional

import days
from days import Way
from plot import Axis, Curve, Plot
from wire import Cost

MINUTE = 60
COLUMNS = ((0, "no mail"), (0.25, "one in 4 days"), (0.5, "one in 2 days"),
           (1, "1 a day"), (10, "10 a day"), (100, "100 a day"))


@dataclass
class Result:
    """rehearsal: a small day, measured and computed."""

    costs: dict[str, Cost]
    spread: dict[str, float]
    tls: dict[str, str]
    versions: dict[str, str]
    rehearsal: Optional[tuple[Cost, Cost]]
    rounds: int
    old: int  # messages in the mailbox whose flags are read again


@dataclass(frozen=True)
class Line:
    """A way to hear of mail: name in the tables, in the plot, the cost."""

    name: str
    label: str
    day: Way
    style: str = ""


def wire(cost: Cost) -> float:
    return cost.wire


def carried(cost: Cost) -> float:
    return cost.carried


def idle(costs: days.Costs, refresh: int, keepalive: int = 0, talk: int = 0,
         renew: str = "refresh", pushed: bool = False) -> Way:
    return days.Day(costs, refresh * MINUTE, keepalive, talk, renew,
                    pushed).cost


def lines(costs: days.Costs) -> dict[str, Line]:
    found = {}
    for minutes in 1, 5, 15:
        every = "minute" if minutes == 1 else f"{minutes} minutes"
        for kind in "full", "resumed":
            found[f"poll {minutes} {kind}"] = Line(
                f"poll every {every}, {kind} TLS",
                f"a connection every {every}",
                days.polling(costs, minutes * MINUTE, kind), "poll")
    for minutes in 1, 5, 15:
        every = "minute" if minutes == 1 else f"{minutes} minutes"
        found[f"kept {minutes}"] = Line(
            f"poll every {every}, one connection",
            "", days.kept(costs, minutes * MINUTE, "poll"))
    found["article"] = Line(
        "IDLE, NOOP every 15 minutes (the article)",
        "IDLE as in the article", idle(costs, 15, renew="DONE, NOOP, IDLE"),
        "article")
    for refresh, keepalive in ((15, 0), (15, 300), (15, 60), (9, 60),
                               (29, 300), (29, 0)):
        probes = (f"tcp_keepalive = {keepalive}" if keepalive in (0, 60)
                  else f"tcp_keepalive = {keepalive // 60}m")
        probes += "s" if keepalive == 60 else ""
        found[f"idle {refresh} {keepalive}"] = Line(
            f"idlebell, refresh = {refresh}m, {probes}",
            f"idlebell, refresh = {refresh}m, {probes}",
            idle(costs, refresh, keepalive), "idle")
    found["notify"] = Line(
        "idlebell's defaults, a server with NOTIFY", "",
        idle(costs, 15, 60, pushed=True))
    found["talk"] = Line(
        "idlebell's defaults, a Dovecot that says Still here", "",
        idle(costs, 15, 60, 120))
    for kind in "full", "resumed":
        found[f"push {kind}"] = Line(
            f"alert and connection, {kind} TLS",
            f"alert and connection, {kind} TLS", days.push(costs, kind),
            "push")
    return found


# --- text -----------------------------------------------------------------


def number(value: float) -> str:
    """Three digits that count: 1,234,000 is 1,230,000."""
    if value <= 0:
        return "0"
    if value >= 1000:
        scale = 10 ** (int(log10(value)) - 2)
        return f"{round(value / scale) * scale:,}"
    return f"{value:.{2 - max(0, int(log10(max(value, 1))))}f}"


def few(value: float) -> str:
    """A number of things, not more exact than it can be."""
    return number(value) if value >= 100 else f"{value:.2g}"


def kilo(octets: float) -> str:
    return number(octets / 1000)


def rhythm(gap: float) -> str:
    """A time between messages, in days."""
    if gap >= 1:
        return f"one in {few(gap)} days"
    return f"{few(1 / gap)} a day (every {few(gap * 24)} h)"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    text = ["| " + " | ".join(head) + " |",
            "|---" + "|---:" * (len(head) - 1) + "|"]
    return "\n".join(text + ["| " + " | ".join(row) + " |"
                             for row in rows])


def events_table(result: Result) -> str:
    def row(name: str, cost: Cost) -> list[str]:
        return [f"{value:,.0f}" for value in (
            cost.up, cost.down, cost.packets, cost.wire,
            result.spread.get(name, 0))]

    told = {
        "once": "`idlebell once`, nothing new, full TLS",
        "once with a message": "the same, a message",
        "connect, full": "connect, log in, catch up, IDLE; full TLS",
        "connect, resumed": "the same, resumed TLS",
        "message in IDLE": "a message comes in IDLE: EXISTS, DONE, FETCH, "
        "IDLE",
        "message by NOTIFY": "the same with NOTIFY: the server pushes the "
        "header",
        "refresh": "a refresh: DONE, NOOP, IDLE in one write",
        "DONE, NOOP, IDLE": "the article's: DONE, NOOP, IDLE, each waits",
        "NOOP": "a NOOP on a kept connection",
        "poll": "a poll on a kept connection (`method = poll`)",
        "probe": "a probe of TCP (`tcp_keepalive`) and its answer",
        "Still here": "Dovecot's \"Still here\"",
        "flags": f"flags of {result.old} messages are read again",
    }
    return table(["event", "up", "down", "packets", "on the wire",
                  "spread"],
                 [[text, *row(name, result.costs[name])]
                  for name, text in told.items()])


def days_table(found: dict[str, Line], of: Callable[[Cost], float]) -> str:
    return table(["kB a day", *(name for _, name in COLUMNS)],
                 [[line.name, *(kilo(of(line.day(messages)))
                                for messages, _ in COLUMNS)]
                  for line in found.values()])


CROSSED = ("article", "idle 15 0", "idle 15 300", "idle 15 60", "talk",
           "idle 29 300", "idle 29 0")


def crossings_table(found: dict[str, Line]) -> str:
    rows = []
    for name in CROSSED:
        gaps = [days.crossing(found[name].day, found[f"push {kind}"].day, of)
                for of in (wire, carried) for kind in ("full", "resumed")]
        rows.append([found[name].name, *map(rhythm, gaps)])
    return table(["\"true push\" is cheaper below", "wire, full TLS",
                  "wire, resumed", "carried, full TLS", "carried, resumed"],
                 rows)


def heavier(result: Result, found: dict[str, Line]
            ) -> tuple[float, float]:
    """For the lines to cross at two days: what an alert and its connection
    would have to cost on the wire, and how many messages' flags that is."""
    needed = 2 * wire(found["article"].day(0.5))
    _, message = days.once_costs(result.costs, "full")
    each = result.costs["flags"].wire / result.old
    return needed, (needed - message.wire) / each


_PAGE = """\
# What instant mail costs: octets a day

The article *IMAP IDLE: The best approach for 'push' email* (2018) says that
polling is a poor way to hear of mail at once, that IDLE with a NOOP every 15
minutes costs next to nothing, and that "true push", an alert by other means
and a connection for each message, is cheaper only for those who get less than
about one message in two days.  `make bench-push` measures that; this page is
its output.

![Octets a day by messages a day](push.svg)

## In short

* **To connect for each poll is dear**: {poll1} kB a day when it is every
  minute, {poll15} kB every 15 minutes, which tells of mail 7 minutes late on
  average.  idlebell tells at once and takes {default} kB with its defaults.
  Only who keeps the connection and asks every 15 minutes ({kept15} kB) is
  below IDLE, and late.
* **The article's IDLE** takes {article} kB a day on the wire when no mail
  comes, of which TCP carries {article_carried} kB; the rest is headers of
  packets.  idlebell's refresh, DONE, NOOP and IDLE in one write, saves
  {saved} % of that: {none} kB.
* **TCP's probes are most of the rest.**  `tcp_keepalive = 60s`, the default,
  notices a dead line within two minutes; its 1,344 probes a day are
  {probes} kB of the {default} kB.  They carry nothing, so a count of what TCP
  carries does not see them, but they are packets, and each wakes up a radio.
  With `tcp_keepalive = 5m` a day is {five} kB.
* **The lines cross, but not near two days.**  An alert and a connection that
  fetches the message take {push} octets on the wire ({push_resumed} with a
  TLS ticket), a message in IDLE {message}, and {notify} with NOTIFY.  So
  waiting as in the article is cheaper from {cross} messages a day on, and from {cross_carried} if only
  what TCP carries is counted; with the defaults of idlebell, from
  {cross_default} and {cross_default_carried}.
* **At ten messages a day**, the article's example, its IDLE takes {article10}
  kB on the wire and {article10_carried} kB as TCP carries it, "true push"
  {push10} and {push10_carried} kB.  At a hundred it is {article100} against
  {push100} kB on the wire.
* **Two days would be true** if an alert and its connection cost {needed} kB:
  as with a program that reads the flags of {flags} messages again each time
  it connects, for want of CONDSTORE (RFC 7162).

## What to set

* **Wi-Fi, cable, a server**: the defaults.  {default_month} MB a month is
  nothing there, and a dead line is noticed soon.
* **A connection paid by the megabyte**: `tcp_keepalive = 5m` is {five} kB a
  day, with `refresh = 29m` besides {frugal} kB, {frugal_month} MB a month.
  Many networks and servers drop a line that was silent for 15 minutes, some
  after 5; idlebell learns a shorter refresh by itself, but only after it has
  lost a connection.
* **A shorter refresh** because the server needs it costs little: `refresh =
  9m` is {nine} kB a day.  Probes keep routers from forgetting a connection,
  refreshes servers from closing it.
* **Nobody has to know at once**: `idlebell once` from cron or a timer takes
  {once} octets if there is nothing.  That is less than the defaults for up to
  {once_default} runs a day, and less than `tcp_keepalive = 5m` and `refresh =
  29m` for up to {once_frugal}.
* **There is an alert already** (a phone's push service, a script of the
  server that sends a datagram): `idlebell once` for each is less than the
  defaults for up to {cross_default} messages a day, and less than
  `tcp_keepalive = 5m` and `refresh = 29m` for up to {frugal_cross}.
* The server talks, too: a Dovecot says "Still here" every two minutes in
  IDLE, which is {talk} kB a day; half of the probes are not needed then, so
  that a day of the defaults is {talking} kB in all.  That is set on the
  server (`imap_idle_notify_interval`).

## Where the lines cross

Below so many messages a day, an alert and `idlebell once` are cheaper than
waiting in IDLE.  The alert itself is not counted: an SMS is no data, and a
phone's push service shares its own idle connection among all programs.

{crossings}

## A day, on the wire

Whole IP packets, both ways, with TCP's acknowledgements and probes, in kB
(1,000 octets).

{wire_table}

## A day, as TCP carries it

The same without the headers of packets and without empty ones: TLS records
and what is in them.  Probes do not count here.

{carried_table}

## What was measured

Each event by itself, at least {rounds} times, from a silent line to a silent
line; these are the means, and "spread" is between the least and the most, in
octets on the wire.  The same answers come in one record of TLS and one packet
or in several, as it happens: a refresh has two sizes.

{events_table}

The connections are {tls_full}, and the same
resumed.  The server shows two certificates of {chain} octets together, which
is about what public authorities give.  Names are not looked up; that would be
some 200 octets more for each connection.  The messages have usual headers, of
which idlebell asks for those that it shows.  `once` has no TLS ticket as it is
a new process each time: "resumed" is computed for it, by the difference
between the two kinds of connecting.

A day is computed (`tests/bench/push/days.py`): messages come whenever they
like, each begins IDLE anew and so puts off the refresh, and all that passes
on the line puts off the next probe.  {rehearsal}

## How

{date}: {idlebell}, Dovecot {Dovecot}, {system}, {kernel}, {processors}
processors.  Client, router and server are network namespaces; a packet socket
on the client's link counts.  Octets do not depend on how fast the machine is;
other servers say more or less than Dovecot does.

    make bench-push                  writes this page and its plot
    make bench-push BENCH_SHORT=1    under a minute, prints only
"""


def _figures(result: Result, found: dict[str, Line]) -> dict[str, str]:
    def day(name: str, messages: float = 0,
            of: Callable[[Cost], float] = wire) -> float:
        return of(found[name].day(messages))

    def cross(name: str, of: Callable[[Cost], float] = wire) -> str:
        return few(1 / days.crossing(
            found[name].day, found["push full"].day, of))

    once, message = days.once_costs(result.costs, "full")
    _, resumed = days.once_costs(result.costs, "resumed")
    needed, flags = heavier(result, found)
    return {
        "poll1": kilo(day("poll 1 full")),
        "poll15": kilo(day("poll 15 full")),
        "kept15": kilo(day("kept 15")),
        "default": kilo(day("idle 15 60")),
        "default_month": few(day("idle 15 60") * 30 / 1e6),
        "none": kilo(day("idle 15 0")),
        "five": kilo(day("idle 15 300")),
        "nine": kilo(day("idle 9 60")),
        "probes": kilo(day("idle 15 60") - day("idle 15 0")),
        "frugal": kilo(day("idle 29 300")),
        "frugal_month": few(day("idle 29 300") * 30 / 1e6),
        "article": kilo(day("article")),
        "article_carried": kilo(day("article", of=carried)),
        "article10": kilo(day("article", 10)),
        "article10_carried": kilo(day("article", 10, carried)),
        "article100": kilo(day("article", 100)),
        "saved": few(100 - 100 * day("idle 15 0") / day("article")),
        "push": number(message.wire),
        "push_resumed": number(resumed.wire),
        "push10": kilo(day("push full", 10)),
        "push10_carried": kilo(day("push full", 10, carried)),
        "push100": kilo(day("push full", 100)),
        "notify": number(result.costs["message by NOTIFY"].wire),
        "message": number(result.costs["message in IDLE"].wire),
        "cross": cross("article"),
        "cross_carried": cross("article", carried),
        "cross_default": cross("idle 15 60"),
        "cross_default_carried": cross("idle 15 60", carried),
        "frugal_cross": cross("idle 29 300"),
        "needed": kilo(needed), "flags": few(flags),
        "once": number(once.wire),
        "once_default": few(day("idle 15 60") / once.wire),
        "once_frugal": few(day("idle 29 300") / once.wire),
        "talk": kilo(result.costs["Still here"].wire * 720),
        "talking": kilo(day("talk")),
    }


def _rehearsal(result: Result) -> str:
    if not result.rehearsal:
        return "It was not compared with a real one."
    measured, computed = result.rehearsal
    return ("Two minutes with a refresh every 12 seconds, a probe after 4 and "
            "a server that talks every 5 were "
            f"{measured.wire:,.0f} octets on the wire, and "
            f"{computed.wire:,.0f} when they are computed.")


def _fill(text: str) -> str:
    """Breaks the lines of paragraphs anew; tables and code stay."""
    paragraphs = []
    for part in re.split(r"\n\n|\n(?=\* )", text):
        if part.startswith(("|", "#", "!", "    ")):
            paragraphs.append("\n" + part)
            continue
        bullet = part.startswith("* ")
        paragraphs.append(("" if bullet and paragraphs[-1].lstrip()
                           .startswith("* ")
                           else "\n")
                          + textwrap.fill(" ".join(part.split()), 79,
                                          subsequent_indent="  " * bullet,
                                          break_on_hyphens=False))
    return "\n".join(paragraphs).strip() + "\n"


def page(result: Result) -> str:
    found = lines(result.costs)
    return _fill(_PAGE.format(
        **_figures(result, found), **result.versions,
        crossings=crossings_table(found), wire_table=days_table(found, wire),
        carried_table=days_table(found, carried), rounds=result.rounds,
        events_table=events_table(result), tls_full=result.tls["full"],
        rehearsal=_rehearsal(result)))


# --- the plot -------------------------------------------------------------


def _points(day: Way, low: float, high: float
            ) -> list[tuple[float, float]]:
    count = 60
    steps = [low * (high / low) ** (n / count) for n in range(count + 1)]
    # A day has whole messages where it has more than one.
    steps = sorted({round(x) if x >= 1 else x for x in steps})
    return [(x, wire(day(x))) for x in steps]


def plot(result: Result) -> str:
    found = lines(result.costs)
    x = Axis(0.1, 1000, [
        (tick, f"{tick:,}") for tick in
        (0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)],
        "messages a day (0.25: one in four days)")
    y = Axis(1e3, 2e7, ((1e3, "1 kB"), (1e4, "10 kB"), (1e5, "100 kB"),
                        (1e6, "1 MB"), (1e7, "10 MB")), "")
    drawing = Plot("What instant mail costs: octets a day",
                   "whole IP packets, both ways, one mailbox; measured with "
                   f"idlebell and Dovecot, {result.versions['date']}", x, y)
    flat, solid, dashed = (0, -6), "", "7 4"
    shown = (("poll 1 full", 0.115, flat, solid),
             ("poll 5 full", 0.115, flat, dashed),
             ("poll 15 full", 0.115, flat, "2 4"),
             ("idle 15 60", 0.115, flat, solid),
             ("idle 29 300", 0.115, (0, 15), dashed),
             ("article", 0.115, flat, solid),
             ("push full", 1.9, (-6, -4), solid),
             ("push resumed", 1.5, (8, 8), dashed))
    for name, at, away, dashes in shown:
        line = found[name]
        drawing.curve(Curve(line.label, line.style,
                            _points(line.day, x.low, x.high), at, away,
                            dashes))
    pushed = found["push full"].day
    for name in "article", "idle 15 60":
        gap = days.crossing(found[name].day, pushed, wire)
        drawing.cross(1 / gap, wire(pushed(1 / gap)),
                      f"{few(1 / gap)} a day")
    return drawing.svg()
