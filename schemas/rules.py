"""Discrepancy rules: what each compares, its severity, who must act, and the part of the plan or the law that asks for it.

The plan is 都精准办发〔2020〕13号. How each is found is the file ``pipelines/reconcile/rules/CODE.sql``; a row without its file, or a
file without its row, is an error at start. The page of the docs is made from this table and from the examples in
``tests/lib/rule_cases.py``.
"""

from dataclasses import dataclass
from typing import Literal

from schemas.codes import ID_STATUS_NAME

_KEEPER = "{}"  # in ``owner``: a gap, to be filled with the office that keeps the registry whose value is to be corrected
Severity = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Rule:
    """``compares``: when it holds, in Chinese; ``severity``: as lists order findings; ``owner``: the responsible unit (plan, part 3
    (四) 1), with a gap {} for the office whose registry is to be corrected; ``advice``: what the unit should do; ``source``: the part of
    the plan or the law that asks for it.
    ``visit``: the child's township can settle it with a visit, and is asked to.
    ``values_are_cells``: both values are cells of records as they stand (name, ID, birthdate, sex, township, grade), so that it can be seen
    later whether one was corrected."""

    code: str
    name: str
    compares: str
    severity: Severity
    owner: str
    advice: str
    source: str
    values_are_cells: bool = False
    visit: bool = False


_DATA = "方案三（四）2（1）⑤：公安、扶贫、教育、残联数据比对，三系统数据一致"
_SWEEP = "方案三（四）3②：适龄儿童大排查，准确标注学籍变动"
_TOWNSHIP = "方案三（四）1 各乡（镇）：以户籍所在地乡（镇）为责任乡（镇）"
_POLICE = "方案三（四）1 公安局：解决双户籍、假户籍"
_FEDERATION = "方案三（四）1 残联：办理残疾证，适龄残疾儿童入学率92%以上"
_PROMOTION = "方案三（四）3④：规范小升初，一个月内报未注册名册"
_AID = "方案三（三）：应助尽助；3：两个资助系统数据精准、更新及时"
_ONE_ID = "居民身份证法第三条：公民身份号码唯一、终身不变"
_ONE_HOME = "户口登记条例第六条：一个公民只能在一个地方登记为常住人口；" + _POLICE
_ONE_STATUS = "教基一〔2013〕7号：学籍号以身份证号为基础，一人一籍，终身不变"
_AGE = "义务教育法第十一条：年满六周岁入学"
_CARE = "残疾人教育条例第十七条：送教上门并纳入学籍管理；义务教育法第十一条：延缓入学须经批准"

