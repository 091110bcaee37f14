"""The sheets about answers: what waits for the county, what is off the list by an answer, the receipt, and what an office is to correct.

Declarative, as ``reports.listings``.
"""

from reports.book.declare import DARK_RED, RED_FILL, RED_TEXT, Lacking, SheetColumn, SheetOfRows, ValueEqual
from reports.joining_listing import JOINING_SHEET
from reports.listings import CODE_COLUMNS, SHEETS_TO_ANSWER
from reports.roster_listings import HOLIDAY_SHEET
from schemas.answers import ACCEPTANCE, FOUND, HANDLED, VISIT_RESULTS
from schemas.codes import REPORT_STATE
from schemas.words import LIST_TITLE

_CODE, _CODE_2, _CODE_3 = CODE_COLUMNS
SAMPLED = "电话抽查"

_ANSWER = (
    SheetColumn("人员编号", "person_id", "id", 12, seen="township"),
    SheetColumn("乡镇", "township", width=6, seen="township"),
    SheetColumn("村", "village", width=6, seen="township"),
    SheetColumn("姓名", "name", width=6, seen="township"),
    SheetColumn("身份证号", "id_number", "id", 20, seen="township"),
    SheetColumn("出生日期", "birthdate", "date", seen="township"),
    SheetColumn("监护人", "guardian", width=6, seen="township"),
    SheetColumn("联系电话", "phone", "id", 13, seen="township"),
    SheetColumn("答复", "value", width=14, seen="township"),
    SheetColumn("所填学校", "detail", width=14, seen="township"),
    SheetColumn("核查说明", "note", width=14, seen="township"),
    SheetColumn("佐证材料", "evidence", width=12, seen="township"),
    SheetColumn("核查人", "answered_by", width=6, seen="township"),
    SheetColumn("核查日期", "answered_on", "date", seen="township"),
    SheetColumn("收到日期", "received_on", "date", seen="township"),
)

# What the county is to decide of each answer that would take a child off the list.
ACCEPTANCE_SHEET = SheetOfRows(
    title=LIST_TITLE["to_accept"][0],
    unit=LIST_TITLE["to_accept"][1],
    empty="没有待验收的答复。",
    numbered=True,
    frozen=6,
    pages=2,
    identified_by=("answer_id", "person_id", "name", "id_number", "value"),
    columns=(
        _CODE,
        *_ANSWER,
        SheetColumn("须注意", "doubt_name", width=18),
        SheetColumn("报告原文", "reported", "id", width=24, only_if_filled=True),
        SheetColumn("上次验收", "last_word", width=18, only_if_filled=True),
        SheetColumn("答复编号", "answer_id", "id", 15),
        SheetColumn("验收意见", "said", width=8, asked=True, choices=tuple(ACCEPTANCE), rules=(Lacking(("returned_why",)),)),
        _CODE_2,
        SheetColumn("退回原因", "returned_why", width=14, asked=True, rules=(Lacking(("said",), "退回"),)),
        SheetColumn("验收人", "checked_by", width=6, asked=True, rules=(Lacking(("said",)),)),
        SheetColumn("验收日期", "checked_on", "date", asked=True, rules=(Lacking(("said",)),)),
        _CODE_3,
    ),
)

# Answers that take a child off the list and that the county has not decided on: the township is not asked again.
WAITING_SHEET = SheetOfRows(
    title=LIST_TITLE["waiting"][0],
    unit=LIST_TITLE["waiting"][1],
    empty="没有待县验收的答复。",
    numbered=True,
    frozen=5,
    pages=2,
    unprinted=("answer_id", "doubt_name", "last_word"),
    columns=_ANSWER,
)

# Children of whom the township has answered what only an office can enter in its system: on the list until it has, and not asked about again.
WITH_OFFICE_SHEET = SheetOfRows(
    title=LIST_TITLE["with_office"][0],
    unit=LIST_TITLE["with_office"][1],
    empty="没有待部门更正的儿童。",
    numbered=True,
    frozen=5,
    pages=2,
    columns=(*_ANSWER, SheetColumn("由谁更正", "keeper", width=8, seen="township")),
)

