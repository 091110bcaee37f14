"""The figures place by place: a row a township, village or school, a column an indicator, better the greener."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from openpyxl import Workbook
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, DataBarRule, Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from reports.areas import COUNTY_SHORT_NAME, NOWHERE, county_townships
from reports.figures import STANDING_NAME, UNTOLD, Area, Figure, Figures
from reports.looks import BLUE, GENERAL, GREEN_BAR, GREY, HONOUR, PERCENT, RED_BAR, YELLOW_BAR, cell, look, text_lines, text_width
from reports.rows import Filled, Value, append_rows
from reports.sheet import set_up_page
from schemas.indicators import BLACK_LIST_RULE, CLEARANCE, INDICATORS, OPEN_SHARE, RED_LIST_RULE, STREAK, Indicator

BY_TOWNSHIP, BY_VILLAGE, BY_SCHOOL = "各乡镇指标", "各村指标", "各学校指标"

_FORMULAS = (
    OPEN_SHARE, CLEARANCE, RED_LIST_RULE, BLACK_LIST_RULE, STREAK, "“—”：没有应计的儿童，或不在榜上。“无法计算”：没有入学人数表（intake.xlsx）。",
)  # fmt: skip
# A share is red from here down and yellow where most of the plan's targets stand.
_RED_BELOW, _YELLOW_AT = 0.8, 0.95
_FIGURE, _NARROWEST, _WIDEST, _PADDING = 9, 8, 32, 1.5  # half-width characters
_LINE = 14  # points


@dataclass(frozen=True, slots=True)
class _Column:
    """``rules``: how its values are coloured."""

    heading: str
    values: Sequence[Value]
    number_format: str = GENERAL
    rules: Sequence[Rule] = ()


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet and the page it is printed on; ``labels``: columns that name the place and stay in view."""

    title: str
    area: str
    as_of: date
    labels: int


def write_townships(book: Workbook, figures: Figures, as_of: date) -> None:
    """Add the table of the townships: those whose township is unknown, then the county below, then the formulas."""
    names = (*county_townships(), NOWHERE)
    places = [*(Area("township", name) for name in names), Area("county")]
    columns = [
        _Column("乡镇", [*names, "全县"]),
        *_indicator_columns(figures, places, INDICATORS),
        *_standing_columns(figures, names),
    ]
    _write(book, _Sheet(BY_TOWNSHIP, COUNTY_SHORT_NAME, as_of, 1), columns, notes=_FORMULAS)


def write_villages(book: Workbook, figures: Figures, area: str, as_of: date, township: str | None) -> None:
    """Add the table of the villages, of ``township`` alone if given."""
    order = county_townships()
    villages = figures.areas("village", township)
    villages.sort(key=lambda a: (_rank(a.township, order), a.village == "村不明", a.village or ""))
    labels = {"乡镇": [a.township for a in villages], "村": [a.village for a in villages]}
    _write_places(book, _Sheet(BY_VILLAGE, area, as_of, len(labels)), labels, figures, villages)


def write_schools(book: Workbook, figures: Figures, as_of: date) -> None:
    """Add the table of the schools, by the township that a name begins with."""
    order = county_townships()
    schools = figures.areas("school")
    schools.sort(key=lambda a: (_rank(a.school, order), a.school or ""))
    _write_places(book, _Sheet(BY_SCHOOL, COUNTY_SHORT_NAME, as_of, 1), {"学校": [a.school for a in schools]}, figures, schools)


def _rank(name: str | None, townships: Sequence[str]) -> int:
    return next((place for place, township in enumerate(townships) if (name or "").startswith(township)), len(townships))


def _write_places(
    book: Workbook, sheet: _Sheet, labels: Mapping[str, Sequence[Value]], figures: Figures, places: Sequence[Area]
) -> None:
    """Indicators that cannot be told of any of the places, for there are no intake figures of a village, are left out."""
    told = [i for n, i in enumerate(INDICATORS) if any(figures.of(place)[n].value is not None for place in places)]
    columns = [_Column(heading, values) for heading, values in labels.items()]
    _write(book, sheet, [*columns, *_indicator_columns(figures, places, told)])


def _indicator_columns(figures: Figures, places: Sequence[Area], shown: Sequence[Indicator]) -> list[_Column]:
    by_place = [{figure.indicator.code: figure for figure in figures.of(place)} for place in places]
    return [
        _Column(
            i.name.replace("：", "：\n"),
            [_told(of_place[i.code]) for of_place in by_place],
            PERCENT if i.of else "0",
            [_scale() if i.of else _bar(i.better == "more")],
        )
        for i in shown
    ]


