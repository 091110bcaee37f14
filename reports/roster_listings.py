"""The sheets of the plan's further lists of names (``schemas.rosters``). Declarative, as ``reports.listings``."""

from reports.book import Lacking, SheetColumn, SheetOfRows
from reports.listings import CODE_COLUMNS
from schemas.answers import HOLIDAY_VISIT_RESULTS

_CODE, _CODE_2, _CODE_3 = CODE_COLUMNS

# For the bureau and each township: who was to enter a junior school and has not.
NOT_REGISTERED_SHEET = SheetOfRows(
    title="小升初未注册名册",
    unit="人",
    empty="没有小升初未注册的学生。",
    numbered=True,
    frozen=4,
    grouped_by="school",
    unprinted=("person_id",),
    columns=(
        SheetColumn("应就读初中\n（推断）", "school", width=14, seen="township"),
        SheetColumn("乡镇", "township", width=8, seen="township", hidden_in_township=True),
        SheetColumn("姓名", "name", width=8, seen="township"),
        SheetColumn("性别", "sex", width=4, seen="township"),
        SheetColumn("身份证号", "id_number", "id", 20, seen="township"),
        SheetColumn("出生日期", "birthdate", "date", seen="township"),
        SheetColumn("村", "village", width=10, seen="township"),
        SheetColumn("监护人", "guardian", width=8, seen="township"),
        SheetColumn("联系电话", "phone", "id", 13, seen="township"),
        SheetColumn("毕业小学", "primary_school", width=14, seen="township"),
        SheetColumn("现在情况", "now", width=20, seen="township"),
        SheetColumn("推断依据", "basis_name", width=18, seen="township"),
    ),
)

# For the bureau: those of grade nine who have left early, or may.
LEAVING_SHEET = SheetOfRows(
    title="毕业班保学",
    unit="人",
    empty="九年级没有提前离校或有苗头的学生。",
    numbered=True,
    frozen=4,
    grouped_by="school",
    unprinted=("person_id",),
    columns=(
        SheetColumn("学校", "school", width=14),
        SheetColumn("年级", "grade", width=8),
        SheetColumn("姓名", "name", width=8),
        SheetColumn("苗头或情况", "signs", width=30),
        SheetColumn("学籍状态", "state", width=6),
        SheetColumn("性别", "sex", width=4),
        SheetColumn("出生日期", "birthdate", "date"),
        SheetColumn("身份证号", "id_number", "id", 20),
        SheetColumn("乡镇", "township", width=8),
        SheetColumn("村", "village", width=10),
        SheetColumn("监护人", "guardian", width=8),
        SheetColumn("联系电话", "phone", "id", 13),
        SheetColumn("个案编号", "case_id", "id"),
    ),
)

# For the bureau and the county: who is in the class for those of 15 and 16, and who may be won for it.
CLASS_SHEET = SheetOfRows(
    title="职教提升班",
    unit="人",
    empty="没有职教提升班的学生和可动员对象。",
    numbered=True,
    frozen=4,
    grouped_by="state_name",
    unprinted=("person_id",),
    columns=(
        SheetColumn("情况", "state_name", width=10),
        SheetColumn("乡镇", "township", width=8),
        SheetColumn("姓名", "name", width=8),
        SheetColumn("周岁", "age", "number", 5),
        SheetColumn("性别", "sex", width=4),
        SheetColumn("身份证号", "id_number", "id", 20),
        SheetColumn("出生日期", "birthdate", "date"),
        SheetColumn("村", "village", width=10),
        SheetColumn("监护人", "guardian", width=8),
        SheetColumn("联系电话", "phone", "id", 13),
        SheetColumn("学校和班级", "school", width=16),
        SheetColumn("核查说明", "note", width=16),
        SheetColumn("佐证材料", "evidence", width=14),
        SheetColumn("核查人", "answered_by", width=6),
        SheetColumn("核查日期", "answered_on", "date"),
        SheetColumn("列入名单的原因", "reason_name", width=16),
        SheetColumn("已列入周数", "weeks", "number"),
    ),
)

# Who came back to school last semester, for the township to visit in the winter holiday: read back as 劝返记录 is.
_BEGUN = (Lacking(("said", "measure")),)
HOLIDAY_SHEET = SheetOfRows(
    title="寒假家访名单",
    unit="人",
    empty="没有要在寒假家访的儿童。",
    numbered=True,
    frozen=6,
    pages=2,
    identified_by=("case_id", "person_id", "name", "id_number", "township"),
    columns=(
        _CODE,
        SheetColumn("乡镇", "township", width=6, seen="township", hidden_in_township=True),
        SheetColumn("村", "village", width=6, seen="township"),
        SheetColumn("监护人", "guardian", width=6, seen="township"),
        SheetColumn("姓名", "name", width=6, seen="township"),
        SheetColumn("联系电话", "phone", "id", 13, seen="township"),
        SheetColumn("学校", "school", width=12, seen="township"),
        SheetColumn("年级", "grade", width=6, seen="township"),
        SheetColumn("返校情况", "how", width=14, seen="township"),
        SheetColumn("返校日期", "back_on", "date", seen="township"),
        SheetColumn("家访日期", "checked_on", "date", seen="township", asked=True, rules=_BEGUN),
        SheetColumn("家访人", "checked_by", width=8, seen="township", asked=True, rules=_BEGUN),
        SheetColumn("家访了解的情况", "measure", width=24, seen="township", asked=True),
        _CODE_2,
        SheetColumn(
            "家访结果",
            "said",
            width=14,
            seen="township",
            asked=True,
            choices=HOLIDAY_VISIT_RESULTS,
            rules=(Lacking(("measure", "note")),),
        ),
        SheetColumn("备注", "note", width=14, seen="township", asked=True),
        SheetColumn("已记录次数", "visits", "number", 6, seen="township"),
        SheetColumn("最近三次", "last_visits", width=30, seen="township"),
        SheetColumn("身份证号", "id_number", "id", 20, seen="township"),
        SheetColumn("人员编号", "person_id", "id", 12, seen="township", hidden_in_township=True),
        SheetColumn("个案编号", "case_id", "id", seen="township", hidden_in_township=True),
        _CODE_3,
    ),
)
BUREAU_SHEETS = (NOT_REGISTERED_SHEET, LEAVING_SHEET, CLASS_SHEET)