# The standing list of children who are in no school of the registries and off the list because somebody answered so.
OFF_LIST_SHEET = SheetOfRows(
    title="凭答复销号",
    unit="人",
    empty="没有凭答复销号的儿童。",
    numbered=True,
    frozen=5,
    pages=2,
    columns=(
        *_ANSWER,
        SheetColumn("须注意", "doubt_name", width=18),
        SheetColumn("验收人", "decided_by", width=6),
        SheetColumn("验收日期", "decided_on", "date"),
        SheetColumn(SAMPLED, "sampled", width=8, rules=(ValueEqual("抽查", DARK_RED, RED_FILL),)),
    ),
)

# What has become of each answer that a township, an office or the county itself sent: its receipt.
RECEIPT_SHEET = SheetOfRows(
    title="回执",
    unit="条",
    empty="本学期没有收到答复。",
    numbered=True,
    frozen=2,
    columns=(
        SheetColumn("文件", "file", width=18, seen="township"),
        SheetColumn("工作表", "sheet", width=8, seen="township"),
        SheetColumn("行", "row", "number", 5, seen="township"),
        SheetColumn("姓名", "name", width=6, seen="township"),
        SheetColumn("答复", "value", width=14, seen="township"),
        SheetColumn("核查日期", "answered_on", "date", seen="township"),
        SheetColumn("收到日期", "received_on", "date", seen="township"),
        SheetColumn(
            "结果",
            "state_name",
            width=10,
            seen="township",
            rules=(ValueEqual("未采用", RED_TEXT, RED_FILL), ValueEqual("县退回", RED_TEXT, RED_FILL)),
        ),
        SheetColumn("原因和改法", "why", width=40, seen="township"),
        SheetColumn("谁的", "person_id", "id", 12, seen="township", hidden=True),  # by which a row is found that is to go
    ),
    unprinted=("township", "sender"),
)

# What an office is to correct in its own system; it sends the sheet back as a township does its lists.
CORRECTIONS_SHEET = SheetOfRows(
    title="更正清单",
    unit="条",
    empty="没有要更正的。",
    numbered=True,
    frozen=7,
    pages=2,
    unprinted=("keeper",),
    identified_by=("case_id", "person_id", "name", "id_number", "system"),
    columns=(
        _CODE,
        SheetColumn("系统", "system", width=6),
        SheetColumn("文件", "file", width=14),
        SheetColumn("工作表", "sheet", width=8),
        SheetColumn("行", "row", "number", 5),
        SheetColumn("姓名", "name", width=6),
        SheetColumn("证件号", "id_number", "id", 20),
        SheetColumn("乡镇", "township", width=6),
        SheetColumn("学校", "school", width=10),
        SheetColumn("问题", "problem", width=12),
        SheetColumn("项目", "field_name", width=8),
        SheetColumn("现值", "value_now", "id", 20),
        SheetColumn("应改为", "value_right", "id", 20),
        SheetColumn("依据", "why", width=18),
        SheetColumn("对照出处", "compared_with", width=18),
        SheetColumn("乡镇核实", "township_said", width=14),
        SheetColumn("上次答复", "answer", width=12),
        SheetColumn("个案编号", "case_id", "id"),
        SheetColumn("人员编号", "person_id", "id", hidden=True),
        SheetColumn("办理情况", "said", width=10, asked=True, choices=HANDLED),
        _CODE_2,
        SheetColumn("更正后的值", "right_value", "id", 20, asked=True),
        SheetColumn("办理人", "checked_by", width=6, asked=True, rules=(Lacking(("said", "right_value")),)),
        SheetColumn("办理日期", "checked_on", "date", asked=True, rules=(Lacking(("said", "right_value")),)),
        _CODE_3,
    ),
)

