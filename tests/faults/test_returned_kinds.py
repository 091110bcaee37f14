"""One in three of all kinds in which a workbook comes back: no filled-in row is gone without a trace (``benchmarks.returned_kinds`` makes them
all)."""

import random
from pathlib import Path

import pytest

from benchmarks.returned_kinds import ALL, make_and_read


@pytest.mark.long
def test_no_row_of_any_kind_of_returned_workbook_is_gone_without_a_trace(tmp_path: Path) -> None:
    lost = make_and_read(tmp_path, random.Random(1).sample(ALL, 160))
    assert len(lost) == 160 and all(len({kind[n] for kind in lost}) == len({kind[n] for kind in ALL}) for n in range(3))
    assert {kind: rows for kind, rows in lost.items() if rows} == {}
