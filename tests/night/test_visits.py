"""劝返记录: each visit to bring a child back to school is kept, counted and shown again. All persons are made up (虚构)."""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipelines.ask.child_story import write_story
from tests.lib.nights import AS_OF, night
from tests.lib.opened_books import rows
from tests.lib.small_exports import KIDS, county, pupil, write
from tests.night.test_acceptance import SECOND, Published, book_of, fill_in

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
TOWNSHIP = ["安阳镇"]
VISIT: dict[str, object] = {"劝返日期": date(2020, 4, 20), "劝返人": "韦某", "劝返措施": "同班主任上门", "劝返结果": "不同意返校"}


@pytest.mark.long
def test_each_visit_is_kept_and_shown_in_the_next_workbook_and_on_the_childs_page(tmp_path: Path, published: Published) -> None:
    county(tmp_path)
    write(tmp_path, "xueji", [pupil(*KIDS[0], 学生状态="辍学"), *(pupil(*kid) for kid in KIDS[1:])])
    night(tmp_path, AS_OF, TOWNSHIP)
    (row,) = rows(book_of(tmp_path, "安阳镇")["劝返记录"])
    assert (row["姓名"], row["已记录次数"], row["最近三次"]) == (KIDS[0][0], 0, None)
    fill_in(tmp_path, "安阳镇", "劝返记录", VISIT, "一.xlsx")
    fill_in(tmp_path, "安阳镇", "劝返记录", VISIT | {"劝返日期": date(2020, 4, 22), "劝返结果": "同意返校"}, "二.xlsx")
    fill_in(tmp_path, "安阳镇", "劝返记录", {"劝返措施": "没有人签名"}, "三.xlsx")
    night(tmp_path, SECOND, TOWNSHIP)
    answers = published("answers").query("kind == 'visit'")
    assert sorted(answers["state"]) == ["accepted", "accepted", "refused"]
    assert len(published("unaccounted")) == 1  # a visit closes nothing
    book = book_of(tmp_path, "安阳镇")
    (row,) = rows(book["劝返记录"])
    first, second = "2020-04-20，韦某，同班主任上门，不同意返校", "2020-04-22，韦某，同班主任上门，同意返校"
    assert (row["已记录次数"], row["最近三次"]) == (2, f"{first}；{second}")
    assert [line["结果"] for line in rows(book["回执"])].count("未采用") == 1
    list(write_story(tmp_path, row["人员编号"], tmp_path / "案.xlsx"))
    page = load_workbook(tmp_path / "案.xlsx").worksheets[0].iter_rows(values_only=True)
    assert second.partition("，")[2] in [cell for line in page for cell in line]
