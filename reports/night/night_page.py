"""The page of a night as HTML: one file that needs nothing else, no script, no font and no network. Counts, never a person.

The template escapes what it is given; the policy in its head allows the one style sheet by its digest and nothing else. The same figures give
the same bytes.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from statistics import median

from jinja2 import Environment, StrictUndefined, Template

from reports.list_counts import listed_parts
from reports.listings import CHILDREN_SHEET, FINDINGS_SHEET, PAIRS_SHEET
from reports.night.night_advice import changes_to_check, files_to_check, missing_parts, things_to_do
from reports.night.night_figures import Night, NightFigures
from reports.night.night_plots import NightPlot, bar_plot, line_plot, sparkline
from schemas.rules import RULE
from schemas.whereabouts import WHEREABOUTS
from schemas.words import CASE_KIND_NAME, EVENT_NAME, STEP_NAME

_ENOUGH = 5  # changes from night to night, to call another one unusual
_NOTABLE = 0.05  # of the figure of the night before: less is no jump
_STATUS = {"read": "已采用", "stale": "沿用上次", "superseded": "已被取代", "refused": "未采用"}


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure tonight beside those before. ``jump``: it changed more than from any night to the next before; ``more``: lines about it."""

    title: str
    now: str
    last: str
    range: str
    jump: bool
    more: Sequence[str]


@dataclass(frozen=True, slots=True)
class SystemRows:
    """A system's accepted rows, tonight and the night before; None where it had none."""

    system: str
    now: int | None
    last: int | None
    line: str

    @property
    def change(self) -> str:
        """Tonight against the night before."""
        if not self.last or self.now is None:
            return ""
        return f"{(self.now - self.last) / self.last:+.1%}" if self.now != self.last else "不变"


def night_page(night: Night, before: Sequence[NightFigures]) -> str:
    """The page of ``night``. ``before``: the nights that it is shown against, the oldest first."""
    style = files("reports.night").joinpath("night_page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    nights = [*before, night.figures()]
    shown = [place for place in WHEREABOUTS if place.listed or night.whereabouts().get(place.code)]
    townships = sorted(night.places, key=lambda name: -_listed_in(night, name))
    notices: dict[tuple[str, str], list[str]] = {}
    for system, file, message in night.notices:
        notices.setdefault((system, file), []).append(message)
    return _template().render(
        night=night,
        before=before,
        style=style,
        style_digest=digest,
        key_figures=list(_key_figures(nights, night)),
        gaps=missing_parts(night),
        to_do=things_to_do(night),
        changes=changes_to_check(night),
        to_check=files_to_check(night),
        plots=list(_plots(nights)) if before else [],
        systems=_systems(nights, night),
        whereabouts=shown,
        townships=townships,
        listed_in=lambda name: _listed_in(night, name),
        sums=night.whereabouts(),
        findings=[(RULE[rule].name if rule in RULE else rule, count, inside) for rule, count, inside in night.findings],
        kinds=CASE_KIND_NAME,
        events={event: name for event, name in EVENT_NAME.items() if event != "changed"},
        steps=_steps(nights),
        notices=notices,
        status=_STATUS,
    )


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    environment.filters["n"] = lambda number: f"{number:,}"
    return environment.from_string(files("reports.night").joinpath("night_page.html").read_text(encoding="utf-8"))


def _listed_in(night: Night, township: str) -> int:
    return sum(night.places[township].get(place.code, 0) for place in WHEREABOUTS if place.listed)


def _key_figures(nights: Sequence[NightFigures], night: Night) -> Iterator[KeyFigure]:
    parts = [f"{name} {number:,}" for name, number in listed_parts(night.lists)]
    yield _key_figure(CHILDREN_SHEET.title, nights, lambda n: n.listed, parts)
    if night.since:
        yield _key_figure("新列入", nights, lambda n: n.opened, jumps=False)
        yield _key_figure("销号", nights, lambda n: n.closed, jumps=False)
    yield _key_figure(FINDINGS_SHEET.title, nights, lambda n: n.findings)
    yield _key_figure("采用的行", nights, lambda n: sum(n.rows.values()))
    yield _key_figure("退回的行", nights, lambda n: n.refused)
    yield _key_figure(f"{PAIRS_SHEET.title}（对）", nights, lambda n: n.possible)


def _key_figure(
    title: str,
    nights: Sequence[NightFigures],
    value: Callable[[NightFigures], int],
    more: Sequence[str] = (),
    jumps: bool = True,
) -> KeyFigure:
    """``jumps``: the figure is a state, whose change can be a jump, and no change itself."""
    *before, now = map(value, nights)
    if not before:
        return KeyFigure(title, f"{now:,}", "", "", False, more)
    low, high = min(before), max(before)
    between = f"近 {len(before)} 次 {low:,}–{high:,}" if low < high else ""
    return KeyFigure(title, f"{now:,}", f"{before[-1]:,}", between, jumps and _is_jump(nights, value), more)


def _is_jump(nights: Sequence[NightFigures], value: Callable[[NightFigures], int]) -> bool:
    """Did the figure change more than before, from a night to the next that both had no gap?"""
    changes = [abs(value(later) - value(earlier)) for earlier, later in pairwise(nights[:-1]) if not (earlier.gaps or later.gaps)]
    change = abs(value(nights[-1]) - value(nights[-2]))
    return len(changes) >= _ENOUGH and change > max(*changes, _NOTABLE * value(nights[-2]))


def _plots(nights: Sequence[NightFigures]) -> Iterator[NightPlot]:
    days, gaps = [n.as_of for n in nights], [n.gaps > 0 for n in nights]
    yield line_plot(f"{CHILDREN_SHEET.title}（人）", days, [n.listed for n in nights], gaps)
    yield bar_plot("新列入（上）与销号（下）", days, [n.opened for n in nights], [n.closed for n in nights])
    yield line_plot(f"{FINDINGS_SHEET.title}（条）", days, [n.findings for n in nights], gaps)
    yield line_plot("用时（秒）", days, [sum(n.seconds.values()) for n in nights], gaps)


def _systems(nights: Sequence[NightFigures], night: Night) -> list[SystemRows]:
    keys = {key for figures in nights for key in figures.rows}
    last = nights[-2].rows if len(nights) > 1 else {}
    return [
        SystemRows(
            night.systems.get(key, key),
            nights[-1].rows.get(key),
            last.get(key),
            sparkline([figures.rows.get(key) for figures in nights]),
        )
        for key in sorted(keys)
    ]


def _steps(nights: Sequence[NightFigures]) -> list[tuple[str, float, float | None, float | None]]:
    """Step, its seconds tonight, the night before, and in the median of those before."""
    *before, now = nights
    rows: list[tuple[str, float, float | None, float | None]] = []
    for step, name in STEP_NAME.items():
        earlier = [figures.seconds[step] for figures in before if step in figures.seconds]
        last = before[-1].seconds.get(step) if before else None
        rows.append((name, now.seconds.get(step, 0.0), last, median(earlier) if earlier else None))
    return rows
