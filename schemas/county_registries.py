"""The registries as a county has them: what ``DIR/county.toml`` changes about the declared ones, and what it adds::

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

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, get_args

from schemas import codes
from schemas.checks import LEVELS
from schemas.county_names import LONGEST_NAME, fault_of_name, is_device
from schemas.county_problems import Path, Problems, suggestion
from schemas.registry import Column, ColumnKind, Level, Registry, Role, core_first, declared

_NEEDED = ("title", "owner", "role", "source_key", "signature", "columns")  # what a new registry must declare
_KNOWN = {*_NEEDED, "core", "one_of", "ignored", "stage", "headings", "codes", "checks", "replace", "older_files"}
_COLUMN = {"headings", "kind", "required", "codes"}
# Beside the fields of records that no declared registry has, what the program itself notes of a row while it reads it
# (``pipelines.intake.sheets``, ``pipelines.intake.standardise``): no column may be read into these.
_OF_A_ROW = ("first_cell", "overflow", "longer", "too_long", "contradicted", "id_birthdate", "id_sex")
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


def county_registries(tables: Mapping[str, Any], settings: Collection[str], problems: Problems) -> dict[str, Registry]:
    """The registries (key -> registry, the core ones first) as ``tables``, those of the county's file, change the declared ones. Faults
    are added to ``problems``. ``settings``: the names of the other settings of the file, one of which may have been meant."""
    known = dict(declared())
    for key, table in tables.items():
        if not isinstance(table, dict):
            a_table = f"“{key}”应写成表，如 [{key}.headings]"
            meant = suggestion(key, settings)
            problems.at((key,), f"不认识“{key}”{meant}" if key not in declared() and meant else a_table)
        elif registry := _registry(key, table, settings, problems):
            known[key] = registry
    _ambiguous(known, problems)
    return core_first(known)


def _registry(key: str, table: Mapping[str, Any], settings: Collection[str], problems: Problems) -> Registry | None:
    """The declared registry ``key`` as ``table`` changes it, or the new registry that ``table`` declares; None where it has a fault,
    which is added to ``problems``."""
    before = len(problems)
    base = declared().get(key)
    for name in ("title", "owner"):
        if name in table and (fault := fault_of_name(table[name])):
            problems.at((key, name), f"[{key}] 的 {name}：{fault}")
    _unknown((key,), table, _KNOWN, problems)
    role = table.get("role", base.role if base else "student")
    if role not in get_args(Role):
        problems.at((key, "role"), f"[{key}] 的 role：应为 {'、'.join(get_args(Role))} 之一")
    stage = table.get("stage", base.stage if base else None)
    if stage is not None and stage not in _STAGES:
        problems.at((key, "stage"), f"[{key}] 的 stage：应为 {'、'.join(_STAGES)} 之一")
    if base is None or _flag((key,), table, "replace", False, problems):
        if not key.isidentifier() or not key.isascii() or is_device(key) or len(key) > LONGEST_NAME:
            problems.at((key,), f"[{key}]：系统的名字只能用小写字母、数字和下划线，它也是 raw 下的文件夹名")
        purpose = "要整个改写" if base else f"不是已有的系统{suggestion(key, declared(), settings)}；要登记新系统"
        for needed in _NEEDED:
            if needed not in table:
                problems.at((key,), f"[{key}]：{purpose}，还缺 {needed}")
        if "columns" not in table:  # of which the rest speaks
            return None
        base = Registry(key, "", "", "student", (), (), (), core=base.core if base else False)
    columns = _columns(base, table, problems)
    ignored = (key, "ignored")
    changed = replace(
        base,
        title=str(table.get("title", base.title)), owner=str(table.get("owner", base.owner)), role=role, stage=stage,
        core=_flag((key,), table, "core", base.core, problems), columns=tuple(columns.values()),
        source_key=_fields((key, "source_key"), table, base.source_key, columns, problems),
        signature=_fields((key, "signature"), table, base.signature, columns, problems),
        one_of=_groups((key, "one_of"), table, base.one_of, columns, problems),
        ignored=_texts(ignored, table["ignored"], problems) if "ignored" in table else base.ignored,
        levels=_levels(base, table, problems),
        older_files=_texts((key, "older_files"), table["older_files"], problems) if "older_files" in table else base.older_files,
    )  # fmt: skip
    for needed in ("name", "id_number"):
        if needed not in columns:
            problems.at((key, "columns"), f"[{key}.columns]：缺 {needed}")
    read = {c.field for r in declared().values() for c in r.columns}
    filled, named = {*_OF_A_ROW, *_record_columns()} - read, {*read, *changed.source_key, *changed.signature}
    for field in columns:
        path = (key, "columns", field)
        if field not in named:
            problems.at(path, f"{_title(path)}：没有这个字段{suggestion(field, named)}；系统自己的编号请写进 source_key 或 signature")
        elif field in filled:
            problems.at(path, f"{_title(path)}：这个字段由程序填写，不能用作列")
    if "name" in columns and not columns["name"].required:
        problems.at((key, "columns", "name"), f"[{key}.columns.name]：姓名列必需，须写 required = true")
    return changed if len(problems) == before else None


def _record_columns() -> list[str]:
    from schemas.tables import (
        RECORDS_TABLE,  # loads pyarrow, a sixth of a second, which only a county with registries of its own needs
    )

    return RECORDS_TABLE.names


def _title(path: Path) -> str:
    """A table as its header is written."""
    return f"[{'.'.join(path)}]"


def _setting(path: Path) -> str:
    """A key of a table in words."""
    return f"{_title(path[:-1])} 的 {path[-1]}"


def _columns(base: Registry, table: Mapping[str, Any], problems: Problems) -> dict[str, Column]:
    """Field -> column: those of ``base`` with the changes of the tables ``columns``, ``headings`` and ``codes``."""
    columns = {c.field: c for c in base.columns}
    for field, column in _table((base.key, "columns"), table.get("columns", {}), problems).items():
        columns[field] = _column((base.key, "columns", field), column, columns.get(field), problems)
    for field, headings in _table((base.key, "headings"), table.get("headings", {}), problems).items():
        path = (base.key, "headings", field)
        if field not in columns:
            problems.at(path, f"{_setting(path)}：{base.title}没有这个字段{suggestion(field, columns)}")
        elif texts := _texts(path, headings, problems):
            columns[field] = replace(columns[field], headings=(*columns[field].headings, *texts))
    for field, values in _table((base.key, "codes"), table.get("codes", {}), problems).items():
        path = (base.key, "codes", field)
        if field not in columns or not columns[field].codes:
            coded = [f for f, c in columns.items() if c.codes]
            problems.at(path, f"{_title(path)}：{base.title}没有这个代码字段{suggestion(field, coded)}")
        else:
            columns[field] = replace(columns[field], codes={**columns[field].codes, **_codes(path, field, values, problems)})
    return columns


def _column(path: Path, given: object, base: Column | None, problems: Problems) -> Column:
    """The column ``base`` as ``given`` changes it, or a new one."""
    field = path[-1]
    column = _table(path, given, problems)
    _unknown(path, column, _COLUMN, problems)
    fitting = _kinds(field)
    kind = column.get("kind", base.kind if base else fitting[0])
    if kind not in get_args(ColumnKind):
        problems.at((*path, "kind"), f"{_title(path)} 的 kind：应为 {'、'.join(get_args(ColumnKind))} 之一")
    elif kind == "code" and field not in _MEANINGS and not (base and base.codes):
        problems.at((*path, "kind"), f"{_title(path)}：没有这个代码字段{suggestion(field, _MEANINGS)}")
    elif field in _record_columns() and kind not in fitting:
        problems.at((*path, "kind"), f"{_title(path)} 的 kind：应为 {'、'.join(fitting)}")
    values = base.codes if base else _MEANINGS.get(field, {})
    values = {**values, **_codes((*path, "codes"), field, column.get("codes", {}), problems)} if kind == "code" else {}
    headings = _texts((*path, "headings"), column["headings"], problems) if "headings" in column else ()
    headings = headings or (base.headings if base else ())
    if not headings:
        problems.at(path, f"{_title(path)}：缺 headings")
    required = _flag(path, column, "required", base.required if base else False, problems)
    return Column(field, headings, kind, required, values)


def _kinds(field: str) -> list[ColumnKind]:
    """The kinds that the declared registries use for a field, the most frequent first; 'text' for a field that none has."""
    found = [c.kind for registry in declared().values() for c in registry.columns if c.field == field]
    return sorted(set(found), key=lambda kind: -found.count(kind)) or ["text"]


def _levels(base: Registry, table: Mapping[str, Any], problems: Problems) -> dict[str, Level]:
    """Check -> level, from ``base`` and the table ``checks``."""
    levels = dict(base.levels)
    for check, level in _table((base.key, "checks"), table.get("checks", {}), problems).items():
        path = (base.key, "checks", check)
        if check not in LEVELS:
            problems.at(path, f"{_setting(path)}：没有这项检查{suggestion(check, LEVELS)}")
        elif level not in get_args(Level):
            problems.at(path, f"{_setting(path)}：应为 {'、'.join(get_args(Level))} 之一")
        else:
            levels[check] = level
    return levels


def _fields(
    path: Path, table: Mapping[str, Any], base: tuple[str, ...], columns: Mapping[str, Column], problems: Problems
) -> tuple[str, ...]:
    """A list of declared fields, such as ``source_key``; ``base`` where ``table`` has none."""
    if path[-1] not in table:
        return base
    fields = _texts(path, table[path[-1]], problems)
    for field in fields:
        if field not in columns:
            problems.at(path, f"{_setting(path)}：没有声明字段 {field}{suggestion(field, columns)}")
    if not fields:
        problems.at(path, f"{_setting(path)}：至少要写一个字段")
    return fields


def _groups(
    path: Path,
    table: Mapping[str, Any],
    base: tuple[tuple[str, ...], ...],
    columns: Mapping[str, Column],
    problems: Problems,
) -> tuple[tuple[str, ...], ...]:
    """The groups of fields ``one_of``; ``base`` where ``table`` has none."""
    given = table.get(path[-1], base)
    if not isinstance(given, list | tuple):
        problems.at(path, f'{_setting(path)}：应是几组字段，如 [["school", "stage"]]')
        return base
    groups = [tuple(g) if isinstance(g, tuple) else _texts(path, g, problems) for g in given]
    for field in [field for group in groups for field in group if field not in columns]:
        problems.at(path, f"{_setting(path)}：没有声明字段 {field}{suggestion(field, columns)}")
    return tuple(groups)


def _flag(path: Path, table: Mapping[str, Any], name: str, base: bool, problems: Problems) -> bool:
    """A boolean of ``table``; ``base`` where it has none."""
    value = table.get(name, base)
    if not isinstance(value, bool):
        problems.at((*path, name), f"{_title(path)} 的 {name}：应为 true 或 false")
    return value is True


def _codes(path: Path, field: str, values: object, problems: Problems) -> dict[str, str]:
    """Value (in the form in which values are looked up) -> code."""
    out = {}
    codes_of_field = sorted(set(_MEANINGS.get(field, {}).values()))
    for written, code in _table(path, values, problems).items():
        if codes_of_field and code not in codes_of_field:
            problems.at((*path, written), f"{_title(path)} 的 {written}：应为 {'、'.join(codes_of_field)} 之一")
        else:
            out["".join(unicodedata.normalize("NFKC", written).split()).upper()] = str(code)
    return out


def _ambiguous(known: Mapping[str, Registry], problems: Problems) -> None:
    """Add a fault where one heading stands for two fields of a registry."""
    for registry in known.values():
        field_of: dict[str, str] = {}
        for column in registry.columns:
            for heading in column.headings:
                folded = "".join(unicodedata.normalize("NFKC", heading).split()).lower()
                first = field_of.setdefault(folded, column.field)
                if first != column.field:
                    sentence = f"{registry.title}的表头“{heading}”既是 {first} 又是 {column.field}"
                    problems.at((registry.key, "headings", column.field), sentence)


def _table(path: Path, value: object, problems: Problems) -> Mapping[str, Any]:
    """``value``, which must be a table; an empty one where it is not."""
    if isinstance(value, dict):
        return value
    problems.at(path, f"{_title(path)} 应是一张表")
    return {}


def _texts(path: Path, value: object, problems: Problems) -> tuple[str, ...]:
    """``value``, which must be a list of texts; an empty one where it is not."""
    if isinstance(value, list) and all(isinstance(text, str) and text.strip() for text in value):
        return tuple(value)
    problems.at(path, f'{_setting(path)}：应是一列文字，如 ["在籍情况"]')
    return ()


def _unknown(path: Path, table: Mapping[str, Any], allowed: set[str], problems: Problems) -> None:
    """Add a fault for each name in ``table`` that is not allowed there."""
    for name in table:
        if name not in allowed:
            problems.at((*path, name), f"{_title(path)} 的 {name}：不认识{suggestion(name, allowed)}")
