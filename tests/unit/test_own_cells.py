"""What a merged cell must not be written into (pipelines.intake.own_cells). All persons are made up (虚构)."""

from openpyxl import Workbook

from pipelines.files.containers import sheets
from pipelines.intake.sheets import Sheet, take_sheet
from schemas.registry import declared
from tests.lib.made_files import xlsx
from tests.lib.made_sheets import A, grid

HEADINGS = grid()[0]


def taken_with_merged(*fields: str) -> Sheet:
    def merge(book: Workbook) -> None:
        for heading in fields:
            column = HEADINGS.index(heading) + 1
            book.worksheets[0].merge_cells(start_row=2, end_row=3, start_column=column, end_column=column)

    (read,) = sheets(xlsx(change=merge))
    taken = take_sheet("学生.xlsx", read, None, "", 0.0, declared())
    assert isinstance(taken, Sheet)
    return taken


def test_nobody_gets_the_name_and_the_id_of_the_neighbour_above() -> None:
    taken = taken_with_merged("姓名", "身份证件号", "学校名称")
    assert list(taken.cells["name"].fillna("")) == ["韦家乐", ""]
    assert list(taken.cells["id_number"].fillna("")) == [A, ""]
    assert list(taken.cells["school"]) == ["安阳镇中心小学"] * 2
    assert taken.filled == {"school": [3]}
    ((rule, said),) = taken.notes
    assert rule == "merged_own_value" and "“姓名” 1 格、“证件号” 1 格" in said and "取消合并" in said


def test_a_merged_school_alone_is_not_told() -> None:
    assert taken_with_merged("学校名称").notes == ()
