"""The decision table of whereabouts, one child a row: what the registries say, and where the child is.

The child is registered by the police unless said otherwise, born 2010-03-15; the day is 2020-04-15 unless said.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipelines.ask.explain import explain
from pipelines.night.outcome import Outcome
from pipelines.reconcile.build_order import MACROS, RELATIONS, parameters
from reports.listings import CHILDREN_SHEET
from schemas.relations import build
from tests.lib.nights import night
from tests.lib.plan_county import SETTINGS
from tests.lib.returned_books import write_returned
from tests.lib.rule_cases import name_of
from tests.lib.small_exports import HEADINGS, certificate, id_of, poor, pupil, resident, write

JUNIOR = {"学段": "初中", "年级": "八年级", "学校名称": "安阳镇初级中学"}
PRIMARY = {"学段": "小学", "年级": "六年级"}


@dataclass(frozen=True)
class Case:
    name: str
    code: str | None
    pupil: list[dict[str, object]] = field(default_factory=list)
    resident: dict[str, object] | None = field(default_factory=dict)  # None: on no register
    poor: dict[str, object] | None = None
    certificate: int | None = None
    certificate_state: str = "持证"
    born: str = "20100315"
    as_of: date = date(2020, 4, 15)
    rule: str | None = None


CASES = [
    Case("在读", "enrolled", [{}]),
    Case("复学即在读", "enrolled", [{"学生状态": "复学"}]),
    Case("代码01即在读", "enrolled", [{"学生状态": "01"}]),
    Case("送教上门先于在读", "home_taught", [{"就读方式": "送教上门"}]),
    Case("休学", "suspended", [{"学生状态": "休学"}]),
    Case("初中毕业", "graduated", [JUNIOR | {"年级": "九年级", "学生状态": "毕业"}], born="20041001"),
    Case("八年级不能毕业", "unaccounted", [JUNIOR | {"学生状态": "毕业"}], born="20051001"),
    Case("十二岁不能初中毕业", "unaccounted", [JUNIOR | {"年级": "九年级", "学生状态": "毕业"}], born="20070815"),
    Case("学段初中而年级六年级的毕业生", "not_promoted",
         [{"学段": "初中", "年级": "六年级", "学生状态": "毕业", "学籍变动日期": "20190701"}], born="20070815"),
    Case("九年制学校毕业，未填年级", "not_promoted",
         [{"学段": "九年一贯制", "年级": None, "学校名称": "都安县九年制中学", "学生状态": "毕业", "学籍变动日期": "20190701"}], born="20070815"),
    Case("三年级不能小学毕业", "unaccounted", [{"年级": "三年级", "学生状态": "毕业"}], as_of=date(2020, 8, 15)),
    Case("幼儿园毕业不是小学毕业", "unaccounted",
         [{"学段": None, "年级": "大班", "学校名称": "安阳镇中心幼儿园", "学生状态": "毕业"}], born="20140315", as_of=date(2020, 9, 15)),
    Case("满六岁还在幼儿园", "unaccounted", [{"学段": "学前", "年级": "大班", "学校名称": "安阳镇中心幼儿园"}], born="20140315", as_of=date(2020, 9, 15)),
    Case("未满六岁在幼儿园", "not_due", [{"学段": "学前", "年级": "大班", "学校名称": "安阳镇中心幼儿园"}], born="20140315"),
    Case("保留入学资格不是休学", "unaccounted", [{"学生状态": "保留入学资格"}]),
    Case("休学以后又辍学", "dropped_out", [{"学生状态": "休学", "学籍变动日期": "20170901"},
                                   {"学生状态": "辍学", "学籍变动日期": "20190901", "学校名称": "高岭镇中心小学"}]),
    Case("辍学以后又休学", "suspended", [{"学生状态": "辍学", "学籍变动日期": "20170901"},
                                  {"学生状态": "休学", "学籍变动日期": "20190901", "学校名称": "高岭镇中心小学"}]),
    Case("小学毕业，暑假辍学", "dropped_out", [PRIMARY | {"学生状态": "毕业", "学籍变动日期": "20200701"},
                                     JUNIOR | {"学段": None, "年级": None, "学校名称": "安阳镇中心小学", "学生状态": "辍学", "学籍变动日期": "20200801"}],
         born="20080315", as_of=date(2020, 8, 15)),
    Case("同一学籍号同一学校，先在读后辍学", "dropped_out", [{}, {"学生状态": "辍学", "学籍变动日期": "20191101"}]),
    Case("户籍出生日期早一年、证号空，学籍证号在范围内", "dropped_out", [{"学生状态": "辍学"}],
         {"出生日期": "20031015", "公民身份号码": None}, born="20041015"),
    Case("户口所在地只写乡镇，不在任何名册", "dropped_out", [{"学生状态": "辍学", "户口所在地行政区划": "安阳镇"}], None),
    Case("户籍死亡注销，虽有在读学籍", "left_register", [{}], {"人员状态": "死亡注销"}),
    Case("户籍迁出", "left_register", [], {"人员状态": "迁出"}),
    Case("辍学标注", "dropped_out", [{"学生状态": "辍学"}]),
    Case("流失即辍学", "dropped_out", [{"学生状态": "流失"}]),
    Case("一处转出一处在读", "enrolled", [{"学生状态": "转出"}, {"学校名称": "高岭镇中心小学"}]),
    Case("一处辍学一处在读", "enrolled", [{"学生状态": "辍学"}, {"学校名称": "高岭镇中心小学"}]),
    Case("转出而无接收", "unaccounted", [{"学生状态": "转出"}]),
    Case("下落不明", "unaccounted", [{"学生状态": "下落不明"}]),
    Case("学籍称死亡而户籍正常，不作数", "unaccounted", [{"学生状态": "死亡"}]),
    Case("未知状态不作在读", "unaccounted", [{"学生状态": "挂起"}]),
    Case("无学籍", "unaccounted"),
    Case("国扶称在校不作数", "unaccounted", poor={"在校生状况": "小学"}),
    Case("一级残疾无学籍", "severe_disability", certificate=1),
    Case("二级残疾无学籍", "severe_disability", certificate=2),
    Case("三级残疾无学籍", "unaccounted", certificate=3),
    Case("一级残疾证已注销", "unaccounted", certificate=1, certificate_state="注销"),
    Case("一级残疾在读", "enrolled", [{}], certificate=1),
    Case("一级残疾辍学", "dropped_out", [{"学生状态": "辍学"}], certificate=1),
    Case("小学毕业未升，秋季已过一月", "not_promoted", [PRIMARY | {"学生状态": "毕业", "学籍变动日期": "20190701"}], born="20070315"),
    Case("小学毕业，10月1日", "not_promoted", [PRIMARY | {"学生状态": "毕业", "学籍变动日期": "20200701"}], born="20070915", as_of=date(2020, 10, 1)),
    Case("小学毕业，9月30日", "enrolled", [PRIMARY | {"学生状态": "毕业", "学籍变动日期": "20200701"}], born="20070915", as_of=date(2020, 9, 30),
         rule="between_schools"),
    Case("小学毕业，未填变动日期，已是今春", "not_promoted", [PRIMARY | {"学生状态": "毕业"}], born="20070315"),
    Case("小学毕业，到冬天才登记", "not_promoted", [PRIMARY | {"学生状态": "毕业", "学籍变动日期": "20200110"}], born="20070415"),
    Case("小学毕业，入学年月是转入年月", "not_promoted", [PRIMARY | {"学生状态": "毕业", "入学年月": "201509"}], born="20070315"),
    Case("小学毕业，入学年月是转入年月，冬天", "not_promoted", [PRIMARY | {"学生状态": "毕业", "入学年月": "201509"}], born="20070315",
         as_of=date(2020, 12, 1)),
    Case("今夏毕业，未填变动日期，8月", "enrolled", [PRIMARY | {"学生状态": "毕业"}], born="20080315", as_of=date(2020, 8, 15), rule="between_schools"),
    Case("按年龄早该毕业，未填变动日期，8月", "not_promoted", [PRIMARY | {"学生状态": "毕业"}], born="20060315", as_of=date(2020, 8, 15)),
    Case("毕业，学段年级都未填，小学", "not_promoted", [{"学段": None, "年级": None, "学生状态": "毕业", "学籍变动日期": "20190701"}], born="20050115"),
    Case("毕业，学段年级都未填，校名也看不出", "not_promoted",
         [{"学段": None, "年级": None, "学校名称": "安阳镇实验学校", "学生状态": "毕业", "学籍变动日期": "20190701"}], born="20050115"),
    Case("毕业，学段年级都未填，中学", "graduated",
         [{"学段": None, "年级": None, "学校名称": "都安县民族中学", "学生状态": "毕业", "学籍变动日期": "20190701"}], born="20041001"),
    Case("九年一贯制学校六年级毕业不是初中毕业", "not_promoted",
         [{"学段": "九年一贯制", "年级": "六年级", "学生状态": "毕业", "学籍变动日期": "20190701"}], born="20070315"),
    Case("九年一贯制学校九年级毕业", "graduated", [{"学段": "九年一贯制", "年级": "九年级", "学生状态": "毕业", "学籍变动日期": "20190701"}], born="20041001"),
    Case("小学毕业，已升初中", "enrolled", [PRIMARY | {"学生状态": "毕业", "学籍变动日期": "20190701"}, JUNIOR], born="20070315"),
    Case("小学毕业，初中辍学", "dropped_out", [PRIMARY | {"学生状态": "毕业", "学籍变动日期": "20190701"}, JUNIOR | {"学生状态": "辍学"}], born="20070315"),
    Case("8月31日满六岁，9月1日应入学", "unaccounted", born="20140831", as_of=date(2020, 9, 1)),
    Case("8月31日满六岁，8月31日尚未", "not_due", born="20140831", as_of=date(2020, 8, 31)),
    Case("9月1日生，次年入学", "not_due", born="20130901", as_of=date(2020, 8, 31)),
    Case("未到年龄而已在读", "enrolled", [{}], born="20140315"),
    Case("范围第一天", "unaccounted", born="20040901"),
    Case("范围前一天", None, born="20040831"),
    Case("范围最后一天", "not_due", born="20140831"),
    Case("范围后一天", None, born="20140901"),
]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[int, pd.Series]:
    """The children of the cases, by their number: those of one day in one county."""
    found: dict[int, pd.Series] = {}
    for day in sorted({case.as_of for case in CASES}):
        root = tmp_path_factory.mktemp("whereabouts")
        cases = [(number, case) for number, case in enumerate(CASES) if case.as_of == day]
        rows: dict[str, list[dict[str, object]]] = {"huji": [resident("莫老三", id_of("19600101", 3), "19600101", 户号="莫家")]}
        for number, case in cases:
            own, father = id_of(case.born, 2 * number + 1), name_of(number)[0] + "父" + name_of(number)[2]
            kid = (name_of(number), own, case.born)
            if case.resident is not None:
                home = {"户号": f"4512281{number:03d}", "户主姓名": father} | case.resident
                rows["huji"].append(resident(*kid, **home))
            rows.setdefault("xueji", []).extend(pupil(*kid, **{"成员1姓名": father} | p) for p in case.pupil)
            if case.poor:
                rows.setdefault("guofu", []).append(poor(kid[0], own, 户编号=f"贫{number}", **case.poor))
            if case.certificate:
                its = {"持证状态": case.certificate_state, "监护人姓名": father}
                rows.setdefault("canlian", []).append(certificate(*kid, case.certificate, **its))
        rows.setdefault("xueji", []).append(pupil("蓝小花", id_of("20110101", 2), "20110101", 成员1姓名="蓝三", 现住址="都安县高岭镇"))
        rows.setdefault("guofu", []).append(poor("黄一", id_of("19700101", 1), 与户主关系="户主", 户编号="别户", 行政村="巴谭社区"))
        rows.setdefault("canlian", []).append(certificate("陆老五", id_of("19500101", 3), "19500101", 3))
        for registry, lines in rows.items():
            write(root, registry, lines)
        night(root, day)
        persons = pd.read_parquet(root / "curated/current/persons.parquet").set_index("name", drop=False)
        for number, _ in cases:
            assert isinstance(persons.loc[name_of(number)], pd.Series), CASES[number].name  # one person
            found[number] = persons.loc[name_of(number)]
    return found


@pytest.mark.parametrize(("number", "case"), list(enumerate(CASES)), ids=[c.name for c in CASES])
def test_child_is(judged: dict[int, pd.Series], number: int, case: Case) -> None:
    child = judged[number]
    assert (child["whereabouts"] if pd.notna(child["whereabouts"]) else None) == case.code
    assert child["in_cohort"] == (case.code is not None)
    if case.rule:
        assert child["whereabouts_rule"] == case.rule


@pytest.mark.long
def test_where_the_register_contradicts_itself_the_earlier_birthdate_counts(
    tmp_path: Path, run_here: Callable[..., Outcome], published: Callable[[str], pd.DataFrame]
) -> None:
    """Born in August 2013 by the number alone, or by the column alone: due in school."""
    write(tmp_path, "huji", [resident("韦家乐", id_of("20130813", 1), "20140813", 户号="韦家"),
                             resident("莫家欢", id_of("20140813", 3), "20130813", 户号="莫家", 户主姓名="莫大")])
    write(tmp_path, "xueji", [pupil("蓝小花", id_of("20110101", 2), "20110101", 成员1姓名="蓝三", 现住址="都安县高岭镇")])
    run_here()
    assert set(published("unaccounted")["name"]) == {"韦家乐", "莫家欢"}


@pytest.mark.long
@pytest.mark.parametrize("headings", [HEADINGS["huji"], [h for h in HEADINGS["huji"] if h != "人员状态"]], ids=["column", "no column"])
def test_a_register_that_does_not_say_it_is_closed_is_open(
    tmp_path: Path, run_here: Callable[..., Outcome], published: Callable[[str], pd.DataFrame], monkeypatch: pytest.MonkeyPatch, headings: list[str]
) -> None:
    monkeypatch.setitem(HEADINGS, "huji", headings)
    write(tmp_path, "huji", [resident("韦家乐", id_of("20100315", 1), "20100315", 户号="韦家", 人员状态=None),
                             resident("莫家欢", id_of("20110415", 3), "20110415", 户号="莫家", 户主姓名="莫大", 人员状态="在籍")])
    write(tmp_path, "xueji", [pupil("蓝小花", id_of("20110101", 2), "20110101", 成员1姓名="蓝三", 现住址="都安县高岭镇")])
    run_here()
    assert set(published("unaccounted")["name"]) == {"韦家乐", "莫家欢"}


@pytest.mark.long
def test_a_registered_child_without_any_birthdate_is_looked_for(
    tmp_path: Path, run_here: Callable[..., Outcome], published: Callable[[str], pd.DataFrame]
) -> None:
    write(tmp_path, "huji", [resident("韦家乐", "4.51228E+17", "不详")])
    write(tmp_path, "xueji", [pupil("蓝小花", id_of("20110101", 2), "20110101", 成员1姓名="蓝三", 现住址="都安县高岭镇")])
    run_here()
    assert list(published("unaccounted")["name"]) == ["韦家乐"]


def test_a_certificate_list_without_states_holds_valid_ones(
    tmp_path: Path, run_here: Callable[..., Outcome], published: Callable[[str], pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(HEADINGS, "canlian", [h for h in HEADINGS["canlian"] if h != "持证状态"])
    write(tmp_path, "huji", [resident("韦家乐", id_of("20100315", 1), "20100315")])
    write(tmp_path, "canlian", [certificate("韦家乐", id_of("20100315", 1), "20100315", 1)])
    write(tmp_path, "xueji", [pupil("蓝小花", id_of("20110101", 2), "20110101", 成员1姓名="蓝三", 现住址="都安县高岭镇")])
    run_here()
    assert list(published("unaccounted")["whereabouts"]) == ["severe_disability"]


def test_without_a_household_register_the_poor_households_are_the_spine(
    tmp_path: Path, run_here: Callable[..., Outcome], published: Callable[[str], pd.DataFrame]
) -> None:
    write(tmp_path, "xueji", [pupil("韦家乐", id_of("20100315", 1), "20100315")])
    write(tmp_path, "guofu", [poor("韦家乐", id_of("20100315", 1)), poor("韦家欢", id_of("20120315", 1))])
    write(tmp_path, "canlian", [certificate("陆老五", id_of("19500101", 3), "19500101", 3)])
    run_here()
    (child,) = published("unaccounted").to_dict("records")
    assert child["name"] == "韦家欢" and "兄弟姐妹在读：安阳镇中心小学" in child["hint"]  # of the same poor household


def _answer(root: Path, persons: pd.DataFrame, *answers: tuple[str, str, str | None, str | None]) -> None:
    """A township's workbook with (child, answer, school or approval, day) of each. The county asks for no acceptance."""
    (root / "county.toml").write_text('acceptance = "none"\n', encoding="utf-8")
    cases = pd.read_parquet(root / "curated/current/unaccounted.parquet").set_index("person_id")["case_id"]
    rows: list[dict[str, object]] = []
    for child, answer, evidence, day in answers:
        its = persons.loc[child]
        shown = {key: its[key] for key in ("person_id", "id_number", "birthdate", "township")} | {"name": child}
        filled = {"said": answer, "school_said": evidence, "note": evidence, "checked_by": "韦某", "checked_on": day}
        rows.append(shown | filled | {"case_id": cases[its["person_id"]]})
    write_returned(root / "inbox" / "安阳镇.xlsx", CHILDREN_SHEET, rows)


