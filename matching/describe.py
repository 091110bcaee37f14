"""Evidence of a pair as text: each field's comparison level and weight, once for programs and once in Chinese for people."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from matching.arrays import Codes, FieldLevels, Ints, Reals
from matching.bars import BARS
from matching.levels.record_levels import COMPARED_FIELDS, RECORD_LEVEL

FIELD_WORDS = {
    "name": "姓名",
    "given": "名",
    "surname": "姓",
    "middle": "中间名",
    "id": "身份证号",
    "birth": "出生日期",
    "kin": "监护人",
    "place": "住址",
    "hamlet": "自然屯或组",
    "address": "详细地址",
    "sex": "性别",
}
LEVEL_WORDS = {
    ("name", "exact"): "姓名一致",
    ("name", "variant"): "姓名为异体或繁体字",
    ("name", "former"): "与曾用名一致",
    ("name", "lost"): "姓名缺字",
    ("name", "sound"): "姓名同音",
    ("name", "alike"): "姓名形近",
    ("name", "mixed"): "姓名多字音形相近",
    ("name", "swapped"): "姓名字序不同",
    ("name", "surname_of_kin"): "改随亲属姓、名相同",
    ("name", "surname_changed"): "姓不同、名相同或同音",
    ("name", "dropped"): "姓名多一字或少一字",
    ("name", "one_character"): "姓名差一字",
    ("name", "part"): "姓名部分相同",
    ("name", "different"): "姓名不同",
    ("given", "same"): "名相同",
    ("given", "turned"): "姓与名颠倒",
    ("given", "alike"): "名拼写相近",
    ("given", "short"): "名为缩写或其中之一",
    ("given", "near"): "名有些相似",
    ("given", "different"): "名不同",
    ("surname", "same"): "姓相同",
    ("surname", "alike"): "姓拼写相近",
    ("surname", "part"): "姓有相同的词",
    ("surname", "near"): "姓有些相似",
    ("surname", "different"): "姓不同",
    ("middle", "same"): "中间名相同",
    ("middle", "initial"): "中间名首字母相同",
    ("middle", "different"): "中间名不同",
    ("id", "exact"): "身份证号一致",
    ("id", "other_exact"): "与学籍号所含旧证号一致",
    ("id", "one_digit"): "身份证号差一位",
    ("id", "swapped"): "身份证号相邻两位颠倒",
    ("id", "lost_digits"): "身份证号残存位一致",
    ("id", "masked_agrees"): "身份证号未遮盖的末几位一致",
    ("id", "near"): "身份证号差两位",
    ("id", "sequence_damaged"): "身份证号前14位一致、顺序码有误",
    ("id", "same_birth_part"): "身份证号前14位一致、顺序码不同（均有效）",
    ("id", "of_sibling"): "一方的身份证号是另一方家中另一孩子的",
    ("id", "different"): "身份证号不同（均有效）",
    ("id", "different_invalid"): "身份证号不同（有无效号）",
    ("birth", "exact"): "出生日期一致",
    ("birth", "implied"): "出生日期取自证号",
    ("birth", "lunar"): "出生日期为农历与公历之差",
    ("birth", "swapped"): "出生日期月日颠倒",
    ("birth", "first_of_year"): "出生日期同年，1月1日多为缺省",
    ("birth", "year_off"): "出生年份差一两年",
    ("birth", "one_digit"): "出生日期差一位或月份不同",
    ("birth", "near"): "出生日期相差不到七个月",
    ("birth", "different"): "出生日期不同",
    ("kin", "several"): "两位以上亲属一致",
    ("kin", "one_of_several"): "一位亲属一致",
    ("kin", "none_of_several"): "亲属均不同",
    ("kin", "same"): "监护人或电话一致",
    ("kin", "alike"): "监护人同音",
    ("kin", "different"): "监护人不同",
    ("place", "village"): "同村",
    ("place", "township"): "同乡镇（村不详）",
    ("place", "other_village"): "同乡镇不同村",
    ("place", "different"): "乡镇不同",
    ("place", "other_township"): "乡镇不同（村不详）",
    ("hamlet", "same"): "同屯或同组",
    ("hamlet", "alike"): "屯名同音",
    ("hamlet", "different"): "屯或组不同",
    ("address", "same"): "地址一致",
    ("address", "close"): "地址相近",
    ("address", "part"): "地址部分相同",
    ("address", "different"): "地址不同",
    ("sex", "same"): "性别一致",
    ("sex", "different"): "性别不同",
}
# What a level of the ID means where not all digits are to be seen.
_PART_WORDS = {
    "sequence_damaged": "身份证号前14位一致、看得见的顺序码不同",
    "same_birth_part": "身份证号前14位一致、顺序码看不到",
    "different": "身份证号看得见的几位不同",
    "different_invalid": "身份证号看得见的几位不同",
}
# What a level of the name means in Latin letters, where that differs from Chinese characters.
_LETTER_WORDS = {
    "variant": "姓名仅空格或连字符不同",
    "alike": "姓名拼写相近",
    "swapped": "姓名词序不同",
    "surname_changed": "姓不同、名相同",
    "part": "姓名有相同的词",
}


def evidence(
    codes: FieldLevels, bits: dict[str, Reals], left: pa.RecordBatch, right: pa.RecordBatch, bar: Codes
) -> tuple[pa.Array, pa.Array]:
    """Returns two texts per pair: ``field:level:weight``, ';' between the fields, weights in bits; and the levels in Chinese, with
    the values where they differ. Fields that a record lacks are left out.

    ``left``, ``right``: the values of the pairs' records (``People.compared``). ``bar``: per pair the number of the bar that
    forbids the link (``matching.bars``), whose reason ends the Chinese text; 0 for none.
    """
    reasons = pa.array([None, *BARS], pa.string()).take(pa.array(bar))
    return _coded(codes, bits), joined(worded(codes, left, right) | {"bar": reasons})


def _coded(codes: FieldLevels, bits: dict[str, Reals]) -> pa.Array:
    """``field:level:weight;…`` per pair. Few combinations are distinct, so each is put into words once."""
    frame = pd.DataFrame({name: codes[name] for name in COMPARED_FIELDS})
    for name in COMPARED_FIELDS:
        frame[name + "_bits"] = np.round(bits[name], 1)
    combination = frame.groupby(list(frame.columns), sort=False).ngroup().to_numpy()
    first = np.unique(combination, return_index=True)[1]
    texts = []
    for row in frame.iloc[first].to_dict("records"):
        levels = ((name, COMPARED_FIELDS[name][int(row[name])]) for name in COMPARED_FIELDS)
        texts.append(";".join(f"{name}:{level}:{row[name + '_bits']:+.1f}" for name, level in levels if level != "missing"))
    return pa.array(texts, pa.string()).take(pa.array(combination, pa.int64()))


def worded(codes: FieldLevels, left: pa.RecordBatch, right: pa.RecordBatch) -> dict[str, pa.Array]:
    """Returns per field one Chinese text per pair: the comparison level, with the values where they differ; null where a record
    lacks the field."""
    out = {}
    for name, levels in COMPARED_FIELDS.items():
        words = pa.array([LEVEL_WORDS.get((name, level)) for level in levels], pa.string()).take(
            pa.array(codes[name], pa.int64())
        )
        if name in _DETAILS:
            rows = np.flatnonzero(codes[name] > RECORD_LEVEL[name]["exact"])
            rows = rows[~np.isin(codes[name][rows], [RECORD_LEVEL["birth"]["implied"]])] if name == "birth" else rows
            words = _with_details(words, rows, codes[name], name, left, right)
        out[name] = words
    return out


# Why the estimate is withheld (``matching.blocking_recall.Recall``) -> the same in Chinese.
_WITHHELD = {
    "few": "相符的对太少",
    "one_kind": "只凭一种依据比对",
    "unsure": "差错多、相符的对不多，或没有证件号和出生日期可比，误差会超过两个百分点",
    None: "相符的对太少，或只凭一种依据，或差错太多",
}


def recall_words(estimate: float | None, withheld: str | None = None) -> str:
    """``Recall.estimate`` as a Chinese sentence, with the reason where it is ``withheld``."""
    if estimate is None:
        return f"{_WITHHELD[withheld]}，无从估计漏比的有多少"
    return f"应有的相符对中，估计 {estimate:.3%} 进入了比较"


def joined(words: dict[str, pa.Array]) -> pa.Array:
    """The texts of all fields as one text per pair."""
    if not len(words["name"]):
        return pa.array([], pa.string())
    return pc.binary_join_element_wise(*words.values(), "；", null_handling="skip")


def _with_details(words: pa.Array, rows: Ints, codes: Codes, name: str, left: pa.RecordBatch, right: pa.RecordBatch) -> pa.Array:
    """``words`` with the texts of ``rows`` replaced by those that the field's detail gives, where it gives one."""
    if not len(rows):
        return words
    column, detail = _DETAILS[name]
    pick = pa.array(rows)
    values = [side[column].take(pick) for side in (left, right)]
    detailed = detail(codes[rows], *(v.dictionary_decode() if pa.types.is_dictionary(v.type) else v for v in values))
    mask = np.zeros(len(words), dtype=bool)
    mask[rows] = True
    return pc.replace_with_mask(words, pa.array(mask), pc.coalesce(detailed, words.take(pick)))


