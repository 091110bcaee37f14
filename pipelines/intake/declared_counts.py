"""How many rows a list says that it has (共 30 人), held against those that are there: fewer were lost when it was copied, or put together."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipelines.files.refusal import Refusal
from pipelines.intake.sheets import Sheet
from schemas.checks import FOOTER, LEVELS
from schemas.text_match import matches

_COUNT = r"(?:总人数|人数|合计|总计|共计|共)\s*[:：]?\s*(\d{1,7})\s*[人名条行]"
_PAGES = r"(?:[\s,，;；]*(?:第|当前|每页|共)[^人名]*[页条])*"  # of a web page that shows one page of its list
_SAYS = re.compile(rf"{_COUNT}|(?:总人数|人数)\s*[:：]\s*(\d{{1,7}})")
_SAYS_NOTHING_ELSE = re.compile(rf"^\s*[(（]?(?:以上|本班|全班|本表|本名单)?\s*{_COUNT}(?:记录|数据)?{_PAGES}[)）]?\s*$")
_CHECK = "fewer_than_declared"
_FAR_FEWER = 0.9  # numbers that somebody typed are not always changed with the list


def as_declared(sheets: Sequence[Sheet]) -> tuple[list[Sheet], list[Refusal]]:
    """(sheets that can be used, refusals) of the sheets of one file. A sheet with fewer rows than it says has a note. It is refused where a cell says
    the number alone, which is then this list's, and more than one row in ten is missing, unless the county says that its totals are not kept:
    with the check at ``report`` it has the note, with ``off`` none. A number may be that of all the file's sheets together."""
    there = [_persons(sheet) for sheet in sheets]
    taken: list[Sheet] = []
    refused: list[Refusal] = []
    for sheet, persons in zip(sheets, there, strict=True):
        cells = [cell for title in sheet.titles for cell in title] + _footers(sheet)
        declared = declared_count(cells)
        level = sheet.registry.levels.get(_CHECK, LEVELS[_CHECK])
        if level == "off" or declared is None or declared <= sum(there):
            taken.append(sheet)
            continue
        sentence = f"表上写明共 {declared:,} 人（行），读到的只有 {persons:,} 行"
        if level == "refuse" and persons < _FAR_FEWER * declared and any(map(_SAYS_NOTHING_ELSE.match, cells)):
            key = sheet.registry.key
            message = (
                f"{sentence}，多半是复制或合并时丢失了行，没有使用。请核对后重新导出；是表上的人数写错了的，请改正人数，"
                f'或在 county.toml 的 [{key}.checks] 写 {_CHECK} = "report"（只提示）'
            )
            refused.append(Refusal(key, sheet.file, sheet.sheet, _CHECK, message))
        else:
            taken.append(replace(sheet, notes=(*sheet.notes, ("fewer_rows", f"{sentence}，请核对是否缺了人"))))
    return taken, refused


def declared_count(cells: Iterable[str]) -> int | None:
    """How many persons the ``cells`` above or below a list say that it has; None where they say nothing, or several numbers."""
    counts = {int(found[1] or found[2]) for cell in cells for found in _SAYS.finditer(cell)}
    return counts.pop() if len(counts) == 1 else None


def _persons(sheet: Sheet) -> int:
    cells = sheet.cells
    return int(((cells["name"].notna() | cells["id_number"].notna()) & ~matches(cells["first_cell"], FOOTER)).sum())


def _footers(sheet: Sheet) -> list[str]:
    first = sheet.cells["first_cell"]
    return list(first[matches(first, _SAYS_NOTHING_ELSE.pattern)])
