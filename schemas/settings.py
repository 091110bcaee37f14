"""The settings of one county and one year. What a county changes about the registries stands in its own file, DIR/county.toml::

    [xueji.headings]                 # more spellings of a heading
    student_state = ["在籍情况"]

    [xueji.codes.student_state]      # more values of a code
    "在籍在校" = "in_school"

    [xueji.checks]                   # another level of a check: refuse, report or off
    phone_unreadable = "off"

    [xueji.columns.student_number]   # a column declared differently, or one more column; what is not named stays as it is
    headings = ["学籍号"]             # in place of the declared headings
    required = true

    [tejiao]                         # a registry of its own, in folder raw/tejiao
    title = "特教学校"
    owner = "教育局"
    role = "student"
    stage = "senior"                 # the school stage of all its records
    source_key = ["student_number"]
    signature = ["student_number"]
    [tejiao.columns.name]
    headings = ["学生姓名"]
    required = true

``replace = true`` in the table of a declared registry replaces its whole declaration by the county's.
"""

import dataclasses
import difflib
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, get_args

from schemas import codes
from schemas.checks import CHECKS
from schemas.registry import Column, ColumnKind, Level, Registry, Role, core_first, declared
from schemas.tables import RECORDS_TABLE

_NEEDED = ("title", "owner", "role", "source_key", "signature", "columns")  # what a new registry must declare
_KNOWN = {*_NEEDED, "core", "one_of", "ignored", "stage", "headings", "codes", "checks", "replace"}
_COLUMN = {"headings", "kind", "required", "codes"}
# Beside the fields of records that no declared registry has, what the program itself notes of a row while it reads it
# (``pipelines.intake.sheets``, ``pipelines.intake.standardise``): no column may be read into these.
_OF_A_ROW = ("first_cell", "overflow", "longer", "too_long", "id_birthdate", "id_sex")
# The stages that a whole registry can be of; a special or nine-year school has several.
_STAGES = sorted({*codes.SCHOOL_STAGE.values()} - {"special", "nine_year"})
# Field -> value -> code, for the codes that whereabouts and discrepancies rest on: a county may add values, not codes.
_MEANINGS = {
    "student_state": codes.STUDENT_STATE, "study_mode": codes.STUDY_MODE, "register_state": codes.REGISTER_STATE,
    "certificate_state": codes.CERTIFICATE_STATE, "school_claim": codes.SCHOOL_CLAIM, "stage": codes.SCHOOL_STAGE,
    "sex": codes.SEX, "disability_type": codes.DISABILITY_TYPE, "disability_level": codes.DISABILITY_LEVEL,
    "poverty": codes.YES_NO, "aid_paid": codes.PAID, "low_income": codes.YES_NO, "destitute": codes.YES_NO,
    "orphan": codes.YES_NO, "disability_flag": codes.YES_NO,
}


@dataclass(frozen=True, slots=True)
class Cohort:
    """The children who are swept: born from ``start`` to ``end`` and registered in ``county`` (code by GB/T 2260); plan, part 3 ②."""

    start: date = date(2004, 9, 1)
    end: date = date(2014, 8, 31)
    county: str = "451228"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that belongs to one county or one year. ``registries``: key -> registry as the county has them, the core ones first."""

    registries: Mapping[str, Registry] = dataclasses.field(default_factory=declared)
    cohort: Cohort = dataclasses.field(default_factory=Cohort)


class CountyFileError(Exception):
    """The county's file has faults. ``problems``: Chinese sentences, each of which names the place in the file."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


