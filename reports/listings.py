"""The lists of a workbook: which columns each has, in which order, who may see them, and what an officer fills in.

Declarative: ``reports.township`` and ``reports.county`` fill them from the published tables. A column without ``seen`` is the
county's alone: whoever adds one decides whether townships may see it.
"""

from dataclasses import replace

from reports.book.declare import Lacking, OwnChildren, SheetColumn, SheetOfRows
from schemas.answers import HANDLED, SAME_PERSON
from schemas.responsible_roles import RESPONSIBLE_ROLES
from schemas.settings import Settings
from schemas.whereabouts import ANSWERS
from schemas.words import LIST_TITLE

# What an officer reads where a value is about a child of another township.
_ELSEWHERE = "（涉及外乡镇儿童，请联系县教育局核对）"
_SIDE_A, _SIDE_B = OwnChildren("a_elsewhere", _ELSEWHERE), OwnChildren("b_elsewhere", _ELSEWHERE)
_EITHER_SIDE, _FAVOURED_SIDE = OwnChildren("either_elsewhere", _ELSEWHERE), OwnChildren("favoured_elsewhere", _ELSEWHERE)

# The code of a row to be answered (``reports.row_codes``): at its beginning, among the answer cells and at its end.
ROW_CODES = ("row_code", "row_code_2", "row_code_3")
CODE_COLUMNS = tuple(
    SheetColumn(heading, key, "id", 12, seen="township", hidden=True)
    for heading, key in zip(("行码", "行码（二）", "行码（三）"), ROW_CODES, strict=True)
)
_CODE, _CODE_2, _CODE_3 = CODE_COLUMNS

# What an answer needs beside the choice (``pipelines.answers.answer_needs``): red from the moment that something is answered until it is there.
_SAID = ("said",)
_NEEDED = (Lacking(_SAID),)
_DONE_BY = ("said", "right_value")
_PAPER = "附"  # in the words of an answer that needs an approval or the parents' consent

# A row is read from left to right on one screen: where the child lives, who it is, why it is asked about, what is to be filled in. Then
# what helps to find it.
CHILDREN_SHEET = SheetOfRows(
    title=LIST_TITLE["listed"][0],
    unit=LIST_TITLE["listed"][1],
    empty="本次无去向不明儿童。",
    numbered=True,
    frozen=6,
    pages=2,
    unprinted=("reason", "follow_up", "answer_state", "waiting_id", "walk"),  # counts on the cover, whether the child is asked about, a village's order
    identified_by=("case_id", "person_id", "name", "id_number", "birthdate", "township"),
    columns=(
        _CODE,
        SheetColumn("乡镇", "township", width=6, seen="township", hidden_in_township=True),
        SheetColumn("村", "village", width=6, seen="township"),
        SheetColumn("监护人", "guardian", width=6, seen="township"),
        SheetColumn("姓名", "name", width=6, seen="township"),
        SheetColumn("联系电话", "phone", "id", 13, seen="township"),
        SheetColumn("原因", "reason_name", width=16, seen="township"),
        SheetColumn("跟进方式", "follow_up_name", width=8, seen="township"),
        SheetColumn("疑似学籍记录", "candidate", width=22, seen=OwnChildren("candidate_elsewhere", _ELSEWHERE)),
        SheetColumn(
            "核查去向", "said", width=14, seen="township", asked=True, choices=tuple(ANSWERS),
            rules=(Lacking(("school_said", "note", "evidence")),),
        ),
        _CODE_2,
        SheetColumn("就读学校", "school_said", width=16, seen="township", asked=True, rules=(Lacking(_SAID, "填学校"),)),
        SheetColumn("核查说明", "note", width=16, seen="township", asked=True, rules=(Lacking(_SAID, _PAPER, ("evidence",)),)),
        SheetColumn("佐证材料", "evidence", width=12, seen="township", asked=True, rules=(Lacking(_SAID, _PAPER, ("note",)),)),
        SheetColumn("核查人", "checked_by", width=6, seen="township", asked=True, rules=_NEEDED),
        SheetColumn("核查日期", "checked_on", "date", seen="township", asked=True, rules=_NEEDED),
        SheetColumn("上次答复", "answer", width=16, seen="township"),
        *(SheetColumn(heading, role, width=8, seen="township", only_if_filled=True) for role, heading in RESPONSIBLE_ROLES.items()),
        SheetColumn("线索", "hint", width=16, seen="township"),
        SheetColumn("性别", "sex", width=4, seen="township"),
        SheetColumn("出生日期", "birthdate", "date", seen="township"),
        SheetColumn("身份证号", "id_number", "id", 20, seen="township"),
        SheetColumn("建档立卡", "poverty", width=4, seen="township"),
        SheetColumn("残疾", "disability", width=6, seen="township"),
        SheetColumn("类别", "whereabouts", width=10, seen="township"),
        SheetColumn("首次列入", "first_listed", "date", seen="township"),
        SheetColumn("已列入周数", "weeks", "number", seen="township"),
        SheetColumn("人员编号", "person_id", "id", 12, seen="township", hidden_in_township=True),
        SheetColumn("个案编号", "case_id", "id", seen="township", hidden_in_township=True),
        SheetColumn("数据来源", "sources", width=30, seen="township", hidden_in_township=True),
        _CODE_3,
    ),
)  # fmt: skip

