"""Townships and villages: those of any county of China as published, and those that a county keeps itself in ``DIR/divisions.csv``.

``divisions.parquet`` and ``villages.parquet`` are the National Bureau of Statistics' codes of 2023-06-30 (NOTICE). A file
``CODE.csv`` beside them, in the form of a county's own, goes before them.
"""

import csv
import difflib
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from schemas.county_names import fault_of_name
from schemas.county_problems import Problems, suggestion
from schemas.words import DIVISION_STATE_NAME

DIVISIONS_FILE = "divisions.csv"
# The columns of a county's file: heading -> meaning of the cell.
DIVISION_COLUMNS = ("乡镇代码", "乡镇", "村", "写法", "行数", "状态")
_NEEDED = ("乡镇", "村", "写法")
_OF = str.maketrans("", "", " \t\u3000")
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
_SUGGESTED = 5  # counties
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
class DivisionRow:
    """A row of a county's file, its cells in the order of ``DIVISION_COLUMNS``. ``rows``: how many rows of the county's exports have it."""

    code: str
    township: str
    village: str = ""
    spelling: str = ""
    rows: int = 0
    state: str = ""


@dataclass(frozen=True, slots=True)
class Divisions:
    """A county's townships, in the order of their codes, each with its villages. ``code``, ``name``: of the county;
    ``parents``: the names of its province and, where there is one, of its prefecture."""

    code: str
    name: str
    parents: tuple[str, ...]
    townships: tuple[Township, ...]

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
    return {code: name for code, name in _published().items() if len(code) == 6}


def counties_like(text: str) -> list[tuple[str, str]]:
    """(code, name) of the counties that ``text`` may mean: the one of that code, or those of that name, whole or without what a county
    is called; else the most similar."""
    names = county_names()
    if text in names:
        return [(text, names[text])]
    for same in (lambda name: name == text, lambda name: text in (place_stem(name), short_county_name(name))):
        if found := [(code, name) for code, name in names.items() if same(name)]:
            return found
    if text.isdigit():  # of its prefecture, else of its province, the nearest codes
        around = [code for code in names if code[:4] == text[:4]] or [code for code in names if code[:2] == text[:2]]
        return [(code, names[code]) for code in sorted(around, key=lambda code: abs(int(code) - int(text)))[:_SUGGESTED]]
    stems = {place_stem(name): name for name in names.values()}
    near = [*difflib.get_close_matches(text, names.values(), _SUGGESTED), *difflib.get_close_matches(text, stems, _SUGGESTED, 0.5)]
    meant = [stems.get(name, name) for name in near]
    return sorted(((code, name) for code, name in names.items() if name in meant), key=lambda found: meant.index(found[1]))[:_SUGGESTED]


def parents_of(code: str) -> tuple[str, ...]:
    """The names of the province and prefecture of a county's code; without those that the table does not have."""
    names = (_published().get(code[:2]), _published().get(code[:4]))
    return tuple(name for name in names if name and not _NO_PLACE.match(name))


def published_divisions(code: str) -> Divisions:
    """The county ``code`` as published; without townships where the table does not have it."""
    own = files("schemas.divisions") / f"{code}.csv"
    if own.is_file():
        problems = Problems(own.name)
        divisions = read_divisions(own.read_text(encoding="utf-8"), code, county_names()[code], problems)
        problems.raise_any()
        return divisions
    villages: dict[str, list[Village]] = {}
    for village, name in _published_villages(code):
        villages.setdefault(village[:9], []).append(Village(village_name(name)))
    townships = [
        Township(township, name, (), tuple(dict.fromkeys(villages.get(township, ()))))
        for township, name in sorted(_published().items())
        if len(township) == 9 and township.startswith(code)
    ]
    return Divisions(code, county_names().get(code, ""), parents_of(code), tuple(townships))


def village_name(published: str) -> str:
    """A village as it is called, from its committee's name: 龙口村委会 -> 龙口村, 红电社区居委会 -> 红电社区."""
    for ending, short in _ENDINGS:
        if published.endswith(ending) and len(published) > len(ending):
            stem = published.removesuffix(ending)
            return stem if stem.endswith(short) and len(stem) > 2 else stem + short
    return published


