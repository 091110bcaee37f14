"""去向: the codes, their names, and which of them put a child on a township's list."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """One whereabouts of a child. ``listed``: the child is on its township's list and must be visited. ``short_name``: None
    where it is the name."""

    code: str
    name: str
    listed: bool = False
    short_name: str | None = None


WHEREABOUTS = (
    Whereabouts("left_register", "死亡/户籍迁出"),
    Whereabouts("home_taught", "送教上门"),
    Whereabouts("enrolled", "在校就读"),
    Whereabouts("suspended", "休学"),
    Whereabouts("graduated", "完成义务教育"),
    Whereabouts("enrolled_elsewhere", "县外就读"),
    Whereabouts("exempted", "免学、缓学（已批准）", short_name="免学、缓学"),
    Whereabouts("not_due", "未到入学年龄"),
    Whereabouts("not_promoted", "小学毕业未升初中", listed=True),
    Whereabouts("dropped_out", "辍学（待劝返）", listed=True, short_name="辍学"),
    Whereabouts("severe_disability", "重度残疾待认定", listed=True),
    Whereabouts("unaccounted", "去向不明", listed=True),
)
WHEREABOUTS_NAME = {w.code: w.name for w in WHEREABOUTS}
WHEREABOUTS_SHORT_NAME = {w.code: w.short_name or w.name for w in WHEREABOUTS}
LISTED = tuple(w.code for w in WHEREABOUTS if w.listed)

# Why a listed child has no open student record: ``unaccounted.reason``, which relation ``listed_children`` decides. In the order of lists,
# worst first: the child known to be out of school before the one that only a registry may have lost. ``key_damaged`` is published under
# this code; it is a possible student record that nobody has confirmed.
REASONS = {
    "dropped_out": "学籍系统标注辍学，须劝返",
    "reported_absent": "名在人不在，学籍在读而乡镇核实不在校，须劝返",
    "dropped_out_verified": "乡镇核实确属辍学，须劝返",
    "severe_disability": "持一、二级残疾证，无学籍，须落实送教上门或办理免学、缓学手续",
    "not_promoted": "小学毕业后无初中学籍",
    "no_student_record": "各系统均无学籍记录",
    "record_ended": "有学籍记录但已转出、注销或下落不明",
    "outside_system": "可能在学籍系统之外就读（中职、区外等），须核实",
    "key_damaged": "有疑似学籍记录，因证件号或姓名有误未能确认",
}
# The same in few characters, above a column of figures.
REASON_SHORT_NAME = {
    "dropped_out": "学籍系统标注辍学",
    "reported_absent": "名在人不在",
    "dropped_out_verified": "乡镇核实确属辍学",
    "not_promoted": "小学毕业后无初中学籍",
    "severe_disability": "持一、二级残疾证",
    "key_damaged": "有疑似学籍记录",
    "outside_system": "可能在学籍系统之外就读（中职、区外等）",
    "record_ended": "有学籍记录但已转出、注销或下落不明",
    "no_student_record": "各系统均无学籍记录",
}

# How a listed child is followed up: ``unaccounted.follow_up``, which relation ``listed_children`` decides.
FOLLOW_UP = {"visit": "须入户", "call": "疑似已有学籍，先电话核对"}
FOLLOW_UP_SHORT_NAME = {"visit": "须入户", "call": "先电话核对"}  # where a row is narrow

OUTSIDE_COUNTY = "县外就读（填学校）"  # the school named beside it must not be one of this county
VOCATIONAL = "中职、技工学校就读（填学校）"
# The plan, part 3 (四) 2 (1) ⑦: those of 15 and 16 who are long at work, the parents agreeing and the child willing.
VOCATIONAL_CLASS = "已入职教提升班（填学校，附家长同意书）"
CLASS_AGES = (15, 16)  # years, both included
YOUNGEST_AT_VOCATIONAL = 13  # years; nobody has finished nine years of school before (relation person_circumstances)

AT_SCHOOL_HERE, TAUGHT_AT_HOME = "县内在读（填学校）", "送教上门（填学校）"
NAMES_A_SCHOOL = (OUTSIDE_COUNTY, VOCATIONAL, VOCATIONAL_CLASS, AT_SCHOOL_HERE, TAUGHT_AT_HOME)  # answers beside which the school must be named

# Of a child that only a township's own report (新发现, 名在人不在) has put on the list: the report is taken back.
WITHDRAWN = "登记有误，撤回"
NOBODY = "查无此人"

# What an officer may answer in a township workbook -> the whereabouts it stands for (None: the answer changes none).
ANSWERS = {
    OUTSIDE_COUNTY: "enrolled_elsewhere",
    VOCATIONAL: "enrolled_elsewhere",
    VOCATIONAL_CLASS: "enrolled_elsewhere",
    AT_SCHOOL_HERE: None,
    TAUGHT_AT_HOME: None,
    "确属辍学": "dropped_out",
    "从未入学": "dropped_out",
    "因身体原因免学、缓学（附批准件）": "exempted",
    "死亡": None,
    "户籍已迁出": None,
    NOBODY: None,
    WITHDRAWN: None,
    "仍未找到": None,
}