PAIRS_SHEET = SheetOfRows(
    title="疑似同一人",
    unit="对",
    empty="本次无疑似同一人。",
    numbered=True,
    frozen=7,
    pages=2,
    unprinted=("township", "answer_id", "answer_state"),  # whose officer is asked, and whether the county has yet to accept an answer
    identified_by=("record_id_l", "record_id_r", "name_l", "name_r", "id_l", "id_r", "birthdate_l", "birthdate_r"),
    columns=(
        _CODE,
        SheetColumn("可能性", "likelihood", width=6, seen="township"),
        SheetColumn("列入去向不明", "listed", width=4, seen="township"),
        SheetColumn("村", "village", width=6, seen="township"),
        SheetColumn("姓名\n（一）", "name_l", width=6, seen="township"),
        SheetColumn("姓名\n（二）", "name_r", width=6, seen="township"),
        SheetColumn("身份证号\n（一）", "id_l", "id", 20, seen="township"),
        SheetColumn("身份证号\n（二）", "id_r", "id", 20, seen="township"),
        SheetColumn("出生日期\n（一）", "birthdate_l", "date", seen="township"),
        SheetColumn("出生日期\n（二）", "birthdate_r", "date", seen="township"),
        SheetColumn("监护人\n（一）", "guardian_l", width=6, seen="township"),
        SheetColumn("监护人\n（二）", "guardian_r", width=6, seen="township"),
        SheetColumn("是否同一人", "said", width=8, seen="township", asked=True, choices=tuple(SAME_PERSON), rules=(Lacking(("note",)),)),
        _CODE_2,
        SheetColumn("说明", "note", width=14, seen="township", asked=True),
        SheetColumn("核查人", "checked_by", width=6, seen="township", asked=True, rules=_NEEDED),
        SheetColumn("核查日期", "checked_on", "date", seen="township", asked=True, rules=_NEEDED),
        SheetColumn("上次答复", "answer", width=12, seen="township"),
        SheetColumn("依据", "evidence_text", width=22, seen="township"),
        SheetColumn("村\n（一）", "place_l", width=10, seen="township"),
        SheetColumn("村\n（二）", "place_r", width=10, seen="township"),
        SheetColumn("系统\n（一）", "registry_l", width=8, seen="township"),
        SheetColumn("系统\n（二）", "registry_r", width=8, seen="township"),
        SheetColumn("学校\n（一）", "school_l", width=10, seen="township"),
        SheetColumn("学校\n（二）", "school_r", width=10, seen="township"),
        SheetColumn("出处\n（一）", "address_l", width=14, seen="township", hidden_in_township=True),
        SheetColumn("出处\n（二）", "address_r", width=14, seen="township", hidden_in_township=True),
        SheetColumn("记录编号\n（一）", "record_id_l", "id", seen="township", hidden=True),
        SheetColumn("记录编号\n（二）", "record_id_r", "id", seen="township", hidden=True),
        _CODE_3,
    ),
)  # fmt: skip

_WHOSE = (
    SheetColumn("乡镇", "township", width=6, seen="township", hidden_in_township=True),
    SheetColumn("村", "village", width=6, seen="township"),
    SheetColumn("姓名", "name", width=6, seen="township"),
    SheetColumn("身份证号", "id_number", "id", 20, seen="township"),
)
_CONTRADICTION = (
    SheetColumn("规则", "rule_name", width=12, seen="township"),
    SheetColumn("项目", "field_name", width=8, seen="township"),
    SheetColumn("来源一", "registry_a", width=8, seen="township"),
    SheetColumn("值一", "value_a", "id", 20, seen=_SIDE_A),
    SheetColumn("来源二", "registry_b", width=8, seen="township"),
    SheetColumn("值二", "value_b", "id", 20, seen=_SIDE_B),
    SheetColumn("倾向", "favoured_value", "id", 20, seen=_FAVOURED_SIDE),
)
_ABOUT_IT = (
    SheetColumn("建议", "advice", width=16, seen="township"),
    SheetColumn("理由", "why", width=16, seen=_EITHER_SIDE),
    SheetColumn("责任单位", "owner", width=8, seen="township"),
    SheetColumn("严重程度", "severity_name", width=4, seen="township"),
    SheetColumn("差异", "kind_name", width=10, seen="township"),
    SheetColumn("说明", "message", width=16, seen=_EITHER_SIDE),
)