# The parts of 信息不一致 under which lists and the weekly report count the rules.
RULE_GROUPS = {
    "身份信息": (
    Rule("double_household_registration", "双户籍", "一人有两条有效户籍（或两个有效证号的人各项相同，疑为一人）", "high", "公安局",
         "核实后注销一个户口", _ONE_HOME),
    Rule("id_shared", "一号多人", "同一系统内两人登记同一证件号", "high", f"公安局、{_KEEPER}", "核对户口簿，更正其中一人的证件号", _ONE_ID),
    Rule("id_of_relative", "误用亲属证号", "登记的是家长或兄弟姐妹的证件号", "medium", _KEEPER, "按户口簿改为本人证件号", _ONE_ID),
    Rule("id_differs", "身份证号不一致", "两个系统登记的完整证件号不同", "medium", f"{_KEEPER}、公安局", "以户口簿为准更正", _DATA, values_are_cells=True),
    Rule("id_invalid", "身份证号无效", "证件号残缺或是占位号；或校验不符，而没有别的号码可比", "medium", _KEEPER,
         "以户口簿为准更正", _ONE_ID),
    Rule("id_missing", "缺身份证号", "未填证件号", "low", _KEEPER, "补录；没有户口的协助办理落户", _DATA),
    Rule("name_differs", "姓名不一致", "两个系统登记的姓名不同（曾用名已登记的除外）", "low", _KEEPER, "以户口簿为准更正", _DATA, values_are_cells=True),
    Rule("birthdate_differs", "出生日期不一致", "两个系统的出生日期栏不同，且不是证件号写错造成", "low", _KEEPER, "以户口簿为准更正", _DATA,
         values_are_cells=True),
    Rule("sex_differs", "性别不一致", "两个系统的性别栏不同，且不是证件号写错造成", "low", _KEEPER, "以户口簿为准更正", _DATA, values_are_cells=True),
    Rule("birthdate_contradicts_id", "出生日期与证号矛盾", "出生日期栏与有效证件号不符，而各系统的出生日期栏并无不同", "low", _KEEPER,
         "核对户口簿，更正其中之一", _ONE_ID),
    Rule("sex_contradicts_id", "性别与证号矛盾", "性别栏与有效证件号不符，而各系统的性别栏并无不同", "low", _KEEPER,
         "核对户口簿，更正其中之一", _ONE_ID),
    Rule("township_differs", "户籍乡镇不一致", "两个系统登记的户籍乡镇不同", "low", _KEEPER, "以户口簿为准更正", _TOWNSHIP, values_are_cells=True),
    ),
    "学籍就读": (
    Rule("double_student_status", "双学籍", "同一系统内一人有两条在读学籍：学籍号、学校或学籍辅号不同", "high", "教育局",
         "核实实际就读学校，注销多余学籍", _ONE_STATUS),
    Rule("in_school_claim_unsupported", "国扶称在校而无学籍", "国扶登记在校，而儿童在名单上：没有在读学籍，也非休学、毕业、县外就读",
         "high", "教育局、扶贫办",
         "入户核实是否就读，补建学籍或更正国扶", _DATA),
    Rule("not_in_school_claim_contradicted", "国扶称未在校而学籍在读", "国扶登记不在校、满八岁仍登记学前，或有失学辍学原因，而学籍在读（疑空挂学籍）", "high",
         "教育局、扶贫办", "到校核实是否实际就读：空挂学籍的劝返，在校的更正国扶", _DATA),
    Rule("deceased_with_student_record", "户籍已注销而学籍在读", "户籍死亡或注销，学籍仍在读", "high", "教育局、公安局",
         "核实后注销学籍，或恢复户籍", _SWEEP),
    Rule("moved_out_with_student_record", "户籍已迁出而学籍在读", "户籍已迁出，学籍仍在本县在读", "low", "教育局、公安局",
         "只作提示：不因迁出注销学籍，告知迁入地", _SWEEP),
    Rule("student_deceased_register_open", "学籍标死亡而户籍正常", "学籍状态为死亡，户籍仍正常", "high", "教育局、公安局",
         "入户核实，更正其一", _SWEEP, visit=True),
    Rule("suspension_overdue", "休学满一年未复学", "学籍状态为休学，变动日期已满一年", "medium", "教育局",
         "到户核实，办理复学或延长手续", _SWEEP, visit=True),
    Rule("grade_impossible", "年级与年龄不符", "年级比按年龄应在的年级高出两级以上，或低四级以上", "medium", "教育局",
         "核对出生日期和年级", _AGE, values_are_cells=True),
    Rule("not_promoted", "小学毕业未升初中", "小学毕业，秋季开学满一个月仍无初中学籍，也无疑似其本人的学籍", "high", "教育局", "跟踪劝返", _PROMOTION),
    Rule("two_active_schools", "两校同时在读", "在两个学籍系统（义务教育、中职）同时在读", "high", "教育局", "核实实际就读学校，注销另一条", _ONE_STATUS),
    Rule("enrolled_outside_township", "在外乡镇就读", "学校所在乡镇（按校名）不是户籍乡镇", "low", "户籍乡镇",
         "只作提示：责任仍在户籍乡镇，应掌握就读情况", _TOWNSHIP),
    ),
    "建档立卡": (
    Rule("poverty_flag_differs", "建档立卡标记不一致", "学籍或资助系统的建档立卡标记与国扶名册不符", "medium", "教育局、扶贫办",
         "以国扶系统为准更正", _DATA),
    Rule("household_differs", "贫困户与户籍家庭不一致", "国扶同户的人与户籍同户的人没有一个相同（两处都多于一人，且同户的别人至少有一个两处都有）",
         "medium", "扶贫办、公安局",
         "核对户口簿，更正国扶户编号", _DATA),
    ),
    "残疾": (
    Rule("disability_not_in_student_record", "持证残疾儿童学籍未标注", "持有效残疾证，在读学籍未标残疾类型", "medium", "教育局、残联",
         "在学籍系统补录残疾类型", _DATA),
    Rule("disability_without_certificate", "登记残疾而无残疾证", "在读学籍标有残疾，或国扶登记了残疾证号，残联没有此人", "medium", "残联、教育局",
         "协助办证或更正学籍", _FEDERATION),
    Rule("disability_level_differs", "残疾类别或等级不一致", "残疾证的类别、等级与证号末两位、国扶、学籍或另一本有效残疾证不符", "medium", "残联",
         "以残疾证为准更正", _DATA),
    Rule("certificate_invalid_in_use", "残疾证失效仍在使用", "残疾证已注销、过期或冻结，国扶或学籍仍按残疾登记", "medium", "残联",
         "换证，或取消相应登记", _FEDERATION),
    Rule("severe_disability_unplaced", "重度残疾未安置", "持有效一、二级残疾证，应入学而无在读学籍，也未核实在县外就读（凭答复免学、缓学的仍列）", "high",
         "教育局、残联", "落实送教上门并登记学籍；已批准免学、缓学的，每学期复核", _CARE),
    ),
    "资助": (
    Rule("aid_due_unpaid", "应助未助", "建档立卡学生在读（含送教上门）、户籍正常，最近有发放的一个学期没有发放给他，也无疑似其本人的记录", "high",
         "教育局（资助中心）", "补发", _AID),
    Rule("aid_paid_not_due", "不应助而助", "领取贫困生补助，而国扶、残联、资助认定均不支持", "medium", "教育局（资助中心）", "核实资格，补办认定或追回", _AID),
    Rule("aid_paid_not_enrolled", "不在校而领资助", "资助已发放，该学期学生无在读学籍或户籍已死亡注销", "high",
         "教育局（资助中心）", "核实是否在校：辍学的劝返，已离校的追回", _AID),
    Rule("aid_paid_twice", "重复资助", "同一学期同一项目（寄宿生、非寄宿生生活补助视为同一项目）发放两次以上", "medium",
         "教育局（资助中心）", "核实并追回重复部分", _AID),
    Rule("aid_systems_differ", "两个资助系统不一致", "一个系统发放贫困生补助，另一个系统认定不困难（列为不应助而助的除外），或两个系统的建档立卡标记相反",
         "medium", "教育局（资助中心）", "核对认定材料，更正其一", _AID),
    ),
}  # fmt: skip
RULES = tuple(rule for rules in RULE_GROUPS.values() for rule in rules)
RULE = {r.code: r for r in RULES}

