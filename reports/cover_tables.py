"""The tables of figures on a cover: how long each list is and how much of it is filled in, children by whereabouts, lists per place."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from reports.answer_listings import (
    ACCEPTANCE_SHEET,
    OFF_LIST_SHEET,
    RECEIPT_SHEET,
    SAMPLED,
    VISITS_SHEET,
    WAITING_SHEET,
    WITH_OFFICE_SHEET,
)
from reports.areas import NO_VILLAGE, NOWHERE
from reports.book import CellNumber, Formula, SheetOfRows
from reports.joining_listing import JOINING_SHEET
from reports.list_rows import AreaLists, answered
from reports.listings import CHILDREN_SHEET, FINDINGS_SHEET, FOR_INFORMATION_SHEET, PAIRS_SHEET, SHEETS_TO_ANSWER
from reports.progress import filled_in
from reports.roster_books import roster_line
from reports.roster_listings import HOLIDAY_SHEET, NOT_REGISTERED_SHEET
from schemas.settings import Settings
from schemas.whereabouts import FOLLOW_UP, FOLLOW_UP_SHORT_NAME, REASON_SHORT_NAME, REASONS, WHEREABOUTS_NAME

_TO_DECIDE = (ACCEPTANCE_SHEET, JOINING_SHEET)
_UNKNOWN_PLACES = "不在区划表里的乡镇：没有乡镇核查表，儿童都在本表；确是本县乡镇的，请添进 divisions.csv 后重新比对"


@dataclass(frozen=True, slots=True)
class FigureTable:
    """A table of figures: a heading over every column, rows of a label and figures, and below, if ``summed``, their sum (of whole numbers
    alone), and ``notes``, a line each."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[CellNumber | Formula | None, ...]], ...]
    summed: bool = True
    notes: tuple[str, ...] = ()

    def total(self) -> tuple[int, ...]:
        """The sum of each column."""
        columns = zip(*(figures for _, figures in self.rows), strict=True)
        return tuple(sum(figure for figure in figures if isinstance(figure, int)) for figures in columns)


def township_tables(lists: AreaLists) -> list[FigureTable]:
    """The township's lists and how much of them is filled in, per village too; its children by whereabouts, its lists per village."""
    villages = sorted({place for frame in lists.on_record.values() for place in frame["village"].to_pylist() if place})
    return [
        _progress(lists),
        *_progress_per_village(lists),
        _whereabouts("适龄儿童去向", {"人数": sum(_cohorts(lists.cohort).values(), Counter())}, summed=False),
        *([_without_zeros(_lists_per_place("各村名单", "village", NO_VILLAGE, villages, lists))] if _has_rows(lists) else []),
    ]


def _has_rows(lists: AreaLists) -> bool:
    return any(frame.num_rows for frame in lists.on_record.values())


def county_tables(lists: AreaLists, settings: Settings) -> list[FigureTable]:
    """The county's lists, then per township its lists and its children by whereabouts."""
    townships = settings.divisions.township_names
    cohorts = _cohorts(lists.cohort)
    nowhere = sum((counts for place, counts in cohorts.items() if place not in townships), Counter())
    return [
        replace(_list_sizes(lists), notes=(roster_line(lists, settings),)),
        *_without_workbook(cohorts, lists, townships),
        _lists_per_place("各乡镇名单", "township", "跨乡镇或不明", townships, lists),
        _whereabouts(
            "各乡镇适龄儿童去向", {name: cohorts.get(name, Counter()) for name in townships} | {NOWHERE: nowhere}, summed=True
        ),
    ]


def _without_workbook(
    cohorts: Mapping[str | None, Counter[str]], lists: AreaLists, townships: Sequence[str]
) -> list[FigureTable]:
    """The places that the county's divisions do not have, with their children: nobody else gets their lists. No table where there are
    none."""
    listed = Counter(lists.on_record[CHILDREN_SHEET.title]["township"].to_pylist())
    places = sorted({place for place in (*cohorts, *listed) if place and place not in townships})
    rows = tuple((place, (cohorts.get(place, Counter()).total(), listed[place])) for place in places)
    return [FigureTable(_UNKNOWN_PLACES, ("乡镇", "适龄儿童", CHILDREN_SHEET.title), rows)] if rows else []