# What a township reports of its own accord: empty rows to fill in.
_REPORTED = (
    SheetColumn("身份证号", "id_number", "id", 20, seen="township", asked=True),
    SheetColumn("出生日期", "birthdate", "date", seen="township", asked=True),
)
_REPORTED_BY = (
    SheetColumn("说明", "note", width=20, seen="township", asked=True),
    SheetColumn("核查人", "checked_by", width=8, seen="township", asked=True),
    SheetColumn("核查日期", "checked_on", "date", seen="township", asked=True),
)
ABSENT_SHEET = SheetOfRows(
    title="名在人不在",
    unit="人",
    empty=None,
    numbered=True,
    frozen=3,
    filtered=False,
    columns=(
        SheetColumn("乡镇", "township", width=6, seen="township"),
        SheetColumn("姓名", "name", width=8, seen="township", asked=True),
        *_REPORTED,
        SheetColumn("登记的学校", "school_said", width=20, seen="township", asked=True),
        SheetColumn(
            "情况", "said", width=10, seen="township", asked=True, choices=tuple(name for name in REPORT_STATE if name != FOUND)
        ),
        *_REPORTED_BY,
    ),
)
FOUND_SHEET = SheetOfRows(
    title="新发现",
    unit="人",
    empty=None,
    numbered=True,
    frozen=3,
    filtered=False,
    columns=(
        SheetColumn("乡镇", "township", width=6, seen="township"),
        SheetColumn("姓名", "name", width=8, seen="township", asked=True),
        SheetColumn("性别", "sex", width=4, seen="township", asked=True, choices=("男", "女")),
        *_REPORTED,
        SheetColumn("村", "village", width=10, seen="township", asked=True),
        SheetColumn("监护人", "guardian", width=8, seen="township", asked=True),
        SheetColumn("联系电话", "phone", "id", 13, seen="township", asked=True),
        *_REPORTED_BY,
    ),
)
# Each time that somebody went to bring a child back to school: a row to fill in, and what is on record.
VISITS_SHEET = SheetOfRows(
    title="劝返记录",
    unit="人",
    empty="没有要劝返的儿童。",
    numbered=True,
    frozen=6,
    identified_by=("case_id", "person_id", "name", "id_number", "township"),
    columns=(
        _CODE,
        SheetColumn("乡镇", "township", width=6, seen="township", hidden_in_township=True),
        SheetColumn("村", "village", width=6, seen="township"),
        SheetColumn("监护人", "guardian", width=6, seen="township"),
        SheetColumn("姓名", "name", width=6, seen="township"),
        SheetColumn("联系电话", "phone", "id", 13, seen="township"),
        SheetColumn("原因", "reason_name", width=14, seen="township"),
        SheetColumn("已记录次数", "visits", "number", 6, seen="township"),
        SheetColumn("最近三次", "last_visits", width=40, seen="township"),
        SheetColumn("劝返日期", "checked_on", "date", seen="township", asked=True, rules=(Lacking(("said", "measure")),)),
        SheetColumn("劝返人", "checked_by", width=8, seen="township", asked=True, rules=(Lacking(("said", "measure")),)),
        SheetColumn("劝返措施", "measure", width=24, seen="township", asked=True),
        _CODE_2,
        SheetColumn(
            "劝返结果",
            "said",
            width=14,
            seen="township",
            asked=True,
            choices=VISIT_RESULTS,
            rules=(Lacking(("measure", "note")),),
        ),
        SheetColumn("备注", "note", width=14, seen="township", asked=True),
        SheetColumn("身份证号", "id_number", "id", 20, seen="township"),
        SheetColumn("人员编号", "person_id", "id", 12, seen="township", hidden_in_township=True),
        SheetColumn("个案编号", "case_id", "id", seen="township", hidden_in_township=True),
        _CODE_3,
    ),
)
EMPTY_ROWS = 50  # of such a sheet

# What comes back filled in.
SHEETS_READ_BACK = (
    *SHEETS_TO_ANSWER,
    ACCEPTANCE_SHEET,
    JOINING_SHEET,
    CORRECTIONS_SHEET,
    ABSENT_SHEET,
    FOUND_SHEET,
    VISITS_SHEET,
    HOLIDAY_SHEET,
)
