"""The plan's indicators and the townships' places on the red and black lists as published, area by area, and their Chinese."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.indicators import INDICATOR, INDICATORS, Indicator, standing_rules
from schemas.settings import Settings

NO_ENTRANTS = "没有入学人数表（intake.xlsx），无法计算；见适龄儿童在学率"
NOBODY = "没有应计的儿童"
NOT_AVAILABLE = "—"
STANDING_NAME: dict[str | None, str] = {"red": "红榜", "black": "黑榜"}
_KEYS = ("level", "township", "village", "school")


@dataclass(frozen=True, slots=True)
class Area:
    """What an indicator is counted in; ``level``: county | township | village | school."""

    level: str
    township: str | None = None
    village: str | None = None
    school: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator of one area; ``share`` is None where it is a count or not available."""

    indicator: Indicator
    numerator: int
    denominator: int | None
    share: float | None

    @property
    def value(self) -> float | int | None:
        """The share or the count; None where it is not available."""
        return self.numerator if self.indicator.of is None else self.share

    @property
    def met(self) -> bool | None:
        """Is the target reached? None without a target, or where the value is not available."""
        aim, value = self.indicator.aim, self.value
        if aim is None or value is None:
            return None
        return value >= aim if self.indicator.better == "more" else value <= aim

    @property
    def why_missing(self) -> str:
        """Why there is no value, in Chinese."""
        return NO_ENTRANTS if self.denominator is None else NOBODY

    @property
    def lacking(self) -> int | None:
        """How many are missing from the whole; of a count to be brought down, how many there still are."""
        if self.indicator.of is None:
            return self.numerator if self.indicator.better == "fewer" else None
        return None if self.denominator is None else self.denominator - self.numerator


class Figures:
    """The figures and standings of the run published in the folder ``tables``."""

    def __init__(self, tables: Path, as_of: date) -> None:
        self._by_area: dict[Area, dict[str, Figure]] = {}
        for row in pq.read_table(tables / "indicators.parquet").to_pylist():
            figure = Figure(INDICATOR[row["code"]], row["numerator"], row["denominator"], row["share"])
            self._by_area.setdefault(Area(*(row[key] for key in _KEYS)), {})[row["code"]] = figure
        standings = pq.read_table(tables / "standings.parquet")
        tonight = standings.filter(pc.equal(standings["as_of"], as_of))
        self.standings: dict[str, dict[str, Any]] = {row["township"]: row for row in tonight.to_pylist()}

    def of(self, area: Area) -> tuple[Figure, ...]:
        """Every indicator of ``area`` in the plan's order; where none was counted there is nobody to count."""
        found = self._by_area.get(area, {})
        return tuple(found.get(i.code) or Figure(i, 0, None if i.of is None else 0, None) for i in INDICATORS)

    def areas(self, level: str, township: str | None = None) -> list[Area]:
        """The areas of ``level``, of one township's if given, in no order."""
        return [area for area in self._by_area if area.level == level and township in (None, area.township)]


def aim_words(indicator: Indicator) -> str:
    """The target as printed."""
    if indicator.aim is None:
        return NOT_AVAILABLE
    if indicator.of is None:
        return f"{indicator.aim:g}"
    return f"{'≥' if indicator.aim < 1 else ''}{indicator.aim:.0%}"


def formulas(settings: Settings) -> tuple[str, ...]:
    """How the shares of the red and the black list are counted, as printed below them."""
    return tuple(map(settings.on_weekly_day, standing_rules(settings.plan.cited("summons"))))
