"""The sheet on which the county accepts that two records are one person's. Declarative, as ``reports.listings``."""

from reports.book import Kind, Lacking, SheetColumn, SheetOfRows
from reports.listings import CODE_COLUMNS
from schemas.answers import ACCEPTANCE
from schemas.words import LIST_TITLE

_CODE, _CODE_2, _CODE_3 = CODE_COLUMNS
_DECIDED = (Lacking(("said",)),)


def _sides(heading: str, key: str, kind: Kind = "text", width: int = 6) -> tuple[SheetColumn, SheetColumn]:
    left, right = (
        SheetColumn(f"{heading}\n（{side}）", f"{key}_{end}", kind, width) for side, end in zip("一二", "lr", strict=True)
    )
    return left, right


JOINING_SHEET = SheetOfRows(
    title=LIST_TITLE["to_join"][0],
    unit=LIST_TITLE["to_join"][1],
    empty="没有待验收的“是同一人”。",
    numbered=True,
    frozen=6,
    pages=2,
    identified_by=("answer_id", "name_l", "name_r", "id_l", "id_r"),
    columns=(
        _CODE,
        SheetColumn("列入去向不明", "listed", width=4),
        SheetColumn("乡镇", "township", width=6),
        *_sides("姓名", "name"),
        *_sides("身份证号", "id", "id", 20),
        *_sides("出生日期", "birthdate", "date"),
        *_sides("监护人", "guardian"),
        *_sides("学校", "school", width=10),
        SheetColumn("可能性", "likelihood", width=6),
        SheetColumn("乡镇说明", "note", width=14),
        SheetColumn("答复人", "answered_by", width=6),
        SheetColumn("答复日期", "answered_on", "date"),
        SheetColumn("上次验收", "last_word", width=18, only_if_filled=True),
        SheetColumn("验收意见", "said", width=8, asked=True, choices=tuple(ACCEPTANCE), rules=(Lacking(("returned_why",)),)),
        _CODE_2,
        SheetColumn("退回原因", "returned_why", width=14, asked=True, rules=(Lacking(("said",), "退回"),)),
        SheetColumn("验收人", "checked_by", width=6, asked=True, rules=_DECIDED),
        SheetColumn("验收日期", "checked_on", "date", asked=True, rules=_DECIDED),
        SheetColumn("收到日期", "received_on", "date"),
        SheetColumn("依据", "evidence_text", width=22),
        *_sides("村", "place", width=10),
        *_sides("系统", "registry", width=8),
        *_sides("出处", "address", width=14),
        SheetColumn("答复编号", "answer_id", "id", 15),
        *(
            SheetColumn(f"记录编号\n（{side}）", f"record_id_{end}", "id", hidden=True)
            for side, end in zip("一二", "lr", strict=True)
        ),
        _CODE_3,
    ),
)
