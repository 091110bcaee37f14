"""Any list of people an analyst has -> its own columns as text, the number of every row, and the columns that
``matching`` compares. Which column is what is told by its heading (LIST_FIELDS), or by the analyst."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from matching.text_columns import on_distinct
from pipelines.files.grid import GridRows
from pipelines.files.refusal import FileRefused, reason
from pipelines.intake.headings import plain
from pipelines.intake.values import SAME_TEXT, squeeze, text_or_none
from pipelines.lists.list_records import list_people
from pipelines.lists.list_tables import ListTable, below, from_arrow, list_sheets, parquet
from schemas.registry import Registry, declared

_LOOK_IN_ROWS = 30
_MANY = 20  # headings quoted in a message


@dataclass(frozen=True, slots=True)
class ListField:
    """What a column may hold. ``key`` names it on the command line, ``title`` in messages; ``headings``: its spellings,
    the likeliest first; ``declared``: fields of the registries whose headings count as well; ``several``: all such
    columns are used, not just the best. A list needs one column that ``identifies``."""

    key: str
    title: str
    headings: tuple[str, ...]
    declared: tuple[str, ...] = ()
    several: bool = False
    identifies: bool = False


# A list's own numbering of its rows (序号, 编号, rec_id) is no field: it says nothing about a person.
LIST_FIELDS = (
    ListField(
        "name",
        "姓名",
        ("姓名", "学生姓名", "儿童姓名", "幼儿姓名", "人员姓名", "本人姓名", "名字", "xm", "name", "full_name", "student_name"),
        ("name",),
        identifies=True,
    ),
    ListField("given", "名", ("given_name", "first_name", "forename", "fname", "given names", "名"), identifies=True),
    ListField("surname", "姓", ("surname", "last_name", "family_name", "lname", "姓", "姓氏"), identifies=True),
    ListField("former_name", "曾用名", ("曾用名", "former_name", "原名"), ("former_name",)),
    ListField(
        "id",
        "证件号",
        (
            *("身份证号", "公民身份号码", "身份证件号", "身份证号码", "身份证", "学生身份证号", "证件号码", "证件号", "sfzh"),
            *("soc_sec_id", "ssn", "national_id", "id_number", "id_no", "id_card", "id"),
        ),
        ("id_number",),
        identifies=True,
    ),
    ListField("certificate", "残疾证号", ("残疾证号",), ("certificate_number",), identifies=True),
    ListField("student_number", "学籍号", ("全国学籍号", "学籍号", "student_number"), ("student_number",), identifies=True),
    ListField(
        "birth",
        "出生日期",
        (
            *("出生日期", "出生年月日", "出生年月", "出生时间", "生日", "csrq"),
            *("date_of_birth", "dob", "birth_date", "birthday", "birth", "born"),
        ),
        ("birthdate",),
    ),
    ListField("sex", "性别", ("性别", "xb", "sex", "gender"), ("sex",)),
    ListField(
        "township",
        "乡镇",
        ("乡镇", "乡(镇)", "乡镇街道", "所属乡镇", "户籍乡镇", "township", "suburb", "city", "town"),
        ("township",),
    ),
    ListField("village", "村", ("行政村", "村", "村(社区)", "村委会", "户籍村", "村屯", "village"), ("village",)),
    ListField(
        "address",
        "住址",
        (
            *("家庭住址", "住址", "家庭地址", "户籍地址", "户籍住址", "地址", "居住地址", "详细地址", "address", "home_address"),
            *("street_number", "street", "street_address", "address_1", "address_2", "address_3", "state", "postcode"),
            *("post_code", "zip", "zipcode"),
        ),
        ("address",),
        several=True,
    ),
    ListField(
        "kin",
        "监护人",
        (
            *("监护人", "监护人姓名", "家长", "家长姓名", "父亲", "父亲姓名", "母亲", "母亲姓名", "户主", "户主姓名"),
            *("父母姓名", "guardian", "guardian_name", "father", "father_name", "mother", "mother_name", "parent"),
        ),
        ("guardian", "guardian_2", "father", "mother"),
        several=True,
    ),
    ListField(
        "phone",
        "电话",
        (
            "联系电话",
            "监护人电话",
            "监护人联系电话",
            "家长电话",
            "电话",
            "电话号码",
            "手机",
            "手机号",
            "phone",
            "phone_number",
            "mobile",
        ),
        ("phone",),
    ),
)
_FIELD = {field.key: field for field in LIST_FIELDS}
Named = Mapping[str, Sequence[str]]  # key of a field -> headings
Ranks = dict[tuple[str, str], int]  # (key of a field, heading as compared) -> rank, 0 the likeliest


@dataclass(frozen=True, slots=True)
class PeopleList:
    """A list taken in. ``table``: its own columns, text, in their order; ``rows``: their numbers as Excel shows them (in
    Parquet the first is 2); ``people``: what ``matching`` compares, a row per row. ``used``: field -> headings."""

    file: str
    sheet: str
    table: pd.DataFrame
    rows: pd.Series
    people: pd.DataFrame
    used: dict[str, tuple[str, ...]]
    notices: tuple[str, ...]
    other_id_kind: bool  # its id_number is no Chinese ID but some other kind of number

    @property
    def title(self) -> str:
        """The file, and the sheet where it has one."""
        return f"《{self.file}》" + (f"工作表“{self.sheet}”" if self.sheet else "")


def field_named(text: str) -> str | None:
    """The key of the field that an analyst means: by key, title or any known heading."""
    wanted = _spelled(text)
    known = {_spelled(t): f.key for f in LIST_FIELDS for t in (f.key, f.title)}
    return known.get(wanted) or next((key for (key, heading) in _ranks_of(declared()) if heading == wanted), None)


def read_list(
    path: Path,
    side: str,
    sheet: str | None = None,
    own: Named | None = None,
    common: Named | None = None,
    registries: Mapping[str, Registry] | None = None,
) -> PeopleList:
    """Read the list ``path`` as side ``a`` or ``b``. ``own``, ``common``: columns that the analyst named for this list, or
    for both, in which case one of them may lack it; they go before those known by their headings. ``registries``: whose
    headings are known as well; the declared ones where None.

    Raises FileRefused, with the way to mend it, where there is no list of people in it.
    """
    own, common = own or {}, common or {}
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileRefused("unreadable_file", f"文件打不开（{reason(error)}）") from None
    notices: list[str] = []
    ranks = _ranks_of(declared() if registries is None else registries)
    grid = _grid(content, sheet, {**common, **own}, side, ranks, notices)
    return _people_list(path.name, grid, side, own, common, ranks, notices)


def list_of_table(table: pa.Table, name: str, side: str, own: Named | None = None, common: Named | None = None) -> PeopleList:
    """The list that an Arrow table holds, called ``name`` in messages; its rows are numbered from 0. Else like ``read_list``."""
    return _people_list(name, from_arrow(table, first_row=0), side, own or {}, common or {}, _ranks_of(declared()), [])


def _people_list(
    name: str, grid: ListTable, side: str, own: Named, common: Named, ranks: Ranks, notices: list[str]
) -> PeopleList:
    named = {**common, **own}
    _check_named(grid, own, common, notices)
    if not len(grid.table):
        raise FileRefused("empty_sheet", f"{_where(grid.sheet)}只有表头，没有数据行，请检查名单是否完整")
    cells, used = _cells(grid, named, ranks, notices)
    if not any(_FIELD[key].identifies for key in cells):
        raise FileRefused("no_columns", _no_columns(grid.sheet, list(grid.columns.values()), side, notices))
    people, other_id_kind = list_people(side, grid.rows, cells, notices)
    return PeopleList(name, grid.sheet, grid.table, grid.rows, people, used, tuple(notices), other_id_kind)


def _spelled(heading: str) -> str:
    return re.sub(r"[_\-. :]", "", plain(heading))


def _ranks_of(registries: Mapping[str, Registry]) -> Ranks:
    """The ranks of all known headings; the registries' headings after the common ones."""
    ranks: Ranks = {}
    for field in LIST_FIELDS:
        declared = [h for r in registries.values() for c in r.columns if c.field in field.declared for h in c.headings]
        for rank, heading in enumerate((*field.headings, *declared)):
            ranks.setdefault((field.key, _spelled(heading)), rank)
    return ranks


