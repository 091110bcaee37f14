"""An answer that would take a child off the list, from the township's workbook to the county's word and the nights after. All persons are
made up (虚构)."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from bidui.cli import main
from pipelines.answers.try_out import try_answers
from pipelines.store.county_file import settings_of
from reports.book import ANSWER_MARK
from schemas.exit_status import ExitStatus
from tests.lib.nights import AS_OF, night
from tests.lib.opened_books import column, rows
from tests.lib.small_exports import KIDS, county, id_of, pupil, resident, write

Published = Callable[[str], pd.DataFrame]
CHILD = ("蒙小满", id_of("20100817", 1), "20100817")
SECOND, THIRD, FOURTH, FIFTH = date(2020, 4, 23), date(2020, 4, 24), date(2020, 4, 25), date(2020, 5, 7)
ELSEWHERE: dict[str, object] = {
    "核查去向": "县外就读（填学校）",
    "就读学校": "广东省东莞市长安镇第一中学",
    "核查人": "韦某",
    "核查日期": date(2020, 4, 20),
}


def one_listed(root: Path) -> Path:
    county(root)
    write(root, "huji", [resident(*kid) for kid in KIDS] + [resident(*CHILD, 户主姓名="蒙大", 户号="451228777")])
    write(root, "xueji", [pupil(*kid) for kid in KIDS])
    return root


def book_of(root: Path, area: str):  # type: ignore[no-untyped-def]
    return load_workbook(max((root / "outbox").rglob(f"{area}_控辍保学*.xlsx"), key=lambda path: path.parts[-2]))


def fill_in(root: Path, area: str, title: str, answers: dict[str, object], name: str) -> None:
    """Fill in the first row of a list of the area's last workbook, and put it into the inbox."""
    book = book_of(root, area)
    for heading, said in answers.items():
        column(book[title], heading + ANSWER_MARK)[0].value = said
    (root / "inbox").mkdir(exist_ok=True)
    book.save(root / "inbox" / name)


def whereabouts(published: Published) -> str:
    return published("persons").set_index("name").loc[CHILD[0], "whereabouts"]


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_a_child_stays_listed_until_the_county_accepts_and_then_off_whatever_becomes_of_the_files(
    tmp_path: Path, published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    night(one_listed(tmp_path), AS_OF, None)
    fill_in(tmp_path, "安阳镇", "去向不明儿童", ELSEWHERE, "安阳镇.xlsx")
    night(tmp_path, SECOND, None)
    assert (whereabouts(published), published("answers")["state"].tolist()) == ("unaccounted", ["waiting"])
    township, whole = book_of(tmp_path, "安阳镇"), book_of(tmp_path, "都安县")
    assert township["去向不明儿童"]["A1"].value == "本次无去向不明儿童。"  # not asked twice
    assert [row["姓名"] for row in rows(township["待县验收"])] == [CHILD[0]]
    assert [row["结果"] for row in rows(township["回执"])] == ["待县验收"]
    assert [row["姓名"] for row in rows(whole["去向不明儿童"])] == [CHILD[0]]
    assert main(["show", "安阳镇", "--root", str(tmp_path)]) == 0
    (shown,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("P0"))
    assert "　待县验收　" in shown and "须入户" not in shown
    fill_in(tmp_path, "都安县", "答复验收", {"验收意见": "同意", "验收人": "陆某", "验收日期": date(2020, 4, 23)}, "验收.xlsx")
    night(tmp_path, THIRD, None)
    assert whereabouts(published) == "enrolled_elsewhere"
    answers = published("answers").set_index("kind")
    assert answers["state"].to_dict() == {"whereabouts": "accepted", "acceptance": "accepted"}
    assert answers.loc["whereabouts", "decided_by"] == "陆某"
    assert [row["验收人"] for row in rows(book_of(tmp_path, "都安县")["凭答复销号"])] == ["陆某"]
    for file in (tmp_path / "inbox").iterdir():
        file.unlink()
    night(tmp_path, FOURTH)
    assert whereabouts(published) == "enrolled_elsewhere"
    dropped = pupil(*CHILD, 学生状态="辍学", 学籍变动日期="20200430", 成员1姓名="蒙大")
    write(tmp_path, "xueji", [*(pupil(*kid) for kid in KIDS), dropped])
    night(tmp_path, FIFTH)
    assert whereabouts(published) == "dropped_out"  # the register knows of a drop-out after the answer
    assert published("answers").set_index("kind").loc["whereabouts", ["state", "refusal"]].tolist() == [
        "overtaken",
        "dropped_out_since",
    ]


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_what_the_county_returns_is_asked_again_with_its_reason(tmp_path: Path, published: Published) -> None:
    night(one_listed(tmp_path), AS_OF, None)
    fill_in(tmp_path, "安阳镇", "去向不明儿童", ELSEWHERE, "安阳镇.xlsx")
    night(tmp_path, SECOND, None)
    word = {"验收意见": "退回", "退回原因": "该校查无此人", "验收人": "陆某", "验收日期": date(2020, 4, 23)}
    fill_in(tmp_path, "都安县", "答复验收", word, "验收.xlsx")
    night(tmp_path, THIRD, None)
    assert whereabouts(published) == "unaccounted"
    asked = rows(book_of(tmp_path, "安阳镇")["去向不明儿童"])
    assert [row["姓名"] for row in asked] == [CHILD[0]] and "县退回：该校查无此人" in str(asked[0]["上次答复"])


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_where_the_settings_ask_for_no_acceptance_a_whole_answer_counts_at_once(tmp_path: Path, published: Published) -> None:
    (tmp_path / "county.toml").write_text('acceptance = "none"\n', encoding="utf-8")
    night(one_listed(tmp_path), AS_OF, ["安阳镇"])
    fill_in(tmp_path, "安阳镇", "去向不明儿童", ELSEWHERE, "安阳镇.xlsx")
    night(tmp_path, SECOND)
    assert whereabouts(published) == "enrolled_elsewhere"


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_an_officers_clerk_can_try_a_workbook_before_it_is_sent(
    tmp_path: Path, published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    night(one_listed(tmp_path), AS_OF, ["安阳镇"])
    fill_in(tmp_path, "安阳镇", "去向不明儿童", ELSEWHERE, "好.xlsx")
    fill_in(tmp_path, "安阳镇", "去向不明儿童", ELSEWHERE | {"就读学校": "打工，没上学校"}, "坏.xlsx")
    good, bad = tmp_path / "inbox" / "好.xlsx", tmp_path / "inbox" / "坏.xlsx"
    tried = try_answers([good], tmp_path, settings_of(tmp_path), SECOND)
    assert (tried.answers["state"].tolist(), tried.status) == (["waiting"], ExitStatus.DONE)
    tried = try_answers([bad], tmp_path, settings_of(tmp_path), SECOND)
    assert ([refusal.rule for refusal in tried.refused], tried.status) == (["school_is_none"], ExitStatus.GAP)
    assert published("answers").empty  # nothing was taken in
    assert main(["check", str(good), str(bad)]) == 1  # today the answers are of a semester long past
    shown = capsys.readouterr()
    assert "第 2 行的核查日期不在本学期内" in shown.out + shown.err and CHILD[0] not in shown.out + shown.err
    (tmp_path / "raw.xlsx").write_bytes((tmp_path / "raw/xueji/xueji.xlsx").read_bytes())
    assert main(["check", str(good), str(tmp_path / "raw.xlsx")]) == 2
