"""The Chinese of states and reasons, once: code reads and writes the codes, people read these words."""

from collections.abc import Mapping

from schemas.rules import RULE
from schemas.whereabouts import WHEREABOUTS_NAME, WHEREABOUTS_SHORT_NAME

# In place of the name of a township or village that is not known: published in the table indicators, printed in workbooks.
UNKNOWN_TOWNSHIP = "乡镇不明"
UNKNOWN_VILLAGE = "村不明"

# The steps of a run (``pipelines.night.steps``), in order: what is shown while one is at work, and beside its seconds.
STEP_NAME = {
    "read": "读取导出文件",
    "accept": "逐行检查，统一写法",
    "compare": "与上次发布相比",
    "link": "找出同一人的记录",
    "resolve": "给每个人编号",
    "reconcile": "核对数据，判定去向",
    "write": "保存数据表",
    "audit": "核验数据表",
    "workbooks": "写核查表",
    "publish": "发布",
}

# Of a row of a county's divisions.csv: published, found in the county's exports and not in effect, accepted by the county.
DIVISION_STATE_NAME = {"official": "公布", "proposed": "待定", "accepted": "采用"}

# The lists whose rows are also counted outside of the workbooks -> title of the sheet, and what its rows are counted in.
LIST_TITLE = {
    "listed": ("去向不明儿童", "人"), "waiting": ("待县验收", "人"), "with_office": ("待部门更正", "人"),
    "to_accept": ("答复验收", "条"), "to_join": ("同一人验收", "对"),
}  # fmt: skip

CASE_KIND_NAME = {"list": "名单", "finding": "信息不一致"}
EVENT_NAME = {"reopened": "重开", "opened": "新增", "answered": "答复", "closed": "销号", "changed": "内容有变"}  # as lists order them
STATE_NAME = {"open": "未办结", "answered": "已答复，未销号", "closed": "已销号"}


# ``case_log.reason``: why a case was closed. Beside them the code ``whereabouts``: the child has a whereabouts that is not listed, which
# is named instead. With ``merged``, ``said`` ends in the number of the other person.
CLOSED_REASON_NAME = {
    "merged": "人员编号并入",
    "gone_from_all": "各系统已无此人",
    "out_of_scope": "不在范围内（出生日期或户籍已更正）",
    "records_reassigned": "人员认定有变：记录分给了另一人",
    "unchanged_no_longer_differs": "登记未变，按比对日期和规则不再不一致",
    "corrected": "登记已更正",
    "no_longer_differs": "不再不一致",
}
# Those that have a shorter name where there is little room.
_CLOSED_REASON_SHORT_NAME = {"out_of_scope": "不在范围内"}

