"""Workbooks without the person, rewritten in the file's own XML: of a row that names its number or its case every cell is emptied, elsewhere its
numbers and names are replaced. Sheets, drop-downs, codes and answers of others stay as they are.
"""

import re
import zipfile
from collections import Counter
from io import BytesIO

from pipelines.purge.mentions import without_references
from pipelines.purge.purged_tables import MARK
from pipelines.purge.subject import PurgedPerson

_SHARED, _SHEETS = "xl/sharedStrings.xml", "xl/worksheets/"
_NAME = r"(?:\w+:)?"  # some programs write a prefix
_ITEM = re.compile(rf"<{_NAME}si\b[^>]*?(?:/>|>(.*?)</{_NAME}si>)", re.DOTALL)
_TEXT = re.compile(rf"<{_NAME}t\b[^>]*?(?:/>|>([^<]*)</{_NAME}t>)")
_ROW = re.compile(rf"<{_NAME}row\b[^>]*?(?:/>|>.*?</{_NAME}row>)", re.DOTALL)
_CELL = re.compile(rf"<({_NAME}c)\b([^>]*?)(?:/>|>(.*?)</{_NAME}c>)", re.DOTALL)
_KEPT = re.compile(r'\b[rs]="[^"]*"')
_INDEX = re.compile(rf"<{_NAME}v>(\d+)</{_NAME}v>")


def without_person_in_book(book: bytes, subject: PurgedPerson) -> bytes | None:
    """The workbook (.xlsx) ``book`` without the person; None where nothing in it is the person's. Raises zipfile.BadZipFile where it is none."""
    with zipfile.ZipFile(BytesIO(book)) as source:
        parts = {member: source.read(member) for member in source.namelist()}
    texts = {
        name: without_references(content).decode("utf-8")
        for name, content in parts.items()
        if name == _SHARED or (name.startswith(_SHEETS) and name.endswith(".xml"))
    }
    parts |= {name: text.encode("utf-8") for name, text in texts.items()}
    shared = ["".join(_TEXT.findall(item)) for item in _ITEM.findall(texts.get(_SHARED, ""))]
    own = re.compile("|".join(re.escape(known) for known in (*subject.persons, *sorted(subject.cases), *subject.marks)))
    left, emptied = Counter[int](), Counter[int]()
    for name in [name for name in texts if name != _SHARED]:
        texts[name] = _ROW.sub(lambda found: _row(found[0], shared, own, subject, left, emptied), texts[name])
    gone = {index for index in emptied if not left[index]}
    if _SHARED in texts:
        texts[_SHARED] = _without_items(texts[_SHARED], gone)
    new = {
        name: _replaced(content, subject) for name, content in (parts | {n: t.encode("utf-8") for n, t in texts.items()}).items()
    }
    if new == parts:
        return None
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in new.items():
            target.writestr(name, content)
    return out.getvalue()


def _row(
    row: str, shared: list[str], own: re.Pattern[str], subject: PurgedPerson, left: Counter[int], emptied: Counter[int]
) -> str:
    """The row, emptied where it is the person's; what it refers to is counted among what is ``left`` or ``emptied``."""
    indexes, texts = [], []
    for _, attributes, content in _CELL.findall(row):
        index = _INDEX.search(content) if 't="s"' in attributes else None
        if index:
            indexes.append(int(index[1]))
        texts.append(shared[int(index[1])] if index else "".join(_TEXT.findall(content)))
    found = set(own.findall("\n".join(texts)))
    if not (found & {*subject.persons, *subject.cases} or (found & {*subject.numbers} and _named(texts, subject))):
        left.update(indexes)
        return row
    emptied.update(indexes)
    return _CELL.sub(lambda cell: f"<{cell[1]} {' '.join(_KEPT.findall(cell[2]))}/>", row)


def _named(texts: list[str], subject: PurgedPerson) -> bool:
    """Is a cell of the row the person's name and nothing more?"""
    return bool({text.strip() for text in texts} & {*subject.names, *subject.shared})


def _without_items(shared: str, gone: set[int]) -> str:
    """The table of texts with those emptied that no cell refers to any more; the others keep their places."""
    places = iter(range(len(shared)))
    return _ITEM.sub(lambda item: "<si><t/></si>" if next(places) in gone else item[0], shared)


def _replaced(content: bytes, subject: PurgedPerson) -> bytes:
    for mark in subject.marks:
        content = content.replace(mark.encode("utf-8"), MARK.encode("utf-8"))
    return content
