"""The lists of a workbook: which columns an officer sees, in which order, and what he or she fills in.

Declarative: ``reports.content`` supplies the fields, ``reports.sheet`` draws them.
"""

from dataclasses import dataclass
from typing import Literal

from schemas.answers import HANDLED, SAME_PERSON
from schemas.whereabouts import ANSWERS

# id: kept as text by the cell's format too, so that an edit cannot turn it into a number.
CellKind = Literal["text", "id", "date", "number"]

# Ends the heading of every column to be filled in. A returned workbook's columns are known by how their headings begin.
ANSWER_MARK = "【填】"


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """``field``: the column of the frame. ``widest``: where it wraps, in half-width characters.

    ``hidden`` columns carry the keys by which a returned row is recognised.
    """

    heading: str
    field: str
    kind: CellKind = "text"
    widest: int = 10
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class AskedColumn:
    """A column for the officer to fill in; ``choices`` make it a drop-down. ``field``: what a returned row calls it."""

    question: str
    field: str
    kind: CellKind = "text"
    widest: int = 10
    choices: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        return f"{self.question}\n{ANSWER_MARK}"


@dataclass(frozen=True, slots=True)
class SheetOfRows:
    """``frozen``: how many columns stay in view, the running number included. ``empty``: said instead of an empty grid.
    ``grouped_by``: the field by which rows belong together; every other group is shaded. ``pages``: how many sheets of paper its
    columns take side by side, the frozen ones on each."""

    title: str
    unit: str
    empty: str
    frozen: int
    columns: tuple[ShownColumn, ...]
    answers: tuple[AskedColumn, ...]
    grouped_by: str | None = None
    pages: int = 2


CHILDREN_SHEET = SheetOfRows(
    title="去向不明儿童",
    unit="人",
    empty="本次无去向不明儿童。",
    frozen=5,
    columns=(
        ShownColumn("人员编号", "person_id", "id", 12),
        ShownColumn("乡镇", "township", widest=6),
        ShownColumn("村", "village", widest=6),
        ShownColumn("姓名", "name", widest=6),
        ShownColumn("性别", "sex", widest=4),
        ShownColumn("出生日期", "birthdate", "date"),
        ShownColumn("身份证号", "id_number", "id", 20),
        ShownColumn("监护人", "guardian", widest=6),
        ShownColumn("联系电话", "phone", "id", 13),
        ShownColumn("建档立卡", "poverty", widest=4),
        ShownColumn("残疾", "disability", widest=6),
        ShownColumn("类别", "whereabouts", widest=10),
        ShownColumn("原因", "reason_name", widest=14),
        ShownColumn("线索", "hint", widest=14),
        ShownColumn("疑似学籍记录", "candidate", widest=20),
        ShownColumn("数据来源", "sources", widest=18),
        ShownColumn("首次列入", "first_listed", "date"),
        ShownColumn("已列入周数", "weeks", "number"),
        ShownColumn("上次答复", "answer", widest=12),
        ShownColumn("个案编号", "case_id", "id"),
    ),
    answers=(
        AskedColumn("核查去向", "said", widest=12, choices=tuple(ANSWERS)),
        AskedColumn("就读学校", "school_said", widest=12),
        AskedColumn("核查说明", "note", widest=14),
        AskedColumn("核查人", "checked_by", widest=6),
        AskedColumn("核查日期", "checked_on", "date"),
    ),
)

