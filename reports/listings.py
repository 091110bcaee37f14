"""The lists of a workbook: which columns an officer sees, in which order, and what he or she fills in.

Declarative: ``reports.content`` supplies the fields, ``reports.sheet`` draws them.
"""

from dataclasses import dataclass
from typing import Literal

from schemas.answers import HANDLED, SAME_PERSON
from schemas.whereabouts import ANSWERS

# id: kept as text by the cell's format too, so that an edit cannot turn it into a number.
Kind = Literal["text", "id", "date", "number"]

# Ends the heading of every column to be filled in. A returned workbook's columns are known by how their headings begin.
ANSWER_MARK = "【填】"


@dataclass(frozen=True, slots=True)
class Column:
    """``field``: the column of the frame. ``widest``: where it wraps, in half-width characters.

    ``hidden`` columns carry the keys by which a returned row is recognised.
    """

    heading: str
    field: str
    kind: Kind = "text"
    widest: int = 10
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A column for the officer to fill in; ``choices`` make it a drop-down. ``field``: what a returned row calls it."""

    question: str
    field: str
    kind: Kind = "text"
    widest: int = 10
    choices: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        return f"{self.question}\n{ANSWER_MARK}"


@dataclass(frozen=True, slots=True)
class Listing:
    """``frozen``: how many columns stay in view, the running number included. ``empty``: said instead of an empty grid.
    ``grouped_by``: the field by which rows belong together; every other group is shaded. ``pages``: how many sheets of paper its
    columns take side by side, the frozen ones on each."""

    title: str
    unit: str
    empty: str
    frozen: int
    columns: tuple[Column, ...]
    answers: tuple[Answer, ...]
    grouped_by: str | None = None
    pages: int = 2


LISTED = Listing(
    title="去向不明儿童",
    unit="人",
    empty="本次无去向不明儿童。",
    frozen=5,
    columns=(
        Column("人员编号", "person_id", "id", 12),
        Column("乡镇", "township", widest=6),
        Column("村", "village", widest=6),
        Column("姓名", "name", widest=6),
        Column("性别", "sex", widest=4),
        Column("出生日期", "birthdate", "date"),
        Column("身份证号", "id_number", "id", 20),
        Column("监护人", "guardian", widest=6),
        Column("联系电话", "phone", "id", 13),
        Column("建档立卡", "poverty", widest=4),
        Column("残疾", "disability", widest=6),
        Column("类别", "whereabouts", widest=10),
        Column("原因", "reason_name", widest=14),
        Column("线索", "hint", widest=14),
        Column("疑似学籍记录", "candidate", widest=20),
        Column("数据来源", "sources", widest=18),
        Column("首次列入", "first_listed", "date"),
        Column("已列入周数", "weeks", "number"),
        Column("上次答复", "answer", widest=12),
        Column("个案编号", "case_id", "id"),
    ),
    answers=(
        Answer("核查去向", "said", widest=12, choices=tuple(ANSWERS)),
        Answer("就读学校", "school_said", widest=12),
        Answer("核查说明", "note", widest=14),
        Answer("核查人", "checked_by", widest=6),
        Answer("核查日期", "checked_on", "date"),
    ),
)

PAIRS = Listing(
    title="疑似同一人",
    unit="对",
    empty="本次无疑似同一人。",
    frozen=1,
    columns=(
        Column("可能性", "likelihood", widest=6),
        Column("列入去向不明", "listed", widest=4),
        Column("系统\n（一）", "registry_l", widest=8),
        Column("系统\n（二）", "registry_r", widest=8),
        Column("姓名\n（一）", "name_l", widest=6),
        Column("姓名\n（二）", "name_r", widest=6),
        Column("身份证号\n（一）", "id_l", "id", 20),
        Column("身份证号\n（二）", "id_r", "id", 20),
        Column("出生日期\n（一）", "birthdate_l", "date"),
        Column("出生日期\n（二）", "birthdate_r", "date"),
        Column("监护人\n（一）", "guardian_l", widest=6),
        Column("监护人\n（二）", "guardian_r", widest=6),
        Column("村\n（一）", "place_l", widest=10),
        Column("村\n（二）", "place_r", widest=10),
        Column("学校\n（一）", "school_l", widest=10),
        Column("学校\n（二）", "school_r", widest=10),
        Column("出处\n（一）", "address_l", widest=14),
        Column("出处\n（二）", "address_r", widest=14),
        Column("依据", "evidence_text", widest=22),
        Column("上次答复", "answer", widest=12),
        Column("记录编号\n（一）", "record_id_l", "id", hidden=True),
        Column("记录编号\n（二）", "record_id_r", "id", hidden=True),
    ),
    answers=(
        Answer("是否同一人", "said", widest=8, choices=tuple(SAME_PERSON)),
        Answer("说明", "note", widest=14),
        Answer("核查人", "checked_by", widest=6),
        Answer("核查日期", "checked_on", "date"),
    ),
)

FINDINGS = Listing(
    title="信息不一致",
    unit="条",
    empty="本次无信息不一致。",
    frozen=5,
    columns=(
        Column("人员编号", "person_id", "id", 12),
        Column("乡镇", "township", widest=6),
        Column("村", "village", widest=6),
        Column("姓名", "name", widest=6),
        Column("身份证号", "id_number", "id", 20),
        Column("严重程度", "severity_name", widest=4),
        Column("规则", "rule_name", widest=12),
        Column("项目", "field_name", widest=8),
        Column("差异", "kind_name", widest=10),
        Column("来源一", "registry_a", widest=4),
        Column("值一", "value_a", "id", 20),
        Column("来源二", "registry_b", widest=4),
        Column("值二", "value_b", "id", 20),
        Column("倾向", "favoured_value", "id", 20),
        Column("理由", "why", widest=16),
        Column("建议", "advice", widest=16),
        Column("责任单位", "owner", widest=8),
        Column("说明", "message", widest=16),
        Column("出处一", "address_a", widest=18),
        Column("出处二", "address_b", widest=18),
        Column("上次答复", "answer", widest=12),
        Column("个案编号", "case_id", "id"),
        Column("问题编号", "finding_id", "id", hidden=True),
    ),
    answers=(
        # A corrected value is as often as not an ID number.
        Answer("正确值", "right_value", "id", 20),
        Answer("处理情况", "said", widest=10, choices=HANDLED),
        Answer("处理人", "checked_by", widest=6),
        Answer("日期", "checked_on", "date"),
    ),
    grouped_by="person_id",
)

CHANGES = Listing(
    title="变化",
    unit="件",
    empty="上次比对以后、上星期四以后，没有新增、重开、答复或销号的个案。",
    frozen=1,
    columns=(
        Column("上次比对\n以后", "in_run", widest=6),
        Column("上星期四\n以后", "in_week", widest=6),
        Column("日期", "as_of", "date"),
        Column("事件", "event", widest=4),
        Column("个案编号", "case_id", "id"),
        Column("人员编号", "person_id", "id", 12),
        Column("乡镇", "township", widest=10),
        Column("村", "village", widest=12),
        Column("姓名", "name", widest=10),
        Column("类型", "kind_name", widest=10),
        Column("名单类别或规则", "rule_name", widest=30),
        Column("销号原因或答复", "said", widest=50),
    ),
    answers=(),
    pages=1,
)

# To be worked through and counted on the cover.
LISTINGS = (LISTED, PAIRS, FINDINGS)
