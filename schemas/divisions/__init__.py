"""Provinces, prefectures, counties, townships and villages of China, and how they are called.

``divisions.csv.gz`` and ``villages.parquet`` are the National Bureau of Statistics' codes of 2023-06-30 (NOTICE). A file
``CODE.csv`` beside them, in the form of a county's own (``schemas.divisions.divisions_file``), goes before them.
"""

import gzip
import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

# How the published table ends a village's name -> how it is called: 龙口村委会 is 龙口村.
_ENDINGS = (
    ("社区居民委员会", "社区"),
    ("社区居委会", "社区"),
    ("村民委员会", "村"),
    ("居民委员会", "居委会"),
    ("村委会", "村"),
)
# Of an autonomous county's name, what follows the place: peoples, one or more, or 各族.
_PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南"
    "|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|各"
)
_AUTONOMOUS = re.compile(rf"^(.+?)(?:(?:(?:{_PEOPLES})族)+|蒙古|回|藏|维吾尔|哈萨克|柯尔克孜|塔吉克|锡伯)自治[县旗州区]$")
_NO_PLACE = re.compile("^(?:市辖区|县|.*直辖县级行政区划)$")  # stands in the table where there is no prefecture


@dataclass(frozen=True, slots=True)
class Village:
    """``name``: as it is called; ``spellings``: other ways in which it is written."""

    name: str
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Township:
    """``code``: nine digits, or empty where it has none; ``spellings``: former names, and other ways in which it is written."""

    code: str
    name: str
    spellings: tuple[str, ...] = ()
    villages: tuple[Village, ...] = ()


@dataclass(frozen=True, slots=True)
class Divisions:
    """A county's townships, in the order of their codes, each with its villages. ``code``, ``name``: of the county;
    ``parents``: the names of its province and, where there is one, of its prefecture; ``warnings``: what the county should mend in its
    file though it changes nothing, in Chinese."""

    code: str
    name: str
    parents: tuple[str, ...]
    townships: tuple[Township, ...]
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @property
    def township_names(self) -> tuple[str, ...]:
        """The townships' names, in the order of their codes."""
        return tuple(township.name for township in self.townships)


def place_stem(name: str) -> str:
    """A county's or prefecture's name without what it is: 都安瑶族自治县 -> 都安, 河池市 -> 河池; whole where one sign would be left."""
    found = _AUTONOMOUS.match(name)
    stem = found[1] if found and len(found[1]) > 1 else re.sub("(?:自治[县旗州]|自治区|特别行政区|地区|林区|特区|新区|矿区|[省市县区旗盟])$", "", name)
    return stem if len(stem) > 1 else name


def short_county_name(name: str) -> str:
    """都安瑶族自治县 -> 都安县; a name that is no autonomous county's stays."""
    return place_stem(name) + name[-1] if "自治" in name and place_stem(name) != name else name


@cache
def county_names() -> dict[str, str]:
    """Code -> name of all counties of China."""
    return {code: name for code, name in all_divisions().items() if len(code) == 6}


def parents_of(code: str) -> tuple[str, ...]:
    """The names of the province and prefecture of a county's code; without those that the table does not have."""
    names = (all_divisions().get(code[:2]), all_divisions().get(code[:4]))
    return tuple(name for name in names if name and not is_no_place(name))


def is_no_place(name: str) -> bool:
    """Does the table have ``name`` only to stand where there is no prefecture?"""
    return bool(_NO_PLACE.match(name))


def village_name(published: str) -> str:
    """A village as it is called, from its committee's name: 龙口村委会 -> 龙口村, 红电社区居委会 -> 红电社区."""
    for ending, short in _ENDINGS:
        if published.endswith(ending) and len(published) > len(ending):
            stem = published.removesuffix(ending)
            return stem if stem.endswith(short) and len(stem) > 2 else stem + short
    return published


@cache
def all_divisions() -> dict[str, str]:
    """Code -> name of all provinces (2 digits), prefectures (4), counties (6) and townships (9) of China."""
    # No Parquet file: settings are read by every command, and by processes that stand day and night without the libraries of a run.
    lines = gzip.decompress((files("schemas.divisions") / "divisions.csv.gz").read_bytes()).decode("utf-8").splitlines()
    return {code: name for code, _, name in (line.partition(",") for line in lines)}
