"""Markup in UTF-16, which .NET and SQL Server write, put into UTF-8: XML and web pages are told from text by what they begin with."""

import re

from pipelines.files.refusal import FileRefused

_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_HEAD = 2_000  # characters: a declaration of the encoding stands among the first ones
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")
_CHARSET = re.compile(r"""(charset\s*=\s*["']?)[\w-]+""", re.IGNORECASE)


def in_utf8(content: bytes) -> bytes:
    """Markup in UTF-16 as UTF-8, all else as it is. Raises FileRefused where it ends within a character."""
    codec = _MARKS.get(content[:2])
    if codec is None or not content[: 2 * _HEAD].decode(codec, errors="ignore").lstrip("\ufeff \r\n\t").startswith("<"):
        return content
    if len(content) % 2:
        raise FileRefused("truncated_file", "文件不完整：最后一个字只有一半，多半是复制或下载中断。请重新导出或重新复制")
    text = content.decode(codec, errors="replace").lstrip("\ufeff")
    head = _CHARSET.sub(r"\1utf-8", _DECLARED.sub('<?xml version="1.0" encoding="UTF-8"?>', text[:_HEAD]))
    return (head + text[_HEAD:]).encode()
