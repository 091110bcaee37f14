"""Lines and bars of nights as SVG, in numbers that the page's template draws: the text stays text, in the reader's own font."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import floor, log10

_WIDTH, _HEIGHT = 540, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 60, 12, 22  # for the labels around
_TICKS = 3
_LABEL = 12  # the height of a label


@dataclass(frozen=True, slots=True)
class Dot:
    """A night on a line. ``label``: day and value; ``gap``: the night had to do without something."""

    x: float
    y: float
    label: str
    gap: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A night's bar; ``kind`` is its class."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class NightPlot:
    """``line``: points of a polyline; ``ticks``: height, label; ``days``: place, label, text-anchor; ``last``: place and label of tonight."""

    title: str
    ticks: Sequence[tuple[float, str]]
    days: Sequence[tuple[float, str, str]]
    line: str = ""
    dots: Sequence[Dot] = ()
    bars: Sequence[Bar] = ()
    zero: float | None = None
    last: tuple[float, float, str] | None = None
    width: int = _WIDTH
    height: int = _HEIGHT
    left: int = _LEFT
    right: int = _WIDTH - _RIGHT


def line_plot(title: str, days: Sequence[str], values: Sequence[float], gaps: Sequence[bool]) -> NightPlot:
    """A line through ``values``, the last of them tonight's; ``days``: ISO days in order. Its scale need not begin at 0."""
    low, high = min(values), max(values)
    room = (high - low) * 0.1 or max(abs(high) * 0.02, 1)
    low, high = max(low - room, 0), high + room
    xs, ys = _across(days), [_up(value, low, high) for value in values]
    dots = [Dot(x, y, f"{day}：{_number(value)}", gap) for x, y, day, value, gap in zip(xs, ys, days, values, gaps, strict=True)]
    ticks = [(_up(tick, low, high), _number(tick)) for tick in _ticks(low, high)]
    line = " ".join(f"{x},{y}" for x, y in zip(xs, ys, strict=True))
    return NightPlot(title, ticks, _labels(days, xs), line, dots, last=(xs[-1], ys[-1], _number(values[-1])))


def bar_plot(title: str, days: Sequence[str], up: Sequence[int], down: Sequence[int]) -> NightPlot:
    """Bars of ``up`` above the line and of ``down`` below it, which takes no room where none has any."""
    high, low = max(*up, 1), -max(*down, 0)
    xs, zero = _across(days), _up(0, low, high)
    width = max(2.0, min(14.0, (_WIDTH - _LEFT - _RIGHT) / (len(days) + 1) * 0.7))
    bars = []
    for x, day, more, less in zip(xs, days, up, down, strict=True):
        label, left = f"{day}：新列入 {more:,}，销号 {less:,}", round(x - width / 2, 1)
        above, below = _up(more, low, high), _up(-less, low, high)
        bars.append(Bar(left, above, width, round(zero - above, 1), "up", label))
        bars.append(Bar(left, zero, width, round(below - zero, 1), "down", label))
    ends = [(_up(high, low, high), f"+{high:,}"), (_up(low, low, high), f"−{-low:,}")]
    ticks = [(zero, "0"), *(end for end in ends if abs(end[0] - zero) >= _LABEL)]
    return NightPlot(title, ticks, _labels(days, xs), bars=bars, zero=zero, last=(xs[-1], zero - 4, f"+{up[-1]:,} −{down[-1]:,}"))


def sparkline(values: Sequence[float | None], width: int = 120, height: int = 22) -> str:
    """Points of a small line without a scale; nights without a value are left out. Empty where fewer than two have one."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(value for _, value in known), max(value for _, value in known)
    across, up = (width - 6) / (len(values) - 1), (height - 6) / (high - low) if high > low else 0.0
    level = height / 2 if high == low else height - 3.0
    return " ".join(f"{round(3 + place * across, 1)},{round(level - (value - low) * up, 1)}" for place, value in known)


def _across(days: Sequence[str]) -> list[float]:
    """Where each day stands: a night that is missing leaves its place empty."""
    numbers = [date.fromisoformat(day).toordinal() for day in days]
    span = numbers[-1] - numbers[0]
    room = _WIDTH - _LEFT - _RIGHT - 20
    return [round(_LEFT + 10 + (room * (number - numbers[0]) / span if span else room), 1) for number in numbers]


def _up(value: float, low: float, high: float) -> float:
    return round(_TOP + (_HEIGHT - _TOP - _BOTTOM) * (high - value) / (high - low), 1)


def _labels(days: Sequence[str], xs: Sequence[float]) -> list[tuple[float, str, str]]:
    """The first day and the last."""
    ends = [(xs[0], days[0][5:], "start"), (xs[-1], days[-1][5:], "end")]
    return ends if xs[-1] - xs[0] > 80 else ends[1:]


def _ticks(low: float, high: float) -> list[float]:
    """About three round numbers between."""
    rough = (high - low) / _TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    step = max(step, 1.0)
    first = int(-(-low // step))
    return [tick * step for tick in range(first, int(high // step) + 1)]


def _number(value: float) -> str:
    return f"{value:,.0f}"
