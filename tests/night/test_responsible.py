"""The county's list of who answers for the children of each village: what is read of it, and where it stands in the workbooks."""

from pathlib import Path

import pandas as pd
from openpyxl import load_workbook

from pipelines.ask.tally import tally_shown
from pipelines.intake.places import Places
from pipelines.intake.responsible import read_responsible
from reports.book import write_books
from reports.list_counts import ListCounts
from schemas.registry import declared
from tests.lib.made_up_tables import write_table, write_tables
from tests.lib.nights import AS_OF as NIGHT
from tests.lib.nights import night
from tests.lib.opened_books import AS_OF, books_of, rows
from tests.lib.plan_county import SETTINGS
from tests.lib.small_exports import county
from tests.lib.two_lists import save

PLACES = Places(SETTINGS.divisions)
HEADINGS = ["乡镇", "村", "组", "县干部", "乡镇干部", "村干部", "组长", "校长", "教师"]


def listed(folder: Path, *lines: list[str | None], name: str = "包保责任人.xlsx") -> Path:
    save(folder / name, [["都安县控辍保学包保责任人"], HEADINGS, *lines])
    return folder


def test_the_people_of_a_village_and_of_its_groups(tmp_path: Path):
    table, refused = read_responsible(
        listed(
            tmp_path,
            ["安阳镇", None, None, "韦县", "蓝镇", None, None, "黄校长", None],
            ["安阳", "安北社区居委会", "一组", None, None, "覃村", "陆一", None, "莫老师"],
            ["安阳镇", "安北社区", "二组", None, None, "覃村", "陆二", None, "潘老师"],
        ),
        PLACES,
    )
    assert refused == []
    whole, village = table.to_pylist()
    assert (whole["village"], whole["county_cadre"], whole["head_teacher"], whole["teacher"]) == (None, "韦县", "黄校长", None)
    assert (village["township"], village["village"]) == ("安阳镇", "安北社区")
    assert (village["village_cadre"], village["group_leader"], village["teacher"]) == (
        "覃村",
        "一组 陆一、二组 陆二",
        "莫老师、潘老师",
    )


def test_a_row_that_cannot_be_used_is_named_with_the_way_to_mend_it(tmp_path: Path):
    people = [None, "韦县", None, None, None, None, None]
    folder = listed(tmp_path, ["某某镇", None, *people], ["安阳镇", "没有的村", *people], ["安阳镇", "安北社区"])
    table, refused = read_responsible(folder, PLACES)
    assert table.num_rows == 0
    assert [refusal.row for refusal in refused] == [3, 4, 5]
    assert refused[1].message.startswith("第 4 行的村不在该乡镇的区划表里，没有使用。")
    assert not any("韦县" in refusal.message or "没有的村" in refusal.message for refusal in refused)


def test_without_headings_or_twice_it_is_refused_whole(tmp_path: Path):
    (tmp_path / "a").mkdir()
    save(tmp_path / "a" / "responsible.xlsx", [["甲", "乙"], ["安阳镇", "韦县"]])
    table, (refused,) = read_responsible(tmp_path / "a", PLACES)
    assert (table.num_rows, refused.rule, refused.row) == (0, "missing_column", None)
    (tmp_path / "b").mkdir()
    line = ["安阳镇", None, None, "韦县"]
    listed(listed(tmp_path / "b", line), line, name="responsible.xlsx")
    table, (refused,) = read_responsible(tmp_path / "b", PLACES)
    assert (table.num_rows, refused.rule, refused.file) == (1, "superseded", "responsible.xlsx")


def test_no_list_is_no_fault(tmp_path: Path):
    assert (read_responsible(tmp_path, PLACES)[0].num_rows, read_responsible(tmp_path, PLACES)[1]) == (0, [])


def test_they_stand_beside_the_children_of_their_village_and_columns_without_anybody_are_left_out(tmp_path: Path):
    tables = write_tables(tmp_path / "tables")
    children = [
        {"person_id": f"P00{n}", "township": "安阳镇", "village": village, "whereabouts": "unaccounted", "reason": "record_ended"}
        for n, village in ((0, "安北社区"), (4, "巴谭社区"))
    ]
    write_table(tables, "unaccounted", [child | {"follow_up": "visit"} for child in children])
    responsible, _ = read_responsible(
        listed(
            tmp_path,
            ["安阳镇", None, None, "韦县", None, None, None, None, None],
            ["安阳镇", "安北社区", None, "蓝县", None, "覃村"],
        ),
        PLACES,
    )
    books = write_books(books_of(tables, tmp_path / "out", AS_OF, ["安阳镇"], settings=SETTINGS, responsible=responsible))
    shown = {row["村"]: row for row in rows(load_workbook(books[0])["去向不明儿童"])}
    assert (shown["安北社区"]["县干部"], shown["安北社区"]["村干部"]) == ("蓝县", "覃村")
    assert (shown["巴谭社区"]["县干部"], shown["巴谭社区"]["村干部"]) == ("韦县", None)
    assert "校长" not in shown["安北社区"]


def test_a_row_that_cannot_be_used_is_told_and_stops_no_night(tmp_path: Path):
    county(listed(tmp_path, ["安阳镇", None, None, "韦县"], ["某某镇", None, None, "韦县"]))
    outcome = night(tmp_path, NIGHT, ["安阳镇"])
    assert outcome.left_out == ()
    quarantine = pd.read_parquet(tmp_path / "curated/current/quarantine.parquet")
    assert quarantine[["registry", "rule", "row"]].values.tolist() == [["responsible", "responsible_unreadable", 4]]
    shown = [str(line) for line in tally_shown(outcome, declared(), ListCounts())]
    assert any("《包保责任人.xlsx》退回 1 行，如：第 4 行的乡镇没有填" in line for line in shown)
