"""Groups of rows as files: a workbook for people, Parquet for machines."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from matching.text_columns import text_array
from pipelines.lists.comparable import unused_columns, used_columns
from pipelines.lists.earlier_groups import LAST_NUMBER
from pipelines.lists.group_numbers import GroupNumbers
from pipelines.lists.list_columns import PeopleList
from pipelines.lists.list_files import KEEP_PRIVATE, WORKBOOK, unlinked_files, write_parquet, writing
from pipelines.lists.list_tables import unused
from pipelines.lists.row_groups import Groups
from reports.book import MAX_ROWS, Book, FilledSheet, PrintedPage, write_book
from reports.group_sheets import GROUP_CONTRACT, SHOWN, groups_sheet, rest_sheet
from reports.linked_rows import about_page
from schemas.calendar import today

RESERVED = (*GROUP_CONTRACT, *SHOWN)  # headings that a list's own columns give way to

_READING = (
    ("groups", "每组的行排在一起，组与组之间底色不同。row 是名单里的行号（与 Excel 左侧行号一致）"),
    ("group_id", "组号。下次用 --against 指明本文件，新加的行归入原有的组，组号不变"),
    ("decision", "match＝相符：同组各相符的行是同一人；possible＝待确认：可能也是这个人，请核对后在“是否同一人”栏选“是”或“否”"),
    ("probability", "与“对照行”是同一人的概率（0～1），已考虑重名、双胞胎和兄弟姐妹；“依据”是与对照行的比较"),
    ("整组", "相符＝整组都是同一人；有待确认＝组里有待确认的行"),
    ("或属于组", "这一行也可能属于的其他组"),
    ("隐藏列", "linked_list、linked_row、evidence、also 供程序读取"),
)
_READING_AGAINST = (("earlier_group", "这一行上次的组号；空白＝上次不在任何组里"),)


@dataclass(frozen=True, slots=True)
class GroupResult:
    """Lists and the groups among their rows. ``own``: the own columns of all rows, one list below the other; ``places``: list and row of each."""

    lists: Sequence[PeopleList]
    own: pd.DataFrame
    places: pd.DataFrame
    groups: Groups
    numbers: GroupNumbers
    notices: Sequence[str]
    cost_ratio: float
    against: bool

    @property
    def several(self) -> bool:
        """Is there more than one list?"""
        return len(self.lists) > 1

    def rows(self) -> pd.DataFrame:
        """The columns of GROUP_CONTRACT, and at, evidence_text, confirmed and is_same, a row per row of a group, in the order of their numbers."""
        found, number = self.groups.rows, self.numbers.of_group
        at, linked = found["at"].to_numpy(), found["linked"].to_numpy()
        places = self.places
        rows = found[["at", "probability", "decision", "evidence", "evidence_text"]].assign(
            group_id=number[found["group"]],
            list=places["list"].to_numpy()[at],
            row=places["row"].to_numpy()[at],
            linked_list=places["list"].to_numpy()[linked],
            linked_row=places["row"].to_numpy()[linked],
            also=found["also"].map(lambda others: ";".join(str(n) for n in sorted(number[list(others)].tolist())) or None),
            earlier_group=pd.Series(self.numbers.earlier[at], dtype="Int64").replace(0, pd.NA),
            confirmed=self.groups.confirmed()[found["group"]],
            is_same=pd.Series(self.numbers.is_same[at]).where(found["decision"] == "possible", None),
        )
        return rows.sort_values(["group_id", "at"], ignore_index=True)

    def rest(self, index: int) -> npt.NDArray[np.int64]:
        """Positions, in the list of this index, of the rows that are in no group."""
        start = sum(len(p.rows) for p in self.lists[:index])
        alone = np.ones(len(self.places), dtype=bool)
        alone[self.groups.rows["at"]] = False
        return np.flatnonzero(alone[start : start + len(self.lists[index].rows)])

    def counted(self) -> Iterator[str]:
        """How many groups there are, and what becomes of each list's rows."""
        sure, rows = self.groups.confirmed(), self.groups.rows
        what = "组" if self.several else "组重复"
        yield f"{self.groups.count} {what}，共 {len(rows)} 行：整组相符 {int(sure.sum())} 组，有待确认 {int((~sure).sum())} 组"
        side, match = self.places["list"].to_numpy()[rows["at"]], (rows["decision"] == "match").to_numpy()
        for people_list in self.lists:
            own = side == people_list.letter
            matched, in_group, size = int((own & match).sum()), int(own.sum()), len(people_list.rows)
            name, rest = (f"{people_list.letter} ", "不在任何组里") if self.several else ("", "没有重复")
            yield f"{name}共 {size} 行：相符 {matched}，待确认 {in_group - matched}，{rest} {size - in_group}"
        if self.several:
            yield "相符的人在哪些名单里：" + "；".join(f"{lists} {persons} 人" for lists, persons in self._where())

    def _where(self) -> list[tuple[str, int]]:
        """(names of lists, how many confirmed persons are in exactly these), most lists first."""
        matches = self.groups.rows[self.groups.rows["decision"] == "match"]
        sides = self.places["list"].to_numpy()[matches["at"]]
        order = {people_list.letter: index for index, people_list in enumerate(self.lists)}
        of_person = pd.Series(sides, index=matches["group"].to_numpy()).groupby(level=0).unique()
        counted = Counter(tuple(sorted(lists, key=order.__getitem__)) for lists in of_person)
        ordered = sorted(counted.items(), key=lambda item: (-len(item[0]), [order[side] for side in item[0]]))
        return [("＋".join(lists) if len(lists) > 1 else f"只在 {lists[0]}（重复）", persons) for lists, persons in ordered]

    def beyond_a_sheet(self, out: Path) -> int:
        """The rows that no sheet of the workbook ``out`` could hold; 0 where all is well."""
        most = max([len(self.groups.rows), *(len(self.rest(i)) for i in range(len(self.lists)) if self.several)])
        return most if out.suffix.lower() == WORKBOOK and most > MAX_ROWS else 0