def _told(figure: Figure) -> Value:
    if figure.value is not None:
        return figure.value
    return "无法计算" if figure.denominator is None else UNTOLD


def _standing_columns(figures: Figures, townships: Sequence[str]) -> list[_Column]:
    """The two shares by which townships are judged, each against the county's, the list a township is on, and how long."""
    each = [figures.standings.get(name, {}) for name in townships]
    county = next((standing for standing in each if standing), {})

    def shares(own: str, whole: str) -> list[Value]:
        values = [*(standing.get(own) for standing in each), county.get(whole)]
        return [UNTOLD if value is None else value for value in values]

    return [
        _Column("未落实率", shares("open_share", "county_open"), PERCENT, [_bar(better=False)]),
        _Column("本周销号率", shares("clearance", "county_clearance"), PERCENT, [_bar(better=True)]),
        _Column(
            "红黑榜",
            [*(STANDING_NAME.get(standing.get("standing"), UNTOLD) for standing in each), UNTOLD],
            rules=_standing_rules(),
        ),
        _Column("连续周数", [*(standing.get("streak") or UNTOLD for standing in each), UNTOLD]),
    ]


def _scale() -> Rule:
    return ColorScaleRule(
        start_type="num", start_value=_RED_BELOW, start_color=RED_BAR, mid_type="num", mid_value=_YELLOW_AT, mid_color=YELLOW_BAR,
        end_type="num", end_value=1, end_color=GREEN_BAR,
    )  # fmt: skip


def _standing_rules() -> list[Rule]:
    return [
        CellIsRule(operator="equal", formula=['"红榜"'], font=Font(color=HONOUR, bold=True)),
        CellIsRule(
            operator="equal",
            formula=['"黑榜"'],
            font=Font(color="FFFFFF", bold=True),
            fill=PatternFill("solid", bgColor="FF000000"),
        ),
    ]


def _bar(better: bool) -> Rule:
    """A bar from nothing to the longest; ``better``: more is."""
    colour = GREEN_BAR if better else RED_BAR
    return DataBarRule(start_type="num", start_value=0, end_type="max", color=colour, minLength=0, maxLength=100)


def _write(book: Workbook, place: _Sheet, columns: Sequence[_Column], notes: Sequence[str] = ()) -> None:
    """With ``notes`` below, the last row is the whole's: no part of the bars, whose longest it would be; else to be filtered."""
    sheet = book.create_sheet(place.title)
    set_up_page(sheet, place.area, f"{place.area} {place.title}（比对日期 {place.as_of.isoformat()}）")
    rows = len(columns[0].values)
    if not rows:
        sheet.column_dimensions["A"].width = 60
        sheet.append([cell(sheet, f"{place.title}：本次没有儿童。", look(sheet, bold=True, size=12, boxed=False))])
        return
    widths = [_width(column) for column in columns[: place.labels]] + [_FIGURE] * (len(columns) - place.labels)
    letters = [get_column_letter(n) for n in range(1, len(columns) + 1)]
    for letter, width in zip(letters, widths, strict=True):
        sheet.column_dimensions[letter].width = width + _PADDING
    sheet.row_dimensions[1].height = _LINE * max(text_lines(c.heading, w) for c, w in zip(columns, widths, strict=True)) + 4
    sheet.freeze_panes = f"{letters[place.labels]}2" if place.labels < len(letters) else "A2"
    sheet.print_title_rows = "1:1"
    if not notes:
        sheet.auto_filter.ref = f"A1:{letters[-1]}{rows + 1}"
    for letter, column in zip(letters, columns, strict=True):
        for rule in column.rules:
            sheet.conditional_formatting.add(f"{letter}2:{letter}{rows if notes else rows + 1}", rule)
    heading = look(sheet, bold=True, fill=BLUE, centred=True)
    sheet.append([cell(sheet, column.heading, heading) for column in columns])
    of = partial(look, sheet)
    filled = [
        Filled(
            column.values,
            of(number_format=column.number_format, centred=n >= place.labels),
            width,
            of(number_format=column.number_format, centred=n >= place.labels, bold=True, fill=GREY),
        )
        for n, (column, width) in enumerate(zip(columns, widths, strict=True))
    ]
    append_rows(sheet, filled, first=2, shaded=[n == rows - 1 for n in range(rows)] if notes else ())
    note = look(sheet, boxed=False, wrapped=False)
    for text in (None, *notes) if notes else ():
        sheet.append([cell(sheet, text, note)])


def _width(column: _Column) -> int:
    return min(max(_NARROWEST, *(text_width(str(value)) for value in column.values), text_width(column.heading)), _WIDEST)
