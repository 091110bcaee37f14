"""Made-up names with the surnames of the region (weights are guesses, docs/formats.md 4), and the characters that clerks mix up."""

from collections import defaultdict

import numpy as np
import numpy.typing as npt
from pypinyin import lazy_pinyin

SURNAMES = {
    "韦": 20,
    "蓝": 11,
    "黄": 9,
    "蒙": 8,
    "潘": 6,
    "覃": 6,
    "罗": 5,
    "陆": 5,
    "唐": 4,
    "石": 3,
    "莫": 3,
    "卢": 2,
    "谭": 2,
    "袁": 2,
    "苏": 2,
    "李": 2,
    "兰": 1.2,
    "农": 1,
    "岑": 0.6,
    "班": 0.6,
    "廖": 0.8,
    "龙": 0.6,
    "梁": 1,
    "王": 0.6,
    "张": 0.5,
    "陈": 0.8,
    "周": 0.4,
    "吴": 0.4,
    "杨": 0.3,
    "邓": 0.3,
    "钟": 0.2,
    "萧": 0.1,
    "傅": 0.1,
}
_GENERATION = "家志德文天永世光福春海金玉明振国建锦美素秀桂丽庆荣华宗承启安"
_BOYS = "乐强军明华杰伟斌勇涛辉峰龙飞鹏宇浩俊毅宁凯博豪宏亮波林森源成达锋鸣铭睿轩昊哲文武康健恒泽"
_GIRLS = "花丽玲艳芳英梅兰香凤秀娟燕莉霞萍红雪琴月珍娜婷欣怡悦妮倩颖慧敏洁媛静雯琪瑶蕾薇晴彤思佳"
# Characters that the police register has and GBK has not; older systems show a mark in their place.
RARE = "䶮㛃㬢"

_PAIRS_ALIKE = (
    "韦违 莫漠 未末 侯候 日曰 晴睛 锋峰 玲铃 艳燕 陆陇 蓝篮 明朋 王玉 丽骊 佳住 宇字 波坡 伟纬 "
    "达迖 杰杢 英莫 琴岑 海诲 月用 成戍 天夫 世丗 家冢 "
)
_PAIRS_VARIANT = "蓝藍 黄黃 陆陸 钟锺 萧肖 傅付 罗羅 庆慶 华華 国國 丽麗 龙龍 飞飛 兰蘭 德徳 峰峯 凤鳳 强強 杰傑 荣榮 "
_MORE_HOMOPHONES = (
    "兰蓝 韦伟 丽莉 华花 明鸣 梅玫 雪学 家佳 嘉家 志智 文雯 海嗨 秀绣 英瑛 香湘 燕艳 玉钰 永咏 "
    "春椿 金今 天添 振镇 建健 德得 福富 "
)


def alike() -> dict[str, list[str]]:
    """Character -> characters of like shape."""
    return _both_ways(_PAIRS_ALIKE)


def variants() -> dict[str, list[str]]:
    """Character -> its traditional or variant form, and the other way round."""
    return _both_ways(_PAIRS_VARIANT)


def homophones() -> dict[str, list[str]]:
    """Character -> characters of the same sound: the usual mistakes, and those among the characters that the names are made of."""
    out = _both_ways(_MORE_HOMOPHONES)
    by_sound: dict[str, list[str]] = defaultdict(list)
    for character in dict.fromkeys(_GENERATION + _BOYS + _GIRLS):
        by_sound[lazy_pinyin(character)[0]].append(character)
    for group in by_sound.values():
        for character in group:
            out.setdefault(character, [])
            out[character] += [c for c in group if c != character and c not in out[character]]
    return {character: others for character, others in out.items() if others}


def _both_ways(pairs: str) -> dict[str, list[str]]:
    out: dict[str, list[str]] = defaultdict(list)
    for pair in pairs.split():
        out[pair[0]].append(pair[1])
        out[pair[1]].append(pair[0])
    return dict(out)


def draw_surnames(rng: np.random.Generator, size: int) -> npt.NDArray[np.str_]:
    """Draw surnames by their weight."""
    weights = np.array(list(SURNAMES.values()), dtype=float)
    return rng.choice(np.array(list(SURNAMES)), size=size, p=weights / weights.sum())


def draw_generation(rng: np.random.Generator, size: int) -> npt.NDArray[np.str_]:
    """Draw generation characters, which the children of one family share, and often their cousins too."""
    return _zipf(rng, _GENERATION, size, 0.6)


def draw_given(rng: np.random.Generator, boys: npt.NDArray[np.bool_]) -> npt.NDArray[np.str_]:
    """Draw the last character of the name; a few characters are very frequent."""
    return np.where(boys, _zipf(rng, _BOYS, len(boys), 0.7), _zipf(rng, _GIRLS, len(boys), 0.7))


def _zipf(rng: np.random.Generator, characters: str, size: int, slope: float) -> npt.NDArray[np.str_]:
    distinct = np.array(list(dict.fromkeys(characters)))
    weights = 1 / np.arange(1, len(distinct) + 1) ** slope
    return rng.choice(distinct, size=size, p=weights / weights.sum())
