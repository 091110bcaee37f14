"""An earlier outcome of groups, read back, and which of its rows are still there.

Rows are recognised by what they say, not by their place: by all their cells, then by all that were compared, then by those that tell a person
(``_KEYS``).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.files.opening import read_file
from pipelines.files.refusal import FileRefused
from pipelines.guard import reason
from pipelines.lists.aligned import Aligned
from pipelines.lists.list_fields import FIELD_OF_LIST
from pipelines.lists.list_options import LinkRefused
from pipelines.lists.list_tables import ListTable, below, from_arrow, list_sheets, parquet
from reports.group_sheets import GROUP_CONTRACT, SHOWN

LAST_NUMBER = "已用到的组号"  # a line of the page 说明, and of a Parquet file's metadata

_NEEDED = ("group_id", "list", "row", "decision")
_LONGEST_NUMBER = 15  # digits
# Fields by which a row is recognised whose other cells were changed, the surest first.
_KEYS = (
    ("id", "name"),
    ("student_number",),
    ("certificate",),
    ("name", "birth"),
    ("given", "surname", "birth"),
    ("id",),
    ("name", "kin"),
    ("name", "phone"),
)


@dataclass(frozen=True, slots=True)
class EarlierGroups:
    """What an outcome says. ``rows``: group (its number), list, row, decision, is_same (what was answered), a row a row; ``own``: the own columns
    of the same rows, text; ``last``: the highest number that was ever given."""

    rows: pd.DataFrame
    own: pd.DataFrame
    last: int


def read_earlier(path: Path) -> EarlierGroups:
    """The outcome in the file ``path``. Raises LinkRefused where it is none."""
    try:
        content = read_file(path)
        if content.startswith(b"PAR1"):
            said = (pq.read_schema(pa.BufferReader(content)).metadata or {}).get(LAST_NUMBER.encode())
            return _earlier(parquet(content), said.decode() if said else None)
        sheets = {grid.sheet: grid for grid in list_sheets(content)}
        about = sheets["说明"].columns[:2] if "说明" in sheets else []
        lines = dict(zip(*(column.to_pylist() for column in about), strict=True)) if len(about) == 2 else {}
        if "groups" not in sheets:
            raise FileRefused("no_sheet", "没有工作表 groups")
        return _earlier(below(sheets["groups"], 0), lines.get(LAST_NUMBER))
    except OSError as error:
        raise LinkRefused(f"上次的结果 {path} 打不开（{reason(error)}）") from None
    except (FileRefused, pa.ArrowException) as refused:
        why = refused.message if isinstance(refused, FileRefused) else "文件已损坏"
        raise LinkRefused(
            f"上次的结果《{path.name}》{why}。--against 要的是 bidui dedupe 或三个以上名单的 bidui link 写的结果"
        ) from None


def earlier_of_table(table: pa.Table, last: int) -> EarlierGroups:
    """The outcome in a table in memory; ``last``: the highest number ever given, where that is known. Raises LinkRefused where it is none."""
    try:
        return _earlier(from_arrow(table, first_row=0), str(last))
    except FileRefused as refused:
        raise LinkRefused(f"上次的结果{refused.message}") from None


def _earlier(sheet: ListTable, last: str | None) -> EarlierGroups:
    table = sheet.table
    if absent := [name for name in _NEEDED if name not in table]:
        raise FileRefused("no_columns", f"没有 {'、'.join(absent)} 列")
    digits = table["group_id"].str.fullmatch(rf"[1-9]\d{{0,{_LONGEST_NUMBER - 1}}}").fillna(False).astype(bool)
    if not digits.all():
        row = int(sheet.rows[~digits].iloc[0])
        raise FileRefused("no_number", f"第 {row} 行的 group_id 不是组号，请改回原来的组号，或删去这一行")
    number = table["group_id"].astype("int64")
    answer = table[SHOWN[-1]] if SHOWN[-1] in table else pd.Series(None, index=table.index, dtype="str")
    rows = table[["list", "row", "decision"]].assign(group=number, is_same=answer)
    highest = int(last) if last and last.isascii() and last.isdigit() and len(last) <= _LONGEST_NUMBER else 0
    own = table.drop(columns=[name for name in (*GROUP_CONTRACT, *SHOWN) if name in table])
    return EarlierGroups(rows, own, max(highest, int(number.max()) if len(number) else 0))


def still_there(
    earlier: EarlierGroups, now: Aligned, places: pd.DataFrame, group: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Per row of ``earlier`` its position among the rows of ``now``, -1 where it is gone. ``places``: list and row of each position, text;
    ``group``: its group now, -1 where it has none. Raises LinkRefused where the columns are not those of the lists."""
    common = [str(name) for name in now.table if name in earlier.own]
    identifying = [c for key, columns in now.fields.items() if FIELD_OF_LIST[key].identifies for c in columns]
    if not set(common) & set(identifying):
        raise LinkRefused(
            "上次的结果里没有这次名单的姓名列和证件号列，认不出同一行。请检查 --against 的文件是否选对，列名是否改过；"
            "几份名单的先后次序也要与上次一样，因为列名取自第一份"
        )
    found = np.full(len(earlier.own), -1, dtype=np.int64)
    old = earlier.own[common].assign(**{"\0list": earlier.rows["list"], "\0row": earlier.rows["row"]})
    new = now.table[common].assign(**{"\0list": places["list"], "\0row": places["row"]})
    by_fields = [[c for field in key for c in now.fields.get(field, [""])] for key in _KEYS]
    used = [c for columns in now.fields.values() for c in columns if c in common]
    keys = [(True, [*common, "\0list", "\0row"]), (True, common), (True, used), *((False, columns) for columns in by_fields)]
    for whole, needed in keys:
        if set(needed) <= set(old):
            _find(found, _key(old, needed, whole), _key(new, needed, whole), earlier.rows["group"].to_numpy(), group)
    return found


def _key(table: pd.DataFrame, columns: list[str], whole: bool) -> pd.Series:
    """Per row the text of its cells in ``columns``; null where one is empty, which a ``whole`` row may have."""
    key = pd.Series("", index=table.index, dtype="str")
    for column in columns:
        key = key + "\x1f" + (table[column].fillna("") if whole else table[column])
    return key


def _find(
    found: npt.NDArray[np.int64],
    old: pd.Series,
    new: pd.Series,
    earlier_group: npt.NDArray[np.int64],
    group: npt.NDArray[np.int64],
) -> None:
    """Add to ``found`` the rows whose key says which one they are: one earlier group alone has it, and one group now."""
    free = np.ones(len(new), dtype=bool)
    free[found[found >= 0]] = False
    left = pd.DataFrame({"key": old, "at": np.arange(len(old)), "group": earlier_group})[found < 0].dropna()
    right = pd.DataFrame({"key": new, "to": np.arange(len(new)), "group": group})[free].dropna()
    right = right[right["key"].isin(left["key"])]
    left, right = (side[side.groupby("key")["group"].transform("nunique") == 1] for side in (left, right))
    left, right = (side.assign(nth=side.groupby("key").cumcount()) for side in (left, right))
    both = left.merge(right, on=["key", "nth"])
    found[both["at"].to_numpy()] = both["to"].to_numpy()