# How two values of one field differ: rule -> comparison level (matching.levels) -> ``findings.kind``.
DIFFERENCES = {
    "name_differs": {
        "variant": "variant", "lost": "lost_character", "sound": "same_sound", "alike": "like_shape", "mixed": "several_characters",
        "swapped": "other_order", "surname_changed": "surname", "surname_of_kin": "surname", "dropped": "dropped_character",
        "one_character": "one_character", "part": "other_name", "different": "other_name",
    },
    "id_differs": {
        "one_digit": "one_digit", "swapped": "two_swapped", "lost_digits": "rounded", "near": "two_digits",
        "sequence_damaged": "sequence", "same_birth_part": "renewed", "different": "other_number", "different_invalid": "other_number",
    },
    "birthdate_differs": {
        "lunar": "lunar", "swapped": "day_month_swapped", "first_of_year": "first_of_year", "year_off": "year_off",
        "one_digit": "one_part", "near": "other_date", "different": "other_date",
    },
}  # fmt: skip
# ``findings.kind`` in Chinese; of rule id_invalid the kind is the state of the number (``schemas.codes.ID_STATUS_NAME``).
DIFFERENCE_NAME = {
    "variant": "异体字、繁体字", "lost_character": "缺字", "same_sound": "同音、近音字", "like_shape": "形近字", "several_characters": "几个字写错",
    "other_order": "字序颠倒", "surname": "姓氏不同", "dropped_character": "少一个字", "one_character": "一字之差", "other_name": "姓名不同",
    "one_digit": "一位数字不同", "two_swapped": "相邻两位颠倒", "rounded": "曾被当作数字保存", "two_digits": "两位数字不同", "sequence": "顺序码写错",
    "renewed": "顺序码不同，疑换发或双户籍", "other_number": "完全不同的号码",
    "lunar": "农历当作公历", "day_month_swapped": "月日颠倒", "first_of_year": "填成1月1日", "year_off": "年份差一两年",
    "one_part": "有一处不同", "other_date": "完全不同的日期",
} | ID_STATUS_NAME  # fmt: skip
