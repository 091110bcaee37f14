"""Characters in another form of themselves: full-width, Kangxi radicals and ligatures by NFKC, radicals of the CJK Radicals Supplement,
which copies out of PDF documents are full of, by a table, and characters described by their parts because no font has them.
"""

import re
import unicodedata

# Unicode Character Database 14.0, EquivalentUnifiedIdeograph.txt (Unicode License), of the block CJK Radicals Supplement: each radical
# and the ideograph that it looks like. NFKC and Python's unicodedata do not know this property.
_RADICALS = (
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺"
    "⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳"
)
_IDEOGRAPHS = (
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀"
    "聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
# The common Chinese characters, inside a character class of RE2. Unicode has no other form of them: NFKC leaves them alone.
HAN = r"\x{4e00}-\x{9fff}"

_A_RADICAL = re.compile(f"[{_RADICALS}]")
_USUAL = str.maketrans(_RADICALS, _IDEOGRAPHS)
# How many parts follow a sign of ideographic description (Unicode 15.1, chapter 18.2).
_PARTS = {chr(point): 2 for point in range(0x2FF0, 0x2FFE)} | {"⿲": 3, "⿳": 3, "\u2ffe": 1, "\u2fff": 1, "\u31ef": 2}
_DESCRIBES = re.compile(f"[{''.join(_PARTS)}]")


def usual_characters(text: str) -> str:
    """The text under NFKC, with radicals replaced by the ideographs that they stand for."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text)
    return text.translate(_USUAL) if _A_RADICAL.search(text) else text


def described_as(text: str, sign: str) -> str:
    """The text with ``sign`` in place of each ideographic description sequence (⿰火日); one that is cut ends with the text."""
    parts, start = [], 0
    while found := _DESCRIBES.search(text, start):
        parts += [text[start : found.start()], sign]
        start = _end_of_description(text, found.start())
    return "".join([*parts, text[start:]]) if parts else text


def _end_of_description(text: str, start: int) -> int:
    wanted, end = 1, start
    while wanted and end < len(text):
        wanted += _PARTS.get(text[end], 0) - 1
        end += 1
    return end