def read_divisions(text: str, code: str, name: str, problems: Problems) -> Divisions:
    """The townships and villages in ``text``, a county's ``divisions.csv``. A row names a township, or a village of it, or with 写法
    one more way in which the township or village is written. Rows whose 状态 is 待定 are proposals and have no effect. Faults are
    added to ``problems``."""
    codes: dict[str, str] = {}
    spellings: dict[tuple[str, str], list[str]] = {}
    villages: dict[str, list[str]] = {}
    meant: dict[tuple[str, str], str] = {}
    proposed = DIVISION_STATE_NAME["proposed"]
    for line, row in _rows(text, problems):
        township, village, spelling, state = (row.get(column, "") for column in ("乡镇", "村", "写法", "状态"))
        if state and state not in DIVISION_STATE_NAME.values():
            known = "、".join(DIVISION_STATE_NAME.values())
            problems.on_line(line, f"“状态”应为 {known} 之一（空着等于{DIVISION_STATE_NAME['official']}）")
        for column in ("乡镇", "村"):
            if (column == "乡镇" or row.get(column)) and (fault := fault_of_name(row.get(column, ""))):
                problems.on_line(line, f"“{column}”{fault}")
        if (township_code := row.get("乡镇代码", "")) and not re.fullmatch(r"\d{9}", township_code):
            problems.on_line(line, "“乡镇代码”应是 9 位数字，没有的空着")
        if state == proposed or not township:
            continue
        codes[township] = codes.get(township) or township_code
        of_township = villages.setdefault(township, [])
        if village and village not in of_township:
            of_township.append(village)
        if spelling:
            spellings.setdefault((township, village), []).append(spelling)
            first = meant.setdefault((township if village else "", spelling), village or township)
            if first != (village or township):
                problems.on_line(line, f"“写法”的 {spelling} 既指 {first} 又指 {village or township}")
    if not codes and not len(problems):
        problems.on_line(0, "没有一个乡镇")
    townships = [
        Township(
            codes[township],
            township,
            tuple(spellings.get((township, ""), ())),
            tuple(Village(village, tuple(spellings.get((township, village), ()))) for village in of_township),
        )
        for township, of_township in villages.items()
    ]
    in_order = sorted(townships, key=lambda t: (not t.code, t.code))
    return Divisions(code, name, parents_of(code), tuple(in_order))


def division_rows(divisions: Divisions) -> list[DivisionRow]:
    """The rows of a ``divisions.csv`` that stands for ``divisions``."""
    rows = []
    official = DIVISION_STATE_NAME["official"]
    for township in divisions.townships:
        rows.append(DivisionRow(township.code, township.name, state=official))
        rows += [DivisionRow(township.code, township.name, spelling=other, state=official) for other in township.spellings]
        for village in township.villages:
            row = DivisionRow(township.code, township.name, village.name, state=official)
            rows += [row, *(replace(row, spelling=other) for other in village.spellings)]
    return rows


def division_lines(rows: Iterable[DivisionRow]) -> str:
    """Rows as lines of the file."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(
        (row.code, row.township, row.village, row.spelling, row.rows or "", row.state) for row in rows
    )
    return out.getvalue()


def _rows(text: str, problems: Problems) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, cells by their headings), without blanks."""
    reader = csv.reader(io.StringIO(text, newline=""))
    headings: list[str] | None = None
    try:
        for cells in reader:
            plain = [cell.translate(_OF).strip() for cell in cells]
            if not any(plain):
                continue
            if headings is None:
                headings = plain
                if missing := [column for column in _NEEDED if column not in plain]:
                    problems.on_line(reader.line_num, f"缺少“{missing[0]}”列，表头应为 {'、'.join(DIVISION_COLUMNS)}")
                    return
                if unknown := [heading for heading in plain if heading and heading not in DIVISION_COLUMNS]:
                    problems.on_line(reader.line_num, f"不认识“{unknown[0]}”列{suggestion(unknown[0], DIVISION_COLUMNS)}")
                continue
            yield reader.line_num, dict(zip(headings, plain, strict=False))
    except csv.Error:
        problems.on_line(reader.line_num, "不是有效的 CSV")
    if headings is None and not len(problems):
        problems.on_line(0, "是空的")


@cache
def _published() -> dict[str, str]:
    """Code -> name of all provinces (2 digits), prefectures (4), counties (6) and townships (9) of China."""
    table = _read("divisions.parquet")
    return dict(zip(table["code"].to_pylist(), table["name"].to_pylist(), strict=True))


def _published_villages(code: str) -> list[tuple[str, str]]:
    """(code, name) of the villages of the county ``code``."""
    import pyarrow.compute as pc

    table = _read("villages.parquet")
    table = table.filter(pc.starts_with(table["code"], code))
    return list(zip(table["code"].to_pylist(), table["name"].to_pylist(), strict=True))


def _read(name: str):  # type: ignore[no-untyped-def]
    import pyarrow as pa
    import pyarrow.parquet as pq

    return pq.read_table(pa.BufferReader((files("schemas.divisions") / name).read_bytes()))
