"""Who did what and when: the store's audit, to be read."""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from pipelines.ask.history import HistoryError
from pipelines.screen import Shown, TextTable
from pipelines.store.database import Database, database_setting, selected_rows
from pipelines.store.state_tables import AUDIT
from reports.book import Book, FilledSheet, SheetColumn, SheetOfRows, write_book
from schemas.audit_words import AUDITED_COMMAND_NAME, AUDITED_COUNT_NAME
from schemas.calendar import CHINA

_TITLE = "操作记录"
_HEADINGS = ("时间（北京时间）", "账户", "操作", "比对编号", "内容")
_ON_A_SCREEN = 18  # lines


class AuditLine(NamedTuple):
    """A line of the audit as it is shown: China's time, who, the command in Chinese, the run that was current, what of."""

    at: str
    who: str
    command: str
    run_id: str
    counts: str


def audit_shown(root: Path, about: str | None = None, as_of: date | None = None, out: Path | None = None) -> Iterator[Shown]:
    """The last lines of the audit in Chinese, all of them as the workbook ``out``. ``about``: those alone that name this person or case of bidui's own
    number; ``as_of``: those of this day of China. Raises HistoryError where there are none, and StoreRefused."""
    database = Database(root, database_setting(root))
    if not database.exists() or database.revision() is None:
        raise HistoryError("这个数据文件夹还没有操作记录")
    with database.reading() as connection:
        rows = selected_rows(connection, select(AUDIT).order_by(AUDIT.c.number))
    lines = []
    for row in rows:
        at, counts = datetime.fromisoformat(row["at"]).astimezone(CHINA), json.loads(row["counts"] or "{}")
        if (about is None or about in counts.values()) and (as_of is None or at.date() == as_of):
            command = AUDITED_COMMAND_NAME.get(row["command"], row["command"])
            lines.append(AuditLine(f"{at:%Y-%m-%d %H:%M:%S}", row["who"], command, row["run_id"] or "", _words(counts)))
    if not lines:
        raise HistoryError("没有这样的操作记录")
    shown = lines[-_ON_A_SCREEN:]
    yield TextTable(f"{_TITLE}（共 {len(lines):,} 条，最近的 {len(shown)} 条）", _HEADINGS, shown, numbers=0)
    if out:
        write_audit_book(out, lines)
        yield f"全部的在：{out}"
    elif len(shown) < len(lines):
        yield "加 --out FILE.xlsx 写出全部"


def write_audit_book(path: Path, lines: Sequence[AuditLine]) -> None:
    """Write the lines as the workbook ``path``."""
    frame = {key: [getattr(line, key) for line in lines] for key in AuditLine._fields}
    columns = tuple(SheetColumn(heading, key, "id", width=40) for heading, key in zip(_HEADINGS, AuditLine._fields, strict=True))
    sheet = SheetOfRows(_TITLE, columns, empty=None, frozen=0)
    write_book(Book(path, (FilledSheet(sheet, frame, "bidui 比对", _TITLE),), date.fromisoformat(lines[-1].at[:10])))


def _words(counts: dict) -> str:
    return "，".join(f"{AUDITED_COUNT_NAME.get(name, name)} {value}" for name, value in counts.items())
