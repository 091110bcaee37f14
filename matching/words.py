"""Why two records were linked: each field's level and weight, for machines and in words an analyst reads."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.model import FIELDS

FIELD_WORDS = {"name": "姓名", "id": "身份证号", "birth": "出生日期", "kin": "监护人", "place": "住址", "sex": "性别"}
LEVEL_WORDS = {
    ("name", "exact"): "姓名一致",
    ("name", "variant"): "姓名为异体或繁体字",
    ("name", "former"): "与曾用名一致",
    ("name", "lost"): "姓名缺字",
    ("name", "sound"): "姓名同音",
    ("name", "alike"): "姓名形近",
    ("name", "surname_changed"): "姓不同名相同",
    ("name", "one_character"): "姓名差一字",
    ("name", "different"): "姓名不同",
    ("id", "exact"): "身份证号一致",
    ("id", "other_exact"): "与学籍号所含旧证号一致",
    ("id", "one_digit"): "身份证号差一位或相邻两位颠倒",
    ("id", "known_digits"): "身份证号残存位一致",
    ("id", "near"): "身份证号差两位",
    ("id", "same_birth_part"): "身份证号前14位一致、顺序码不同",
    ("id", "different"): "身份证号不同（均有效）",
    ("id", "different_invalid"): "身份证号不同（有无效号）",
    ("birth", "exact"): "出生日期一致",
    ("birth", "implied"): "出生日期取自证号",
    ("birth", "lunar"): "出生日期为农历与公历之差",
    ("birth", "near"): "出生日期相近",
    ("birth", "different"): "出生日期不同",
    ("kin", "several"): "两位以上亲属一致",
    ("kin", "same"): "监护人或电话一致",
    ("kin", "alike"): "监护人同音",
    ("kin", "different"): "监护人不同",
    ("place", "village"): "同村",
    ("place", "township"): "同乡镇（村不详）",
    ("place", "other_village"): "同乡镇不同村",
    ("place", "different"): "乡镇不同",
    ("sex", "same"): "性别一致",
    ("sex", "different"): "性别不同",
}


def evidence(
    codes: dict[str, npt.NDArray[np.uint8]], likelihoods: dict[str, npt.NDArray[np.float64]]
) -> tuple[pd.Series, pd.Series]:
    """Per pair ``field:level:weight;…`` (weight in bits against the likelier alternative, sibling or stranger) and the
    levels in Chinese. Missing fields are left out. Built once per distinct combination."""
    total = sum(likelihoods.values())
    rival = np.where(total[:, 1] > total[:, 2], 1, 2)  # type: ignore[index]
    rows = np.arange(len(rival))
    frame = pd.DataFrame({field: codes[field] for field in FIELDS})
    for field in FIELDS:
        frame[field + "_bits"] = np.round(likelihoods[field][rows, 0] - likelihoods[field][rows, rival], 1)
    combination = frame.groupby(list(frame.columns), sort=False).ngroup().to_numpy()
    first = np.unique(combination, return_index=True)[1]
    said = [_say(dict(zip(frame.columns, row, strict=True))) for row in frame.iloc[first].itertuples(index=False)]
    table = pd.DataFrame(said, columns=["evidence", "text"]).iloc[combination].reset_index(drop=True)
    return table["evidence"], table["text"]


def _say(row: dict[str, float]) -> tuple[str, str]:
    coded, words = [], []
    for field, levels in FIELDS.items():
        level = levels[int(row[field])]
        if level != "missing":
            coded.append(f"{field}:{level}:{row[field + '_bits']:+.1f}")
            words.append(LEVEL_WORDS[field, level])
    return ";".join(coded), "；".join(words)
