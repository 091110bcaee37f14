"""The parts of an .xlsx (ECMA-376 part 2), put where and as the fast reader looks for them: programs other than Excel name them with backslashes,
put the workbook elsewhere, write a part in UTF-16, or say that a sheet begins in row 0."""

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping

from lxml import etree

from pipelines.files.refusal import FileRefused

MOST_BYTES = 4 << 30  # of a workbook, unpacked
_BOMB_FROM, _BOMB_RATIO = 256 << 20, 300  # bytes unpacked; unpacked bytes per packed one, where tables have ten to fifty
_WORKBOOK, _ITS_RELATIONS, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"
_HEAD = 4_000  # bytes of a part: what it begins with, up to its first cells
_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^>]*?(?:/>|>\s*</(?:\w+:)?dimension>)")
_GOOD_DIMENSION = re.compile(rb"""\bref\s*=\s*["'][A-Z]{1,3}[1-9]\d*(?::[A-Z]{1,3}[1-9]\d*)?["']""")
_DECLARED = re.compile(r"""^\s*<\?xml[^>]*\?>""")
_TO_THE_WORKBOOK = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_IN_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


def check_size(archive: zipfile.ZipFile) -> None:
    """Raises FileRefused where the archive is one that unfolds into too much."""
    unpacked, packed = sum(part.file_size for part in archive.infolist()), sum(part.compress_size for part in archive.infolist())
    if unpacked > MOST_BYTES or unpacked > max(_BOMB_FROM, packed * _BOMB_RATIO):
        raise FileRefused("too_large", "文件解压后过大，不像正常的导出（可能是压缩炸弹），已拒收。请重新导出")


def put_right(archive: zipfile.ZipFile) -> bytes | None:
    """The .xlsx packed anew; None where there is nothing to put right, or it is no .xlsx. Raises what reading a damaged archive raises."""
    parts = {
        part.orig_filename.replace("\\", "/").lstrip("/"): part for part in archive.infolist() if not part.filename.endswith("/")
    }
    workbook = _workbook(archive, parts)
    if workbook is None:
        return None
    moved = {name: _moved(name, workbook) for name in parts}
    came_from = {place: name for name, place in moved.items()}
    wanted = {place: parts[name] for place, name in came_from.items()}
    heads = (archive.open(part).read(_HEAD) for name, part in wanted.items() if name.endswith((".xml", ".rels")))
    before = min(part.header_offset for part in parts.values())
    as_it_is = all(part.orig_filename == name for name, part in wanted.items()) and _RELATIONS in parts and not before
    if as_it_is and not any(map(_is_odd, heads)):
        return None
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as copy:
        for name, part in wanted.items():
            if name != _RELATIONS:
                content = _as_expected(archive.read(part))
                copy.writestr(name, _led_to(content, came_from[name], moved) if name.endswith(".rels") else content)
        copy.writestr(_RELATIONS, _TO_THE_WORKBOOK)
    return out.getvalue()


def _workbook(archive: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo]) -> str | None:
    """The part that the relations of the package call its document, or the one that has the usual name."""
    if _RELATIONS in parts:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        for relation in etree.fromstring(archive.read(parts[_RELATIONS]), parser):
            if (relation.get("Type") or "").endswith("/officeDocument"):
                target = (relation.get("Target") or "").replace("\\", "/").lstrip("/")
                return next((name for name in parts if name.lower() == target.lower() and name.endswith(".xml")), None)
    return _WORKBOOK if _WORKBOOK in parts else None


def _moved(name: str, workbook: str) -> str:
    """Where the part must be for the workbook to be where it is looked for; the others keep their place beside it."""
    folder, file = posixpath.split(workbook)
    if name == workbook:
        return _WORKBOOK
    if name == posixpath.join(folder, "_rels", f"{file}.rels"):
        return _ITS_RELATIONS
    if name in ("[Content_Types].xml", _RELATIONS):
        return name
    return posixpath.join("xl", posixpath.relpath(name, folder)) if name.startswith(f"{folder}/") or not folder else name


def _led_to(relations: bytes, part: str, moved: Mapping[str, str]) -> bytes:
    """The relations that were in ``part``, leading to where the parts have been ``moved``: a target may be written from the root of the package, or
    lead out of the folder. Raises XMLSyntaxError."""
    root = etree.fromstring(relations, etree.XMLParser(resolve_entities=False, no_network=True))
    known = {name.lower(): place for name, place in moved.items()}
    folder, beside = (posixpath.dirname(posixpath.dirname(name)) for name in (part, moved[part]))
    for relation in root:
        target = (relation.get("Target") or "").replace("\\", "/")
        place = known.get(_joined_path(folder, target).lower())
        if place and place != _joined_path(beside, target):
            relation.set("Target", f"/{place}")
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _joined_path(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _is_odd(head: bytes) -> bool:
    dimension = _DIMENSION.search(head)
    return head.startswith(_IN_UTF16) or (dimension is not None and not _GOOD_DIMENSION.search(dimension[0]))


def _as_expected(content: bytes) -> bytes:
    """The part in UTF-8, and without a wrong dimension."""
    if content.startswith(_IN_UTF16):
        marked = content.startswith(_IN_UTF16[:2])
        text = content.decode("utf-16" if marked else "utf-16-le" if content[:1] == b"<" else "utf-16-be")
        content = _DECLARED.sub("", text).encode("utf-8")
    dimension = _DIMENSION.search(content[:_HEAD])
    if dimension and not _GOOD_DIMENSION.search(dimension[0]):
        content = content[: dimension.start()] + content[dimension.end() :]
    return content
