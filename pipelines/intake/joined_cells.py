"""Cells that hold a name and an ID number at once (莫连体451228…): two fields."""

import re

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from matching.character_forms import usual_characters
from matching.text_columns import pairs_on_distinct, series_of, text_array
from pipelines.intake.values import is_nothing, squeeze

_SHORTEST, _LONGEST = 21, 200  # bytes: of a number and one character, and of whatever names somebody
_MARKS = r"[\s:;,.。、/|_#()\[\]【】〔〕-]{0,4}"
_NAME = r"(?P<name>[^\W\d_][^\d_:;,、/|#()\[\]【】〔〕]{0,40}?)"
_LABEL = r"(?:(?:居民)?身份证|证件)?(?:号码?)?(?:(?<![A-Za-z])ID)?"
_JOINED = (
    re.compile(rf"^\s*{_NAME}{_MARKS}{_LABEL}{_MARKS}(?P<number>\d{{17}}[\dXx]){_MARKS}$"),
    re.compile(rf"^{_MARKS}(?P<number>\d{{17}}[\dXx]){_MARKS}{_NAME}{_MARKS}$"),
)
_NO_NAME = re.compile(r"[证号]|身份|姓名")


def split_joined(names: pd.Series, numbers: pd.Series) -> tuple[pd.Series, pd.Series]:
    """(names, numbers) of two aligned columns of texts as exported. A number behind or before a name goes to the numbers where there is none,
    a name beside a number to the names where there is none. What the other column says itself stays. A number beside which another
    name stands than the row's is left as it is: it is somebody else's."""
    name, number = _parts(names)
    joined = name.notna()
    if joined.any():
        numbers = numbers.mask(joined & _empty(numbers, joined), number)
        names = names.mask(joined, name)
    name, number = _parts(numbers)
    joined = name.notna()
    if joined.any():
        empty = _empty(names, joined)
        own = pd.Series(
            [squeeze(a) == squeeze(b) for a, b in zip(names[joined].fillna(""), name[joined], strict=True)], name.index[joined]
        )
        numbers = numbers.mask(joined & (empty | own.reindex(names.index, fill_value=False)), number)
        names = names.mask(joined & empty, name)
    return names, numbers


def _empty(texts: pd.Series, among: pd.Series) -> pd.Series:
    """Which of the rows ``among`` (flags) say nothing."""
    some = texts[among].fillna("").map(is_nothing).astype(bool)
    return some.reindex(texts.index, fill_value=False)


def _parts(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """(name, number) of each text that holds both; null elsewhere."""
    column = text_array(texts)
    length = pc.binary_length(column)
    doubtful = pc.and_(pc.greater_equal(length, _SHORTEST), pc.less_equal(length, _LONGEST)).fill_null(False)
    if not pc.any(doubtful).as_py():
        none = pd.Series(None, index=texts.index, dtype="str")
        return none, none
    return pairs_on_distinct(series_of(pc.if_else(doubtful, column, pa.scalar(None, column.type)), texts.index), _split)


def _split(text: str) -> tuple[str | None, str | None]:
    plain = usual_characters(text)
    match = next((m for pattern in _JOINED if (m := pattern.match(plain))), None)
    if match is None or _NO_NAME.search(match["name"]):
        return None, None
    return match["name"].strip(), match["number"]