FINDINGS_SHEET = SheetOfRows(
    title="信息不一致",
    unit="条",
    empty="本次无信息不一致。",
    numbered=True,
    frozen=5,
    pages=2,
    unprinted=("asked",),  # whether the township can settle it
    identified_by=("case_id", "person_id", "name", "id_number", "rule_name"),
    columns=(
        _CODE,
        *_WHOSE,
        *_CONTRADICTION,
        # A corrected value is as often as not an ID number.
        SheetColumn("正确值", "right_value", "id", 20, seen="township", asked=True),
        SheetColumn("处理情况", "said", width=10, seen="township", asked=True, choices=HANDLED),
        _CODE_2,
        SheetColumn("处理人", "checked_by", width=6, seen="township", asked=True, rules=(Lacking(_DONE_BY),)),
        SheetColumn("日期", "checked_on", "date", seen="township", asked=True, rules=(Lacking(_DONE_BY),)),
        SheetColumn("上次答复", "answer", width=12, seen="township"),
        *_ABOUT_IT,
        SheetColumn("出处一", "address_a", width=18, seen=_SIDE_A, hidden_in_township=True),
        SheetColumn("出处二", "address_b", width=18, seen=_SIDE_B, hidden_in_township=True),
        SheetColumn("人员编号", "person_id", "id", 12, seen="township", hidden_in_township=True),
        SheetColumn("个案编号", "case_id", "id", seen="township", hidden_in_township=True),
        SheetColumn("问题编号", "finding_id", "id", seen="township", hidden=True),
        _CODE_3,
    ),
    grouped_by="person_id",
)

# What offices settle in their own systems, for a township to know: nothing is filled in here, and nothing in it is read back.
FOR_INFORMATION_SHEET = SheetOfRows(
    title="信息不一致（供参考）",
    unit="条",
    empty="没有供参考的信息不一致。",
    numbered=True,
    frozen=4,
    pages=2,
    unprinted=("person_id",),
    columns=(*_WHOSE, *_CONTRADICTION, *_ABOUT_IT, SheetColumn("上次答复", "answer", width=12, seen="township")),
    grouped_by="person_id",
)

CHANGES_SHEET = SheetOfRows(
    title="变化",
    unit="件",
    empty="上次比对以后、上星期四以后，没有新增、重开、答复或销号的个案。",
    numbered=True,
    frozen=1,
    columns=(
        SheetColumn("上次比对\n以后", "in_run", width=6, seen="township"),
        SheetColumn("上星期四\n以后", "in_week", width=6, seen="township"),
        SheetColumn("日期", "as_of", "date", seen="township"),
        SheetColumn("事件", "event", width=4, seen="township"),
        SheetColumn("个案编号", "case_id", "id", seen="township"),
        SheetColumn("人员编号", "person_id", "id", 12, seen="township"),
        SheetColumn("乡镇", "township", width=10, seen="township"),
        SheetColumn("村", "village", width=12, seen="township"),
        SheetColumn("姓名", "name", width=10, seen="township"),
        SheetColumn("类型", "kind_name", width=10, seen="township"),
        SheetColumn("名单类别或规则", "rule_name", width=30, seen="township"),
        # The number that has taken up a child's own may be that of a child elsewhere.
        SheetColumn(
            "销号原因或答复", "said", width=50, seen=OwnChildren("merged", "人员编号并入他人", "已销号，原因请向县教育局了解")
        ),
    ),
)

# To be worked through and counted on the cover.
SHEETS_TO_ANSWER = (CHILDREN_SHEET, PAIRS_SHEET, FINDINGS_SHEET)


def on_weekly_day(sheet: SheetOfRows, settings: Settings) -> SheetOfRows:
    """``sheet`` with the county's day of the weekly report in its texts."""
    columns = tuple(replace(column, heading=settings.on_weekly_day(column.heading)) for column in sheet.columns)
    return replace(sheet, empty=settings.on_weekly_day(sheet.empty or "") or None, columns=columns)
