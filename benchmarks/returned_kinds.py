"""Every kind of returned workbook (``benchmarks.returned_workbooks``: style, mishap, container), made and read back, without a night.

``python -m benchmarks.returned_kinds`` prints how many kinds were made and read, and the filled-in rows of which nothing is left: neither a
row that was read nor a refusal that names the row or the whole file. Exit status 1 where there is one.
"""

import itertools
import random
import sys
import tempfile
import warnings
from collections.abc import Iterable
from datetime import date
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook

from benchmarks.returned_workbooks import CHILDREN, CONTAINERS, HONEST, LACKING, MISHAPS, STYLES, a_week_before, fill_children
from bidui.console import Console
from pipelines.answers.returned import read_returned
from tests.lib.edited_returns import sent

Kind = tuple[str, str, str]
ALL: tuple[Kind, ...] = tuple(itertools.product(STYLES, MISHAPS, CONTAINERS))
_DAY = date(2020, 10, 8)
_CHILDREN = 4


def make_and_read(folder: Path, kinds: Iterable[Kind], seed: int = 1) -> dict[Kind, list[int]]:
    """Kind -> the filled-in rows of its workbook of which nothing is left."""
    states = dict(zip((f"person_id{n}" for n in range(_CHILDREN)), itertools.cycle((*LACKING, *HONEST)), strict=False))
    return {kind: _lost(folder / str(number), kind, states, random.Random(seed + number)) for number, kind in enumerate(kinds)}


def _lost(folder: Path, kind: Kind, states: dict[str, str], rng: random.Random) -> list[int]:
    style, mishap, container = kind
    folder.mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(BytesIO(sent(children=_CHILDREN)))
        day = a_week_before(_DAY) if style == "late" else _DAY
        filled = fill_children(book[CHILDREN], states, day, rng, style, "安阳镇", _CHILDREN)
        MISHAPS[mishap](book[CHILDREN], [row.row for row in filled])
        CONTAINERS[container](book, folder / "安阳镇.xlsx")
    returned, refused = read_returned(folder)
    rows = {row.number for found in returned.values() for row in found}
    read = rows | {refusal.row for refusal in refused if refusal.row is not None or not rows}
    shift = 1 if mishap == "title on top" else 0
    return [] if None in read else [row.row + shift for row in filled if row.row + shift not in read]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        lost = make_and_read(Path(folder), ALL)
    console = Console()
    console.show(
        f"kinds of returned workbook made and read: {len(lost)}; rows of which nothing is left: {sum(map(len, lost.values()))}"
    )
    for kind, rows in lost.items():
        if rows:
            console.show(f"{' / '.join(kind)}: rows {rows}")
    return int(any(lost.values()))


if __name__ == "__main__":
    sys.exit(main())
