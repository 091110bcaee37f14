"""IDs of which an office hides digits (451228********0016, 4512282010****0016, 45122820100315****): what is left to see, in its place."""

import re

HIDDEN = "*"
_LENGTH = 18
_CERTIFICATE = 20
_LEAST = 4  # visible digits
_RUNS = re.compile(r"\?{2,}|X{2,}")  # other signs for hidden digits; one X alone is a check digit
_ONE_RUN = re.compile(r"^(\d*)\*+(\d*X?)$")
_MASKED = re.compile(r"^[\d*]{17}[\dX*]$")
# Lines, dashes and dots that stand for digits: several within a number, four and more behind it.
_LINE = re.compile(r"(?<=\d)(?:[_^.\-\u2010-\u2015\u2212]{2,}(?=\d)|[_^.\-\u2010-\u2015\u2212]{4,}$)")
_MOST = 16  # digits of a number of which some are hidden


def with_hidden_digits(text: str) -> str:
    """The text with ``HIDDEN`` for each sign of a line that stands for digits (451228________0016); dashes between the parts of a whole
    number stay."""
    if not _LINE.search(text) or sum(map(str.isdigit, text)) > _MOST:
        return text
    return _LINE.sub(lambda line: HIDDEN * len(line[0]), text)


def visible_digits(plain: str) -> str | None:
    """Of a masked number its eighteen characters, ``HIDDEN`` for each hidden one, without the hidden ones at the end; None for all other texts.
    Where fewer or more signs stand for the hidden digits than there are, what is visible is the beginning and the end.

    ``plain``: digits, X and signs in ASCII.
    """
    text = _RUNS.sub(lambda run: HIDDEN * len(run[0]), plain)
    if HIDDEN not in text or sum(map(str.isdigit, text)) < _LEAST:
        return None
    if len(text) == _CERTIFICATE:  # the ID is its first part
        text = text[:_LENGTH]
    if len(text) != _LENGTH and (parts := _ONE_RUN.match(text)) and len(parts[1] + parts[2]) < _LENGTH:
        text = parts[1] + HIDDEN * (_LENGTH - len(parts[1] + parts[2])) + parts[2]
    return text.rstrip(HIDDEN) if _MASKED.match(text) else None