def _names(codes: Codes, left: pa.Array, right: pa.Array) -> pa.Array:
    """The level and both names."""
    levels = COMPARED_FIELDS["name"]
    words = [LEVEL_WORDS.get(("name", level)) for level in levels]
    in_letters = [_LETTER_WORDS.get(level, word) for level, word in zip(levels, words, strict=True)]
    level_words = (pa.array(texts, pa.string()).take(pa.array(codes)) for texts in (in_letters, words))
    return _both(pc.if_else(pc.string_is_ascii(left).fill_null(True), *level_words), left, right)


def _numbers(codes: Codes, left: pa.Array, right: pa.Array) -> pa.Array:
    """Which characters of the two IDs differ, counted from 1; of IDs that are damaged or masked, what that says of them; null where neither
    says anything."""
    part = ~(left.is_valid().to_numpy(zero_copy_only=False) & right.is_valid().to_numpy(zero_copy_only=False))
    in_part = np.array([_PART_WORDS.get(level) for level in COMPARED_FIELDS["id"]], dtype=object)
    out = np.full(len(codes), None, dtype=object)
    out[part] = in_part[codes[part]]
    slips = np.flatnonzero(np.isin(codes, [RECORD_LEVEL["id"][level] for level in ("one_digit", "swapped", "near")]))
    for i, a, b in zip(slips, *(side.take(pa.array(slips)).to_pylist() for side in (left, right)), strict=True):
        if a and b and len(a) == len(b):
            places = "、".join(str(place + 1) for place in range(len(a)) if a[place] != b[place])
            out[i] = f"身份证号第{places}位{'颠倒' if codes[i] == RECORD_LEVEL['id']['swapped'] else '不同'}"
    return pa.array(out, pa.string())


def _births(codes: Codes, left: pa.Array, right: pa.Array) -> pa.Array:
    """The level and both birthdates."""
    words = pa.array([LEVEL_WORDS.get(("birth", level)) for level in COMPARED_FIELDS["birth"]], pa.string())
    return _both(words.take(pa.array(codes)), *(side.cast(pa.string()) for side in (left, right)))


def _both(words: pa.Array, left: pa.Array, right: pa.Array) -> pa.Array:
    """'words：left/right' per pair."""
    none = {"null_handling": "replace", "null_replacement": "None"}
    return pc.binary_join_element_wise(pc.binary_join_element_wise(words, left, "：", **none), right, "/", **none)


# Field -> its column, and what its values show beside the level: a text per pair, null where they show nothing.
_DETAILS: dict[str, tuple[str, Callable[[Codes, pa.Array, pa.Array], pa.Array]]] = {
    "name": ("name", _names),
    "id": ("id_number", _numbers),
    "birth": ("birthdate", _births),
}
