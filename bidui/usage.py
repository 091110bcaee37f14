"""Help and usage errors in Chinese, in the place of typer's English ones."""

import re
import shutil
import unicodedata
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

_MOST_COLUMNS = 110  # of a wide terminal: longer lines read badly
_GAP = 2
# What is not broken: a word or number, and a mark that opens or ends a phrase with the character beside it.
_UNIT = re.compile(r"[（《“]*(?:[!-~]+|.)[，。；：、）》”]*")


class ChineseCommand(TyperCommand):
    """A command whose help is in Chinese."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        formatter.write(_help(self, ctx, []))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As typer does; arguments that are too many are refused in Chinese."""
        ctx.allow_extra_args = True
        try:
            rest = super().parse_args(ctx, args)
        except typer.TyperException as error:
            if getattr(error, "ctx", None) is None:  # the parser of options raises without it
                error.ctx = ctx  # type: ignore[attr-defined]
            raise
        if rest and not ctx.resilient_parsing:
            ctx.fail(f"多余的参数：{' '.join(rest)}")
        return rest


class ChineseGroup(TyperGroup):
    """The commands together, whose help is in Chinese."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        commands = [(name, _first_line(self.commands[name].help)) for name in self.list_commands(ctx)]
        formatter.write(_help(self, ctx, commands))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """As typer does; a command that does not exist is refused in Chinese."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            ctx.fail(f"没有命令 {args[0]}{_meant(args[0], self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)


def usage_error(error: typer.TyperException, command: str) -> str:
    """What is wrong with the arguments of ``command``, in Chinese, and where to read on. Typer's kinds of errors are recognised by
    the names of their classes, which it does not make public; the message of any other kind stays in English."""
    context: Any = getattr(error, "ctx", None)
    kind, message = type(error).__name__, error.format_message()
    parameter = getattr(error, "param", None)
    named = _name_of(parameter) if parameter is not None else ""
    if kind == "NoSuchOption":
        option = getattr(error, "option_name", "")
        message = f"没有选项 {option}{_meant(option, _options(context))}"
    elif kind == "MissingParameter":
        message = f"缺少{named}"
    elif kind == "BadOptionUsage":
        option = getattr(error, "option_name", "")
        values = "两个值" if _takes_two(option, context) else "一个值"
        message = f"选项 {option} 后面{'不写值' if _is_flag(option, context) else f'要写{values}'}"
    elif kind == "BadParameter" and named:
        message = f"{named}不对：{error.message}"
    if context is None:
        return f"{message}\n详见 bidui {command} --help"
    return f"{message}\n{_usage(context.command, context)}\n详见 {context.command_path} --help"


def _help(command: Any, ctx: Any, commands: Sequence[tuple[str, str]]) -> str:
    """The usage line, what the command does, then its arguments, options and commands."""
    arguments = [(_metavar(p), p.help or "") for p in command.params if p.param_type_name == "argument"]
    options = [(_option(p), p.help or "") for p in command.params if p.param_type_name == "option" and not p.hidden]
    options.append(("--help", "显示本说明"))
    width = min(shutil.get_terminal_size().columns, _MOST_COLUMNS) - 1
    lines = [_usage(command, ctx), ""]
    lines += [f"  {line}" for text in (command.help or "").splitlines() for line in _wrapped(text, width - 2)]
    for title, rows in (("参数", arguments), ("选项", options), ("命令", commands)):
        if rows:
            lines += ["", f"{title}："]
            left = min(max(_width(name) for name, _ in rows), width // 3)
            for name, text in rows:
                lines += _row(name, text, left, width)
    return "\n".join(lines) + "\n"


def _row(name: str, text: str, left: int, width: int) -> list[str]:
    """A name and its text beside it; below it where the name is too long."""
    indent = " " * (_GAP + left + _GAP)
    lines = [indent + line for line in _wrapped(text, max(width - len(indent), 20))] or [""]
    if _width(name) > left:
        return [" " * _GAP + name, *lines]
    return [" " * _GAP + name + " " * (left - _width(name) + _GAP) + lines[0].lstrip(), *lines[1:]]


def _usage(command: Any, ctx: Any) -> str:
    arguments = []
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            several = "…" if parameter.nargs != 1 else ""
            arguments.append(_metavar(parameter) + several if parameter.required else f"[{_metavar(parameter)}{several}]")
    rest = ["命令", "[选项]"] if isinstance(command, TyperGroup) else [*arguments, "[选项]"]
    return f"用法：{' '.join([ctx.command_path, *rest])}"


def _name_of(parameter: Any) -> str:
    return f"参数 {_metavar(parameter)}" if parameter.param_type_name == "argument" else f"选项 {parameter.opts[0]} 的值"


def _metavar(parameter: Any) -> str:
    return parameter.metavar or str(parameter.name).upper()


def _option(parameter: Any) -> str:
    names = ", ".join(parameter.opts)
    return names if parameter.is_flag else f"{names} {_metavar(parameter)}"


def _is_flag(option: str, context: Any) -> bool:
    parameters = context.command.params if context else ()
    return any(p.is_flag for p in parameters if p.param_type_name == "option" and option in p.opts)


def _takes_two(option: str, context: Any) -> bool:
    parameters = context.command.params if context else ()
    return any(p.nargs == 2 for p in parameters if p.param_type_name == "option" and option in p.opts)


def _options(context: Any) -> list[str]:
    return [name for parameter in context.command.params for name in parameter.opts] if context else []


def _meant(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1)
    return f"，是否指 {near[0]}？" if near else ""


def _first_line(text: str | None) -> str:
    return (text or "").partition("\n")[0]


def _wrapped(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` columns; a Chinese character takes two."""
    lines, line, used = [], "", 0
    for unit in _UNIT.findall(text):
        if used + _width(unit) > width and line.strip():
            lines.append(line.rstrip())
            line, used = "", 0
        if line or unit != " ":
            line, used = line + unit, used + _width(unit)
    return [*lines, line] if line else lines


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
