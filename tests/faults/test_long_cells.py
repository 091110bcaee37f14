"""Cells as long as a spreadsheet allows, full of what an expression may begin with, are read at once: one that looks to the end of the
cell from each such sign takes seconds for one cell, and a column of them a night."""

from collections.abc import Callable
from time import process_time

import pytest

from matching.name_text import clean_name
from matching.names import spell
from pipelines.files.grid import LONGEST_CELL
from pipelines.intake.headings import meaning, spellings
from pipelines.intake.values import parse_date, parse_month
from pipelines.lists.list_records import person_name
from pipelines.lists.written_days import written
from schemas.registry import declared

_SECONDS = 2.0  # of a core, while others work on it; looking to the end each time takes five and more
_PARTS = ("(", "【", "(1", "T", " ", "T1:00", "⿰火日", "xian", "a", "1", "月")


def _as_heading(text: str) -> object:
    return meaning(text, spellings(declared()["xueji"]))


@pytest.mark.parametrize("read", [clean_name, person_name, spell, parse_date, parse_month, written, _as_heading])
def test_a_long_cell_is_read_in_a_moment(read: Callable[[str], object]) -> None:
    for part in _PARTS:
        for first, last in (("", ""), ("1", "q"), ("一", "\n)一")):
            before = process_time()
            read(first + part * (LONGEST_CELL // len(part)) + last)
            assert process_time() - before < _SECONDS, (part, first, last)


def test_a_remark_that_is_not_closed_stays_as_it_is() -> None:
    assert clean_name("韦家乐(大)、(小") == "韦家乐、(小"
    assert person_name("Smith (elder) John [x") == "SMITH JOHN [X"


def test_a_name_in_letters_is_cut_into_its_longest_syllables() -> None:
    assert spell("XIANGANG") == spell("XIANG ANG") != spell("XIAN GANG")
    assert spell("MINGUO") == spell("MIN GUO")  # uo is no syllable
    assert spell("XIAN" * 40 + "Q") == ["XIAN" * 40 + "Q"]  # no syllable: every way to cut it would be tried