ANSWERS = [  # answer, school or approval, day, what the child's whereabouts is then
    ("县外就读（填学校）", "南宁市秀田小学", "2020-04-15", "enrolled_elsewhere"),
    ("县外就读（填学校）", None, "2020-04-15", "unaccounted"),  # no school named
    ("县外就读（填学校）", "南宁市秀田小学", None, "unaccounted"),  # no day
    ("县外就读（填学校）", "南宁市秀田小学", "2020年4月15日上午", "enrolled_elsewhere"),
    ("县外就读（填学校）", "不详", "2020-04-15", "unaccounted"),  # names no school
    ("县外就读（填学校）", "广东", "2020-04-15", "unaccounted"),
    ("县外就读（填学校）", "安阳镇中心小学", "2020-04-15", "unaccounted"),  # a school of this county
    ("因身体原因免学、缓学（附批准件）", "正在申请，尚未批准", "2020-04-15", "unaccounted"),
    ("县外就读（填学校）", "南宁市秀田小学", "2019-12-10", "unaccounted"),  # last semester's
    ("县外就读（填学校）", "南宁市秀田小学", "2020-05-10", "unaccounted"),  # not yet
    ("确属辍学", None, "2020-04-15", "dropped_out"),
    ("仍未找到", None, "2020-04-15", "unaccounted"),
    ("因身体原因免学、缓学（附批准件）", "都教字〔2020〕8号", "2020-04-15", "exempted"),
    ("因身体原因免学、缓学（附批准件）", None, "2020-04-15", "unaccounted"),  # no approval named
]


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The persons by name before and after the night that reads ``ANSWERS``, one about each child of one county."""
    root = tmp_path_factory.mktemp("answered")
    kids = [resident(name_of(i), id_of("20100315", 2 * i + 1), "20100315", 户号=f"户{i}", 户主姓名=name_of(i)[0] + "父" + name_of(i)[2])
            for i in range(len(ANSWERS))]
    write(root, "huji", kids)
    write(root, "xueji", [pupil("农小花", id_of("20110101", 2), "20110101", 成员1姓名="农三")])
    write(root, "guofu", [poor("黄一", id_of("19700101", 1), 与户主关系="户主")])
    write(root, "canlian", [certificate("陆老五", id_of("19500101", 3), "19500101", 3)])

    def persons() -> pd.DataFrame:
        night(root)
        return pd.read_parquet(root / "curated/current/persons.parquet").set_index("name")

    before = persons()
    _answer(root, before, *((name_of(i), *answer[:3]) for i, answer in enumerate(ANSWERS)))
    return before, persons()


@pytest.mark.parametrize("number", range(len(ANSWERS)), ids=["-".join(map(str, answer)) for answer in ANSWERS])
def test_a_township_answers(answered: tuple[pd.DataFrame, pd.DataFrame], number: int) -> None:
    before, after = (persons.loc[name_of(number)] for persons in answered)
    assert before["whereabouts"] == "unaccounted"
    assert after["person_id"] == before["person_id"]
    assert after["whereabouts"] == ANSWERS[number][-1]


def test_an_answer_about_another_child_hides_nobody(
    tmp_path: Path, run_here: Callable[..., Outcome], published: Callable[[str], pd.DataFrame]
) -> None:
    write(tmp_path, "huji", [resident("韦家乐", id_of("20100315", 1), "20100315")])
    write(tmp_path, "xueji", [pupil("蓝小花", id_of("20110101", 2), "20110101")])
    run_here()
    persons = published("persons").set_index("name").rename(index={"韦家乐": "苏小"})
    _answer(tmp_path, persons, ("苏小", "县外就读（填学校）", "南宁市秀田小学", "2020-04-15"))
    run_here()
    assert list(published("unaccounted")["name"]) == ["韦家乐"]
    quarantine = published("quarantine")
    assert list(quarantine["rule"]) == ["answer_of_another"]
    assert "韦家乐" not in quarantine["message"].iloc[0]


@pytest.mark.long
def test_explain_tells_every_condition_that_holds(
    tmp_path: Path, run_here: Callable[..., Outcome], published: Callable[[str], pd.DataFrame]
) -> None:
    """A dead child with an active student record: both conditions hold, the first decides."""
    number = id_of("20100315", 1)
    write(tmp_path, "huji", [resident("韦家乐", number, "20100315", 人员状态="死亡注销")])
    write(tmp_path, "xueji", [pupil("韦家乐", number, "20100315")])
    run_here()
    (person,) = published("persons")["person_id"]
    lines = list(explain(tmp_path, [person]))
    assert [line.strip()[2:].split("：")[0] for line in lines if line.startswith("  √")] == ["死亡/户籍迁出", "在校就读"]
    assert any(line.startswith("  → 死亡/户籍迁出") for line in lines)


def _reported(state: str, day: str = "2020-04-10") -> dict[str, object]:
    return {"registry": "xiangzhen", "role": "report", "report_state": state, "state_date": date.fromisoformat(day)}


_HOME: dict[str, object] = {"registry": "huji", "role": "household", "register_state": "normal"}
_AWAY, _DEAD = _HOME | {"register_state": "moved_out"}, _HOME | {"register_state": "deceased"}
_PUPIL: dict[str, object] = {"registry": "xueji", "role": "student", "student_state": "in_school", "level": "primary"}
_SAID = ("enrolled_elsewhere", "2020-04-12", "record_ended")
_GONE: dict[str, object] = _PUPIL | {"student_state": "dropped_out"}
REPORTED = [  # the records, the accepted answer and its day; the row of the decision table
    ([_HOME, _PUPIL, _reported("absent")], None, "reported_absent"),
    ([_HOME, _PUPIL, _reported("absent")], _SAID, "verified_elsewhere"),
    ([_HOME, _PUPIL | {"study_mode": "home_taught"}, _reported("absent")], ("exempted", "2020-04-12", "record_ended"), "exemption_approved"),
    ([_HOME, _PUPIL, _reported("absent"), _reported("back", "2020-04-13")], _SAID, "student_record_open"),
    ([_HOME, _PUPIL], _SAID, "student_record_open"),  # a record that nobody found to be wrong
    ([_AWAY], None, "register_closed"),
    ([_AWAY, _reported("found")], None, "none_of_the_above"),
    ([_AWAY, _reported("found")], _SAID, "verified_elsewhere"),
    ([_HOME, _reported("found", "2020-04-20")], _SAID, "none_of_the_above"),  # seen in the village since
    ([_HOME, _reported("found", "2020-04-12")], _SAID, "none_of_the_above"),  # on the very day
    ([_HOME, _reported("absent", "2020-04-20")], ("exempted", "2020-04-12", "record_ended"), "none_of_the_above"),
    ([_HOME, _reported("found", "2020-04-20"), _reported("back", "2020-04-21")], _SAID, "verified_elsewhere"),
    ([_HOME, _PUPIL, _reported("absent", "2020-04-12")], _SAID, "reported_absent"),
    ([_HOME, _PUPIL, _reported("found")], None, "reported_absent"),  # of a pupil whose record is open
    ([_AWAY, _reported("absent")], None, "none_of_the_above"),  # of a pupil without a record
    ([_AWAY, _PUPIL, _reported("absent")], None, "reported_absent"),
    ([_AWAY, _PUPIL, _reported("absent"), _reported("back", "2020-04-13")], None, "student_record_open"),
    ([_AWAY, _reported("found"), _reported("back", "2020-04-13")], None, "none_of_the_above"),  # no register has it at the school
    ([_AWAY, _reported("found", "2019-03-01"), _reported("back", "2019-03-02")], None, "register_closed"),  # more than a year ago
    ([_DEAD, _reported("found")], None, "register_closed"),
    ([_HOME, _GONE], _SAID, "student_record_dropped"),  # it was not marked when the answer was given
    ([_HOME, _GONE], ("exempted", "2020-04-12", "no_student_record"), "student_record_dropped"),
    ([_HOME, _GONE], ("enrolled_elsewhere", "2020-04-12", "dropped_out"), "verified_elsewhere"),
    ([_HOME, _GONE], ("enrolled_elsewhere", "2020-04-15", "record_ended"), "verified_elsewhere"),  # tonight's
    ([_HOME, _GONE | {"state_date": date(2020, 4, 13)}], ("exempted", "2020-04-12", "dropped_out"), "student_record_dropped"),
]


@pytest.mark.parametrize(("records", "answer", "rule"), REPORTED)
def test_what_a_township_reports_and_the_county_accepts_goes_before_the_registers(
    records: list[dict[str, object]], answer: tuple[str, str, str] | None, rule: str
) -> None:
    made = {relation.name: relation for relation in RELATIONS}
    own = {"person_id": "P1", "name": "韦某", "birthdate": date(2010, 3, 15), "hukou_county": "451228"}
    rows = [own | {"precedence": n, "record_id": f"r{n}"} | record for n, record in enumerate(records)]
    with duckdb.connect() as con:
        con.execute(MACROS)
        columns = made["person_records"].gives
        con.execute(f"create table person_records ({', '.join(' '.join(column) for column in columns)})")
        for row in rows:
            con.execute(f"insert into person_records ({', '.join(row)}) values ({', '.join('?' * len(row))})", list(row.values()))
        con.execute("create table registries as select unnest(['huji', 'xueji', 'xiangzhen']) as registry")
        con.execute("create table answers (person_id text, whereabouts text, answered_on text, listed_as text)")
        if answer:
            con.execute("insert into answers values ('P1', ?, ?, ?)", answer)
        relations = [made[name] for name in ("person_facts", "person_circumstances", "decisions_that_hold")]
        build(con, relations, parameters(date(2020, 4, 15), SETTINGS), kept=["person_circumstances", "decisions_that_hold"])
        ((codes,),) = con.table("decisions_that_hold").project("codes").fetchall()
    assert codes[0] == rule