def write_groups(result: GroupResult, out: Path) -> None:
    """Write the outcome in the form that the ending of ``out`` asks for. Raises Busy where that is not possible."""
    with writing(out):
        if out.suffix.lower() == WORKBOOK:
            write_book(Book(out, tuple(_sheets(result)), today()))
        else:
            write_parquet(_parquet_tables(result, out))


def groups_table(result: GroupResult) -> pa.Table:
    """A row per row of a group: the columns ``reports.group_sheets.GROUP_CONTRACT``, then the lists' own columns."""
    rows, whole = result.rows(), {"group_id", "row", "linked_row", "earlier_group"}
    columns = {
        key: pa.array(rows[key], pa.int64() if key in whole else pa.float64())
        if key in whole or key == "probability"
        else text_array(rows[key])
        for key in GROUP_CONTRACT
    }
    own = result.own.iloc[rows["at"]]
    columns |= {str(name): text_array(own[name]) for name in own}
    return pa.table(columns).replace_schema_metadata({LAST_NUMBER: str(result.numbers.last)})


def _parquet_tables(result: GroupResult, out: Path) -> dict[Path, pa.Table]:
    files = {out: groups_table(result)}
    for index, path in enumerate(unlinked_files(out, [p.side for p in result.lists])):
        people_list, at = result.lists[index], result.rest(index)
        columns = {"row": pa.array(people_list.rows.to_numpy()[at], pa.int64())}
        for name in people_list.table:
            columns[unused(str(name), columns)] = text_array(people_list.table[name].iloc[at])
        files[path] = pa.table(columns)
    return files


def _sheets(result: GroupResult) -> Iterator[FilledSheet | PrintedPage]:
    rows = result.rows()
    number = rows["linked_row"].astype("str")
    lists = rows.groupby("group_id")["list"].agg(lambda of_group: "＋".join(dict.fromkeys(of_group)))
    rows = rows.assign(lists=rows["group_id"].map(lists), linked=rows["linked_list"] + " " + number if result.several else number)
    yield groups_sheet(rows, result.own.iloc[rows["at"]], result.several, result.against)
    if result.several:
        for index, people_list in enumerate(result.lists):
            at = result.rest(index)
            yield rest_sheet(index, people_list.side, people_list.rows.iloc[at], people_list.table.iloc[at])
    yield about_page(_about(result))


def _about(result: GroupResult) -> Iterator[tuple[str, str]]:
    yield "注意", KEEP_PRIVATE
    for people_list in result.lists:
        name = f"名单{people_list.letter}" if result.several else "名单"
        yield name, f"{people_list.title}：{len(people_list.rows)} 行"
        yield f"{name}用到的列", "；".join(used_columns(people_list, "："))
        yield f"{name}未用于比对的列", "、".join(unused_columns(people_list)) or "无"
    for line in result.counted():
        yield "结果", line
    for line in result.numbers.changes:
        yield "上次的组号", line
    yield LAST_NUMBER, str(result.numbers.last)
    yield "错误关联的代价", f"一次错误关联抵 {result.cost_ratio:g} 次白跑"
    for notice in result.notices:
        yield "读取时发现", notice
    yield from _READING
    yield from _READING_AGAINST if result.against else ()
