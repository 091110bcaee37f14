"""Counties of households that hypothesis draws: what each registry says of each child, as exports and as the truth of every row.

A child is drawn cell by cell from the tables below, so that registries contradict one another in every combination, but for its
name, its number and its kin, by which its rows find one another. All persons are made up (虚构).
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from pipelines.demo.export_formats import CANLIAN, GUOFU_SHORT, HUJI, XUEJI, ZIZHU, Writer
from pipelines.demo.made_up_place import made_up_place
from pipelines.demo.more_registries import NATIONAL_AID
from pipelines.demo.true_values import with_owners
from tests.lib.nights import AS_OF
from tests.lib.plan_county import SETTINGS
from tests.lib.rule_cases import name_of
from tests.lib.small_exports import id_of

HOME, AWAY = "安阳镇", "高岭镇"

# born -> the grade that it should be in this school year, the stage; 0 where it is not due yet
BORN = {
    "20130815": (1, "小学"),
    "20120315": (2, "小学"),
    "20100315": (4, "小学"),
    "20081115": (5, "小学"),
    "20070315": (7, "初中"),
    "20050315": (9, "初中"),
    "20140315": (0, "小学"),
}
GRADES = ("", "一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "七年级", "八年级", "九年级")
TYPE_DIGIT = {"视力": "1", "听力": "2", "言语": "3", "肢体": "4", "智力": "5", "精神": "6", "多重": "7"}
LEVEL_DIGIT = {"一级": "1", "二级": "2", "三级": "3", "四级": "4"}

_STUDENT = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["在读"] * 6 + ["休学", "辍学", "转出"]),
        "grades_off": st.sampled_from([0] * 5 + [1, 2, -1, -4]),
        "township": st.sampled_from([HOME] * 4 + [AWAY]),
        "poverty": st.sampled_from(["是", "否", None]),
        "disability": st.sampled_from(["无残疾"] * 4 + [None, "肢体残疾", "智力残疾"]),
        "sex": st.sampled_from(["own"] * 6 + ["other"]),
        "birth": st.sampled_from(["own"] * 6 + ["day off"]),
        "name": st.sampled_from(["own"] * 8 + ["another given name"]),
        "number": st.sampled_from(["own"] * 12 + ["missing", "sibling's", "one digit off"]),
        "again": st.sampled_from([False] * 8 + [True]),  # a second record, at another school
    }
)
_POOR = st.fixed_dictionaries(
    {
        "claim": st.sampled_from(["小学", "小学", "七年级", "非在校生", "学前教育", None]),
        "reason": st.sampled_from([None, None, None, "厌学"]),
        "numbered_by": st.sampled_from(["ID", "ID", "certificate"]),
        "township": st.sampled_from([HOME] * 6 + [AWAY]),
    }
)
_CERTIFICATE = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["肢体", "智力", "听力"]),
        "level": st.sampled_from(sorted(LEVEL_DIGIT)),
        "level_in_number": st.sampled_from(["own", "own", "own", "四级"]),
        "state": st.sampled_from(["持证", "持证", "持证", "注销", "过期"]),
    }
)
_PAYMENT = st.fixed_dictionaries(
    {
        "term": st.sampled_from(["2020年春季学期", "2019年秋季学期"]),
        "paid": st.sampled_from(["已发放", "已发放", "未发放"]),
        "poverty": st.sampled_from(["是", "否", None]),
        "hardship": st.sampled_from(["特殊困难", "一般困难", "不困难", None]),
    }
)
_HARDSHIP = st.fixed_dictionaries(
    {
        "hardship": st.sampled_from(["困难", "不困难", None]),
        "poverty": st.sampled_from(["是", "否", None]),
        "low_income": st.sampled_from([None, None, "是"]),
        "disability_flag": st.sampled_from([None, None, "是"]),
    }
)
CHILD = st.fixed_dictionaries(
    {
        "born": st.sampled_from(sorted(BORN)),
        "boy": st.booleans(),
        "register": st.sampled_from(["正常"] * 6 + ["死亡注销", "迁出"]),
        "student": st.one_of(_STUDENT, _STUDENT, _STUDENT, st.none()),
        "certificate": st.one_of(st.none(), st.none(), st.none(), _CERTIFICATE),
        "payments": st.one_of(st.just([]), st.lists(_PAYMENT, max_size=2)),
        "hardship": st.one_of(st.none(), st.none(), _HARDSHIP),
        "poor": _POOR,  # of a poor household
    }
)
HOUSEHOLD = st.fixed_dictionaries({"poor": st.booleans(), "children": st.lists(CHILD, min_size=1, max_size=2)})
Drawn = dict[str, Any]


def write_county(root: Path, households: list[Drawn]) -> dict[int, Drawn]:
    """The exports of the ``households`` under ``root/raw`` and the truth of their rows under ``root/truth``; truth_id -> child."""
    kids, grown = _people(households)
    rows = {registry: [] for registry in ("huji", "xueji", "guofu", "canlian", "zizhu", "quanguo")}
    for kid in kids:
        for registry, told in _rows(kid).items():
            rows[registry] += told
    rows["guofu"] += [_head(father) for father in grown if father["poor"]]
    writer = Writer(root / "raw", np.random.default_rng(0), "standard", AS_OF, made_up_place(SETTINGS), lambda _, frame: frame)  # type: ignore[arg-type]
    for registry, file, columns in (
        ("huji", "户籍.csv", HUJI),
        ("xueji", "学籍.xlsx", XUEJI),
        ("guofu", "贫困.xlsx", GUOFU_SHORT),
        ("canlian", "残联.xls", CANLIAN),
        ("zizhu", "发放.xlsx", ZIZHU),
        ("quanguo", "认定.xlsx", NATIONAL_AID),
    ):
        if rows[registry]:
            frame = pd.DataFrame(rows[registry])
            frame = frame.reindex(columns=list(dict.fromkeys([*frame, *filter(None, columns.values())])))
            sheet = "" if file.endswith(".csv") else "表"
            writer.write({"quanguo": "zizhu"}.get(registry, registry), file, sheet, frame.assign(faults=""), columns)
    everybody = pd.DataFrame([*kids, *grown])[["truth_id", "household", "number"]]
    truth = root / "truth"
    truth.mkdir()
    with_owners(pd.concat(writer.values, ignore_index=True), everybody).to_parquet(truth / "values.parquet", index=False)
    children = pd.DataFrame(
        [{"truth_id": kid["truth_id"], "in_cohort": True, "due": BORN[kid["drawn"]["born"]][0] > 0} for kid in kids]
    )
    children.to_parquet(truth / "children.parquet", index=False)
    return {kid["truth_id"]: kid["drawn"] for kid in kids}


def _people(households: list[Drawn]) -> tuple[list[Drawn], list[Drawn]]:
    """(children, fathers): who they are, whatever a registry says."""
    kids: list[Drawn] = []
    grown: list[Drawn] = []
    for number, household in enumerate(households):
        father = name_of(2 * number)[0] + "父" + name_of(2 * number)[1:]
        home = {"household": number, "father": father, "poor": household["poor"]}
        for drawn in household["children"]:
            place = len(kids)
            kids.append(
                home
                | {
                    "truth_id": place + 1,
                    "name": name_of(2 * number)[0] + name_of(place)[1:],
                    "number": id_of(drawn["born"], 2 * place + (1 if drawn["boy"] else 2)),
                    "birth": pd.Timestamp(drawn["born"]),
                    "sex": "男" if drawn["boy"] else "女",
                    "drawn": drawn,
                }
            )
        for kid in kids[-len(household["children"]) :]:
            brothers = [other["number"] for other in kids if other["household"] == number and other is not kid]
            kid["sibling"] = next(iter(brothers), None)
        grown.append(home | {"truth_id": 1000 + number, "name": father, "number": id_of("19750301", 2 * number + 1)})
    return kids, grown


def _head(father: Drawn) -> Drawn:
    """The father of a poor household as its head."""
    return {
        **{key: father[key] for key in ("truth_id", "name", "number")},
        **{"household_code": f"贫{father['household']}", "member_code": f"贫{father['household']}01", "relation": "户主"},
        **{"county": "都安瑶族自治县", "township": HOME, "village": "安北社区", "health": "健康"},
    }


def _rows(kid: Drawn) -> dict[str, list[Drawn]]:
    """registry -> the rows about a child, as columns of the exports."""
    drawn, number = kid["drawn"], kid["number"]
    grade, stage = BORN[drawn["born"]]
    own = {key: kid[key] for key in ("truth_id", "name", "number", "sex", "birth")}
    own |= {"birth_text": drawn["born"], "guardian": kid["father"], "township": HOME, "village": "安北社区"}
    school = {"school": f"{HOME}中心小学", "grade_name": "四年级"}
    rows: dict[str, list[Drawn]] = {}
    relation = "长子" if drawn["boy"] else "长女"
    household = {"household_code": f"户{kid['household']}", "relation": relation, "head": kid["father"], "father": kid["father"]}
    rows["huji"] = [own | household | {"register_state": drawn["register"]}]
    if (student := drawn["student"]) and grade:
        rows["xueji"] = [own | _student(kid, student, grade, stage)]
        if student["again"]:
            again = rows["xueji"][0] | {"school": f"地苏镇{'中心小学' if stage == '小学' else '初级中学'}", "name": kid["name"]}
            rows["xueji"].append(again | {"number": number, "student_number": f"L{number}"})
    certificate = drawn["certificate"]
    carried = None
    if certificate:
        level = certificate["level"] if certificate["level_in_number"] == "own" else certificate["level_in_number"]
        carried = number + TYPE_DIGIT[certificate["kind"]] + LEVEL_DIGIT[level]
        held = {"certificate": carried, "disability": certificate["kind"], "level_name": certificate["level"]}
        rows["canlian"] = [own | held | {"certificate_state": certificate["state"], "address": f"都安县{HOME}安北社区"}]
    if kid["poor"]:
        poor = {"household_code": f"贫{kid['household']}", "member_code": f"贫{kid['household']}{kid['truth_id'] + 10}"}
        poor |= {
            "relation": "之子" if drawn["boy"] else "之女",
            "claim": drawn["poor"]["claim"],
            "reason": drawn["poor"]["reason"],
        }
        if carried and drawn["poor"]["numbered_by"] == "certificate":
            poor["number"] = carried
        rows["guofu"] = [own | poor | {"county": "都安瑶族自治县", "health": "残疾" if certificate else "健康"}]
    rows["zizhu"] = [
        own
        | school
        | {"item": "义务教育寄宿生生活补助", "amount": 500}
        | {key: paid[key] for key in ("term", "paid", "poverty", "hardship")}
        for paid in drawn["payments"]
    ]
    if drawn["hardship"]:
        rows["quanguo"] = [own | school | drawn["hardship"] | {"student_number": f"G{number}", "recognised_on": "20191014"}]
    return rows


def _student(kid: Drawn, student: Drawn, grade: int, stage: str) -> Drawn:
    """A student record of a child, as columns of the export."""
    least, most = (1, 6) if stage == "小学" else (7, 9)
    level = min(max(grade + student["grades_off"], least), most)
    sex = kid["sex"] if student["sex"] == "own" else {"男": "女", "女": "男"}[kid["sex"]]
    birth = kid["birth"] if student["birth"] == "own" else kid["birth"] + pd.Timedelta(days=1)
    name = kid["name"] if student["name"] == "own" else kid["name"][0] + "薇"
    first = kid["number"][:-2] + str((int(kid["number"][-2]) + 2) % 10) + kid["number"][-1]
    number = {"own": kid["number"], "missing": None, "one digit off": first, "sibling's": kid["sibling"] or kid["number"]}
    return {
        "name": name,
        "number": number[student["number"]],
        "school": student["township"] + ("中心小学" if stage == "小学" else "初级中学"),
        "stage": stage,
        "level_grade": level,
        "grade_name": GRADES[level],
        "student_state": student["state"],
        "student_number": f"G{kid['number']}",
        "study_mode": "走读",
        "poverty": student["poverty"],
        "disability_name": student["disability"],
        "sex": sex,
        "birth": birth,
        "birth_text": f"{birth:%Y%m%d}",
        "division": "451228",
    }
