"""The command line: what it says of a command that failed, and with which status it ends.

A command is a function of ``bidui.run_commands``, ``bidui.folder_commands``, ``bidui.list_commands`` or ``bidui.question_commands``. What it
needs is imported when it runs, so that a refusal comes at once.
"""

import sys
from collections.abc import Callable, Sequence
from typing import Annotated

import typer
from typer.main import get_command

from bidui import arguments as given
from bidui import folder_commands, list_commands, question_commands, run_commands
from bidui.console import Console
from bidui.errors import Refused, outcome_of
from bidui.usage import ChineseCommand, ChineseGroup, usage_error
from schemas.exit_status import ExitStatus

# What a command that failed says first: what was not done.
_NOT_DONE = {
    "demo": "未发布任何结果：",
    "run": "未发布任何结果：",
    "init": "没有新建：",
    "link": "未比对：",
    "dedupe": "未查重：",
    "check": "没有检查：",
    "deliver": "没有送：",
    "backup": "没有备份：",
    "restore": "没有恢复：",
    "deploy": "没有登记：",
    "purge": "没有清除：",
}

# In the order in which the help shows them.
COMMANDS: dict[str, Callable[..., ExitStatus]] = {
    "init": folder_commands.init_command,
    "demo": run_commands.demo_command,
    "run": run_commands.run_command,
    "check": folder_commands.check_command,
    "link": list_commands.link_command,
    "dedupe": list_commands.dedupe_command,
    "find": question_commands.find_command,
    "show": question_commands.show_command,
    "explain": question_commands.explain_command,
    "history": question_commands.history_command,
    "deliver": folder_commands.deliver_command,
    "backup": folder_commands.backup_command,
    "restore": folder_commands.restore_command,
    "purge": folder_commands.purge_command,
    "serve": run_commands.serve_command,
    "deploy": run_commands.deploy_command,
}

app = typer.Typer(cls=ChineseGroup, add_completion=False, rich_markup_mode=None)
for _name, _command in COMMANDS.items():
    app.command(_name, cls=ChineseCommand)(_command)


@app.callback(invoke_without_command=True)
def _bidui(
    context: typer.Context, version: Annotated[bool, typer.Option("--version", help="显示版本", is_eager=True)] = False
) -> None:
    """比对：学籍、国扶、残联、户籍、资助数据比对，逐个摸清适龄儿童去向"""
    if version:
        from bidui import __version__

        context.obj.show(f"bidui {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        context.obj.show(context.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status (``schemas.exit_status``). Prints errors, never raises one."""
    console = Console()
    words = given.repeat_columns(sys.argv[1:] if arguments is None else arguments)
    command = next((word for word in words if not word.startswith("-")), "")
    try:
        status = ExitStatus(get_command(app).main(words, prog_name="bidui", standalone_mode=False, obj=console) or 0)
        if status == ExitStatus.INTERRUPTED:  # typer turns Ctrl-C into this status
            raise KeyboardInterrupt
    except typer.TyperException as error:
        console.refuse(usage_error(error, command))
        status = ExitStatus.NOTHING
    except (Exception, KeyboardInterrupt) as error:
        status, sentence = outcome_of(error)
        for refused in getattr(error, "refused", ()):  # the files that could not be taken in
            console.message(f"《{refused.file}》{refused.message}")
        not_done = "" if isinstance(error, Refused | KeyboardInterrupt) else _NOT_DONE.get(command, "")
        console.refuse(not_done + sentence)
    return status


if __name__ == "__main__":  # only bidui.__main__ keeps modules of the working folder out of the way
    Console().refuse("请用 bidui 或 python -m bidui")
    sys.exit(ExitStatus.NOTHING)
