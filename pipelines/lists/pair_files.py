"""Two linked lists as files: a workbook for people, Parquet for machines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from matching.text_columns import text_array
from pipelines.lists.comparable import unused_columns, used_columns
from pipelines.lists.list_births import births_shown
from pipelines.lists.list_columns import PeopleList
from pipelines.lists.list_files import KEEP_PRIVATE, WORKBOOK, unlinked_files, write_parquet, writing
from pipelines.lists.list_tables import unused
from reports.book import MAX_ROWS, Book, FilledSheet, PrintedPage, write_book
from reports.linked_rows import DECISION_NAME, about_page, texts
from reports.pairs import links_sheet, repeats_sheet, unlinked_sheet
from schemas.calendar import today

_READING = (
    ("links", "每行是一对可能为同一人的记录。row_a、row_b 是两个名单里的行号（与 Excel 左侧行号一致）"),
    ("probability", "是同一人的概率（0～1），已考虑重名、双胞胎和兄弟姐妹"),
    ("decision", "match＝相符；possible＝待确认，请核对后在“是否同一人”栏选“是”或“否”"),
    ("evidence", "供程序读取的依据（隐藏列）；中文见“依据”栏"),
    ("A未匹配、B未匹配", "在另一个名单里既没有相符、也没有待确认的行；右侧各列说明另一个名单里最相近的是哪一行、为何不是同一人"),
    ("名单内重复", "同一个名单里疑似同一人的两行"),
)


@dataclass(frozen=True, slots=True)
class RowPairs:
    """Pairs of rows by their positions; ``links``: probability, decision, evidence, evidence_text, a row per pair."""

    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    links: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Result:
    """Two lists and what was found: ``pairs`` between them, ``repeats`` inside a and inside b; ``nearest``: per side and
    position without counterpart nearest_row, refused, evidence, missed_probability."""

    a: PeopleList
    b: PeopleList
    pairs: RowPairs
    repeats: Sequence[RowPairs]
    nearest: Mapping[str, pd.DataFrame]
    notices: Sequence[str]
    cost_ratio: float

    def count(self, decision: str) -> int:
        """How many pairs were decided so."""
        return int((self.pairs.links["decision"] == decision).sum())

    def unlinked(self, side: str) -> npt.NDArray[np.int64]:
        """Positions of the side's rows that are in no pair."""
        return np.flatnonzero(~self._in_pair(side, "match", "possible"))

    def nearest_of(self, side: str, at: npt.NDArray[np.int64]) -> pd.DataFrame:
        """``nearest`` of these positions, a row each."""
        return self.nearest[side].reindex(at)

    def outcome_of_rows(self, side: str) -> tuple[int, int, int]:
        """Rows of the side that match, that are possible at most, and that are unlinked: together all of them."""
        matches, in_pair = self._in_pair(side, "match"), self._in_pair(side, "match", "possible")
        return int(matches.sum()), int((in_pair & ~matches).sum()), int((~in_pair).sum())

    def _in_pair(self, side: str, *decisions: str) -> npt.NDArray[np.bool_]:
        """Per row of the side: is it in a pair that was decided so?"""
        people_list, at = (self.a, self.pairs.left) if side == "a" else (self.b, self.pairs.right)
        out = np.zeros(len(people_list.rows), dtype=bool)
        out[at[self.pairs.links["decision"].isin(decisions).to_numpy()]] = True
        return out

    def beyond_a_sheet(self, out: Path) -> int:
        """The rows that no sheet of the workbook ``out`` could hold; 0 where all is well."""
        most = max(len(self.pairs.left), len(self.unlinked("a")), len(self.unlinked("b")), sum(len(r.left) for r in self.repeats))
        return most if out.suffix.lower() == WORKBOOK and most > MAX_ROWS else 0


def write(result: Result, out: Path) -> None:
    """Write the outcome in the form that the ending of ``out`` asks for. Raises Busy where that is not possible."""
    with writing(out):
        if out.suffix.lower() == WORKBOOK:
            _write_workbook(result, out)
        else:
            write_parquet(_parquet_tables(result, out))


