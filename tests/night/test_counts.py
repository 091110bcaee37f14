"""One night of a small county: the terminal, the covers, the lists and the weekly report say the same numbers in the same words. All persons are made
up (虚构)."""

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from bidui.cli import main
from reports.answer_listings import ABSENT_SHEET, FOUND_SHEET
from schemas.answers import ANSWER_REFUSAL_WORDS, REPORT_WITHOUT_RECORD
from schemas.whereabouts import REASONS
from tests.lib.nights import AS_OF
from tests.lib.opened_books import below, rows
from tests.lib.plan_county import TOWNSHIPS
from tests.lib.small_exports import KIDS, certificate, county, id_of, poor, pupil, resident, write
from tests.unit.test_weekly import section

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
OLD = id_of("20030301", 1)  # born before the range, and on no list whatever the systems contradict each other in
LISTED = ("蒙小满", id_of("20100817", 1), "20100817")
ABSENT = {
    "township": "安阳镇",
    "name": KIDS[0][0],
    "id_number": KIDS[0][1],
    "school_said": "安阳镇中心小学",
    "checked_by": "韦某",
}


def _folder(root: Path) -> Path:
    """A child in no school; a pupil who was reported absent, and back, which waits; discrepancies of a child of the range and of one outside."""
    county(root)
    grown = ("韦大满", OLD, "20030301")
    write(root, "huji", [resident(*kid) for kid in (*KIDS, LISTED, grown)])
    pupils = [pupil(*kid) for kid in KIDS]
    pupils[1] |= {"性别": "女"}
    write(root, "xueji", [*pupils, pupil("韦大满", OLD, "20030302", 学段="初中", 年级="九年级", 性别="女")])
    write(root, "guofu", [poor(name, number) for name, number, _ in KIDS[:3]])
    write(root, "canlian", [certificate("陆老五", id_of("19500101", 3), "19500101", 3)])
    told = [
        ABSENT | {"said": "名在人不在", "checked_on": date(2020, 4, 8)},
        ABSENT | {"said": "已返校", "checked_on": date(2020, 4, 13)},
        ABSENT | {"name": LISTED[0], "id_number": LISTED[1], "said": "名在人不在", "checked_on": date(2020, 4, 8)},
    ]
    found = [
        {
            "township": "安阳镇",
            "name": "覃大路",
            "birthdate": date(1990, 5, 6),
            "checked_by": "韦某",
            "checked_on": date(2020, 4, 8),
        }
    ]
    book = Workbook()
    for sheet, reports in ((ABSENT_SHEET, told), (FOUND_SHEET, found)):
        page = book.create_sheet(sheet.title)
        page.append([column.heading for column in sheet.columns])
        for report in reports:
            page.append([report.get(column.key) for column in sheet.columns])
    (root / "inbox").mkdir()
    book.save(root / "inbox" / "安阳镇.xlsx")
    return root


@pytest.mark.long
def test_the_same_numbers_in_the_same_words_wherever_they_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["run", "--root", str(_folder(tmp_path)), "--as-of", AS_OF.isoformat()])
    said = capsys.readouterr().out
    terminal = {name: int(number) for name, number in re.findall(r"([一-龥]+) (\d+)(?= [人条对]|，|）)", said)}
    assert "等 4 个文件的名称" in said  # the township's reports are no file that somebody could rename
    outbox = tmp_path / "outbox" / AS_OF.isoformat()
    book = load_workbook(outbox / f"都安县_控辍保学汇总_{AS_OF:%Y%m%d}.xlsx")
    county_cover = {
        re.sub(r"（.）|　其中：", "", label): figures["数量"]
        for label, figures in below(book["封面"], "本次名单").items()
        if figures["数量"] is not None
    }
    words = ("去向不明儿童", "须入户", "先电话核对", "待县验收", "疑似同一人", "信息不一致", "答复验收", "同一人验收")
    assert {word: terminal[word] for word in words} == {word: county_cover[word] for word in words}
    assert [terminal[word] for word in words[:4]] == [2, 1, 0, 1] and terminal["答复验收"] == 1
    for title in ("去向不明儿童", "信息不一致", "答复验收"):
        assert len(rows(book[title])) == terminal[title] > 0
    findings = rows(book["信息不一致"])
    assert not any(row["姓名"] == "韦大满" for row in findings)  # though the systems contradict each other about it
    assert len(pd.read_parquet(tmp_path / "curated/current/findings.parquet")) > terminal["信息不一致"]
    week = load_workbook(outbox / f"周报/周报_都安县_{AS_OF:%Y%m%d}.xlsx")
    assert section(week, "一、去向不明儿童")["＝ 现在册"]["合计"] == terminal["去向不明儿童"]
    assert section(week, "三、信息不一致")["合计"]["现有"] == terminal["信息不一致"]
    total = dict.fromkeys(("去向不明儿童", "信息不一致", "待县验收"), 0)
    for township in TOWNSHIPS:
        own = load_workbook(outbox / f"{township}_控辍保学核查_{AS_OF:%Y%m%d}.xlsx")
        cover = below(own["封面"], "要做的事")
        listed, found = (cover.get(label, {}) for label in ("去向不明儿童（人）", "信息不一致（条）"))
        for title, number in (
            ("去向不明儿童", listed.get("在册")),
            ("信息不一致", found.get("在册")),
            ("待县验收", listed.get("待县验收")),
        ):
            total[title] += number or 0
        week = load_workbook(outbox / f"周报/周报_{township}_{AS_OF:%Y%m%d}.xlsx")
        assert section(week, "一、去向不明儿童")["＝ 现在册"]["合计"] == (listed.get("在册") or 0)
        assert section(week, "三、信息不一致")["合计"]["现有"] == (found.get("在册") or 0)
    assert total == {title: terminal[title] for title in total}
    # A child without a student record is none that is absent; one outside the range comes on no list; both are told.
    reasons = {row["姓名"]: row["原因"] for row in rows(book["去向不明儿童"])}
    assert reasons[LISTED[0]] == REASONS["no_student_record"] and reasons[KIDS[0][0]] == REASONS["reported_absent"]
    own = load_workbook(outbox / f"安阳镇_控辍保学核查_{AS_OF:%Y%m%d}.xlsx")
    receipt = {(row["姓名"], row["答复"]): (row["结果"], row["原因和改法"]) for row in rows(own["回执"])}
    assert receipt.pop((LISTED[0], "名在人不在")) == ("已采用", REPORT_WITHOUT_RECORD)
    assert receipt.pop(("覃大路", "新发现")) == ("未采用", f"第 2 行{ANSWER_REFUSAL_WORDS['report_out_of_range']}")
    assert receipt == {(KIDS[0][0], "名在人不在"): ("已采用", None), (KIDS[0][0], "已返校"): ("待县验收", None)}
