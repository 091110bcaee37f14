"""Whose child a child is: every grown-up that a registry names beside it, and those of its household. All persons are made up (虚构)."""

from pathlib import Path

import pandas as pd
import pytest

from pipelines.intake.accept import accept
from pipelines.intake.exports import Export
from pipelines.intake.reading import read_files
from pipelines.lists.list_columns import read_list
from pipelines.persons.households import with_household_kin, without_borrowed_ids
from schemas.registry import declared
from tests.lib.made_files import csv, xlsx
from tests.lib.made_sheets import grid
from tests.lib.nights import AS_OF
from tests.lib.plan_county import PLACES
from tests.lib.small_exports import id_of, poor, pupil

CHILD = ("韦家一", id_of("20100115", 1), "20100115")


def records(registry: str, content: bytes) -> pd.DataFrame:
    """What the rows of one file of ``registry`` stand for, by name, the households drawn in."""
    exports = read_files([Export("名册.xlsx", declared()[registry], content, 0.0)], declared())
    return with_household_kin(without_borrowed_ids(accept(exports, PLACES, AS_OF).records, AS_OF, None), AS_OF, None).set_index(
        "name"
    )


def with_column(rows: list[list[object]], heading: str, cell: str) -> list[list[object]]:
    """``rows`` with one more column: ``cell`` in every row below ``heading``."""
    return [[*row, cell if number else heading] for number, row in enumerate(rows)]


@pytest.mark.parametrize("heading", ["成员2姓名", "监护人2姓名"])
def test_the_second_guardian_is_kin_as_the_first_is(heading: str) -> None:
    rows = with_column(grid([pupil(*CHILD)]), heading, "黄二妹")
    record = records("xueji", xlsx(rows)).loc[CHILD[0]]
    assert (record["guardian"], record["kin"]) == ("韦大山", "韦大山|黄二妹")


MEMBERS = [  # of one poor household as of 2020: name, born, relation to the head
    ("韦大山", "19750301", "户主"),
    ("韦家大", "19980101", "之兄弟"),  # 22 this year: a grown-up
    ("韦家二", "19990101", "之兄弟"),  # 21: may be a pupil
    ("韦家一", "20100115", "之子"),
]


def test_the_grown_ups_of_a_childs_household_are_its_kin() -> None:
    rows = [poor(name, id_of(born, 1), 与户主关系=relation) for name, born, relation in MEMBERS]
    members = records("guofu", xlsx(grid(rows, "guofu")))
    assert members.loc["韦家一", "kin"] == "韦家大|韦大山"  # by name
    assert members.loc["韦家一", "guardian"] == "韦大山"


@pytest.mark.parametrize(
    ("born", "status", "stays"),
    [
        ("19850301", "borrowed", False),  # a parent's
        ("19970301", "borrowed", False),  # 23 this year: older than any pupil
        ("19980301", "valid", True),  # 22: as old as a pupil may be
    ],
)
def test_a_number_of_somebody_older_than_any_pupil_is_not_the_pupils(born: str, status: str, stays: bool) -> None:
    number = id_of(born, 1)
    record = records("xueji", xlsx(grid([pupil("韦家一", number, "20100115")]))).loc["韦家一"]
    assert record["id_status"] == status
    assert (record["id_number"] == number) is stays
    assert record["id_raw"] == number
    assert f"{record['birthdate']:%Y%m%d}" == "20100115"


def test_a_list_names_its_kin_in_four_columns(tmp_path: Path) -> None:
    """``bidui link``: a first and a second guardian, father and mother."""
    path = tmp_path / "报名.csv"
    path.write_bytes(
        csv([["姓名", "监护人姓名", "监护人2姓名", "父亲姓名", "母亲姓名"], ["韦家一", "韦大山", "黄二妹", "韦大山", "陆三"]])
    )
    (kin,) = read_list(path, "a").people["kin"]
    assert kin.split("|") == ["韦大山", "黄二妹", "陆三"]