def _parquet_tables(result: Result, out: Path) -> dict[Path, pa.Table]:
    files = {out: pairs_table(result)}
    for path, side in zip(unlinked_files(out, "ab"), "ab", strict=True):
        people_list: PeopleList = getattr(result, side)
        at = result.unlinked(side)
        columns = {"row": pa.array(people_list.rows.to_numpy()[at], pa.int64())}
        nearest = result.nearest_of(side, at)
        columns["nearest_row"] = pa.array(texts(nearest["nearest_row"]), pa.int64())
        columns |= {name: text_array(nearest[name]) for name in ("refused", "evidence")}
        columns["missed_probability"] = pa.array(nearest["missed_probability"], pa.float64())
        for name in people_list.table:
            columns[unused(str(name), columns)] = text_array(people_list.table[name].iloc[at])
        files[path] = pa.table(columns)
    return files


def pairs_table(result: Result) -> pa.Table:
    """A row per pair: the columns ``reports.pairs.CONTRACT``, then both lists' own columns, ending in _a and _b."""
    pairs, links = result.pairs, result.pairs.links
    columns = {
        "row_a": pa.array(result.a.rows.to_numpy()[pairs.left], pa.int64()),
        "row_b": pa.array(result.b.rows.to_numpy()[pairs.right], pa.int64()),
        "probability": pa.array(links["probability"], pa.float64()),
        "decision": text_array(links["decision"]),
        "evidence": text_array(links["evidence"]),
    }
    for people_list, at, side in ((result.a, pairs.left, "a"), (result.b, pairs.right, "b")):
        for name in people_list.table:
            columns[unused(f"{name}_{side}", columns)] = text_array(people_list.table[name].iloc[at])
    return pa.table(columns)


def _write_workbook(result: Result, out: Path) -> None:
    pairs, found = result.pairs, result.pairs.links
    rows_a, rows_b = result.a.rows.to_numpy(), result.b.rows.to_numpy()
    links = found.assign(row_a=rows_a[pairs.left], row_b=rows_b[pairs.right])
    sheets: list[FilledSheet | PrintedPage] = [
        links_sheet(links, result.a.table.iloc[pairs.left], result.b.table.iloc[pairs.right])
    ]
    for side, people_list in (("a", result.a), ("b", result.b)):
        at = result.unlinked(side)
        sheets.append(unlinked_sheet(side, people_list.rows.iloc[at], people_list.table.iloc[at], result.nearest_of(side, at)))
    sheets += [repeats_sheet(_repeats(result)), about_page(_about(result))]
    write_book(Book(out, tuple(sheets), today()))


def _repeats(result: Result) -> pd.DataFrame:
    """Rows that seem to repeat another of the same list, with the columns ``reports.pairs.REPEAT_COLUMNS``."""
    columns: dict[str, list[object]] = {}
    for side, people_list, repeats in (("A", result.a, result.repeats[0]), ("B", result.b, result.repeats[1])):
        rows, found = people_list.rows.to_numpy(), repeats.links
        people = people_list.people.assign(birthdate=births_shown(people_list.people))
        own = {"list": [side] * len(found), "row": rows[repeats.left].tolist(), "row_2": rows[repeats.right].tolist()}
        own |= {"probability": found["probability"].tolist(), "decision_name": [DECISION_NAME[d] for d in found["decision"]]}
        own["evidence_text"] = texts(found["evidence_text"])
        for mark, at in (("", repeats.left), ("_2", repeats.right)):
            for field in ("name", "id_number", "birthdate"):
                own[field + mark] = texts(people[field].iloc[at])
        for key, values in own.items():
            columns.setdefault(key, []).extend(values)
    return pd.DataFrame(columns, dtype=object)


def _about(result: Result) -> Iterator[tuple[str, str]]:
    yield "注意", KEEP_PRIVATE
    for side, people_list in (("a", result.a), ("b", result.b)):
        matched, open_, left = result.outcome_of_rows(side)
        name = side.upper()
        yield f"名单{name}", f"{people_list.title}：{len(people_list.rows)} 行，其中相符 {matched}，待确认 {open_}，未匹配 {left}"
        yield f"名单{name}用到的列", "；".join(used_columns(people_list, "："))
        yield f"名单{name}未用于比对的列", "、".join(unused_columns(people_list)) or "无"
    yield "结果", f"相符 {result.count('match')} 对，待确认 {result.count('possible')} 对"
    yield "名单内重复", "，".join(f"{side} {len(r.left)} 对" for side, r in zip("AB", result.repeats, strict=True))
    yield "错误关联的代价", f"一次错误关联抵 {result.cost_ratio:g} 次白跑"
    for notice in result.notices:
        yield "读取时发现", notice
    yield from _READING
