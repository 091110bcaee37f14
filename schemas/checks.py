"""Which rows are refused: the pandera checks of an export's rows, and the sentence each refusal carries.

Only rows that cannot stand for a person are refused. Whatever else is wrong with a row is accepted and reported,
because a refused row is a child that nobody looks for.
"""

import pandas as pd
from pandera.pandas import Check, Column, DataFrameSchema

# rule -> (column the fault stands in, message). {row} is the row as Excel shows it.
REFUSED_ROW = {
    "footer_row": ("", "第 {row} 行是合计或签名行，不是人员数据，无须处理"),
    "repeated_heading": ("姓名", "第 {row} 行是重复的表头，不是人员数据，无须处理"),
    "no_identity": ("姓名", "第 {row} 行既无姓名也无证件号，无法确定是谁。请在系统中补全后重新导出"),
}

_FOOTER = r"^\s*(?:合\s*计|小\s*计|总\s*计|填表人|填表单位|填报人|填报单位|制表人|审核人|单位负责人|负责人|联系人|说明|备注|注)\s*(?:[:：(（].*|$)"


def row_checks(name_headings: frozenset[str]) -> DataFrameSchema:
    """The schema of one sheet's rows. Columns: ``first_cell``, ``name``, ``identity`` (name or number, whichever is there).

    A failing check bears the rule's name; the failure cases carry cell values and must never be logged.
    """
    return DataFrameSchema(
        {
            "first_cell": Column("str", Check(lambda s: ~s.str.match(_FOOTER), name="footer_row"), nullable=True),
            "name": Column("str", Check(lambda s: ~_plain(s).isin(name_headings), name="repeated_heading"), nullable=True),
            "identity": Column("str", Check(lambda s: s.notna(), name="no_identity", ignore_na=False), nullable=True),
        }
    )


def _plain(texts: pd.Series) -> pd.Series:
    return texts.str.replace(r"\s", "", regex=True)
