"""Commands that answer a question: explain, history."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bidui import arguments as given
from bidui.noted import show_noted
from bidui.options import Root, argument, option
from schemas.exit_status import ExitStatus


def explain_command(
    context: typer.Context,
    what: Annotated[
        list[str],
        argument("人员编号|记录", "一个人员编号（P0000001），或两行（record_id 或 文件:行 或 文件:工作表:行）"),
    ],
    root: Root = Path("data"),
    chart: Annotated[Path | None, option("--chart", "FILE", "把两行的比较画成瀑布图（.svg 或 .png）", Path)] = None,
    out: Annotated[Path | None, option("--out", "FILE", "把一个人的“一生一案”写成可打印的一页（.xlsx）", Path)] = None,
) -> ExitStatus:
    """解释：某人去向从何而来，或两行为何（不）是同一人"""
    from pipelines.ask.published_run import check_published

    if chart:
        given.output(chart, ".svg", ".png")
    if out:
        given.output(out, ".xlsx")
        if len(what) != 1 or chart:
            from pipelines.ask.published_rows import ExplainError

            raise ExplainError("--out 写的是一个人的“一生一案”，请只给一个人员编号，不加 --chart")
    check_published(root)

    from pipelines.store.noting import what_was_asked
    from pipelines.store.private import private_work

    with private_work(root):
        if out:
            from pipelines.ask.child_story import write_story

            asked = what_was_asked(what) | {"out": 1}
            show_noted(context.obj, root, "explain", asked, write_story(root, what[0], out))
            return ExitStatus.DONE
        from pipelines.ask.explain import explain  # loads matplotlib, which must be told before where to keep its list of fonts

        asked = what_was_asked(what) | ({"chart": 1} if chart else {})
        show_noted(context.obj, root, "explain", asked, explain(root, what, chart))
    return ExitStatus.DONE


def history_command(
    context: typer.Context,
    what: Annotated[
        str | None,
        argument("人员编号|个案编号", "人员编号（P0000001）或个案编号（C0000001）；不写则列出那一晚的名单"),
    ] = None,
    root: Root = Path("data"),
    as_of: Annotated[date | None, option("--as-of", "DATE", "看那一天为止的（默认最近一次）", given.to_day)] = None,
    out: Annotated[Path | None, option("--out", "FILE", "把那一晚的名单写成 .xlsx", Path)] = None,
) -> ExitStatus:
    """个案的来龙去脉；某一晚的名单"""
    from pipelines.ask.published_run import check_published

    if out:
        given.output(out, ".xlsx")
    check_published(root)

    from pipelines.ask.history import history
    from pipelines.store.noting import what_was_asked
    from pipelines.store.private import private_work

    with private_work(root):
        asked = (what_was_asked([what]) if what else {}) | ({"night": str(as_of)} if as_of else {}) | ({"out": 1} if out else {})
        show_noted(context.obj, root, "history", asked, history(root, what, as_of, out))
    return ExitStatus.DONE
