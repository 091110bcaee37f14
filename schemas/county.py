"""What a county changes about the registries, in a file of its own (DIR/county.toml), without touching the package::

    [xueji.headings]                 # more spellings of a heading
    student_state = ["在籍情况"]

    [xueji.codes.student_state]      # more values of a code
    "在籍在校" = "in_school"

    [xueji.checks]                   # another level of a check: refuse, report or off
    phone_unreadable = "off"

    [tejiao]                         # a registry of its own, in folder raw/tejiao
    title = "特教学校"
    owner = "教育局"
    role = "student"
    source_key = ["student_number"]
    signature = ["student_number"]
    [tejiao.columns.name]
    headings = ["学生姓名"]
    kind = "name"
    required = true
"""

import difflib
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

from schemas import codes
from schemas.checks import CHECKS
from schemas.registry import Column, Kind, Level, Registry, Role, declared, in_order
from schemas.tables import RECORDS

_NEW = {"title", "owner", "role", "source_key", "signature", "core", "columns", "one_of"}
_CHANGED = {"headings", "codes", "checks"}
_COLUMN = {"headings", "kind", "required", "codes"}
# Codes that whereabouts and findings rest on: a county may add values, not meanings.
_MEANINGS = {
    "student_state": codes.STUDENT_STATE, "study_mode": codes.STUDY_MODE, "register_state": codes.REGISTER_STATE,
    "certificate_state": codes.CERTIFICATE_STATE, "school_claim": codes.SCHOOL_CLAIM, "stage": codes.SCHOOL_STAGE,
    "sex": codes.SEX, "disability_type": codes.DISABILITY_TYPE, "disability_level": codes.DISABILITY_LEVEL,
    "poverty": codes.YES_NO, "aid_paid": codes.PAID,
}


class CountyFileError(Exception):
    """The file does not hold together; ``problems``: Chinese sentences, each naming its place in the file."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


def read_county(text: str) -> dict[str, Registry]:
    """The declared registries as the county's file ``text`` (TOML) changes them. Raises CountyFileError with all faults."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CountyFileError([f"不是有效的 TOML：{error}"]) from None
    known, problems = dict(declared()), []
    for key, table in document.items():
        if not isinstance(table, dict):
            problems.append(f"“{key}”应写成表，如 [{key}.headings]")
        elif key in known:
            known[key] = _changed(known[key], table, problems)
        elif registry := _new(key, table, problems):
            known[key] = registry
    problems += _ambiguous(known)
    if problems:
        raise CountyFileError(problems)
    return in_order(known)


def _changed(registry: Registry, table: Mapping[str, Any], problems: list[str]) -> Registry:
    _unknown(registry.key, table, _CHANGED, problems)
    columns = {c.field: c for c in registry.columns}
    for field, headings in _table(f"{registry.key}.headings", table.get("headings", {}), problems).items():
        where = f"[{registry.key}.headings] 的 {field}"
        if field not in columns:
            problems.append(f"{where}：{registry.title}没有这个字段{_meant(field, columns)}")
        elif texts := _texts(where, headings, problems):
            columns[field] = replace(columns[field], headings=(*columns[field].headings, *texts))
    for field, values in _table(f"{registry.key}.codes", table.get("codes", {}), problems).items():
        where = f"[{registry.key}.codes.{field}]"
        if field not in columns or not columns[field].codes:
            problems.append(f"{where}：{registry.title}没有这个代码字段{_meant(field, [f for f, c in columns.items() if c.codes])}")
        else:
            columns[field] = replace(columns[field], codes={**columns[field].codes, **_codes(where, field, values, problems)})
    levels = dict(registry.levels)
    for check, level in _table(f"{registry.key}.checks", table.get("checks", {}), problems).items():
        where = f"[{registry.key}.checks] 的 {check}"
        if check not in {c.code for c in CHECKS}:
            problems.append(f"{where}：没有这项检查{_meant(check, [c.code for c in CHECKS])}")
        elif level not in get_args(Level):
            problems.append(f"{where}：应为 {'、'.join(get_args(Level))} 之一")
        else:
            levels[check] = level
    return replace(registry, columns=tuple(columns.values()), levels=levels)