def _grid(content: bytes, sheet: str | None, named: Named, side: str, ranks: Ranks, notices: list[str]) -> ListTable:
    """The sheet asked for, else the first with a heading row; the others that have one are told of."""
    if content.startswith(b"PAR1"):
        if sheet is None:
            return parquet(content)
        raise FileRefused("no_sheet", f"Parquet 文件没有工作表，请去掉 --sheet-{side}")
    found = list(list_sheets(content))
    if sheet is not None:
        named_so = [grid for grid in found if grid.sheet == sheet]
        if not named_so:
            names = "、".join(grid.sheet for grid in found if grid.sheet) or "（不是工作簿，没有工作表）"
            raise FileRefused("no_sheet", f"没有名为“{sheet}”的工作表，现有：{names}")
        found = named_so
    headed = [(grid, at) for grid in found if (at := _heading_row(grid.head(_LOOK_IN_ROWS), named, ranks)) is not None]
    if not headed:
        some = next((grid for grid in found if len(grid)), None)
        rows = some.head(_LOOK_IN_ROWS) if some else []
        name = some.sheet if some else ""
        if not any(map(any, rows)):
            raise FileRefused("empty_file", "文件里没有任何内容，请重新导出")
        at = _heading_row(rows, named, ranks, identifying=False)
        shown = _unknown_headings(rows) if at is None else rows[at]
        asked = [h for headings in named.values() for h in headings]
        missing = [f"指定的列 {_quoted(asked)} 不在前 {_LOOK_IN_ROWS} 行里"] if asked else []
        raise FileRefused("no_columns", _no_columns(name, [h for h in shown if h], side, missing))
    if others := [grid.sheet for grid, _ in headed[1:]]:
        option = f"--sheet-{side}"
        notices.append(f"只用了工作表“{headed[0][0].sheet}”；另有名单未用：{'、'.join(others)}（要用请加 {option} 工作表名）")
    return below(*headed[0])