PAIRS_SHEET = SheetOfRows(
    title="疑似同一人",
    unit="对",
    empty="本次无疑似同一人。",
    frozen=1,
    columns=(
        ShownColumn("可能性", "likelihood", widest=6),
        ShownColumn("列入去向不明", "listed", widest=4),
        ShownColumn("系统\n（一）", "registry_l", widest=8),
        ShownColumn("系统\n（二）", "registry_r", widest=8),
        ShownColumn("姓名\n（一）", "name_l", widest=6),
        ShownColumn("姓名\n（二）", "name_r", widest=6),
        ShownColumn("身份证号\n（一）", "id_l", "id", 20),
        ShownColumn("身份证号\n（二）", "id_r", "id", 20),
        ShownColumn("出生日期\n（一）", "birthdate_l", "date"),
        ShownColumn("出生日期\n（二）", "birthdate_r", "date"),
        ShownColumn("监护人\n（一）", "guardian_l", widest=6),
        ShownColumn("监护人\n（二）", "guardian_r", widest=6),
        ShownColumn("村\n（一）", "place_l", widest=10),
        ShownColumn("村\n（二）", "place_r", widest=10),
        ShownColumn("学校\n（一）", "school_l", widest=10),
        ShownColumn("学校\n（二）", "school_r", widest=10),
        ShownColumn("出处\n（一）", "address_l", widest=14),
        ShownColumn("出处\n（二）", "address_r", widest=14),
        ShownColumn("依据", "evidence_text", widest=22),
        ShownColumn("上次答复", "answer", widest=12),
        ShownColumn("记录编号\n（一）", "record_id_l", "id", hidden=True),
        ShownColumn("记录编号\n（二）", "record_id_r", "id", hidden=True),
    ),
    answers=(
        AskedColumn("是否同一人", "said", widest=8, choices=tuple(SAME_PERSON)),
        AskedColumn("说明", "note", widest=14),
        AskedColumn("核查人", "checked_by", widest=6),
        AskedColumn("核查日期", "checked_on", "date"),
    ),
)

FINDINGS_SHEET = SheetOfRows(
    title="信息不一致",
    unit="条",
    empty="本次无信息不一致。",
    frozen=5,
    columns=(
        ShownColumn("人员编号", "person_id", "id", 12),
        ShownColumn("乡镇", "township", widest=6),
        ShownColumn("村", "village", widest=6),
        ShownColumn("姓名", "name", widest=6),
        ShownColumn("身份证号", "id_number", "id", 20),
        ShownColumn("严重程度", "severity_name", widest=4),
        ShownColumn("规则", "rule_name", widest=12),
        ShownColumn("项目", "field_name", widest=8),
        ShownColumn("差异", "kind_name", widest=10),
        ShownColumn("来源一", "registry_a", widest=4),
        ShownColumn("值一", "value_a", "id", 20),
        ShownColumn("来源二", "registry_b", widest=4),
        ShownColumn("值二", "value_b", "id", 20),
        ShownColumn("倾向", "favoured_value", "id", 20),
        ShownColumn("理由", "why", widest=16),
        ShownColumn("建议", "advice", widest=16),
        ShownColumn("责任单位", "owner", widest=8),
        ShownColumn("说明", "message", widest=16),
        ShownColumn("出处一", "address_a", widest=18),
        ShownColumn("出处二", "address_b", widest=18),
        ShownColumn("上次答复", "answer", widest=12),
        ShownColumn("个案编号", "case_id", "id"),
        ShownColumn("问题编号", "finding_id", "id", hidden=True),
    ),
    answers=(
        # A corrected value is as often as not an ID number.
        AskedColumn("正确值", "right_value", "id", 20),
        AskedColumn("处理情况", "said", widest=10, choices=HANDLED),
        AskedColumn("处理人", "checked_by", widest=6),
        AskedColumn("日期", "checked_on", "date"),
    ),
    grouped_by="person_id",
)

CHANGES_SHEET = SheetOfRows(
    title="变化",
    unit="件",
    empty="上次比对以后、上星期四以后，没有新增、重开、答复或销号的个案。",
    frozen=1,
    columns=(
        ShownColumn("上次比对\n以后", "in_run", widest=6),
        ShownColumn("上星期四\n以后", "in_week", widest=6),
        ShownColumn("日期", "as_of", "date"),
        ShownColumn("事件", "event", widest=4),
        ShownColumn("个案编号", "case_id", "id"),
        ShownColumn("人员编号", "person_id", "id", 12),
        ShownColumn("乡镇", "township", widest=10),
        ShownColumn("村", "village", widest=12),
        ShownColumn("姓名", "name", widest=10),
        ShownColumn("类型", "kind_name", widest=10),
        ShownColumn("名单类别或规则", "rule_name", widest=30),
        ShownColumn("销号原因或答复", "said", widest=50),
    ),
    answers=(),
    pages=1,
)

# To be worked through and counted on the cover.
SHEETS_TO_ANSWER = (CHILDREN_SHEET, PAIRS_SHEET, FINDINGS_SHEET)
