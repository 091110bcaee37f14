"""What the fast reader does not tell of an .xlsx, and what would make it fall: looked up in the workbook's own XML.

The reader lays a sheet out as a full rectangle, so that one stray cell in the last corner asks for 400 GB, and it expands
whatever the archive holds. Everything is therefore read once in pieces, within limits, before the reader sees it.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from lxml import etree

from pipelines.files.grid import MOST_CELLS
from pipelines.files.markup import refuse_entities
from pipelines.files.odd_cells import ODD_VALUE, SHEETS, has_odd_cells
from pipelines.files.refusal import RESAVE, FileRefused

_PIECE, _OVERLAP = 8 << 20, 400  # bytes
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row [^>]*\bhidden=\"(?:1|true)\"")
_HIDDEN_COLUMN = re.compile(rb"<(?:\w+:)?col [^>]*\bhidden=\"(?:1|true)\"")
# Whatever prefix the file has for its elements, and whatever attributes they have.
_WITHOUT_VALUE = re.compile(
    rb"<(?:\w+:)?c(\s[^>]*)?>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>([^<]*)</(?:\w+:)?f>)\s*(<(?:\w+:)?v\s*(?:/>|>\s*</(?:\w+:)?v>)\s*)?</(?:\w+:)?c>"
)
_TEXT_ALONE = re.compile(rb'\s*=?(?:"|&quot;|&#34;)([^"<&]*)(?:"|&quot;|&#34;)\s*')
_COMPUTED_EMPTY = re.compile(rb"""\bt\s*=\s*["']str["']""")
_ERROR = re.compile(rb"""<(?:\w+:)?c(\s[^>]*?\bt\s*=\s*["']e["'][^>]*)>""")
_ADDRESS = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d+)["']""")
_COLUMN = re.compile(rb' r="([A-Z]{1,3})\d')
_LAST_CELL = re.compile(rb'<c r="[A-Z]{1,3}(\d+)"')
_ANY_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br\s*=\s*[\"']([A-Za-z]{1,3})(\d+)[\"']")  # in whatever way XML allows
# An address that no sheet has; the reader counts on, and its columns with it: "Kchem2" is in column 5,085,015.
_NO_ADDRESS = re.compile(
    rb"""<(?:\w+:)?(?:c\s[^>]*?\br\s*=\s*["'](?![A-Za-z]{1,3}\d{1,7}["'])|row\s[^>]*?\br\s*=\s*["'](?!\d{1,7}["']))[^"'<>]*["']"""
)
_OTHERWISE = re.compile(rb'<c(?![a-zA-Z])(?! r=")')
# What a piece of a plain export never holds, in RE2: hidden rows, formulas, errors, cells written otherwise.
_ODD_ADDRESS = r'<c r="(?:[A-Z]{4}|[A-Z]*[^A-Z0-9]|[A-Z]*[0-9]{8})|<row [^>]*\br="(?:[0-9]{8}|[0-9]*[^0-9"])'
_NOT_PLAIN = rf'hidden="|<f|t="e"|<c(?:[^a-zA-Z ]| [^r]| r[^=]| r=[^"])|{ODD_VALUE}|{_ODD_ADDRESS}|'
_COMMENTS = ("comments", "threadedComment")  # kinds of relation to them
_DRAWN = re.compile(rb"<(?:\w+:)?(?:pic|sp|graphicFrame)\b")
_COMMENTED = re.compile(rb"""<(?:\w+:)?(?:comment|threadedComment)\s[^>]*?\bref\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
_LETTERS = 26
_MOST_ERRORS = 100_000
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(slots=True)
class SheetFacts:
    """What a sheet's XML tells. ``errors``: (row number, column) of cells that hold #N/A and the like. ``constants``: text
    of formulas that are but text (="4512…") and have no value beside them, by (row number, column). ``merged``: (row, column) of the
    first and the last cell, from 0, where the reader does not tell. ``uncomputed``: (row number, column) of the other formulas without a
    value, the first of them; ``comments``: of cells with a comment; ``drawings``: are there pictures, text boxes or charts?"""

    hidden_rows: int = 0
    hidden_columns: int = 0
    without_value: int = 0  # other formulas without one
    constants: dict[tuple[int, int], str] = field(default_factory=dict)
    errors: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    uncomputed: list[tuple[int, int]] = field(default_factory=list)
    comments: list[tuple[int, int]] = field(default_factory=list)
    drawings: bool = False
    last_row: int = 0
    columns: int = _LETTERS  # at most
    odd: bool = False  # cells that the reader falls over


@dataclass(slots=True)
class WorkbookFacts:
    sheets: dict[str, SheetFacts] = field(default_factory=dict)
    from_1904: bool = False


def look_into(archive: zipfile.ZipFile) -> WorkbookFacts:
    """Read every XML part of an .xlsx once. Raises FileRefused for one that contradicts its own table of contents or declares entities, or
    whose sheet is too large."""
    facts = {}
    for part in archive.infolist():
        if part.filename.startswith(SHEETS) and part.filename.endswith(".xml"):
            facts[part.filename] = _sheet(archive, part.filename)
        elif part.filename.endswith((".xml", ".rels")):
            for number, piece in enumerate(_pieces(archive, part.filename)):
                if not number:
                    refuse_entities(piece)
    for path, sheet in facts.items():
        _look_beside(archive, path, sheet)
    names, from_1904 = _contents(archive)
    return WorkbookFacts({name: facts[path] for name, path in names.items() if path in facts}, from_1904)


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The part in pieces that overlap, so that what is looked for is never cut."""
    with archive.open(name) as part:
        before = b""
        while piece := part.read(_PIECE):
            yield before + piece
            before = piece[-_OVERLAP:]


def _sheet(archive: zipfile.ZipFile, name: str) -> SheetFacts:
    facts = SheetFacts()
    seen: set[tuple[int, int]] = set()
    beyond, prefixed = _beyond(facts.columns), False
    for number, piece in enumerate(_pieces(archive, name)):
        overlap = _OVERLAP if number else 0
        if not number:
            refuse_entities(piece)
        prefixed = prefixed or (not number and b":sheetData" in piece)
        if not prefixed and _plain(piece, beyond):
            facts.last_row = max(facts.last_row, _last_row(piece))
            continue
        odd = prefixed or _unusual(piece) or _holds(piece, _ODD_ADDRESS)
        if odd and _NO_ADDRESS.search(piece):
            raise FileRefused("unreadable_file", f"文件已损坏：有的单元格的位置不存在。{RESAVE}")
        facts.odd = facts.odd or has_odd_cells(piece)
        if b'hidden="' in piece:
            facts.hidden_rows += sum(m.end() > overlap for m in _HIDDEN_ROW.finditer(piece))
            facts.hidden_columns += sum(m.end() > overlap for m in _HIDDEN_COLUMN.finditer(piece))
        if prefixed or b"<f" in piece:
            _look_at_formulas(piece, overlap, facts)
        if prefixed or b't="e"' in piece:
            cells = (_ADDRESS.search(attributes) for attributes in _ERROR.findall(piece))
            seen.update((int(cell[2]), _number(cell[1])) for cell in cells if cell)
        if beyond.search(piece):
            facts.columns = max(facts.columns, *(_number(letters) + 1 for letters in {*_COLUMN.findall(piece)}))
            far = re.compile(rb' r="[A-Z]{1,3}(\d{%d,7})"' % _digits_of_most_rows(facts.columns))
            facts.last_row = max([facts.last_row, *map(int, {*far.findall(piece)})])
            beyond = _beyond(facts.columns)
        if odd:
            for letters, row in {*_ANY_CELL.findall(piece)}:
                facts.columns = max(facts.columns, _number(letters.upper()) + 1)
                facts.last_row = max(facts.last_row, int(row))
        facts.last_row = max(facts.last_row, _last_row(piece))
    facts.errors = sorted(seen)[:_MOST_ERRORS]
    if facts.last_row * facts.columns > MOST_CELLS:
        raise FileRefused(
            "too_large",
            f"工作表范围达 {facts.last_row:,} 行 × {facts.columns:,} 列，超出可读的大小。多半是表格外很远处有误填的单元格："
            "请按 Ctrl+End 找到它，删除多余的行和列后保存，再放回",
        )
    return facts


def _look_at_formulas(piece: bytes, overlap: int, facts: SheetFacts) -> None:
    """Formulas that nobody computed: the text of those that are but text is kept, the others are counted."""
    for found in _WITHOUT_VALUE.finditer(piece):
        attributes, formula, empty = found.groups(b"")
        text, address = _TEXT_ALONE.fullmatch(formula), _ADDRESS.search(attributes)
        if text and address:
            facts.constants[int(address[2]), _number(address[1])] = text[1].decode("utf-8", errors="replace")
        elif found.end() > overlap and not (empty and _COMPUTED_EMPTY.search(attributes)):
            facts.without_value += 1
            if address and len(facts.uncomputed) < _MOST_ERRORS:
                facts.uncomputed.append((int(address[2]), _number(address[1])))


def _plain(piece: bytes, beyond: re.Pattern[bytes]) -> bool:
    """Does the piece hold nothing but cells of values, none of them ``beyond``? One search for all that could be else."""
    return not _holds(piece, _NOT_PLAIN + beyond.pattern.decode())


def _holds(piece: bytes, pattern: str) -> bool:
    """Is the pattern (RE2) in the piece? Arrow's search, which is many times faster than Python's."""
    whole = pa.py_buffer(np.array([0, len(piece)], dtype=np.int64).tobytes())
    text = pa.Array.from_buffers(pa.large_binary(), 1, [None, whole, pa.py_buffer(piece)])
    return bool(pc.match_substring_regex(text, pattern)[0].as_py())


def _unusual(piece: bytes) -> bool:
    """Does a cell say where it stands otherwise than as Excel and its kin write it, as <c r="A1"?"""
    whole = piece.rfind(b"<")  # what follows may be cut
    if piece.count(b"<c", 0, whole) == piece.count(b'<c r="', 0, whole):
        return False
    return _OTHERWISE.search(piece, 0, whole) is not None


def _beyond(columns: int) -> re.Pattern[bytes]:
    """Finds a cell in a column beyond so many (26 at least), or in a row that might be one too many of them: rows need not
    stand in order."""
    far = rb"[A-Z]{1,3}\d{%d})" % _digits_of_most_rows(columns)
    if columns >= _LETTERS * (_LETTERS + 1):
        return re.compile(rb' r="(?:[A-Z]{3}\d|' + far)
    first, second = divmod(columns, _LETTERS)  # the next column's letters, A = 1 and A = 0
    same = rb"%c[%c-Z]|" % (64 + first, 65 + second)
    later = rb"[%c-Z][A-Z]|" % (65 + first) if first < _LETTERS else b""
    return re.compile(rb' r="(?:(?:' + same + later + rb"[A-Z]{3})\d|" + far)


def _digits_of_most_rows(columns: int) -> int:
    return len(str(MOST_CELLS // columns))


def _last_row(piece: bytes) -> int:
    """The row of the last cell that holds something; 0 where none does."""
    start = piece.rfind(b'<c r="', 0, max(piece.rfind(b"</c>"), 0))
    found = _LAST_CELL.match(piece, start) if start >= 0 else None
    return int(found[1]) if found else 0


def _number(letters: bytes) -> int:
    """Column letters as a number, A = 0."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _look_beside(archive: zipfile.ZipFile, sheet: str, facts: SheetFacts) -> None:
    """What lies beside the cells of a sheet's part: comments, pictures and text boxes."""
    folder, file = posixpath.split(sheet)
    relations = posixpath.join(folder, "_rels", f"{file}.rels")
    parts = set(archive.namelist())
    if relations not in parts:
        return
    try:
        related = etree.fromstring(archive.read(relations), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:  # no reason to refuse the sheet
        return
    cells: set[tuple[int, int]] = set()
    for relation in related:
        target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target") or "")).lstrip("/")
        kind = (relation.get("Type") or "").rpartition("/")[2]
        if target in parts and kind in _COMMENTS:
            for piece in _pieces(archive, target):
                cells.update((int(row), _number(letters)) for letters, row in _COMMENTED.findall(piece))
        elif target in parts and kind == "drawing":
            facts.drawings = facts.drawings or any(_DRAWN.search(piece) for piece in _pieces(archive, target))
    facts.comments = sorted(cells)


def _contents(archive: zipfile.ZipFile) -> tuple[dict[str, str], bool]:
    """(sheet -> its part, whether days count from 1904)."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    book = etree.fromstring(archive.read("xl/workbook.xml"), parser)
    try:
        relations = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
    except KeyError:
        return {}, False
    targets = {r.get("Id"): (r.get("Target") or "").lstrip("/").removeprefix("xl/") for r in relations}
    names = {sheet.get("name") or "": "xl/" + targets.get(sheet.get(_RELATION), "") for sheet in book.iter("{*}sheet")}
    properties = next(book.iter("{*}workbookPr"), None)
    return names, properties is not None and properties.get("date1904") in ("1", "true")
