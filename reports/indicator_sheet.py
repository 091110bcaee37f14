"""The sheet 指标: every figure of the plan with its target, and beside it what is counted of whom."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from reports.book import (
    GREEN_BAR,
    GREEN_FILL,
    GREEN_TEXT,
    PERCENT,
    RED_FILL,
    RED_TEXT,
    DataBar,
    FilledSheet,
    Look,
    SheetColumn,
    SheetOfRows,
)
from reports.figures import NOT_AVAILABLE, Figure, aim_words
from schemas.settings import Settings

_VALUES = {"words": Look(), "share": Look(centred=True, number_format=PERCENT), "count": Look(centred=True)}
_VERDICTS = {
    "达标": Look(bold=True, centred=True, colour=GREEN_TEXT, fill=GREEN_FILL),
    "未达标": Look(bold=True, centred=True, colour=RED_TEXT, fill=RED_FILL),
    NOT_AVAILABLE: Look(centred=True),
}
_VERDICT_NAME: dict[bool | None, str] = {True: "达标", False: "未达标", None: NOT_AVAILABLE}
_BAR = DataBar(GREEN_BAR, longest=1, where="is_share")


def _fixed(heading: str, key: str, width: int, kind: Literal["text", "figure"] = "text") -> SheetColumn:
    return SheetColumn(heading, key, kind, width, measured=False)


INDICATORS_SHEET = SheetOfRows(
    "指标",
    (
        _fixed("指标", "name", 20),
        SheetColumn("数值", "value", width=12, measured=False, look_by="value_look", looks=_VALUES, rules=(_BAR,)),
        _fixed("目标", "aim", 8, "figure"),
        SheetColumn("达标", "verdict", width=8, measured=False, look_by="verdict", looks=_VERDICTS),
        _fixed("分子", "numerator", 8, "figure"),
        _fixed("分母", "denominator", 8, "figure"),
        _fixed("分子计什么", "counts", 30),
        _fixed("分母的范围", "of", 30),
        _fixed("不计", "excluded", 24),
        _fixed("依据", "source", 30),
    ),
    empty="没有指标。",
    filtered=False,
    line_height=14.5,
)


def indicators_sheet(shown: Sequence[Figure], area: str, as_of: date, settings: Settings) -> FilledSheet:
    """The sheet with the figures of ``area``."""
    missing = [figure.value is None for figure in shown]
    frame = {
        "name": [figure.indicator.name for figure in shown],
        "value": [figure.why_missing if figure.value is None else figure.value for figure in shown],
        "value_look": [
            "words" if none else "share" if figure.indicator.of else "count" for figure, none in zip(shown, missing, strict=True)
        ],
        "is_share": [figure.share is not None for figure in shown],
        "aim": [aim_words(figure.indicator) for figure in shown],
        "verdict": [_VERDICT_NAME[figure.met] for figure in shown],
        "numerator": [figure.numerator for figure in shown],
        "denominator": [NOT_AVAILABLE if figure.denominator is None else figure.denominator for figure in shown],
        "counts": [settings.on_weekly_day(figure.indicator.counts) for figure in shown],
        "of": [figure.indicator.of or NOT_AVAILABLE for figure in shown],
        "excluded": [figure.indicator.excluded or NOT_AVAILABLE for figure in shown],
        "source": [settings.basis(figure.indicator.cites) for figure in shown],
    }
    return FilledSheet(INDICATORS_SHEET, frame, area, f"{area} {INDICATORS_SHEET.title}（比对日期 {as_of.isoformat()}）")
