"""Which list a returned sheet is, and which column of it is which: by its headings, whatever the sheet is called and however headings were
touched up. No heading is guessed: where two would fit, none does."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.files.grid import GridRows
from pipelines.intake.headings import plain
from pipelines.intake.values import squeeze
from reports.answer_listings import SHEETS_READ_BACK
from reports.book import SheetColumn, SheetOfRows

LOOK_FOR_HEADINGS_IN = 10  # rows: somebody may have put a title above
NUMBERING = "序号"  # the heading of the running number

_LEAST_CERTAIN, _LEAST_LIKELY = 3, 2  # headings, for a sheet that is called otherwise and for one that is called as a list
_INSTRUCTION = re.compile(r"[(\[](?![一二三][)\]])[^)\]]*[)\]]")  # （必填）, 【填】; but not 姓名（一）
_MARKS_BEHIND = re.compile(r"[^\w)\]]+$")
_FILLERS_BEFORE = re.compile("^(?:请填写|请选择|请填|请选|填写|填报|必填|本次|现在|目前|实际|现)(?=..)")
# What makes another thing of what stands before it: the number of the person who checked is not who checked.
_OTHER_THING = re.compile("电话|手机|号码|单位|职务|身份|关系|意见|审核|复核|代码|编号|地址|所在|照片|附件")
# What officers write instead, by the heading as sent.
_ALSO = {
    "核查去向": ("核查结果", "核实去向", "儿童去向", "去向核实", "现在去向"),
    "就读学校": ("在读学校", "所在学校"),
    "核查说明": ("备注", "情况说明", "说明"),
    "说明": ("备注", "核查说明"),
    "核查人": ("调查人", "核实人", "填报人", "填表人", "走访人", "入户人"),
    "核查日期": ("核查时间", "核实日期", "核实时间", "入户日期", "入户时间", "填报日期", "填表日期", "走访日期"),
    "是否同一人": ("是否为同一人", "是否是同一人"),
    "正确值": ("更正值", "正确信息"),
    "处理情况": ("处理结果", "办理情况", "办理结果"),
    "处理人": ("经办人", "办理人"),
    "日期": ("处理日期", "处理时间", "办理日期", "更正日期"),
}
_RANKS = range(4)
_KEPT = 10_000  # answers of a function


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """``heading_row``: index in the sheet, -1 where there is none; ``at``: key of ``listing`` -> column; ``others``: columns under another
    heading; ``numbering``: the column of the running number."""

    listing: SheetOfRows
    heading_row: int
    at: dict[str, int]
    others: tuple[int, ...] = ()
    numbering: int | None = None

    @property
    def asked(self) -> tuple[SheetColumn, ...]:
        """The columns to be filled in that were found."""
        return tuple(column for column in self.listing.asked if column.key in self.at)

    @property
    def missing(self) -> tuple[SheetColumn, ...]:
        """Those of them that were not found, but what the county alone is asked on a list that townships have too."""
        everybody = {column.seen for column in self.listing.asked} == {"county"}
        return tuple(c for c in self.listing.asked if c.key not in self.at and (everybody or c.seen != "county"))


def find_table(sheet: str, head: GridRows) -> AnswerTable | None:
    """The list in the sheet named ``sheet`` that begins with ``head``; None where it is none of ``SHEETS_READ_BACK``. One that is called as
    a list is it with few of its headings, or none."""
    called = next((listing for listing in SHEETS_READ_BACK if listing.title in squeeze(sheet)), None)
    best = AnswerTable(called, -1, {}) if called else None
    rows = [[_bare(cell) for cell in cells] for cells in head]
    if as_sent := _as_sent(rows, called):
        return as_sent
    for number, written in enumerate(rows):
        for listing in SHEETS_READ_BACK:
            at = _columns(written, listing)
            if not _is_list(at, listing, listing is called):
                continue
            if best is None or (len(at), listing is called) > (len(best.at), best.listing is called):
                best = _table(listing, number, at, written)
    return best


def _as_sent(rows: Sequence[Sequence[str]], called: SheetOfRows | None) -> AnswerTable | None:
    """The list whose asked and hidden headings one of the rows has as they were sent, each once: the usual case, and there is nothing to
    weigh."""
    for number, written in enumerate(rows):
        places = {cell: i for i, cell in enumerate(written) if cell}
        if len(places) < sum(map(bool, written)):
            continue
        for listing, headings, needed in _headings_as_sent():
            if (listing.identified_by or listing is called) and needed <= places.keys():
                at = {key: places[heading] for heading, key in headings.items() if heading in places}
                return _table(listing, number, at, written)
    return None


@lru_cache(1)
def _headings_as_sent() -> tuple[tuple[SheetOfRows, dict[str, str], set[str]], ...]:
    """Each list with its headings -> keys, and those of them that are asked or hidden; those with most first, as they may hold another's."""
    found = [
        (
            listing,
            {_bare(column.heading): column.key for column in listing.columns},
            {_bare(column.heading) for column in listing.columns if column.asked or column.hidden},
        )
        for listing in SHEETS_READ_BACK
    ]
    return tuple(sorted(found, key=lambda one: -len(one[2])))


