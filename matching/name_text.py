"""Chinese names as they are typed, one by one: cleaning, and variant characters. It loads no library, so that whoever asks for a name has an answer
soon; whole columns are in ``names``.
"""

import re
from functools import cache
from pathlib import Path

from matching.blanks import BLANKS
from matching.character_forms import HAN, described_as, usual_characters

# What is written where there is no name yet or the name is withheld: alone, or after the surname or a parent's name.
NO_NAME = r"^.{0,2}(未取名|未起名|未命名|未定名|待取名|待命名|无名氏?|暂无|不详|未知|新生儿|某+)$|^.{1,4}之(子|女|婴)$"
CLEAN_NAME = rf"^[{HAN}]+$"  # in RE2: names, nearly all there are, that ``clean_name`` returns unchanged
LOST = "□"  # stands for one character that a system could not store
_TABLES = Path(__file__).parent
_CLOSING = ")）]】"
_REMARK = re.compile(rf"[(（\[【][^{re.escape(_CLOSING)}]*[{re.escape(_CLOSING)}]")
_HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
# Brackets that stand for one character: inside a name, or right after a surname. Anywhere else they hold a remark.
_PARTS_IN_NAME = re.compile(
    rf"(?<=[{_HAN}])[(（\[【][{_HAN}A-Za-z]{{2,}}[)）\]】](?=[{_HAN}])|(?<=^[{_HAN}])[(（\[【][{_HAN}]{{2}}[)）\]】]$"
)
_LATIN_IN_HAN = re.compile(rf"(?<=[{_HAN}])[A-Za-z]{{1,6}}(?=[{_HAN}]|$)|^[A-Za-z]{{1,6}}(?=[{_HAN}])")
_BLANK = re.compile(rf"[{BLANKS}'‘’`=\"]")
_BLANK_KEEPING_WORDS = re.compile(r"[\u200b-\u200f\u2060\ufe00-\ufe0f\U000e0100-\U000e01ef\xad\ufeff\x00-\x08\x7f'‘’`=\"]")
_LOST_MARK = re.compile(r"[?*□■〓\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]|(?<=[○◯])[○◯]|[○◯](?=[○◯])")  # 韦○○ is withheld
# A star beside a whole name is a mark; in 韦*华 and 韦明* it stands for a character.
_STAR_BESIDE = re.compile(rf"^\*(?=[{_HAN}]{{3,}}$)|(?<=^[{_HAN}]{{3}})\*$|(?<=^[{_HAN}]{{4}})\*$")
_AROUND = "·-—_/\\,，、;；:!。“”《》~ "
_DOT = re.compile(r"[·•・．‧.]")


@cache
def character_variants() -> dict[int, str]:
    """Code point of a variant or traditional character -> the usual one (variants.tsv)."""
    rows = (_TABLES / "variants.tsv").read_text("utf-8").splitlines()[1:]
    return {ord(a): b for a, b in (row.split("\t") for row in rows)}


def clean_name(text: str) -> str | None:
    """Returns the name without blanks, quotes and remarks in brackets. Marks of a lost character, and the pinyin or the parts (in
    brackets, or described: ⿰火日) that stand for one, become ``LOST``. Latin letters become upper case, their words separated by
    one blank. Variant characters stay as they are written, radicals become ideographs. None where nothing is left.
    """
    text = _STAR_BESIDE.sub("", usual_characters(text).strip(_AROUND))
    text = described_as(_LOST_MARK.sub(LOST, text), LOST).replace("○", "〇").replace("◯", "〇")  # the numeral
    text = without_remarks(_PARTS_IN_NAME.sub(LOST, text))
    han = re.search(rf"[{_HAN}]", text)
    name = _LATIN_IN_HAN.sub(LOST, _BLANK.sub("", text)) if han else " ".join(_BLANK_KEEPING_WORDS.sub("", text).split())
    name = _DOT.sub("·", name).upper().strip(_AROUND)
    return name or None


def without_remarks(text: str, instead: str = "") -> str:
    """The text with ``instead`` in the place of each remark in brackets; a bracket that is not closed stays."""
    # Behind the last bracket that closes there is none, and looking for one from each that opens takes a long cell seconds.
    end = 1 + max(text.rfind(bracket) for bracket in _CLOSING)
    return _REMARK.sub(instead, text[:end]) + text[end:]


def fold_name(name: str) -> str:
    """The name with variant and traditional characters replaced by the usual ones (variants.tsv)."""
    return name.translate(character_variants())
