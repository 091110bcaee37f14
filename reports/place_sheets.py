"""The figures place by place: a row a township, village or school, a column an indicator, better the greener."""

from collections.abc import Mapping, Sequence
from datetime import date

from reports.areas import NO_VILLAGE, NOWHERE
from reports.book import (
    DARK_RED,
    GENERAL,
    GREEN_BAR,
    PERCENT,
    RED_BAR,
    YELLOW_BAR,
    CellRule,
    CellValue,
    ColourScale,
    DataBar,
    FilledSheet,
    Filling,
    SheetColumn,
    SheetOfRows,
    ValueEqual,
)
from reports.figures import NOT_AVAILABLE, STANDING_NAME, Area, Figure, Figures, formulas
from schemas.indicators import INDICATORS, Indicator
from schemas.settings import Settings

_NOTES = "“—”：没有应计的儿童，或不在榜上。“无法计算”：没有入学人数表（intake.xlsx）。"
# A share is red from here down and yellow where most of the plan's targets stand.
_SCALE = ColourScale(low=(0.8, RED_BAR), middle=(0.95, YELLOW_BAR), high=(1, GREEN_BAR))
_FIGURE, _WIDEST = 9, 32  # half-width characters
_STANDING_RULES = (ValueEqual("红榜", DARK_RED), ValueEqual("黑榜", "FFFFFF", "000000"))


def townships_sheet(figures: Figures, as_of: date, settings: Settings) -> FilledSheet:
    """The table of the townships: those whose township is unknown, then the county below, then the formulas."""
    names = (*settings.divisions.township_names, NOWHERE)
    places = [*(Area("township", name) for name in names), Area("county")]
    label = (SheetColumn("乡镇", "township", width=_WIDEST), [*names, "全县"])
    columns = [label, *_indicator_columns(figures, places, INDICATORS), *_standing_columns(figures, names)]
    notes = (*formulas(settings), _NOTES)
    return _filled("各乡镇指标", settings.county.short_name, as_of, columns, labels=1, notes=notes)


def villages_sheet(figures: Figures, area: str, as_of: date, township: str | None, settings: Settings) -> FilledSheet:
    """The table of the villages, of ``township`` alone if given."""
    order = settings.divisions.township_names
    villages = figures.areas("village", township)
    villages.sort(key=lambda a: (_rank(a.township, order), a.village == NO_VILLAGE, a.village or ""))
    labels = {"乡镇": [a.township for a in villages], "村": [a.village for a in villages]}
    return _of_places("各村指标", area, as_of, labels, figures, villages)


def schools_sheet(figures: Figures, as_of: date, settings: Settings) -> FilledSheet:
    """The table of the schools, by the township that a name begins with."""
    order = settings.divisions.township_names
    schools = figures.areas("school")
    schools.sort(key=lambda a: (_rank(a.school, order), a.school or ""))
    return _of_places("各学校指标", settings.county.short_name, as_of, {"学校": [a.school for a in schools]}, figures, schools)


def _rank(name: str | None, townships: Sequence[str]) -> int:
    return next((index for index, township in enumerate(townships) if (name or "").startswith(township)), len(townships))


def _of_places(
    title: str, area: str, as_of: date, labels: Mapping[str, Sequence[CellValue]], figures: Figures, places: Sequence[Area]
) -> FilledSheet:
    """Indicators that are known of none of the places, for there are no entrants of a village, are left out."""
    known = [i for n, i in enumerate(INDICATORS) if any(figures.of(place)[n].value is not None for place in places)]
    columns = [(SheetColumn(heading, heading, width=_WIDEST), values) for heading, values in labels.items()]
    return _filled(title, area, as_of, [*columns, *_indicator_columns(figures, places, known)], len(labels))


def _filled(
    title: str, area: str, as_of: date, columns: Sequence[Filling], labels: int, notes: Sequence[str] = ()
) -> FilledSheet:
    """``labels``: how many columns name the place and stay in view. With ``notes`` below, the last row is the sum: no part of the bars,
    and not to be filtered."""
    sheet = SheetOfRows(
        title, tuple(column for column, _ in columns), f"{title}：本次没有儿童。", frozen=labels, filtered=not notes
    )
    frame = {column.key: values for column, values in columns}
    header = f"{area} {title}（比对日期 {as_of.isoformat()}）"
    return FilledSheet(sheet, frame, area, header, total=bool(notes), notes=("", *notes) if notes else ())


def _indicator_columns(figures: Figures, places: Sequence[Area], shown: Sequence[Indicator]) -> list[Filling]:
    by_place = [{figure.indicator.code: figure for figure in figures.of(place)} for place in places]
    return [
        _figures(
            i.name.replace("：", "：\n"),
            i.code,
            [_in_words(of_place[i.code]) for of_place in by_place],
            PERCENT if i.of else "0",
            (_SCALE if i.of else DataBar(GREEN_BAR if i.better == "more" else RED_BAR),),
        )
        for i in shown
    ]


def _figures(
    heading: str, key: str, values: Sequence[CellValue], number_format: str = GENERAL, rules: tuple[CellRule, ...] = ()
) -> Filling:
    return SheetColumn(heading, key, "figure", _FIGURE, measured=False, number_format=number_format, rules=rules), values


def _in_words(figure: Figure) -> CellValue:
    if figure.value is not None:
        return figure.value
    return "无法计算" if figure.denominator is None else NOT_AVAILABLE


def _standing_columns(figures: Figures, townships: Sequence[str]) -> list[Filling]:
    """The two shares by which townships are judged, each against the county's, the list a township is on, and how long."""
    each = [figures.standings.get(name, {}) for name in townships]
    county = next((standing for standing in each if standing), {})

    def shares(own: str, whole: str) -> list[CellValue]:
        values = [*(standing.get(own) for standing in each), county.get(whole)]
        return [NOT_AVAILABLE if value is None else value for value in values]

    standings = [*(STANDING_NAME.get(standing.get("standing"), NOT_AVAILABLE) for standing in each), NOT_AVAILABLE]
    return [
        _figures("未落实率", "standing_open_share", shares("open_share", "county_open"), PERCENT, (DataBar(RED_BAR),)),
        _figures("本周销号率", "standing_clearance", shares("clearance", "county_clearance"), PERCENT, (DataBar(GREEN_BAR),)),
        _figures("红黑榜", "standing", standings, rules=_STANDING_RULES),
        _figures("连续周数", "standing_streak", [*(standing.get("streak") or NOT_AVAILABLE for standing in each), NOT_AVAILABLE]),
    ]
