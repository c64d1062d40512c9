"""A log-log plot as SVG, by hand; readable on light and on dark paper."""

from __future__ import annotations

from dataclasses import dataclass
from math import log10
from typing import Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 860, 560
LEFT, RIGHT, TOP, BOTTOM = 78, 30, 62, 62

#: Name: on light paper, on dark paper.
COLOURS = {
    "paper": ("#ffffff", "#14181d"), "ink": ("#1b1f24", "#e6e9ed"),
    "soft": ("#57606a", "#9aa4af"), "grid": ("#e3e6ea", "#2a313a"),
    "poll": ("#a04000", "#f0a35e"), "article": ("#4b5563", "#b4bcc8"),
    "idle": ("#0a66c2", "#62b0ff"), "push": ("#7a2ee6", "#c9a6ff"),
}
_STYLE = """\
text { font: 13px "DejaVu Sans", Verdana, Helvetica, sans-serif; }
text.title { font-size: 16px; font-weight: bold; }
text.small { font-size: 12px; }
text.label { font-size: 12px; paint-order: stroke; stroke-width: 4px;
  stroke-linejoin: round; }
path { fill: none; stroke-width: 2.2; }
path.grid { stroke-width: 1; }
circle { stroke-width: 1.6; }
"""


def _paint(paper: int) -> str:
    """The rules for one kind of paper; viewers that know no variables and
    no media queries shall see the light one."""
    colours = {name: both[paper] for name, both in COLOURS.items()}
    rules = [f"rect {{ fill: {colours['paper']}; }}",
             f"text.title, text.ink {{ fill: {colours['ink']}; }}",
             f"text.small {{ fill: {colours['soft']}; }}",
             f"text.label {{ stroke: {colours['paper']}; }}",
             f"path.grid {{ stroke: {colours['grid']}; }}",
             f"circle {{ fill: {colours['paper']}; "
             f"stroke: {colours['ink']}; }}"]
    for name in "poll", "article", "idle", "push":
        rules.append(f"path.{name} {{ stroke: {colours[name]}; }}")
        rules.append(f"text.{name} {{ fill: {colours[name]}; }}")
    return "\n".join(rules) + "\n"


def _head(title: str, subtitle: str) -> str:
    title, subtitle = escape(title), escape(subtitle)
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" \
width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{title}">
<style>
{_STYLE}{_paint(0)}@media (prefers-color-scheme: dark) {{
{_paint(1)}}}
</style>
<rect width="{WIDTH}" height="{HEIGHT}"/>
<text class="title" x="{LEFT}" y="26">{title}</text>
<text class="small" x="{LEFT}" y="46">{subtitle}</text>
"""


@dataclass(frozen=True)
class Curve:
    """points: (x, y), rising x.  at: where along x its label stands; away:
    how far from there, its end if that is to the left."""

    label: str
    style: str  # the name of its colour
    points: Sequence[tuple[float, float]]
    at: float
    away: tuple[float, float] = (0, -6)
    dashes: str = ""


@dataclass(frozen=True)
class Axis:
    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    name: str

    def place(self, value: float) -> float:
        """From 0 to 1."""
        return ((log10(value) - log10(self.low))
                / (log10(self.high) - log10(self.low)))


class Plot:
    def __init__(self, title: str, subtitle: str, x: Axis, y: Axis) -> None:
        self._x, self._y = x, y
        self._parts = [_head(title, subtitle)]
        self._labels: list[str] = []
        self._axes()

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return (LEFT + self._x.place(x) * (WIDTH - LEFT - RIGHT),
                HEIGHT - BOTTOM
                - self._y.place(y) * (HEIGHT - TOP - BOTTOM))

    def _text(self, x: float, y: float, text: str, kind: str,
              anchor: str = "start") -> str:
        return (f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" '
                f'text-anchor="{anchor}">{escape(text)}</text>\n')

    def _axes(self) -> None:
        for value, name in self._x.ticks:
            x, bottom = self._at(value, self._y.low)
            self._parts.append(f'<path class="grid" d="M{x:.1f} {TOP}'
                               f'V{bottom:.1f}"/>\n')
            self._parts.append(self._text(x, bottom + 19, name, "small",
                                          "middle"))
        for value, name in self._y.ticks:
            x, y = self._at(self._x.low, value)
            self._parts.append(f'<path class="grid" d="M{x:.1f} {y:.1f}'
                               f'H{WIDTH - RIGHT}"/>\n')
            self._parts.append(self._text(x - 8, y + 4, name, "small",
                                          "end"))
        self._parts.append(self._text(
            (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16, self._x.name, "small",
            "middle"))

    def curve(self, curve: Curve) -> None:
        places = [self._at(x, y) for x, y in curve.points
                  if self._y.low <= y <= self._y.high]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        dashes = (f' stroke-dasharray="{curve.dashes}"' if curve.dashes
                  else "")
        self._parts.append(
            f'<path class="{curve.style}" '
            f'd="M{path}"{dashes}/>\n')
        self._label(curve)

    def _label(self, curve: Curve) -> None:
        near = min(curve.points, key=lambda p: abs(log10(p[0] / curve.at)))
        x, y = self._at(*near)
        self._labels.append(self._text(
            x + curve.away[0], y + curve.away[1], curve.label,
            f"label {curve.style}", "end" if curve.away[0] < 0 else "start"))

    def cross(self, x: float, y: float, label: str) -> None:
        left, top = self._at(x, y)
        self._labels.append(f'<circle cx="{left:.1f}" cy="{top:.1f}" '
                            'r="4.5"/>\n')
        self._labels.append(self._text(left - 6, top - 9, label,
                                       "label ink", "end"))

    def svg(self) -> str:
        return "".join(self._parts + self._labels) + "</svg>\n"
