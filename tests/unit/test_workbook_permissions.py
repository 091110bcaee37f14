"""Who may see what: a township's workbook holds what the columns allow, and nothing that nobody has declared."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from reports.book import OwnChildren, SheetColumn, SheetOfRows, UndeclaredColumn, for_county, for_township, write_books
from reports.listings import CHANGES_SHEET, CHILDREN_SHEET, FINDINGS_SHEET, PAIRS_SHEET
from tests.lib.made_up_tables import GONE, person_id, write_tables
from tests.lib.opened_books import AS_OF, books_of, rows
from tests.lib.plan_county import SETTINGS

SHEET = SheetOfRows(
    "名单",
    (
        SheetColumn("姓名", "name", seen="township"),
        SheetColumn("值", "value", seen=OwnChildren("elsewhere", "（外乡镇）")),
        SheetColumn("评语", "remark"),
        SheetColumn("说明", "note", seen="township", asked=True),
        SheetColumn("审核", "verdict", asked=True),
    ),
    empty="无",
)
FRAME = pa.table(
    {
        "name": ["韦一", "韦二", "韦三", "韦四"],
        "value": ["甲", "乙", "丙", "丁"],
        "remark": ["a", "b", "c", "d"],
        "elsewhere": [False, True, None, False],
        "township": ["安阳镇", "安阳镇", "安阳镇", None],
    }
)


def test_a_township_sees_its_rows_and_the_columns_it_is_allowed():
    sheet, frame = for_township(SHEET, FRAME, "安阳镇")
    assert [column.key for column in sheet.columns] == ["name", "value", "note"]
    assert frame["name"].to_pylist() == ["韦一", "韦二", "韦三"]
    assert "remark" not in frame.column_names


def test_a_value_about_another_townships_child_is_replaced_and_so_is_one_of_which_nobody_knows():
    _, frame = for_township(SHEET, FRAME, "安阳镇")
    assert frame["value"].to_pylist() == ["甲", "（外乡镇）", "（外乡镇）"]


def test_a_column_of_a_frame_that_nobody_declared_is_refused():
    strange = FRAME.append_column("secret", pa.array(list("wxyz")))
    with pytest.raises(UndeclaredColumn, match="secret"):
        for_county(SHEET, strange)
    with pytest.raises(UndeclaredColumn, match="secret"):
        for_township(SHEET, strange, "安阳镇")
    with pytest.raises(UndeclaredColumn, match="remark"):
        for_county(SHEET, FRAME.drop_columns(["remark"]))


@pytest.mark.long
def test_a_column_added_to_published_tables_reaches_no_workbook(tmp_path: Path):
    tables = write_tables(tmp_path / "tables")
    for table in ("unaccounted", "findings", "links", "changes", "persons", "records"):
        known = pq.read_table(tables / f"{table}.parquet")
        assert len(known), table
        pq.write_table(known.append_column("secret", pa.array(["不可外传"] * len(known))), tables / f"{table}.parquet")
    for path in write_books(books_of(tables, tmp_path / "out", AS_OF, settings=SETTINGS))[:2]:
        cells = [cell for sheet in load_workbook(path) for line in sheet.iter_rows(values_only=True) for cell in line]
        assert not any("不可外传" in str(cell) for cell in cells)


def test_every_column_of_the_lists_says_who_may_see_it():
    """Nothing new is a township's by default."""
    for sheet in (CHILDREN_SHEET, PAIRS_SHEET, FINDINGS_SHEET, CHANGES_SHEET):
        for column in sheet.columns:
            assert column.seen == "township" or isinstance(column.seen, OwnChildren), (sheet.title, column.heading)
    assert SheetColumn("新列", "new").seen == "county"


@pytest.mark.long
@pytest.mark.parametrize(
    ("reason", "shown_to_the_township"),
    [
        ("merged", "人员编号并入他人"),
        (None, "已销号，原因请向县教育局了解"),  # a log of a version before the codes: whether it was a merger is not known
    ],
)
def test_a_number_taken_up_by_another_is_known_by_its_code_whatever_the_words(
    tmp_path: Path, reason: str | None, shown_to_the_township: str
):
    tables = write_tables(tmp_path / "tables")
    changes = pq.read_table(tables / "changes.parquet")
    gone = [person == GONE for person in changes["person_id"].to_pylist()]
    said = [f"并到了 {person_id(1)}" if its else text for its, text in zip(gone, changes["said"].to_pylist(), strict=True)]
    columns = {name: changes[name] for name in changes.column_names}
    columns |= {
        "said": pa.array(said, pa.string()),
        "reason": pa.array([reason if its else "corrected" for its in gone], pa.string()),
    }
    pq.write_table(pa.table(columns), tables / "changes.parquet")
    for path in write_books(books_of(tables, tmp_path / "out", AS_OF, settings=SETTINGS)):
        if path.parent != tmp_path / "out":
            continue  # an office's
        book = load_workbook(path)
        shown = [line["销号原因或答复"] for line in rows(book["变化"]) if line.get("人员编号") == GONE]
        if "安阳镇" in path.name:
            assert shown == [shown_to_the_township]
        elif "都安县" in path.name:
            assert shown == [f"并到了 {person_id(1)}"]
        else:
            assert shown == []
