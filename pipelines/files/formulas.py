"""Formulas whose value the file does not hold: programs that write workbooks leave the computing to Excel."""

import re

_TEXT_ALONE = re.compile(r'\s*=\s*"([^"]*)"\s*')


def text_alone(formula: str) -> str | None:
    """The text of a formula that is nothing else, as ="4512…", by which systems keep an ID from becoming a number."""
    found = _TEXT_ALONE.fullmatch(formula)
    return found[1] if found else None


def without_value(formulas: int) -> str:
    """What is said of ``formulas`` that have none."""
    return f"有 {formulas} 个公式没有算出的值，按空白处理。请在 Excel 或 WPS 中打开并保存一次，再放回"
