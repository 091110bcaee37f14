"""A township's word that two records are one person's takes a child off the list, and waits for the county as such an answer does. All persons
are made up (虚构)."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.ask.explain import explain
from tests.lib.nights import AS_OF, night
from tests.lib.opened_books import rows
from tests.night.test_acceptance import SECOND, THIRD, Published, book_of, fill_in
from tests.night.test_answers import CHILD, YES, doubtful, whereabouts

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
