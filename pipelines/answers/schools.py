"""Is what an officer wrote the full name of a school, and of which county? Negations, jobs and remarks that hold a word such as 学校 are none."""

import re
from collections.abc import Iterable
from functools import cache

from pipelines.intake.places import Places
from pipelines.intake.values import is_nothing, squeeze
from schemas.divisions import Divisions, all_divisions, is_no_place, place_stem

# How the name of a school ends, and of a vocational one. A kindergarten is no school of compulsory education.
_SCHOOL = r"(?:小学|中学|学校|中心校|完小|实小|实验小|初中|高中|完中|教学点|学院|附中|附小|[一二三四五六七八九十\d]{1,3}中|[一二三四五六七八九十\d]{1,3}小)"
_VOCATIONAL = r"(?:职中|职校|职高|技校|中专|卫校|师范|职教中心|职业教育中心|技师学院|技工学校)"
_CAMPUS = r"(?:\((?:[^()]{1,12}(?:校区|分校|校部|部))\)|[一-龥]{1,6}(?:校区|分校|教学点)|(?:初中|小学|高中)部)?"
_NAME = re.compile(rf"^[一-龥A-Z\d·()第]{{1,30}}?(?:{_SCHOOL}|{_VOCATIONAL}){_CAMPUS}$")
_VOCATIONAL_NAME = re.compile(rf"职业|{_VOCATIONAL}|技工|中等专业|学院|卫生学校|师范")
# A class behind the name says where in the school the child sits.
_CLASS = re.compile(
    r"(?:[一二三四五六七八九\d]年级|[初高中职][一二三]|[七八九]年)?(?:[\d一二三四五六七八九十]{0,3}\(?[\d一二三四五六七八九十]{1,3}\)?班)?$"
)
_VOCATIONAL_CLASS = re.compile(r'[（(]?[“"]?(?:文化教育[+＋和]职业技能)?[”"]?(?:职教)?提升班[）)]?$')
_SOME_SCHOOL = re.compile(
    "^(?:小学|初中|学校|技校|职校|职高|中专|(?:民办|私立|公办|公立|当地|外地|本地|网上|同村|邻村|一般|普通)(?:小学|中学|初中|高中|学校))$"
)
# What no school's own name holds. Place names are taken off first: 无锡, 未央, 不老屯.
_NO_NAME = re.compile(
    "没|未(?!来)|不|无(?!忧)|从来|辍|退学|失学|休学|毕业|打工(?!子弟)|务工(?!(?:人员)?子[弟女])|做工|工厂|外出|在家|待业|曾(?=[在读上经就])|原来|以前|原[在读]|想[去读上]|要去|准备"
    "|离开学校|离校|厌学|拒绝上|逃学|看守所|忘记|待定|电子厂(?!子弟)|(?:老家|家里|[Xx×]{2})(?:的)?(?:学校|[小中]学)|出租屋"
    "|进厂|学徒|务农|驾校|网校|转学|(?:毛织|制衣|五金|玩具|鞋)厂(?!子弟)|附近|旁边|隔壁|外面|^[这那]边|在[这那]边|的(?:[小中]学|初中|高中|学校)$"
    "|(?:^|[在就现正镇乡])读(?!书)|(?:^|[在去镇乡])上(?:[小中]学|初中|高中|学校?)$|(?:^|在)[一几两]所|父母|爸爸|妈妈|爸妈|爷爷|奶奶|外[公婆]|亲戚|弟弟|妹妹|哥哥|姐姐|表[哥姐]"
    "|可能|大概|好像|听说|某|学校名|填|幼儿园|医院|结婚|[,，。；;、？?！!/]"
)
LONGEST_PLACE, SHORTEST_PLACE = 15, 2  # characters
_CODES_OF_PLACES = (2, 4, 6)  # digits: provinces, prefectures, counties


class Schools:
    """The schools that the registries name, and how one is told. ``names``: as the registries write them; ``places``: the county's."""

    def __init__(self, names: Iterable[str] = (), places: Places | None = None) -> None:
        self._places = places or Places(Divisions("", "", (), ()))
        self._names = {squeeze(name) for name in names}
        self._stems = {stem for name in self._names if len(stem := self._without_place(name)) >= 3}

    def fault_of_full_name(self, text: str) -> str | None:
        """``school_missing`` or ``school_is_none`` where the text is not the full name of one school."""
        written = school_of_answer(text)
        if is_nothing(written):
            return "school_missing"
        if self.is_known(text):
            return None
        rest, _ = _split_place(written)
        # 深圳中学: the place is its name. 东莞小学 is some school in a town.
        if _NO_NAME.search(rest) or _SOME_SCHOOL.match(rest) or not _NAME.match(written):
            return "school_is_none"
        return None

    def fault_elsewhere(self, text: str) -> str | None:
        """Why the text is not a school outside the county, with the place where it is; None where it is one."""
        if fault := self.fault_of_full_name(text):
            return fault
        written = school_of_answer(text)
        if self._places.township_of(written) or self._places.names_county(written):
            return "school_of_county"
        _, depth = _split_place(written)
        if depth < len("省市"):
            # Without a place it may be a village school of the county, whose township the officer left out.
            return "school_of_county" if self.is_known(text) else "school_without_place"
        return None

    def fault_vocational(self, text: str) -> str | None:
        """Why the text is not a vocational school that is known or has its place; None where it is one."""
        if fault := self.fault_of_full_name(text):
            return fault
        written = school_of_answer(text)
        if not _VOCATIONAL_NAME.search(written):
            return "school_is_none"
        if self.is_known(text) or self._places.names_county(written) or _split_place(written)[1] >= len("省市"):
            return None
        return "school_without_place"

    def is_known(self, text: str) -> bool:
        """Do the registries name the school, with or without its township?"""
        written = school_of_answer(text)
        return bool(written) and (written in self._names or self._without_place(written) in self._stems)

    def _without_place(self, written: str) -> str:
        """A school's name without province, prefecture, county and township of the county."""
        return self._places.without_places(written)


def school_of_answer(text: str) -> str:
    """The school that an officer wrote, without blanks and without the class behind its name; "" for nothing."""
    return _CLASS.sub("", _VOCATIONAL_CLASS.sub("", squeeze(text))) if text else ""


@cache
def named_places() -> dict[str, int]:
    """Name or stem of a province, prefecture or county -> how exactly it says where: 1 a province, 2 a prefecture or county."""
    found: dict[str, int] = {}
    for code, name in all_divisions().items():
        if len(code) not in _CODES_OF_PLACES or is_no_place(name):
            continue
        depth = 1 if len(code) == 2 and not name.endswith("市") else 2
        for written in (name, place_stem(name)):
            if len(written) >= SHORTEST_PLACE:
                found[written] = max(depth, found.get(written, 0))
    return found


def _split_place(written: str) -> tuple[str, int]:
    """(the text without the places of China at its beginning, 0 where none is named, 1 a province alone, 2 a prefecture or county)."""
    places, depth, rest = named_places(), 0, written
    while True:
        found = next((rest[:n] for n in range(min(LONGEST_PLACE, len(rest)), SHORTEST_PLACE - 1, -1) if rest[:n] in places), None)
        if found is None:
            return rest, depth
        depth, rest = max(depth, places[found]), rest[len(found) :].removeprefix("省").removeprefix("市")