def _table(listing: SheetOfRows, number: int, at: dict[str, int], written: Sequence[str]) -> AnswerTable:
    numbering = written.index(NUMBERING) if NUMBERING in written else None
    taken = {*at.values(), numbering}
    return AnswerTable(listing, number, at, tuple(i for i, cell in enumerate(written) if cell and i not in taken), numbering)


def _is_list(at: dict[str, int], listing: SheetOfRows, called: bool) -> bool:
    """Are these enough of its columns? The one of the answer itself is in one list alone, hidden ones are in lists to be answered;
    many of the others are in sheets that ask nothing."""
    if called:
        return len(at) >= _LEAST_LIKELY
    if not listing.identified_by:
        return False  # its headings are those of many an export
    if any(column.choices and column.key in at for column in listing.asked):
        return len(at) >= _LEAST_CERTAIN
    return any(column.hidden and column.key in at for column in listing.shown) and len(at) >= len(listing.columns) // 2


@lru_cache(_KEPT)
def _bare(heading: str | None) -> str:
    """A heading without what says how to fill it in."""
    return _MARKS_BEHIND.sub("", _INSTRUCTION.sub("", plain(heading)))


def _columns(written: Sequence[str], listing: SheetOfRows) -> dict[str, int]:
    """Key -> column: first the headings as sent, then those that can only mean one column and that no other heading means."""
    at: dict[str, int] = {}
    for rank in _RANKS:
        meant: dict[str, list[int]] = {}
        for i, cell in enumerate(written):
            if cell and i not in at.values():
                fitting = [
                    column for column in listing.columns if column.key not in at and _rank(cell, _bare(column.heading)) == rank
                ]
                longest = max((len(column.heading) for column in fitting), default=0)
                fitting = [column for column in fitting if rank != 2 or len(column.heading) == longest]
                if len(fitting) == 1 and (fitting[0].asked or not rank):
                    meant.setdefault(fitting[0].key, []).append(i)
        at |= {key: columns[0] for key, columns in meant.items() if not rank or len(columns) == 1}
    return at


@lru_cache(_KEPT)
def _rank(cell: str, heading: str) -> int | None:
    """0: the heading as sent; 1: what is written instead; 2: the heading and more; 3: a part of it; None: neither."""
    if cell == heading:
        return 0
    cell = _FILLERS_BEFORE.sub("", cell)
    if cell == heading or cell in _ALSO.get(heading, ()):
        return 1
    if cell.startswith(heading) and not _OTHER_THING.search(cell, len(heading)):
        return 2
    return 3 if len(cell) > 1 and cell in heading else None
