"""A night gone by: shown again as it was, and counted again without a trace. All persons are made up (虚构)."""

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from bidui.cli import main
from tests.lib.listed_child import LATER, Published, the_child
from tests.lib.nights import AS_OF, Begun, night
from tests.lib.small_exports import KIDS, county, pupil, write


@pytest.mark.long
def test_a_run_for_a_day_gone_by_looks_back_and_writes_no_history(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county, 8)
    night(county(tmp_path), LATER)
    log = published("case_log")
    night(county(tmp_path, pupils=7), date(2020, 4, 18), accept_drift=True)  # two pupils less at its end
    pd.testing.assert_frame_equal(published("case_log"), log)
    assert the_child(published)["state"] == "open"  # as on that night
    listed = published("unaccounted").set_index("name")["case_id"]
    assert pd.notna(listed[KIDS[8][0]]) and pd.isna(listed[KIDS[7][0]])  # no night ever listed the other
    night(county(tmp_path), LATER)
    assert the_child(published)["state"] == "closed"


def test_history_tells_the_story_and_shows_past_nights(
    tmp_path: Path, begun: Begun, published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    begun(county, 8)
    night(county(tmp_path), LATER)
    case = the_child(published)

    def told(*arguments: str) -> str:
        assert main(["history", *arguments, "--root", str(tmp_path)]) == 0
        return capsys.readouterr().out

    story = told(case["case_id"])
    assert "2020-04-15　新增　原因 各系统均无学籍记录" in story and "2020-04-23　销号　在校就读" in story
    assert told(str(case.name)).count("新增") == story.count("新增")
    assert "2020-04-23　销号" not in told(case["case_id"], "--as-of", "2020-04-20")
    out = tmp_path / "那晚.xlsx"
    assert "去向不明儿童 1 人" in told("--as-of", "2020-04-20", "--out", str(out))
    sheet = load_workbook(out)["去向不明儿童"]
    headings = [cell.value for cell in sheet[1]]
    assert dict(zip(headings, [cell.value for cell in sheet[2]], strict=True))["姓名"] == KIDS[8][0]
    assert "去向不明儿童 0 人" in told() and "信息不一致（全部人员） 0 条" in told()  # the covers' are of the range alone
    assert main(["history", "C9999999", "--root", str(tmp_path)]) == 2
    assert main(["history", "--as-of", "2019-01-01", "--root", str(tmp_path)]) == 2


@pytest.mark.long
def test_history_speaks_chinese(tmp_path: Path, published: Published, capsys: pytest.CaptureFixture[str]) -> None:
    """No code of a reason, a kind or a side stands in a story or in the workbook of a past night."""
    county(tmp_path, pupils=8)
    write(tmp_path, "xueji", [pupil("韦家妖", *KIDS[0][1:]), *(pupil(*kid) for kid in KIDS[1:8])])
    night(tmp_path, AS_OF)
    (named,) = published("cases").query("rule == 'name_differs'")["case_id"]
    assert main(["history", named, "--root", str(tmp_path)]) == 0
    assert not re.search(r"[a-z]{2,}", capsys.readouterr().out)
    assert main(["history", "--root", str(tmp_path), "--out", str(tmp_path / "那晚.xlsx")]) == 0
    book = load_workbook(tmp_path / "那晚.xlsx")
    texts = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert book["去向不明儿童"]["H2"].value == "0"  # weeks
    assert {"否", "值一", "各系统均无学籍记录", "一字之差"} <= set(texts)
    assert not [text for text in texts if re.search(r"[a-z]{2,}", text)]


@pytest.mark.long
def test_what_went_out_on_a_day_gone_by_is_kept(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county, 8, townships=["安阳镇"])
    sent = {p.name: p.read_bytes() for p in (tmp_path / "outbox" / "2020-04-15").glob("*.xlsx")}
    night(county(tmp_path), LATER, ["安阳镇"])
    assert night(county(tmp_path, pupils=5), AS_OF, ["安阳镇"]).outbox.name == "2020-04-15_重算"
    assert {p.name: p.read_bytes() for p in (tmp_path / "outbox" / "2020-04-15").glob("*.xlsx")} == sent
    assert night(county(tmp_path), LATER, ["安阳镇"]).outbox.name == "2020-04-23"
