"""The plan's indicators: what each counts, of whom, who is left out, and what is aimed at.

Numerators and denominators are conditions over one child (relation ``cohort_children``), the words beside them what is printed.
Every figure is a count of persons that the lists show, so that it can be checked to the child.
"""

from dataclasses import dataclass
from typing import Literal

from schemas.plan import Subject


@dataclass(frozen=True, slots=True)
class Indicator:
    """``of``: None where the figure is a count and no share; ``aim``: the target, as a share or a count; ``better``: whether more or
    fewer is better; ``numerator`` and ``denominator``: SQL over relation ``cohort_children`` (as c; and ``three_system_findings``), the
    denominator ``entrants`` where it is the entrants' table; ``excluded``: who is counted in neither;
    ``cites``: the subject of ``schemas.plan`` under which it is asked for."""

    code: str
    name: str
    numerator: str
    denominator: str | None
    counts: str
    of: str | None
    excluded: str
    aim: float | None
    better: Literal["more", "fewer"]
    cites: Subject


_IN_EDUCATION = "whereabouts in ('enrolled', 'home_taught', 'suspended', 'graduated', 'enrolled_elsewhere')"
_DUE = "due and whereabouts <> 'left_register'"
_AID_OPEN = "资助系统中有疑似其记录、尚待确认的；没有资助系统数据时不计"
_LEFT = "户籍已注销、迁出的；未到入学年龄的"


# Of whom agreement is asked -> in words, and who is left out.
_OF = {
    "in_two": ("范围内、至少在学籍、国扶、残联两个系统中的儿童", "只在一个系统中的"),
    "in_one": ("范围内、在学籍、国扶、残联任一系统中的儿童", "三个系统都没有的"),
    "two_birthdates": ("范围内、学籍、国扶、残联至少两个系统填了出生日期栏的儿童", "只有一个系统填了的"),
    "two_sexes": ("范围内、学籍、国扶、残联至少两个系统填了性别栏的儿童", "只有一个系统填了的"),
}


def _agreement(code: str, field: str, holds: str, of: str = "in_two", counts: str = "登记的值没有两样的儿童") -> Indicator:
    words, excluded = _OF[of]
    return Indicator(
        code, f"三系统一致率：{field}", f"{of} and {holds}", of, f"学籍、国扶、残联之间{field}{counts}", words, excluded, 1.0, "more", "data",
    )  # fmt: skip


def _without(*rules: str) -> str:
    listed = ", ".join(f"'{rule}'" for rule in rules)
    return f"not exists (select 1 from three_system_findings f where f.person_id = c.person_id and f.rule in ({listed}))"


INDICATORS = (
    Indicator("consolidation", "义务教育巩固率", "finishing", "entrants", "本学年九年级在读的和本学年毕业的儿童",
              "其入学年份的一年级人数，加转入，减转出和死亡",
              "转入转出以入学人数表为准", 0.95, "more", "consolidation"),
    Indicator("enrolment", "适龄儿童在学率", f"{_DUE} and {_IN_EDUCATION}", _DUE, "在校、送教上门、休学、县外就读和完成义务教育的儿童",
              "范围内、已到入学年龄的儿童", _LEFT, 1.0, "more", "sweep"),
    Indicator("disabled_enrolment", "残疾儿童入学率", f"disabled and {_IN_EDUCATION}", "disabled",
              "其中在校、送教上门、休学、县外就读和完成义务教育的", "持有效残疾证、已到入学年龄、未满15周岁的儿童", _LEFT, 0.92, "more", "disabled"),
    Indicator("poor_out_of_school", "建档立卡失学辍学", "poverty and whereabouts in ('dropped_out', 'not_promoted', 'unaccounted')", None,
              "建档立卡家庭中辍学、小学毕业未升初中和去向不明的儿童", None, "重度残疾待认定的（另列）", 0, "fewer", "poor"),
    Indicator("unaccounted", "去向不明", "whereabouts = 'unaccounted'", None, "各系统都找不到去向的儿童", None, _LEFT, 0, "fewer", "sweep"),
    Indicator("listed", "去向不明儿童", "listed", None, "名单上的儿童：去向不明、辍学、未升初中、重度残疾待认定", None, _LEFT, 0, "fewer", "sweep"),
    Indicator("listed_this_week", "本周新列入", "listed_week", None, "上星期四以后列入或再次列入、现仍在名单上的儿童", None, "", None, "fewer", "sweep"),
    Indicator("cleared_this_week", "本周销号", "cleared_week", None, "上星期四以后从名单上销号、至今未再列入的儿童", None, "", None, "more", "sweep"),
    Indicator("cleared_before", "以前销号", "cleared_before", None, "上星期四以前从名单上销号、至今未再列入的儿童", None, "", None, "more", "sweep"),
    Indicator("aid", "应助尽助率", "aid_due and not aid_missing", "aid_due", "已发放资助的", "建档立卡、在读（含送教上门）的儿童", _AID_OPEN,
              1.0, "more", "aid"),
    Indicator("aid_missing", "应助未助", "aid_due and aid_missing", None, "建档立卡、在读（含送教上门）而没有发放资助的儿童", None,
              _AID_OPEN, 0, "fewer", "aid"),
    _agreement("agree_name", "姓名", "same_name"),
    _agreement("agree_id", "证件号", "same_id", counts="完整有效且相同的儿童"),
    _agreement("agree_birthdate", "出生日期", "same_birthdate", "two_birthdates"),
    _agreement("agree_sex", "性别", "same_sex", "two_sexes"),
    _agreement("agree_poverty", "建档立卡", _without("poverty_flag_differs"), "in_one", "标记没有不一致的儿童"),
    _agreement("agree_disability", "残疾", _without("disability_not_in_student_record", "disability_without_certificate",
               "disability_level_differs", "certificate_invalid_in_use"), "in_one", "登记没有不一致的儿童"),
    _agreement("agree_schooling", "在校", _without("in_school_claim_unsupported", "not_in_school_claim_contradicted"), "in_one",
               "登记没有不一致的儿童"),
)  # fmt: skip
INDICATOR = {i.code: i for i in INDICATORS}

# The red and the black list of townships (plan, part 4 (二)): two shares, each against the county's.
OPEN_SHARE = "未落实率 ＝ 名单上的儿童 ÷ 已到入学年龄的范围内儿童"
CLEARANCE = "本周销号率 ＝ 上星期四以后销号的 ÷（上星期四在名单上的 ＋ 以后列入的）"
RED_LIST_RULE = "红榜：名单上没有儿童；或未落实率低于全县，且本周销号率高于全县"
BLACK_LIST_RULE = "黑榜：未落实率高于全县，且本周销号率低于全县或一个也没有销号；第一周不评"
STREAK = "连续周数：按星期四一周一次，连续几周在同一榜上，未到星期四的一周不计"
_SUMMONS = "；连续两周以上在黑榜的，由指挥部约谈（方案{}）"


def standing_rules(summons: str) -> tuple[str, ...]:
    """How the red and the black list are made, a sentence each. ``summons``: the section of the plan by which the county calls in who
    is on the black list for weeks; empty where no plan says so."""
    return OPEN_SHARE, CLEARANCE, RED_LIST_RULE, BLACK_LIST_RULE, STREAK + (_SUMMONS.format(summons) if summons else "")
