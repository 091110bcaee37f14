"""The settings as a county writes them: ``county.toml`` read, each fault with its line and how it is mended."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from schemas.county_problems import CountyFileError, Path, Problems, setting_lines, suggestion
from schemas.county_registries import county_registries
from schemas.delivery_settings import Recipient
from schemas.divisions import Divisions
from schemas.settings import SETTING_NAMES, Settings

COUNTY_FILE = "county.toml"


# What pydantic calls a fault -> how it is mended; {} stands for what is allowed.
_MENDED = {
    "string_type": "应是文字，两边加英文引号",
    "string_too_short": "不能为空",
    "string_too_long": "太长，最多 {max_length} 字",
    "int_type": "应是整数",
    "float_type": "应是数字",
    "finite_number": "应是数字",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than_equal": "应不大于 {le}",
    "literal_error": "应为 {expected} 之一",
    "model_type": "应是一张表",
    "mapping_type": "应是一张表",
    "dict_type": "应是一张表",
    "list_type": "应是一列文字，写在方括号里",
    "too_long": "太多，最多 {max_length} 个",
}
_PATTERNS = {
    "code": "应是 6 位数字的区划代码，两边加英文引号",
    "database": "应是数据库地址，如 postgresql://用户@主机/库",
    "mail": "应是一个电子邮箱地址，如 name@example.gov.cn",
    "sender": "应是一个电子邮箱地址，如 name@example.gov.cn",
    "host": "应是服务器的域名或地址，如 smtp.example.gov.cn",
}
_DATES = ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact")


def faults_of(error: ValidationError) -> Iterator[tuple[Path, str]]:
    """(path, Chinese sentence) of each fault that pydantic found in settings. No value is in it."""
    for fault in error.errors(include_url=False, include_context=True, include_input=False):
        yield _fault(fault["type"], tuple(str(part) for part in fault["loc"]), fault.get("ctx", {}), fault["msg"])


def _fault(kind: str, path: Path, allowed: Mapping[str, Any], message: str) -> tuple[Path, str]:
    """(path, sentence) of a fault that pydantic found. No value is quoted: that of ``database`` may hold a password."""
    if path == ("county",) and kind == "value_error":
        path = ("county", "code")
    path = tuple(part for part in path if part != "[key]")
    key = path[-1] if path else ""
    name = f"[{'.'.join(path[:-1])}] 的 {key}" if len(path) > 1 else key
    if kind == "extra_forbidden":
        return path, f"{name}：不认识{suggestion(key, _table_of(path).model_fields)}"
    if kind == "value_error":
        return path, f"{name}：{allowed['error']}"
    if kind == "string_pattern_mismatch":
        return path, f"{name}：{_PATTERNS[key]}"
    if kind in _DATES:
        return path, f"{name}：应是日期，如 2004-09-01"
    expected = {**allowed, "expected": str(allowed.get("expected", "")).replace("'", "").replace(" or ", "、").replace(", ", "、")}
    return path, f"{name}：{_MENDED[kind].format(**expected) if kind in _MENDED else message}"


def _table_of(path: Path) -> type[BaseModel]:
    """The table in which the setting ``path`` stands."""
    if path[0] == "recipients":
        return Recipient
    table: Any = Settings
    for part in path[:-1]:
        table = table.model_fields[part].annotation
    return table


def _undeliverable(settings: Settings) -> Iterator[tuple[Path, str]]:
    """(path, Chinese sentence) of each recipient for whom there is no workbook, and of each mail that nobody would take."""
    for name, recipient in settings.recipients.items():
        if name not in settings.areas:
            yield ("recipients", name), f"[recipients] 的 {name}：本县没有这个乡镇或单位{suggestion(name, settings.areas)}"
        if recipient.mail and not settings.mail.host:
            yield ("recipients", name, "mail"), f"[recipients.{name}] 的 mail：要用邮件发，还缺 [mail] 的 host（发信服务器）"


# What Python says of a file that is not TOML -> the same in Chinese. Its own words may quote the file.
_NOT_TOML = (
    ("Invalid statement", "行首应是 [表名] 或 设置名 ="),
    ("Expected '=' after a key", "设置名后应写 = 和值；汉字作设置名要加英文引号"),
    ("Cannot overwrite a value", "这个设置写了两次"),
    ("Cannot declare", "这张表写了两次"),
    ("Cannot mutate immutable", "这张表写了两次"),
    ("Unclosed array", "方括号没有成对"),
    ("Expected ']'", "方括号没有成对"),
    ("Unterminated string", "引号没有成对"),
    ("Illegal character", "引号没有成对，或有看不见的字符"),
    ("Invalid value", "= 后的值写法不对：文字要加英文引号"),
    ("Unescaped '\\'", "文字里的 \\ 要写两遍，或用单引号"),
    ("Invalid date", "日期不存在"),
    ("Expected newline or end of document", "一行只能写一个设置"),
)


def _not_toml(error: str, text: str, file: str) -> str:
    place = re.search(r"at line (\d+), column (\d+)", error)
    line = int(place[1]) if place else text.rstrip().count("\n") + 1
    why = next((chinese for english, chinese in _NOT_TOML if english in error), "")
    return f"{file} 第{line}行：不是有效的 TOML" + (f"，{why}" if why else "")


def read_settings(text: str, divisions: Divisions | None = None, file: str = COUNTY_FILE) -> Settings:
    """The settings in ``text``, a county's ``county.toml``. ``divisions``: the county's own, where it has a file of them. Raises
    CountyFileError, which lists all faults with their lines, if there are any."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CountyFileError([_not_toml(str(error), text, file)]) from None
    problems = Problems(file, setting_lines(text))
    given = {name: value for name, value in document.items() if name in SETTING_NAMES}
    tables = {name: value for name, value in document.items() if name not in SETTING_NAMES}
    registries = county_registries(tables, SETTING_NAMES, problems)
    settings = None
    try:
        settings = Settings.model_validate({**given, "registries": registries, "divisions": divisions})
    except ValidationError as error:
        for path, sentence in faults_of(error):
            problems.at(path, sentence)
    else:
        for path, sentence in _undeliverable(settings):
            problems.at(path, sentence)
    problems.raise_any()
    assert settings is not None
    return settings