def _new(key: str, table: Mapping[str, Any], problems: list[str]) -> Registry | None:
    before = len(problems)
    if not key.isidentifier() or not key.isascii():
        problems.append(f"[{key}]：系统的名字只能用小写字母、数字和下划线，它也是 raw 下的文件夹名")
    _unknown(key, table, _NEW, problems)
    for needed in ("title", "owner", "role", "source_key", "signature", "columns"):
        if needed not in table:
            problems.append(f"[{key}]：不是已有的系统{_meant(key, declared())}；要登记新系统，还缺 {needed}")
    if len(problems) > before:
        return None
    if table["role"] not in get_args(Role):
        problems.append(f"[{key}] 的 role：应为 {'、'.join(get_args(Role))} 之一")
    columns = []
    for field, column in _table(f"{key}.columns", table["columns"], problems).items():
        where = f"[{key}.columns.{field}]"
        column = _table(f"{key}.columns.{field}", column, problems)
        _unknown(f"{key}.columns.{field}", column, _COLUMN, problems)
        kind = column.get("kind", "text")
        if kind not in get_args(Kind):
            problems.append(f"{where} 的 kind：应为 {'、'.join(get_args(Kind))} 之一")
        if field not in RECORDS.names and kind == "code":
            problems.append(f"{where}：没有这个代码字段{_meant(field, _MEANINGS)}")
        values = {**_MEANINGS.get(field, {}), **_codes(where, field, column.get("codes", {}), problems)} if kind == "code" else {}
        headings = _texts(f"{where} 的 headings", column.get("headings", []), problems)
        if not headings:
            problems.append(f"{where}：缺 headings")
        columns.append(Column(field, headings, kind, bool(column.get("required", False)), values))
    fields = {c.field for c in columns}
    for needed in ("name", "id_number"):
        if needed not in fields:
            problems.append(f"[{key}.columns]：缺 {needed}")
    kinds = {c.field: c.kind for c in columns}
    for field, kind in (("name", "name"), ("id_number", "id")):
        if kinds.get(field, kind) != kind:
            problems.append(f"[{key}.columns.{field}] 的 kind：应为 {kind}")
    texts = {name: _texts(f"[{key}] 的 {name}", table[name], problems) for name in ("source_key", "signature")}
    for name, named in texts.items():
        problems += [f"[{key}] 的 {name}：没有声明字段 {field}{_meant(field, fields)}" for field in named if field not in fields]
    problems += [f"[{key}] 的 {name}：至少要写一个字段" for name, named in texts.items() if not named]
    if len(problems) > before:
        return None
    return Registry(
        key, str(table["title"]), str(table["owner"]), table["role"], tuple(columns), texts["source_key"], texts["signature"],
        bool(table.get("core", False)),
    )  # fmt: skip


def _codes(where: str, field: str, values: object, problems: list[str]) -> dict[str, str]:
    out = {}
    meanings = sorted(set(_MEANINGS.get(field, {}).values()))
    for written, code in _table(where.strip("[]"), values, problems).items():
        if meanings and code not in meanings:
            problems.append(f"{where} 的 {written}：应为 {'、'.join(meanings)} 之一")
        else:
            out["".join(unicodedata.normalize("NFKC", written).split()).upper()] = str(code)
    return out


def _ambiguous(known: Mapping[str, Registry]) -> list[str]:
    """One heading must not mean two fields of a registry."""
    problems = []
    for registry in known.values():
        meant: dict[str, str] = {}
        for column in registry.columns:
            for heading in column.headings:
                spelled = "".join(unicodedata.normalize("NFKC", heading).split()).lower()
                first = meant.setdefault(spelled, column.field)
                if first != column.field:
                    problems.append(f"{registry.title}的表头“{heading}”既是 {first} 又是 {column.field}")
    return problems


def _table(where: str, value: object, problems: list[str]) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    problems.append(f"[{where}] 应是一张表")
    return {}


def _texts(where: str, value: object, problems: list[str]) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(text, str) and text.strip() for text in value):
        return tuple(value)
    problems.append(f'{where}：应是一列文字，如 ["在籍情况"]')
    return ()


def _unknown(where: str, table: Mapping[str, Any], allowed: set[str], problems: list[str]) -> None:
    problems += [f"[{where}] 的 {name}：不认识{_meant(name, allowed)}" for name in table if name not in allowed]


def _meant(name: str, names: Any) -> str:
    near = difflib.get_close_matches(name, list(names), 1)
    return f"（是否指 {near[0]}？）" if near else f"（可用：{'、'.join(sorted(names))}）"
