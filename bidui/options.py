"""How the options and arguments of a command are declared: name, placeholder, text of the help, and how a word is read."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from bidui import arguments as given

_COLUMNS_HELP = (
    "指明{}的列，如 name=学生姓名 id=证件 birth=生日（另有 given middle surname former_name certificate student_number"
    " year_of_birth month_of_birth day_of_birth month_day_of_birth sex township village hamlet address kin phone）"
)


def option(name: str, metavar: str | None, text: str, parser: Callable[[Any], Any] = given.to_text) -> Any:
    """An option ``name`` with a value, which ``parser`` reads."""
    return typer.Option(name, metavar=metavar, help=text, parser=parser)


def argument(metavar: str, text: str, parser: Callable[[Any], Any] = given.to_text) -> Any:
    """An argument, which ``parser`` reads."""
    return typer.Argument(metavar=metavar, help=text, parser=parser)


def columns_option(name: str, which: str, parser: Callable[[Any], Any] = given.to_column) -> Any:
    """An option that says which columns of a list (``which``, in Chinese) hold what; it may be given several times."""
    return option(name, "字段=表头", _COLUMNS_HELP.format(which), parser)


Root = Annotated[Path, option("--root", "DIR", "数据文件夹（默认 data）", Path)]
