"""The sheet 指标: every figure of the plan with its target, and beside it what is counted of whom."""

from collections.abc import Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.formatting.rule import DataBarRule
from openpyxl.utils import get_column_letter

from reports.figures import UNTOLD, Figure, aim_words
from reports.looks import BLUE, GREEN_BAR, GREEN_FILL, GREEN_TEXT, PERCENT, RED_FILL, RED_TEXT, cell, look, text_lines
from reports.rows import Value
from reports.sheet import set_up_page

INDICATORS_TITLE = "指标"

_WIDTHS = {
    "指标": 20, "数值": 12, "目标": 8, "达标": 8, "分子": 8, "分母": 8, "分子计什么": 30, "分母的范围": 30, "不计": 24, "依据": 30,
}  # fmt: skip
_PADDING, _LINE = 1.5, 14  # half-width characters; points


def write_indicators(book: Workbook, shown: Sequence[Figure], area: str, as_of: date) -> None:
    """Add the sheet with the figures of ``area``."""
    sheet = book.create_sheet(INDICATORS_TITLE)
    set_up_page(sheet, area, f"{area} {INDICATORS_TITLE}（比对日期 {as_of.isoformat()}）")
    for place, width in enumerate(_WIDTHS.values(), 1):
        sheet.column_dimensions[get_column_letter(place)].width = width + _PADDING
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    if shares := [f"B{row}" for row, figure in enumerate(shown, 2) if figure.share is not None]:
        bar = DataBarRule(
            start_type="num", start_value=0, end_type="num", end_value=1, color=GREEN_BAR, minLength=0, maxLength=100
        )
        sheet.conditional_formatting.add(" ".join(shares), bar)
    heading, plain, number = look(sheet, bold=True, fill=BLUE, centred=True), look(sheet), look(sheet, centred=True)
    percent = look(sheet, centred=True, number_format=PERCENT)
    verdicts = {
        True: ("达标", look(sheet, bold=True, centred=True, colour=GREEN_TEXT, fill=GREEN_FILL)),
        False: ("未达标", look(sheet, bold=True, centred=True, colour=RED_TEXT, fill=RED_FILL)),
        None: (UNTOLD, number),
    }
    sheet.append([cell(sheet, text, heading) for text in _WIDTHS])
    for row, figure in enumerate(shown, 2):
        its = figure.indicator
        value: Value = figure.why_untold if figure.value is None else figure.value
        below: Value = UNTOLD if figure.denominator is None else figure.denominator
        cells = [
            (its.name, plain),
            (value, plain if figure.value is None else percent if its.of else number),
            (aim_words(its), number),
            verdicts[figure.met],
            (figure.numerator, number),
            (below, number),
            *((text or UNTOLD, plain) for text in (its.counts, its.of, its.excluded, its.source)),
        ]
        lines = [
            text_lines(text, width) for (text, _), width in zip(cells, _WIDTHS.values(), strict=True) if isinstance(text, str)
        ]
        sheet.row_dimensions[row].height = _LINE * max(lines) + 6
        sheet.append([cell(sheet, text, its_look) for text, its_look in cells])