def _cohorts(cohort: pa.Table) -> dict[str | None, Counter[str]]:
    """Township -> whereabouts -> children."""
    counts: dict[str | None, Counter[str]] = {}
    for row in cohort.to_pylist():
        counts.setdefault(row["township"], Counter())[row["whereabouts"]] += row["children"]
    return counts


def _whereabouts(title: str, cohorts: Mapping[str, Counter[str]], *, summed: bool) -> FigureTable:
    rows = tuple((label, (*(counts[code] for code in WHEREABOUTS_NAME), counts.total())) for label, counts in cohorts.items())
    return FigureTable(title, ("乡镇" if summed else "去向", *WHEREABOUTS_NAME.values(), "合计"), rows, summed)


def _list_sizes(lists: AreaLists) -> FigureTable:
    """The length of each list; of the children on it, how many must be visited, how many a call may settle, and whose answer waits for the
    county or an office; how many answers the county is to decide on; who is off the list by an answer."""
    listed = lists.on_record[CHILDREN_SHEET.title]
    asked = Counter(listed.filter(pc.invert(answered(listed)))["follow_up"].to_pylist())
    rows: list[tuple[str, tuple[CellNumber, ...]]] = []
    for sheet in (*SHEETS_TO_ANSWER, *_TO_DECIDE, OFF_LIST_SHEET):
        rows.append((_counted(sheet), (lists.frames[sheet.title].num_rows,)))
        if sheet is CHILDREN_SHEET:
            rows += [(f"　其中：{name}", (asked[code],)) for code, name in FOLLOW_UP_SHORT_NAME.items()]
            rows += [(f"　其中：{title}", (number,)) for title, number in _answered(listed)]
    sampled = lists.frames[OFF_LIST_SHEET.title]["sampled"]
    rows.append((f"　其中：{SAMPLED}", (len(sampled) - sampled.null_count,)))
    return FigureTable("本次名单", ("名单", "数量"), tuple(rows), summed=False)


def _answered(asked: pa.Table) -> list[tuple[str, int]]:
    """Of the rows to be answered, how many wait for the county, and how many for an office."""
    sheets = {"waiting": WAITING_SHEET, "with_office": WITH_OFFICE_SHEET}
    return [(sheet.title, pc.sum(answered(asked, [code])).as_py() or 0) for code, sheet in sheets.items()]


def _counted(sheet: SheetOfRows) -> str:
    return f"{sheet.title}（{sheet.unit}）"


def _progress(lists: AreaLists) -> FigureTable:
    """What a township is asked, and how much of that it has filled in. Lists without a row are named in a line."""
    asked = lists.frames[CHILDREN_SHEET.title]
    rows: list[tuple[str, tuple[CellNumber | Formula | None, ...]]] = []
    for sheet in SHEETS_TO_ANSWER:
        declared, number = lists.sheets[sheet.title], lists.frames[sheet.title].num_rows
        whole = lists.on_record[sheet.title].num_rows
        waits = (None, None) if sheet is FINDINGS_SHEET else (count for _, count in _answered(lists.on_record[sheet.title]))
        if whole:
            rows.append((_counted(sheet), (whole, *waits, number, filled_in(declared, number) if number else 0)))
        if sheet is CHILDREN_SHEET and number:
            follow_up = Counter(asked["follow_up"].to_pylist())
            rows += [
                (
                    f"　其中：{short}",
                    (None, None, None, follow_up[code], filled_in(declared, number, {"follow_up_name": FOLLOW_UP[code]})),
                )
                for code, short in FOLLOW_UP_SHORT_NAME.items()
                if follow_up[code]
            ]
    named = (
        *SHEETS_TO_ANSWER,
        VISITS_SHEET,
        HOLIDAY_SHEET,
        NOT_REGISTERED_SHEET,
        FOR_INFORMATION_SHEET,
        WAITING_SHEET,
        WITH_OFFICE_SHEET,
        RECEIPT_SHEET,
    )
    standing = {sheet.title: lists.on_record.get(sheet.title, lists.frames[sheet.title]).num_rows for sheet in named}
    absent = [title for title, number in standing.items() if not number]
    notes = [f"本次没有：{'、'.join(absent)}。"] if absent else []
    if number := lists.frames[FOR_INFORMATION_SHEET.title].num_rows:
        notes.append(
            f"{FINDINGS_SHEET.title}中有 {number:,} 条由有关单位在原系统更正，列在“{FOR_INFORMATION_SHEET.title}”，不用填写。"
        )
    if number := lists.frames[HOLIDAY_SHEET.title].num_rows:
        notes.append(f"寒假里逐户家访{HOLIDAY_SHEET.title}上的 {number:,} 名儿童，每次在表里填一行，开学前填完。")
    return FigureTable(
        "要做的事",
        ("名单", "在册", WAITING_SHEET.title, WITH_OFFICE_SHEET.title, "应填", "已填"),
        tuple(rows),
        summed=False,
        notes=tuple(notes),
    )


