"""What stood on the lists on a past night, as a workbook: one sheet of the children, one of the findings."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from reports.looks import BLUE, TEXT_FORMAT, cell, look, text_lines, text_width
from reports.package import save
from reports.sheet import set_up_page

_SHEETS = {"list": "须核查儿童", "finding": "信息不一致"}
_FIXED = {
    "case_id": "个案编号",
    "person_id": "人员编号",
    "title": "类别",
    "township": "乡镇",
    "village": "村",
    "since": "列入日期",
    "weeks": "周数",
    "answer": "答复",
}
_WIDEST, _PADDING, _LINE = 40, 2, 14  # characters; points


def write_night(path: Path, night: date, cases: Sequence[tuple[Mapping, str, Mapping]], names: Mapping[str, str]) -> None:
    """Write ``path``. ``cases``: of each open case its row of the table ``cases``, what it is about, and the values it showed;
    ``names``: the Chinese heading of each value."""
    book = Workbook(write_only=True)
    for kind, title in _SHEETS.items():
        mine = [(case, about, shown) for case, about, shown in cases if case["kind"] == kind]
        fields = [name for name in names if any(name in shown for _, _, shown in mine)]
        headings = ["序号", *_FIXED.values(), *(names[name] for name in fields)]
        rows = [
            [
                str(number),
                *(_text({**case, "title": about}.get(name)) for name in _FIXED),
                *(_text(shown.get(name)) for name in fields),
            ]
            for number, (case, about, shown) in enumerate(mine, 1)
        ]
        sheet = book.create_sheet(title)
        set_up_page(sheet, title, f"{title}（{night.isoformat()} 当晚）")
        widths = [min(max(text_width(text) for text in column), _WIDEST) for column in zip(headings, *rows, strict=True)]
        for place, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(place)].width = width + _PADDING
        for number, row in enumerate(rows, 2):
            lines = max(text_lines(text, width) for text, width in zip(row, widths, strict=True))
            if lines > 1:
                sheet.row_dimensions[number].height = _LINE * lines
        sheet.freeze_panes = "D2"
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{len(rows) + 1}"
        head, plain = look(sheet, bold=True, fill=BLUE, centred=True), look(sheet, number_format=TEXT_FORMAT)
        sheet.append([cell(sheet, heading, head) for heading in headings])
        for row in rows:
            sheet.append([cell(sheet, value, plain) for value in row])
    save(book, path, night)


def _text(value: object) -> str:
    return "" if value is None else str(value)
