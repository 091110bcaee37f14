"""What townships fill in on 疑似同一人 and 信息不一致 and send back. All persons are made up (虚构)."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from bidui.cli import main
from matching import Linkage
from pipelines.answers.judgements import apply_judgements, reported_judgements
from pipelines.answers.returned import ReturnedRow
from pipelines.ask.explain import explain
from pipelines.guard import StepFailed
from reports.book import ANSWER_MARK
from reports.listings import PAIRS_SHEET
from schemas.registry import declared
from tests.lib.nights import AS_OF, Begun, night
from tests.lib.opened_books import column
from tests.lib.returned_books import write_returned
from tests.lib.small_exports import KIDS, county, id_of, poor, pupil, resident, write

Published = Callable[[str], pd.DataFrame]
TOWNSHIP = ["安阳镇"]  # of these children
CHILD = ("蒙小满", id_of("20100817", 1), "20100817")
OTHER_NUMBER = id_of("20090817", 401)  # valid as well, a year off, and another guardian: nobody joins the two unseen
LATER, MUCH_LATER = date(2020, 4, 23), date(2020, 12, 1)
YES: dict[str, object] = {"是否同一人": "是", "核查人": "韦某", "核查日期": date(2020, 4, 20)}


def doubtful(root: Path, **other: object) -> Path:
    """A registered child, and a pupil who may be that child, in a county that accepts nothing beforehand."""
    county(root)
    (root / "county.toml").write_text('acceptance = "none"\n', encoding="utf-8")
    write(root, "huji", [resident(*kid) for kid in KIDS] + [resident(*CHILD, 户主姓名="蒙大", 户号="451228777")])
    write(root, "xueji", [pupil(*kid) for kid in KIDS] + [pupil(CHILD[0], OTHER_NUMBER, "20090817", 成员1姓名="覃五", **other)])
    return root


def send_back(root: Path, title: str, answers: dict[str, object], place: int = 0, name: str = "安阳镇") -> None:
    """Fill in a row of the workbook that went out, and put it into the inbox."""
    book = load_workbook(max((root / "outbox").rglob("安阳镇_*.xlsx"), key=lambda p: p.stat().st_mtime_ns))
    for heading, said in answers.items():
        column(book[title], heading + ANSWER_MARK)[place].value = said
    (root / "inbox").mkdir(exist_ok=True)
    book.save(root / "inbox" / f"{name}.xlsx")


def whereabouts(published: Published) -> str:
    persons = published("persons")
    registered = persons[(persons["name"] == CHILD[0]) & persons["registries"].str.contains("huji")]
    return registered["whereabouts"].item()


def pairs(published: Published) -> int:
    return int((published("links")["decision"] == "possible").sum())


@pytest.fixture
def asked(tmp_path: Path, begun: Begun, published: Published) -> Path:
    """The county of ``doubtful`` after the night that asks of the two records whether they are one child."""
    begun(doubtful, townships=TOWNSHIP)
    assert (whereabouts(published), pairs(published)) == ("unaccounted", 1)
    return tmp_path


def test_two_records_that_somebody_found_to_be_one_are_one(asked: Path, published: Published) -> None:
    send_back(asked, "疑似同一人", YES)
    night(asked, LATER)
    assert (whereabouts(published), pairs(published), len(published("quarantine"))) == ("enrolled", 0, 0)
    assert list(published("person_events")["event"]) == ["merged"]
    cases = published("cases")
    assert list(cases[cases["kind"] == "list"]["state"]) == ["closed"]
    person = published("persons").set_index("name").loc[CHILD[0], "person_id"]
    assert "核查为同一人，2020-04-20" in "\n".join(explain(asked, [person]))
    assert {"id_differs"} <= set(published("findings")["rule"])  # now it is one child with two numbers
    assert published("calibration")[["judged", "same", "share"]].values.tolist() == [[1, 1, 1.0]]


def test_a_verdict_outlives_the_inbox_and_the_semester(asked: Path, published: Published) -> None:
    send_back(asked, "疑似同一人", YES)
    night(asked, LATER)
    (asked / "inbox" / "安阳镇.xlsx").unlink()
    night(asked, MUCH_LATER)
    assert (whereabouts(published), len(published("verdicts"))) == ("enrolled", 1)


def test_two_that_are_two_are_not_asked_about_again_and_the_child_stays_listed(asked: Path, published: Published) -> None:
    send_back(asked, "疑似同一人", YES | {"是否同一人": "否"})
    night(asked, LATER)
    assert (whereabouts(published), pairs(published)) == ("unaccounted", 0)
    assert published("unaccounted")["candidate"].isna().all()
    rows = published("records").query("name == @CHILD[0]")["record_id"].tolist()
    assert "核查为不同的两人，2020-04-20，核查人 韦某" in "\n".join(explain(asked, rows))


@pytest.mark.long
def test_who_cannot_tell_is_remembered_and_asked_again(asked: Path, published: Published) -> None:
    send_back(asked, "疑似同一人", YES | {"是否同一人": "无法判断"})
    night(asked, LATER, TOWNSHIP)
    assert (whereabouts(published), pairs(published)) == ("unaccounted", 1)
    sheet = load_workbook(next((asked / "outbox" / LATER.isoformat()).glob("安阳镇_*.xlsx")))["疑似同一人"]
    assert column(sheet, "上次答复")[0].value == "无法判断，2020-04-20"


def test_a_verdict_lapses_when_either_record_changes(asked: Path, published: Published) -> None:
    send_back(asked, "疑似同一人", YES)
    doubtful(asked, 现住址="都安县高岭镇三合村")
    night(asked, LATER)
    assert (whereabouts(published), pairs(published)) == ("unaccounted", 1)


NOT_TAKEN = {  # workbook -> what is answered in it, the rule by which it is not taken
    "无人签名": (YES | {"核查人": None}, "not_signed"),
    "没有日期": (YES | {"核查日期": None}, "day_missing"),
    "日期未到": (YES | {"核查日期": date(2020, 5, 20)}, "day_ahead"),
    "不是选项": (YES | {"是否同一人": "好像是"}, "answer_unknown"),
}


@pytest.mark.long
def test_an_answer_that_cannot_be_taken_joins_nobody(asked: Path, published: Published) -> None:
    for workbook, (answers, _) in NOT_TAKEN.items():
        send_back(asked, "疑似同一人", answers, name=workbook)
    night(asked, LATER)
    assert (whereabouts(published), pairs(published)) == ("unaccounted", 1)
    quarantine = published("quarantine")
    told = {q["file"].removesuffix(".xlsx"): (q["rule"], q["sheet"], q["row"]) for q in quarantine.to_dict("records")}
    assert told == {workbook: (rule, "疑似同一人", 2) for workbook, (_, rule) in NOT_TAKEN.items()}
    assert len(quarantine) == len(NOT_TAKEN) and not quarantine["message"].str.contains(CHILD[0]).any()


@pytest.mark.long
def test_answers_of_one_day_that_contradict_one_another_are_both_told(asked: Path, published: Published) -> None:
    send_back(asked, "疑似同一人", YES, name="安阳镇甲")
    send_back(asked, "疑似同一人", YES | {"是否同一人": "否"}, name="安阳镇乙")
    night(asked, LATER)
    assert (whereabouts(published), pairs(published)) == ("unaccounted", 1)
    assert list(published("quarantine")["rule"]) == ["answers_contradict"] * 2


@pytest.mark.long
def test_a_later_answer_counts_before_an_earlier_one(asked: Path, published: Published) -> None:
    send_back(asked, "疑似同一人", YES | {"核查日期": date(2020, 4, 22), "是否同一人": "否"}, name="甲")
    send_back(asked, "疑似同一人", YES, name="乙")
    night(asked, LATER)
    assert (whereabouts(published), pairs(published)) == ("unaccounted", 0)


@pytest.mark.parametrize(("answered", "joined"), [(1, False), (2, True)])
def test_where_two_pairs_look_the_same_both_must_be_answered(answered: int, joined: bool) -> None:
    """A child, and two payments to somebody of its name, of which neither says more than the name."""
    shown = {
        "registry": ["huji", "zizhu", "zizhu"],
        "record_id": ["h", "p", "q"],
        "name": "蒙小满",
        "id_number": [CHILD[1], None, None],
    }
    rest = dict.fromkeys(("id_raw", "birthdate", "guardian", "township", "village"))
    records = pd.DataFrame(shown | rest)
    link = {
        "record_id_r": ["p", "q"],
        "decision": "possible",
        "probability": 0.4,
        "weight": 0.0,
        "evidence": "",
        "evidence_text": "",
    }
    clusters = pd.DataFrame({"record_id": ["h", "p", "q"], "cluster": [0, 1, 2]})
    linkage = Linkage(pd.DataFrame({"record_id_l": "h"} | link), clusters, *[None] * 5)  # type: ignore[arg-type]
    cells = {"registry_l": "公安户籍", "name_l": "蒙小满", "id_l": CHILD[1], "registry_r": "资助系统", "name_r": "蒙小满"}
    said = cells | {"said": "是", "checked_by": "韦某", "checked_on": "2020-04-20"}
    rows = [ReturnedRow("甲.xlsx", "疑似同一人", 2 + n, dict(said)) for n in range(answered)]
    verdicts = reported_judgements(rows, pd.DataFrame())
    settled, refused = apply_judgements(linkage, records, verdicts, pd.DataFrame(), LATER, declared())
    assert (settled.clusters["cluster"].nunique() == 1) == joined
    assert [r.rule for r in refused] == ([] if joined else ["answer_vague"])


@pytest.mark.long
def test_a_workbook_without_pairs_or_children_is_read_without_complaint(
    tmp_path: Path, begun: Begun, published: Published
) -> None:
    begun(county, 9, townships=TOWNSHIP)
    send_back(tmp_path, "信息不一致", {})
    night(tmp_path, LATER)
    assert len(published("quarantine")) == 0


@pytest.mark.long
def test_a_file_that_is_no_workbook_of_ours_is_told(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(county, 8)
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "答复.docx").write_bytes(b"%PDF-1.4")
    (tmp_path / "inbox" / "Thumbs.db").write_bytes(b"\0")
    (tmp_path / "inbox" / "名单.csv").write_text("姓名,证号\n韦家一,1\n", encoding="utf-8")
    night(tmp_path, LATER)
    assert sorted(published("quarantine")["rule"]) == ["missing_sheet", "not_a_table"]


@pytest.mark.long
def test_how_a_discrepancy_was_handled_stands_beside_it_and_closes_nothing(
    tmp_path: Path, published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    county(tmp_path)
    suspended_long(tmp_path)
    night(tmp_path, AS_OF, TOWNSHIP)
    findings = published("findings")
    case = findings[findings["rule"] == "suspension_overdue"]["case_id"].item()
    handled = {"处理情况": "转相关部门", "正确值": "2020-03-01", "处理人": "韦某", "日期": date(2020, 4, 20)}
    send_back(tmp_path, "信息不一致", handled)
    night(tmp_path, LATER, TOWNSHIP)
    its = published("cases").set_index("case_id").loc[case]
    assert (its["state"], its["answer"]) == ("answered", "转相关部门，正确值 2020-03-01，2020-04-20")
    sheet = load_workbook(next((tmp_path / "outbox" / LATER.isoformat()).glob("安阳镇_*.xlsx")))["信息不一致"]
    said = {c.value: a.value for c, a in zip(column(sheet, "个案编号"), column(sheet, "上次答复"), strict=True)}
    assert said[case] == its["answer"]
    main(["history", case, "--root", str(tmp_path)])
    assert "转相关部门" in capsys.readouterr().out
    county(tmp_path)
    night(tmp_path, date(2020, 4, 30))
    assert published("cases").set_index("case_id").loc[case, "state"] == "closed"


@pytest.mark.long
def test_an_answer_to_a_case_of_another_child_is_told(tmp_path: Path, published: Published) -> None:
    county(tmp_path)
    suspended_long(tmp_path)
    night(tmp_path, AS_OF, TOWNSHIP)
    book = load_workbook(next((tmp_path / "outbox").rglob("安阳镇_*.xlsx")))
    sheet = book["信息不一致"]
    column(sheet, "人员编号")[0].value = "P9999999"
    for heading, said in {"处理情况": "已更正", "处理人": "韦某", "日期": date(2020, 4, 20)}.items():
        column(sheet, heading + ANSWER_MARK)[0].value = said
    (tmp_path / "inbox").mkdir()
    book.save(tmp_path / "inbox" / "安阳镇.xlsx")
    night(tmp_path, LATER)
    assert list(published("quarantine")["rule"]) == ["row_mixed_up"]
    assert (published("cases")["state"] == "open").all()


def suspended_long(root: Path) -> None:
    """A pupil whose suspension is over, which the township finds out with a visit."""
    write(root, "xueji", [pupil(*KIDS[0], 学生状态="休学", 学籍变动日期="20190301"), *(pupil(*kid) for kid in KIDS[1:])])


def three(root: Path) -> Path:
    """A registered child, a pupil and a poor child of one name, birthday and father, each under a valid number of its own."""
    doubtful(root)
    write(
        root,
        "guofu",
        [poor(*kid[:2]) for kid in KIDS[:3]] + [poor(CHILD[0], id_of("20110817", 601), 户主姓名="蒙大", 户编号="蒙家")],
    )
    return root


def verdict(root: Path, published: Published, name: str, said: dict[tuple[str, str], str], day: date = date(2020, 4, 20)) -> None:
    """A workbook that answers pairs of records, by the roles of their systems."""
    records = published("records").query("name == @CHILD[0]").set_index("registry")
    title = {"huji": "公安户籍", "xueji": "学籍系统", "guofu": "国扶系统"}
    rows = []
    for pair, answer in said.items():
        cells: dict[str, object] = {"said": answer, "checked_by": "韦某", "checked_on": day}
        for registry, side in zip(pair, "lr", strict=True):
            r = records.loc[registry]
            its = {"registry": title[registry], "name": r["name"], "id": r["id_number"], "birthdate": str(r["birthdate"])[:10]}
            its |= {"guardian": r["guardian"], "place": r["township"] + r["village"], "record_id": r["record_id"]}
            cells |= {f"{key}_{side}": value for key, value in its.items()}
        rows.append(cells)
    write_returned(root / "inbox" / f"{name}.xlsx", PAIRS_SHEET, rows)


@pytest.mark.long
@pytest.mark.parametrize("day", [date(2020, 4, 20), date(2020, 4, 22)])
def test_a_chain_of_verdicts_does_not_overrule_that_two_are_two(
    tmp_path: Path, begun: Begun, published: Published, day: date
) -> None:
    begun(three)
    verdict(tmp_path, published, "甲", {("huji", "guofu"): "是", ("guofu", "xueji"): "是"})
    verdict(tmp_path, published, "乙", {("huji", "xueji"): "否"}, day)
    night(tmp_path, LATER)
    assert whereabouts(published) == "unaccounted"
    assert set(published("quarantine")["rule"]) == {"answers_contradict"}


@pytest.mark.long
def test_what_somebody_said_to_be_two_stays_two_when_a_bridge_appears(tmp_path: Path, begun: Begun, published: Published) -> None:
    begun(doubtful)
    verdict(tmp_path, published, "甲", {("huji", "xueji"): "否"})
    night(tmp_path, LATER)
    rows = [pupil(*kid) for kid in KIDS] + [pupil(CHILD[0], OTHER_NUMBER, "20090817", 成员1姓名="覃五")]
    bridge = rows[-1] | {"身份证件号": CHILD[1], "出生日期": CHILD[2], "学生状态": "转出"}
    write(tmp_path, "xueji", [*rows, bridge])
    night(tmp_path, date(2020, 4, 24))
    records = (
        published("records").merge(published("identities")[["record_id", "person_id"]], on="record_id").query("name == @CHILD[0]")
    )
    of_number = records.groupby("id_number")["person_id"].agg(set)
    assert not of_number[CHILD[1]] & of_number[OTHER_NUMBER]
    assert whereabouts(published) == "unaccounted"


@pytest.mark.long
def test_two_entries_of_the_police_register_are_not_made_one_by_way_of_a_pupil(tmp_path: Path, published: Published) -> None:
    twin = ("蒙小满", id_of("20100817", 3), "20100817")
    doubtful(tmp_path)
    homes = [
        resident(*CHILD, 户主姓名="蒙大", 户号="451228777"),
        resident(*twin, 户主姓名="蒙大", 户号="451228778", 居村委会="巴谭社区"),
    ]
    write(tmp_path, "huji", [resident(*kid) for kid in KIDS] + homes)
    night(tmp_path, AS_OF)
    cells = {
        "registry_l": "公安户籍",
        "name_l": CHILD[0],
        "birthdate_l": CHILD[2],
        "guardian_l": "蒙大",
        "registry_r": "学籍系统",
    }
    pupils = {
        "name_r": CHILD[0],
        "id_r": OTHER_NUMBER,
        "birthdate_r": "20090817",
        "guardian_r": "覃五",
        "place_r": "安阳镇安北社区",
    }
    signed = {"said": "是", "checked_by": "韦某", "checked_on": "2020-04-20"}
    rows = [
        ReturnedRow("甲.xlsx", "疑似同一人", 2 + n, cells | pupils | signed | {"id_l": kid[1], "place_l": f"安阳镇{village}"})
        for n, (kid, village) in enumerate([(CHILD, "安北社区"), (twin, "巴谭社区")])
    ]
    verdicts = reported_judgements(rows, pd.DataFrame())
    records = published("records")
    clusters = pd.DataFrame({"record_id": records["record_id"], "cluster": range(len(records))})
    linkage = Linkage(published("links").drop(columns="answer").head(0), clusters, *[None] * 5)  # type: ignore[arg-type]
    settled, refused = apply_judgements(linkage, records, verdicts, pd.DataFrame(), LATER, declared())
    assert settled.clusters["cluster"].nunique() == len(records) - 1  # the pupil is the first one's
    assert [r.rule for r in refused] == ["answers_contradict"]


@pytest.mark.long
def test_an_answer_to_a_row_that_was_altered_is_told_once(asked: Path, published: Published) -> None:
    book = load_workbook(max((asked / "outbox").rglob("安阳镇_*.xlsx")))
    column(book["疑似同一人"], "监护人（一）")[0].value = "蒙二"
    for heading, said in YES.items():
        column(book["疑似同一人"], heading + ANSWER_MARK)[0].value = said
    (asked / "inbox").mkdir()
    book.save(asked / "inbox" / "安阳镇.xlsx")
    night(asked, LATER)
    assert (whereabouts(published), list(published("quarantine")["rule"])) == ("unaccounted", ["answer_unmatched"])
    night(asked, date(2020, 4, 24))
    assert len(published("quarantine")) == 0


@pytest.mark.long
def test_persons_who_were_one_for_a_while_get_their_numbers_and_cases_back(tmp_path: Path, published: Published) -> None:
    """是, then 否: nobody else has had the number in between, and no answer about the one hides the other."""
    doubtful(tmp_path, 学生状态="转出")
    night(tmp_path, date(2020, 4, 1))
    first = published("persons").query("name == @CHILD[0]").set_index("registries")["person_id"].to_dict()
    assert len(set(first.values())) == 2
    cases = published("cases").query("kind == 'list'").set_index("person_id")["case_id"].to_dict()
    verdict(tmp_path, published, "甲", {("huji", "xueji"): "是"}, date(2020, 4, 3))
    newcomer = resident("陆新生", id_of("20120501", 9), "20120501", 户号="陆家", 户主姓名="陆大")
    rows = [resident(*kid) for kid in KIDS] + [resident(*CHILD, 户主姓名="蒙大", 户号="451228777")]
    write(tmp_path, "huji", [*rows, newcomer])
    night(tmp_path, date(2020, 4, 10))
    persons = published("persons").set_index("name")["person_id"]
    assert persons["陆新生"] not in first.values()
    verdict(tmp_path, published, "乙", {("huji", "xueji"): "否"}, date(2020, 4, 20))
    night(tmp_path, date(2020, 4, 21))
    assert published("persons").query("name == @CHILD[0]").set_index("registries")["person_id"].to_dict() == first
    listed = published("unaccounted").query("name == @CHILD[0]").set_index("person_id")
    assert listed["case_id"].to_dict() == {p: c for p, c in cases.items() if p in first.values()}
    assert set(listed["first_listed"]) == {date(2020, 4, 1)}


def test_an_unforeseen_error_about_an_answer_quotes_nobody(asked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError(CHILD[0])

    monkeypatch.setattr("pipelines.answers.judgements.described", broken)
    send_back(asked, "疑似同一人", YES)
    with pytest.raises(StepFailed) as failed:
        night(asked, LATER)
    assert CHILD[0] not in str(failed.value) and "judgements.py" in str(failed.value)