# ``findings.basis``: what a finding rests its favoured value on, or why it favours none. {} stands for the systems that agree, or their number.
BASIS_NAME = {
    "legal_record": "公安户籍为法定登记",
    "legal_record_and_more": "公安户籍为法定登记，{}相同",
    "legal_record_outvoted": "公安户籍为法定登记；但另一值有 {} 个系统相同，户籍也可能有误",
    "more_systems": "{}相同",
    "one_system_each": "各只有一个系统如此登记，须看户口簿",
    "character_missing": "另一值有缺字",
    "check_digit_wrong": "另一号校验码不符",
    "agrees_with_birthdate": "与登记的出生日期相符",
    "both_ids_valid": "两号都有效，须看户口簿",
    "own_id_elsewhere": "本人证件号另有系统登记",
    "household_book": "须看户口簿",
    "agrees_with_id": "与身份证号相符",
    "contradicts_itself": "同一条记录自相矛盾，须看户口簿",
    "whole_and_valid": "完整有效，校验码相符",
    "no_other_id": "没有别的号码可比，须看户口簿",
    "valid_id_elsewhere": "别的系统有此人的有效证件号",
    "no_id_anywhere": "各系统都没有，可能未落户",
    "household_books_of_both": "须看两人的户口簿",
    "police_decide_which": "由公安机关认定保留哪一个",
    "police_decide_one_person": "由公安机关认定是否一人",
    "later_change": "学籍变动日期较晚",
    "ask_school": "须到校核实",
    "claim_is_no_proof": "国扶每年更新一次，不作在校证明",
    "enrolment_is_no_proof": "在读只证明有学籍，须到校核实",
    "schooling_goes_on": "户籍迁出不影响在校就读",
    "systems_opposed": "两个系统相反，须入户核实",
    "suspension_limit": "休学一般不超过一年，须核实",
    "check_birthdate_and_grade": "须核对出生日期和年级",
    "trace_child": "须跟踪去向",
    "responsible_township": "户籍所在乡镇负责",
    "poverty_register": "国扶系统是建档立卡的名册",
    "certificate_valid": "残疾证有效",
    "see_certificate": "须看残疾证",
    "current_assessment": "以现行评定为准，证号可能未换",
    "certificate_decides": "以残疾证为准",
    "federation_cancels_one": "须由残联注销其一",
    "federation_issues": "残联是发证机关",
    "placement_needed": "须落实送教上门，或办理免学、缓学",
    "poor_and_enrolled": "国扶在册，学籍在读",
    "nothing_supports_aid": "国扶、残联、资助认定均不支持",
    "no_open_student_record": "学籍系统无在读记录",
    "check_payment_lists": "须核对发放名册",
    "in_poverty_register": "国扶在册",
    "not_in_poverty_register": "国扶无此人",
}
# The bases that only the household book can decide.
HOUSEHOLD_BOOK_NEEDED = frozenset(
    ("one_system_each", "both_ids_valid", "household_book", "contradicts_itself", "no_other_id", "household_books_of_both")
)

# ``repairs.rule``: what standardising did to a value.
REPAIR_NAME = {
    "blanks": "去掉空格、制表符或不可见字符",
    "width": "全角改半角，字母改大写",
    "radicals": "部首字（多从 PDF 复制而来）改为常用字",
    "wrapper": "去掉引号、等号或撇号",
    "id_x": "身份证号末位改为大写 X",
    "id_form": "从证件号中取出 18 位身份证号（残疾证号、15 位旧号、看错的字母等）",
    "date_form": "日期改为 年-月-日",
    "date_next_day": "日期被程序存早了一天（世界时零点，或前一日 23:59:17、16:00:00 等），改为次日",
    "date_serial": "数字日期换算为 年-月-日",
    "code_form": "代码与名称写在一起，取其代码",
    "place_form": "地名改为区划表中的名称（简称、旧称、同音或形近的错字）",
    "name_form": "姓名去掉括注，缺字记为 □，间隔号统一",
    "joined_cell": "姓名与证件号写在同一格，分为两项",
    "phone_form": "电话只留数字",
    "amount_form": "金额去掉单位",
    "form": "改为标准写法",
    "no_value": "“无”“—”等视为未填",
    "unreadable": "无法识别，按未填处理",
    "merged_cell": "合并单元格，填入其首格的值",
    "error_cell": "错误值（#N/A 等），按未填处理",
}


def closed_reason_name(reason: str | None, whereabouts: str | None) -> str:
    """The short name of why a case was closed (``cases.closed_reason``, ``closed_whereabouts``);
    empty where an entry of an earlier version has no code."""
    if whereabouts:
        return WHEREABOUTS_SHORT_NAME.get(whereabouts, whereabouts)
    return _CLOSED_REASON_SHORT_NAME.get(reason or "") or CLOSED_REASON_NAME.get(reason or "", "")


def title_of(case: Mapping[str, str]) -> str:
    """What a row of the table ``cases`` is about; a rule of an earlier version that is no more is called by its code."""
    if case["kind"] == "list":
        return f"去向不明儿童（{WHEREABOUTS_NAME.get(case['rule'], case['rule'])}）"
    return RULE[case["rule"]].name if case["rule"] in RULE else case["rule"]
