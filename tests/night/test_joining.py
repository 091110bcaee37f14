"""A township's word that two records are one person's takes a child off the list, and waits for the county as such an answer does. All persons
are made up (虚构)."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.ask.explain import explain
from schemas.answers import ANSWER_DOUBTS
from schemas.whereabouts import OUTSIDE_COUNTY
from tests.lib.nights import AS_OF, night
from tests.lib.opened_books import rows
from tests.lib.small_exports import KIDS, county, id_of, poor, resident, write
from tests.night.test_acceptance import SECOND, THIRD, Published, book_of, fill_in
from tests.night.test_answers import CHILD, YES, doubtful, send_back, whereabouts

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")


def test_two_records_are_joined_when_the_county_accepts_and_not_before(tmp_path: Path, published: Published) -> None:
    doubtful(tmp_path)
    (tmp_path / "county.toml").unlink()
    night(tmp_path, AS_OF, None)
    fill_in(tmp_path, "安阳镇", "疑似同一人", YES, "安阳镇.xlsx")
    night(tmp_path, SECOND, None)
    assert (whereabouts(published), published("answers")["state"].tolist()) == ("unaccounted", ["waiting"])
    assert published("links")["answer_id"].dropna().tolist() == published("answers")["answer_id"].tolist()
    township = book_of(tmp_path, "安阳镇")
    assert "疑似同一人" not in township.sheetnames and township["去向不明儿童"]["A1"].value == "本次无去向不明儿童。"
    (waits,) = rows(township["待县验收"])
    assert (waits["姓名"], waits["答复"], waits["核查人"]) == (CHILD[0], "疑似同一人：是", "韦某")
    (link,) = published("links").dropna(subset="answer_id").to_dict("records")
    story = "\n".join(explain(tmp_path, [link["record_id_l"], link["record_id_r"]]))
    assert "乡镇答复：核查为同一人，2020-04-20，待县验收，核查人 韦某" in story
    (row,) = rows(book_of(tmp_path, "都安县")["同一人验收"])
    assert (row["姓名（一）"], row["姓名（二）"], row["列入去向不明"], row["答复人"]) == (CHILD[0], CHILD[0], "是", "韦某")
    fill_in(tmp_path, "都安县", "同一人验收", {"验收意见": "同意", "验收人": "陆某", "验收日期": date(2020, 4, 23)}, "验收.xlsx")
    night(tmp_path, THIRD)
    assert whereabouts(published) == "enrolled"
    assert len(published("quarantine")) == 0


@pytest.mark.long
@pytest.mark.parametrize("place", [0, 1])
def test_what_was_answered_of_one_of_two_that_become_one_is_not_asked_again(
    tmp_path: Path, published: Published, place: int
) -> None:
    """Both are listed. The one in row ``place`` is answered about, and both answers are accepted: the county alone is asked once more."""
    county(tmp_path)
    write(tmp_path, "huji", [resident(*kid) for kid in KIDS] + [resident(*CHILD, 户主姓名="蒙大", 户号="451228777")])
    write(tmp_path, "guofu", [poor(CHILD[0], id_of("20100817", 401))])
    night(tmp_path, AS_OF, None)
    assert len(published("unaccounted")) == 2
    elsewhere = {"核查去向": OUTSIDE_COUNTY, "就读学校": "南宁市秀田小学", "核查人": "韦某", "核查日期": date(2020, 4, 20)}
    fill_in(tmp_path, "安阳镇", "疑似同一人", YES, "安阳镇.xlsx")
    send_back(tmp_path, "去向不明儿童", elsewhere, place, "安阳镇二")
    night(tmp_path, SECOND, None)
    assert published("answers")["state"].tolist() == ["waiting"] * 2
    for title in ("同一人验收", "答复验收"):
        fill_in(tmp_path, "都安县", title, {"验收意见": "同意", "验收人": "陆某", "验收日期": SECOND}, f"{title}.xlsx")
    night(tmp_path, THIRD, None)
    assert whereabouts(published) == "unaccounted"
    assert book_of(tmp_path, "安阳镇")["去向不明儿童"]["A1"].value == "本次无去向不明儿童。"
    (row,) = rows(book_of(tmp_path, "都安县")["答复验收"])
    assert row["须注意"] == ANSWER_DOUBTS["person_merged"]
    fill_in(tmp_path, "都安县", "答复验收", {"验收意见": "同意", "验收人": "陆某", "验收日期": THIRD}, "再次.xlsx")
    night(tmp_path, THIRD + timedelta(1))
    assert whereabouts(published) == "enrolled_elsewhere"
    assert len(published("quarantine")) == 0
