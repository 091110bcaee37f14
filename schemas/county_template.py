"""The commented ``county.toml`` that ``bidui init`` writes: every setting with its meaning and its default."""

from collections.abc import Iterator, Mapping
from datetime import date

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from schemas.delivery_settings import Recipient
from schemas.plan import CITATIONS
from schemas.settings import SETTING_NAMES, Cohort, County, Plan, Settings

_HEAD = """\
# 本县的设置。改完用 bidui check county.toml 检查，有错会指出第几行。各项的说明也见 docs/settings.md。
# 前面紧跟 # 的设置（如 #nightly_hour = 2）现在用的就是写着的默认值；要改，去掉这个 #，再改等号后的值。
# 文字两边加英文引号，日期不加；方括号开头的一行以下，直到下一个方括号，都属于这一张表，所以上面几项不能挪到表的后面。
"""
_REGISTRIES = """
# 各系统的表头和代码：系统改了表头、加了代码，在这里登记，不用改程序。去掉行首的 # 和空格就生效。
#   [xueji.headings]                 # 某列的另一种表头
#   student_state = ["在籍情况"]
#
#   [xueji.codes.student_state]      # 某个代码的另一种写法
#   "在籍在校" = "in_school"
#
#   [xueji.checks]                   # 某项检查改为 refuse（退回）、report（提示）或 off（不查）
#   phone_unreadable = "off"
#
#   [xueji]                          # 几份文件是同一批人、新旧难辨时，写明哪些是旧的
#   older_files = ["小学学生信息(1).xlsx"]
#
#   [tejiao]                         # 登记一个新系统，导出文件放在 raw/tejiao
#   title = "特教学校"
#   owner = "教育局"
#   role = "student"
#   source_key = ["student_number"]
#   signature = ["student_number"]
#   [tejiao.columns.name]
#   headings = ["学生姓名"]
#   required = true
#   [tejiao.columns.id_number]
#   headings = ["身份证号"]
#   [tejiao.columns.student_number]
#   headings = ["特教学号"]
"""
_LIMITS = {"gt": "大于 {}", "ge": "不小于 {}", "le": "不大于 {}", "max_length": "最多 {} 项"}  # as pydantic declares them -> Chinese
_NO_DEFAULT = '""'  # of a setting whose default is to have none


def county_toml(settings: Settings) -> str:
    """A ``county.toml`` of the county, the cohort and the plan of ``settings``; everything else is its default."""
    fields = {name: Settings.model_fields[name] for name in SETTING_NAMES}
    plain = [line for name, field in fields.items() if not _is_table(field) for line in _setting(name, field, None)]
    tables = [line for name, field in fields.items() if _is_table(field) for line in _table(name, field, settings)]
    return _HEAD + "\n".join(["", *plain, *tables]) + _REGISTRIES


def _is_table(field: FieldInfo) -> bool:
    return field.default_factory is not None


def _table(name: str, field: FieldInfo, settings: Settings) -> Iterator[str]:
    """The header counts even where all below it is commented: a setting whose # is taken away must not fall to the table before."""
    part = getattr(settings, name)
    yield f"# {field.description}"
    yield f"[{name}]"
    if isinstance(part, Plan):
        yield from _setting("number", Plan.model_fields["number"], part.number)
        yield f"# {Plan.model_fields['citations'].description}"
        yield f"[{name}.citations]"
        for subject, meaning in CITATIONS.items():
            section = part.cited(subject)
            yield f"{subject} = {toml_value(section)}  # {meaning}" if section else f"#{subject} = {_NO_DEFAULT}  # {meaning}"
    elif isinstance(part, BaseModel):
        for key, inner in type(part).model_fields.items():
            yield from _setting(key, inner, getattr(part, key) if isinstance(part, County | Cohort) else None)
        return
    elif name == "recipients":
        yield from _example_recipient()
    yield ""


def _example_recipient() -> Iterator[str]:
    """How the table of a recipient is written: as a comment, because whose it is stands in its header."""
    values = {"folder": r"'D:\收发\某某镇'", "mail": '"name@example.gov.cn"', "password": '"至少八位的密码"'}
    yield '#   [recipients."某某镇"]'
    for key, field in Recipient.model_fields.items():
        yield f"#   {key} = {values[key]}  # {field.description}"


def allowed(field: FieldInfo) -> str:
    """Between which limits a number must be, or how many items a list may have, in Chinese; empty where nothing is
    declared."""
    limits = {name: getattr(limit, name) for limit in field.metadata for name in _LIMITS if hasattr(limit, name)}
    if {"ge", "le"} <= limits.keys():
        return f"{limits['ge']} 至 {limits['le']}"
    return "，".join(words.format(limits[name]) for name, words in _LIMITS.items() if name in limits)


def _setting(name: str, field: FieldInfo, value: object) -> Iterator[str]:
    """The lines of one setting; with a ``value`` it counts, else its default is shown behind a #."""
    limits = allowed(field)
    yield f"# {field.description}{f'（{limits}）' if limits else ''}"
    if value is not None:
        yield f"{name} = {toml_value(value)}"
    else:
        yield f"#{name} = {_NO_DEFAULT if (default := field.get_default(call_default_factory=True)) is None else toml_value(default)}"
    yield ""


def toml_value(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | date):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{toml_value(key)} = {toml_value(inner)}' for key, inner in value.items())}}}"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
