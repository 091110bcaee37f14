"""What was on the lists on a past night, as a workbook: one sheet of the children, one of the findings."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from reports.book import Book, FilledSheet, SheetColumn, SheetOfRows, write_book

# The log does not tell which children were in the range of birthdates, to which the covers keep.
FINDINGS_OF_ALL = "信息不一致（全部人员）"
_TITLES = {"list": "去向不明儿童", "finding": FINDINGS_OF_ALL}
_ALWAYS = {
    "case_id": "个案编号",
    "person_id": "人员编号",
    "title": "类别",
    "township": "乡镇",
    "village": "村",
    "since": "列入日期",
    "weeks": "周数",
    "answer": "答复",
}
_WIDEST = 40  # half-width characters

PastCase = tuple[Mapping, str, Mapping]  # its row of the table ``cases``, what it is about, the values it showed


def write_night(path: Path, night: date, cases: Sequence[PastCase], names: Mapping[str, str]) -> None:
    """Write ``path``. ``cases``: those that were open; ``names``: the Chinese heading of each value that a case may have shown."""
    write_book(Book(path, tuple(_sheet(kind, night, cases, names) for kind in _TITLES), night))


def _sheet(kind: str, night: date, cases: Sequence[PastCase], names: Mapping[str, str]) -> FilledSheet:
    title = _TITLES[kind]
    own = [(case, about, shown) for case, about, shown in cases if case["kind"] == kind]
    fields = [name for name in names if any(name in shown for _, _, shown in own)]
    frame: dict[str, list[str]] = {"number": [str(number) for number in range(1, len(own) + 1)]}
    for name in _ALWAYS:
        frame[name] = [_text({**case, "title": about}.get(name)) for case, about, _ in own]
    for name in fields:
        frame[f"shown_{name}"] = [_text(shown.get(name)) for _, _, shown in own]
    headings = {"number": "序号", **_ALWAYS, **{f"shown_{name}": names[name] for name in fields}}
    columns = tuple(SheetColumn(heading, key, "id", width=_WIDEST) for key, heading in headings.items())
    sheet = SheetOfRows(title, columns, empty=None, frozen=3)
    return FilledSheet(sheet, frame, title, f"{title}（{night.isoformat()} 当晚）")


def _text(value: object) -> str:
    return "" if value is None else str(value)
