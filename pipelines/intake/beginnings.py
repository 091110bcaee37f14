"""A list that is but the beginning of another one: it was cut while it was copied, and nobody would look for whoever stands in the rows behind."""

from pipelines.files.refusal import Refusal
from pipelines.intake.row_keys import keys_of
from pipelines.intake.sheets import Sheet

_LEAST_LOST = 2  # rows: a list whose last row is gone may have lost that one person
_MOSTLY_KNOWN = 0.9  # of the rows of a list that was cut: children may have come to it meanwhile


def may_be_beginning(rows: int, of: int) -> bool:
    """Can a list of so many ``rows`` be the beginning of one ``of`` so many?"""
    return 1 < rows <= (of - _LEAST_LOST) / _MOSTLY_KNOWN


def refusal_of_beginning(sheet: Sheet, whole: Sheet, called: str, remedy: str) -> Refusal | None:
    """The refusal of ``sheet`` where its rows are but the first ones of ``whole``, in the same order, with or without a few new ones; None where
    they are not. ``called``, ``remedy``: in Chinese, how the other list is called and what to do where nothing was cut."""
    if not may_be_beginning(len(sheet.cells), len(whole.cells)):
        return None
    there = _rows_there(sheet, whole)
    if not there or there > len(whole.cells) - _LEAST_LOST:
        return None
    message = (
        f"只有{called}《{whole.file}》的前 {there:,} 行，后面的 {len(whole.cells) - there:,} 行都没有了，"
        f"多半是复制或下载中断，没有使用。请重新导出；{remedy}"
    )
    return Refusal(sheet.registry.key, sheet.file, sheet.sheet, "beginning_of_last", message)


def _rows_there(sheet: Sheet, whole: Sheet) -> int:
    """How many of the first rows of ``whole`` the sheet has, in their order and none of the others, few new ones between them; 0 where it is not
    so. The last row may be cut."""
    keys = keys_of(sheet).fillna(sheet.cells["name"])[:-1].dropna()
    keys_of_whole = keys_of(whole).fillna(whole.cells["name"]).dropna()
    known = {*keys_of_whole}
    common = [key for key in keys if key in known]
    if not common or len(common) < _MOSTLY_KNOWN * len(keys) or common != [*keys_of_whole[: len(common)]]:
        return 0
    cut_at = keys_of_whole.index[len(common) : len(common) + 1]
    name, names_of_whole = sheet.cells["name"].fillna("").iloc[-1], whole.cells["name"].fillna("")[cut_at]
    return int(cut_at[0]) + 1 if names_of_whole.str.startswith(name).any() else 0