def _heading_row(rows: GridRows, named: Named, ranks: Ranks, identifying: bool = True) -> int | None:
    """The row, of the first, with the most known headings; one of a name or a number among them if ``identifying``."""
    asked = {_spelled(h): key for key, headings in named.items() for h in headings}
    known = {heading: key for key, heading in ranks} | asked
    best, most = None, 0
    for index, row in enumerate(rows[:_LOOK_IN_ROWS]):
        hits = {known[s] for cell in row if cell and (s := _spelled(cell)) in known}
        if len(hits) > most and (not identifying or any(_FIELD[key].identifies for key in hits)):
            best, most = index, len(hits)
    return best


def _check_named(grid: ListTable, own: Named, common: Named, notices: list[str]) -> None:
    present = {_spelled(heading) for heading in grid.columns.values()}
    for named in (own, common):
        if absent := [h for headings in named.values() for h in headings if _spelled(h) not in present]:
            message = f"没有指定的列：{'、'.join(absent)}。{_where(grid.sheet)}的表头有：{_quoted(list(grid.columns.values()))}"
            if named is own:
                raise FileRefused("no_such_column", message)
            notices.append(message)


def _cells(
    grid: ListTable, named: Named, ranks: Ranks, notices: list[str]
) -> tuple[dict[str, list[pd.Series]], dict[str, tuple[str, ...]]]:
    """Per field found its columns' texts, and those columns' names. Columns that say nothing are told of and left out."""
    spelled = {column: _spelled(heading) for column, heading in grid.columns.items()}
    texts: dict[str, pd.Series] = {}
    chosen: dict[str, list[str]] = {}
    empty: list[str] = []
    asked: set[str] = set()
    for key, headings in named.items():
        if columns := [c for h in headings for c in spelled if spelled[c] == _spelled(h)]:
            chosen[key] = columns
            asked.update(columns)
    for field in LIST_FIELDS:
        ranked = sorted((ranks[field.key, s], i, c) for i, (c, s) in enumerate(spelled.items()) if (field.key, s) in ranks)
        candidates = chosen.get(field.key) or [c for _, _, c in ranked if c not in asked]
        if field.several and field.key not in chosen:
            candidates = [c for c in spelled if c in candidates]  # in the list's order: number, street, town
        for column in candidates:
            texts[column] = on_distinct(grid.table[column], text_or_none, same=SAME_TEXT)
        empty += [c for c in candidates if not texts[c].notna().any()]
        filled = [c for c in candidates if texts[c].notna().any()]
        chosen[field.key] = filled if field.several or field.key in named else filled[:1]
    if chosen["name"]:
        chosen["given"] = chosen["surname"] = []
    if empty:
        notices.append(f"整列为空，按没有这一列处理：{_quoted(empty)}")
    used = {field.key: tuple(chosen[field.key]) for field in LIST_FIELDS if chosen[field.key]}
    return {key: [texts[c] for c in columns] for key, columns in used.items()}, used


def _unknown_headings(rows: GridRows) -> list[str]:
    """What seems to be the headings of a sheet in which none is known: none with a digit, over a row that has digits.
    Where that is in doubt nothing is shown, for the first row may be a person's."""
    tabular = [row for row in rows[:_LOOK_IN_ROWS] if sum(map(bool, row)) > 1]  # no titles
    first, second = [*tabular, [], []][:2]
    pairs = list(zip(first, second, strict=False))
    digits = any(re.search(r"\d{4}", b or "") for _, b in pairs)
    headings = [a for a in first if a]
    doubtful = any(re.search(r"\d", a) or text_or_none(a) is None or squeeze(a) in ("男", "女") for a in headings)
    return headings if digits and not doubtful and all(a for a, b in pairs if b) else []


def _no_columns(sheet: str, headings: Sequence[str], side: str, also: Sequence[str]) -> str:
    seen = f"表头有：{_quoted(headings)}" if headings else f"前 {_LOOK_IN_ROWS} 行里没有认得的表头"
    return (
        f"{_where(sheet)}没有可用的姓名列，也没有可用的证件号列。{'。'.join([seen, *also])}。请在表头写明“姓名”“身份证号”等，"
        f"或指明列名，如 --columns-{side} name=姓名所在列的表头 id=证件号所在列的表头"
    )


def _quoted(headings: Sequence[str]) -> str:
    shown = [" ".join(h.split()) for h in headings if h]
    return "、".join(shown[:_MANY]) + (f" 等 {len(shown)} 列" if len(shown) > _MANY else "")


def _where(sheet: str) -> str:
    return f"工作表“{sheet}”" if sheet else "文件"
