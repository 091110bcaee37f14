"""Discrepancy rules: code, name, severity, who must act, and the part of the plan or the law that asks for it.

The plan is 都精准办发〔2020〕13号. How each is found stands in ``pipelines/reconcile/findings``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """``advice``: what the township or the owner of the data should do about it, in Chinese."""

    code: str
    name: str
    severity: str  # high | medium | low
    owner: str
    advice: str
    source: str


_DATA = "方案三（四）2（1）⑤：学籍系统、国扶系统、残联系统数据一致"
_SWEEP = "方案三（四）3②：适龄儿童大排查"
_AID = "方案三（三）：应纳尽纳、应助尽助"

RULES = (
    Rule("double_student_status", "重复学籍", "high", "教育局", "核实实际就读学校，注销多余学籍", _DATA),
    Rule("double_household_registration", "双户籍", "high", "公安局", "核实后注销一个户口", "方案三（四）1 公安局：解决双户籍、假户籍"),
    Rule("id_shared", "一号多人", "high", "公安局、教育局", "核对户口簿，更正其中一人的证件号", _DATA),
    Rule("in_school_claim_unsupported", "国扶称在校而无学籍", "high", "教育局、扶贫办", "入户核实是否就读，补建学籍或更正国扶", _DATA),
    Rule("not_in_school_claim_contradicted", "国扶称未在校而学籍在读", "high", "教育局、扶贫办", "核实是否空挂学籍", _DATA),
    Rule("not_promoted", "小学毕业未升初中", "high", "教育局", "跟踪劝返", "方案三（四）3④：小升初"),
    Rule("certificate_invalid_in_use", "残疾证失效仍在使用", "medium", "残联", "换证或取消相应待遇", _DATA),
    Rule("disability_not_in_student_record", "持证残疾儿童学籍未标注", "medium", "教育局、残联", "在学籍系统补录残疾类型", _DATA),
    Rule("disability_without_certificate", "学籍标注残疾而残联无有效证", "medium", "残联、教育局", "协助办证或更正学籍", _DATA),
    Rule("disability_level_differs", "残疾类别或等级不一致", "medium", "残联", "以残疾证为准更正", _DATA),
    Rule("poverty_flag_differs", "建档立卡标记不一致", "medium", "教育局、扶贫办", "以国扶系统为准更正", _DATA),
    Rule("aid_due_unpaid", "应助未助", "high", "资助中心", "补发", _AID),
    Rule("aid_paid_not_due", "不应助而助", "medium", "资助中心", "核实资格，追回或更正", _AID),
    Rule("aid_paid_twice", "重复资助", "medium", "资助中心", "核实并追回重复部分", _AID),
    Rule("id_differs", "身份证号不一致", "medium", "教育局、公安局", "以户口簿为准更正", _DATA),
    Rule("id_invalid", "身份证号无效", "medium", "录入单位", "以户口簿为准更正", _DATA),
    Rule("id_missing", "缺身份证号", "low", "录入单位", "补录", _DATA),
    Rule("name_differs", "姓名不一致", "low", "录入单位", "以户口簿为准更正", _DATA),
    Rule("birthdate_differs", "出生日期不一致", "low", "录入单位", "以户口簿为准更正", _DATA),
    Rule("sex_differs", "性别不一致", "low", "录入单位", "以户口簿为准更正", _DATA),
    Rule("township_differs", "户籍乡镇不一致", "low", "录入单位", "以户口簿为准更正", _SWEEP),
)
RULE = {r.code: r for r in RULES}