def _progress_per_village(lists: AreaLists) -> list[FigureTable]:
    """Of each village how many rows are asked and how many filled in, list by list; no table where nothing is asked."""
    asked = [sheet for sheet in SHEETS_TO_ANSWER if lists.frames[sheet.title].num_rows]
    counts = {sheet.title: Counter(lists.frames[sheet.title]["village"].to_pylist()) for sheet in asked}
    villages = sorted({village for count in counts.values() for village in count}, key=lambda name: (name is None, name))
    rows: list[tuple[str, tuple[CellNumber | Formula | None, ...]]] = []
    for village in villages:
        figures: list[CellNumber | Formula | None] = []
        for sheet in asked:
            number = counts[sheet.title][village]
            rows_of_sheet = lists.frames[sheet.title].num_rows
            done = filled_in(lists.sheets[sheet.title], rows_of_sheet, {"village": village}) if number else None
            figures += [number or None, done]
        rows.append((village or NO_VILLAGE, tuple(figures)))
    headings = [heading for sheet in asked for heading in (f"{sheet.title}\n应填", "已填")]
    return [FigureTable("各村填写进度", ("村", *headings), tuple(rows), summed=False)] if rows else []


def _without_zeros(table: FigureTable) -> FigureTable:
    """The table without the columns and rows in which nothing is counted, but for the column of all listed children."""
    kept = [i for i, total in enumerate(table.total()) if total or table.headings[i + 1] == CHILDREN_SHEET.title]
    rows = tuple((label, tuple(figures[i] for i in kept)) for label, figures in table.rows if any(figures))
    return replace(table, headings=(table.headings[0], *(table.headings[i + 1] for i in kept)), rows=rows)


def _lists_per_place(title: str, field: str, elsewhere: str, places: Sequence[str], lists: AreaLists) -> FigureTable:
    """Listed children by reason, pairs and findings per place; what has no place of ``places`` goes under ``elsewhere``."""
    listed, pairs, findings = (lists.on_record[sheet.title] for sheet in SHEETS_TO_ANSWER)
    known = set(places)

    def place(name: str | None) -> str:
        return name if name in known and name else elsewhere

    reasons = Counter(
        (place(p), reason) for p, reason in zip(listed[field].to_pylist(), listed["reason"].to_pylist(), strict=True)
    )
    paired, found = (Counter(map(place, frame[field].to_pylist())) for frame in (pairs, findings))
    rows = []
    for name in (*places, elsewhere):
        by_reason = [reasons[name, reason] for reason in REASONS]
        rows.append((name, (*by_reason, sum(by_reason), paired[name], found[name])))
    place_name = "村" if field == "village" else "乡镇"
    reason_names = (REASON_SHORT_NAME[reason] for reason in REASONS)
    headings = (place_name, *reason_names, CHILDREN_SHEET.title, PAIRS_SHEET.title, FINDINGS_SHEET.title)
    return FigureTable(title, headings, tuple(rows))