def read_county(text: str) -> dict[str, Registry]:
    """Returns the registries (key -> registry, the core ones first) as the county's file ``text`` (TOML) changes the declared ones.
    Raises CountyFileError, which lists all faults, if there are any."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CountyFileError([f"不是有效的 TOML：{error}"]) from None
    known, problems = dict(declared()), []
    for key, table in document.items():
        if not isinstance(table, dict):
            problems.append(f"“{key}”应写成表，如 [{key}.headings]")
        elif registry := _registry(key, table, problems):
            known[key] = registry
    problems += _ambiguous(known)
    if problems:
        raise CountyFileError(problems)
    return core_first(known)


def _registry(key: str, table: Mapping[str, Any], problems: list[str]) -> Registry | None:
    """The declared registry ``key`` as ``table`` changes it, or the new registry that ``table`` declares; None where it has a fault,
    which is added to ``problems``."""
    before = len(problems)
    base = declared().get(key)
    _unknown(key, table, _KNOWN, problems)
    if base is None or _flag(key, table, "replace", False, problems):
        if not key.isidentifier() or not key.isascii():
            problems.append(f"[{key}]：系统的名字只能用小写字母、数字和下划线，它也是 raw 下的文件夹名")
        purpose = "要整个改写" if base else f"不是已有的系统{_suggestion(key, declared())}；要登记新系统"
        problems += [f"[{key}]：{purpose}，还缺 {needed}" for needed in _NEEDED if needed not in table]
        if len(problems) > before:
            return None
        base = Registry(key, "", "", "student", (), (), (), core=base.core if base else False)
    role = table.get("role", base.role)
    if role not in get_args(Role):
        problems.append(f"[{key}] 的 role：应为 {'、'.join(get_args(Role))} 之一")
    columns = _columns(base, table, problems)
    stage = table.get("stage", base.stage)
    if stage is not None and stage not in _STAGES:
        problems.append(f"[{key}] 的 stage：应为 {'、'.join(_STAGES)} 之一")
    changed = replace(
        base,
        title=str(table.get("title", base.title)), owner=str(table.get("owner", base.owner)), role=role,
        core=_flag(key, table, "core", base.core, problems), columns=tuple(columns.values()),
        source_key=_fields(key, table, "source_key", base.source_key, columns, problems),
        signature=_fields(key, table, "signature", base.signature, columns, problems),
        one_of=_groups(key, table, base.one_of, columns, problems),
        ignored=_texts(f"[{key}] 的 ignored", table["ignored"], problems) if "ignored" in table else base.ignored,
        levels=_levels(base, table, problems), stage=stage,
    )  # fmt: skip
    problems += [f"[{key}.columns]：缺 {needed}" for needed in ("name", "id_number") if needed not in columns]
    read = {c.field for r in declared().values() for c in r.columns}
    filled, named = {*_OF_A_ROW, *RECORDS_TABLE.names} - read, {*read, *changed.source_key, *changed.signature}
    for field in columns:
        if field not in named:
            problems.append(f"[{key}.columns.{field}]：没有这个字段{_suggestion(field, named)}；系统自己的编号请写进 source_key 或 signature")
        elif field in filled:
            problems.append(f"[{key}.columns.{field}]：这个字段由程序填写，不能用作列")
    problems += [f"[{key}] 的 {name}：应是文字" for name in ("title", "owner") if not isinstance(table.get(name, ""), str)]
    if "name" in columns and not columns["name"].required:
        problems.append(f"[{key}.columns.name]：姓名列必需，须写 required = true")
    return changed if len(problems) == before else None


def _columns(base: Registry, table: Mapping[str, Any], problems: list[str]) -> dict[str, Column]:
    """Field -> column: those of ``base`` with the changes of the tables ``columns``, ``headings`` and ``codes``."""
    columns = {c.field: c for c in base.columns}
    for field, column in _table(f"{base.key}.columns", table.get("columns", {}), problems).items():
        columns[field] = _column(f"{base.key}.columns.{field}", field, column, columns.get(field), problems)
    for field, headings in _table(f"{base.key}.headings", table.get("headings", {}), problems).items():
        where = f"[{base.key}.headings] 的 {field}"
        if field not in columns:
            problems.append(f"{where}：{base.title}没有这个字段{_suggestion(field, columns)}")
        elif texts := _texts(where, headings, problems):
            columns[field] = replace(columns[field], headings=(*columns[field].headings, *texts))
    for field, values in _table(f"{base.key}.codes", table.get("codes", {}), problems).items():
        where = f"[{base.key}.codes.{field}]"
        if field not in columns or not columns[field].codes:
            problems.append(f"{where}：{base.title}没有这个代码字段{_suggestion(field, [f for f, c in columns.items() if c.codes])}")
        else:
            columns[field] = replace(columns[field], codes={**columns[field].codes, **_codes(where, field, values, problems)})
    return columns


def _column(where: str, field: str, given: object, base: Column | None, problems: list[str]) -> Column:
    """The column ``base`` as ``given`` changes it, or a new one."""
    column = _table(where, given, problems)
    _unknown(where, column, _COLUMN, problems)
    fitting = _kinds(field)
    kind = column.get("kind", base.kind if base else fitting[0])
    if kind not in get_args(ColumnKind):
        problems.append(f"[{where}] 的 kind：应为 {'、'.join(get_args(ColumnKind))} 之一")
    elif kind == "code" and field not in _MEANINGS and not (base and base.codes):
        problems.append(f"[{where}]：没有这个代码字段{_suggestion(field, _MEANINGS)}")
    elif field in RECORDS_TABLE.names and kind not in fitting:
        problems.append(f"[{where}] 的 kind：应为 {'、'.join(fitting)}")
    values = base.codes if base else _MEANINGS.get(field, {})
    values = {**values, **_codes(f"[{where}.codes]", field, column.get("codes", {}), problems)} if kind == "code" else {}
    headings = _texts(f"[{where}] 的 headings", column["headings"], problems) if "headings" in column else ()
    headings = headings or (base.headings if base else ())
    if not headings:
        problems.append(f"[{where}]：缺 headings")
    required = _flag(where, column, "required", base.required if base else False, problems)
    return Column(field, headings, kind, required, values)


def _kinds(field: str) -> list[ColumnKind]:
    """The kinds that the declared registries use for a field, the most frequent first; 'text' for a field that none has."""
    found = [c.kind for registry in declared().values() for c in registry.columns if c.field == field]
    return sorted(set(found), key=lambda kind: -found.count(kind)) or ["text"]


def _levels(base: Registry, table: Mapping[str, Any], problems: list[str]) -> dict[str, Level]:
    """Check -> level, from ``base`` and the table ``checks``."""
    levels = dict(base.levels)
    for check, level in _table(f"{base.key}.checks", table.get("checks", {}), problems).items():
        where = f"[{base.key}.checks] 的 {check}"
        if check not in {c.code for c in CHECKS}:
            problems.append(f"{where}：没有这项检查{_suggestion(check, [c.code for c in CHECKS])}")
        elif level not in get_args(Level):
            problems.append(f"{where}：应为 {'、'.join(get_args(Level))} 之一")
        else:
            levels[check] = level
    return levels


def _fields(
    key: str, table: Mapping[str, Any], name: str, base: tuple[str, ...], columns: Mapping[str, Column], problems: list[str]
) -> tuple[str, ...]:
    """A list of declared fields, such as ``source_key``; ``base`` where ``table`` has none."""
    if name not in table:
        return base
    fields = _texts(f"[{key}] 的 {name}", table[name], problems)
    problems += [f"[{key}] 的 {name}：没有声明字段 {field}{_suggestion(field, columns)}" for field in fields if field not in columns]
    if not fields:
        problems.append(f"[{key}] 的 {name}：至少要写一个字段")
    return fields


def _groups(
    key: str, table: Mapping[str, Any], base: tuple[tuple[str, ...], ...], columns: Mapping[str, Column], problems: list[str]
) -> tuple[tuple[str, ...], ...]:
    """The groups of fields ``one_of``; ``base`` where ``table`` has none."""
    given = table.get("one_of", base)
    if not isinstance(given, list | tuple):
        problems.append(f'[{key}] 的 one_of：应是几组字段，如 [["school", "stage"]]')
        return base
    groups = [tuple(g) if isinstance(g, tuple) else _texts(f"[{key}] 的 one_of", g, problems) for g in given]
    missing = [field for group in groups for field in group if field not in columns]
    problems += [f"[{key}] 的 one_of：没有声明字段 {field}{_suggestion(field, columns)}" for field in missing]
    return tuple(groups)


def _flag(where: str, table: Mapping[str, Any], name: str, base: bool, problems: list[str]) -> bool:
    """A boolean of ``table``; ``base`` where it has none."""
    value = table.get(name, base)
    if not isinstance(value, bool):
        problems.append(f"[{where}] 的 {name}：应为 true 或 false")
    return value is True


def _codes(where: str, field: str, values: object, problems: list[str]) -> dict[str, str]:
    """Value (in the form in which values are looked up) -> code."""
    out = {}
    codes_of_field = sorted(set(_MEANINGS.get(field, {}).values()))
    for written, code in _table(where.strip("[]"), values, problems).items():
        if codes_of_field and code not in codes_of_field:
            problems.append(f"{where} 的 {written}：应为 {'、'.join(codes_of_field)} 之一")
        else:
            out["".join(unicodedata.normalize("NFKC", written).split()).upper()] = str(code)
    return out


def _ambiguous(known: Mapping[str, Registry]) -> list[str]:
    """Problems where one heading stands for two fields of a registry."""
    problems = []
    for registry in known.values():
        field_of: dict[str, str] = {}
        for column in registry.columns:
            for heading in column.headings:
                folded = "".join(unicodedata.normalize("NFKC", heading).split()).lower()
                first = field_of.setdefault(folded, column.field)
                if first != column.field:
                    problems.append(f"{registry.title}的表头“{heading}”既是 {first} 又是 {column.field}")
    return problems


def _table(where: str, value: object, problems: list[str]) -> Mapping[str, Any]:
    """``value``, which must be a table; an empty one where it is not."""
    if isinstance(value, dict):
        return value
    problems.append(f"[{where}] 应是一张表")
    return {}


def _texts(where: str, value: object, problems: list[str]) -> tuple[str, ...]:
    """``value``, which must be a list of texts; an empty one where it is not."""
    if isinstance(value, list) and all(isinstance(text, str) and text.strip() for text in value):
        return tuple(value)
    problems.append(f'{where}：应是一列文字，如 ["在籍情况"]')
    return ()


def _unknown(where: str, table: Mapping[str, Any], allowed: set[str], problems: list[str]) -> None:
    """Report the names in ``table`` that are not allowed there."""
    problems += [f"[{where}] 的 {name}：不认识{_suggestion(name, allowed)}" for name in table if name not in allowed]


def _suggestion(name: str, names: Any) -> str:
    """The allowed name that was probably meant, or all of them."""
    near = difflib.get_close_matches(name, list(names), 1)
    return f"（是否指 {near[0]}？）" if near else f"（可用：{'、'.join(sorted(names))}）"
