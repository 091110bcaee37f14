"""What an office is to correct in its own system, and its reply. All persons are made up (虚构)."""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from reports.book import ANSWER_MARK
from tests.lib.nights import AS_OF, night
from tests.lib.opened_books import column, rows
from tests.lib.small_exports import KIDS, pupil, write
from tests.night.test_acceptance import CHILD, SECOND, Published, fill_in, one_listed

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")


def of_office(root: Path, office: str) -> Path:
    return max((root / "outbox").rglob(f"{office}_更正清单_*.xlsx"))


def test_each_office_gets_what_only_it_can_enter_and_its_reply_stands_beside_it(tmp_path: Path, published: Published) -> None:
    one_listed(tmp_path)
    write(tmp_path, "xueji", [pupil(KIDS[0][0], KIDS[0][1], "20100116"), *(pupil(*kid) for kid in KIDS[1:])])
    night(tmp_path, AS_OF, None)
    dead = {"核查去向": "死亡", "核查说明": "2018年病故", "核查人": "韦某", "核查日期": date(2020, 4, 20)}
    fill_in(tmp_path, "安阳镇", "去向不明儿童", dead, "安阳镇.xlsx")
    book = load_workbook(of_office(tmp_path, "教育局"))
    (wrong,) = rows(book["更正清单"])
    assert {key: wrong[key] for key in ("系统", "文件", "行", "项目", "现值", "应改为")} == {
        "系统": "学籍系统", "文件": "xueji.xlsx", "行": 2, "项目": "出生日期", "现值": "2010-01-16", "应改为": "2010-01-15",
    }  # fmt: skip
    for heading, reply in {"办理情况": "已更正", "办理人": "陆某", "办理日期": date(2020, 4, 21)}.items():
        column(book["更正清单"], heading + ANSWER_MARK)[0].value = reply
    book.save(tmp_path / "inbox" / "教育局.xlsx")
    night(tmp_path, SECOND, None)
    assert published("quarantine").empty
    (again,) = rows(load_workbook(of_office(tmp_path, "教育局"))["更正清单"])
    assert again["上次答复"] == "已更正，2020-04-21"  # and it stays until the system itself has the value
    (deceased,) = rows(load_workbook(of_office(tmp_path, "公安局"))["更正清单"])
    assert (deceased["姓名"], deceased["乡镇核实"]) == (CHILD[0], "死亡，韦某，2020-04-20")
    assert published("persons").set_index("name").loc[CHILD[0], "whereabouts"] == "unaccounted"
