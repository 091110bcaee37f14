"""Commands that answer a question: link, explain, history."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from bidui import arguments as given
from bidui.console import Console
from bidui.noted import show_noted
from bidui.options import Root, argument, columns_option, option
from matching import COST_RATIO
from schemas.exit_status import ExitStatus


def link_command(
    context: typer.Context,
    a: Annotated[Path, argument("A", "名单 A", Path)],
    b: Annotated[Path, argument("B", "名单 B", Path)],
    out: Annotated[Path | None, option("--out", "FILE", "结果文件，.xlsx 或 .parquet（默认 A与B比对结果.xlsx）", Path)] = None,
    columns: Annotated[list[Any] | None, columns_option("--columns", "两个名单")] = None,
    columns_a: Annotated[list[Any] | None, columns_option("--columns-a", "名单 A ")] = None,
    columns_b: Annotated[list[Any] | None, columns_option("--columns-b", "名单 B ")] = None,
    sheet_a: Annotated[str | None, option("--sheet-a", "工作表", "名单 A 用哪个工作表（默认第一个有表头的）")] = None,
    sheet_b: Annotated[str | None, option("--sheet-b", "工作表", "名单 B 用哪个工作表（默认第一个有表头的）")] = None,
    cost_ratio: Annotated[
        float, option("--cost-ratio", "N", "一次错误关联抵多少次白跑（默认 100）", given.to_ratio)
    ] = COST_RATIO,
    model: Annotated[Path | None, option("--model", "FILE", "沿用以前存下的模型（默认从这两个名单学习）", Path)] = None,
    save_model: Annotated[Path | None, option("--save-model", "FILE", "把学到的模型存成可读的 JSON 文件", Path)] = None,
    root: Annotated[Path, option("--root", "DIR", "其中 county.toml 登记的表头写法也认得（默认 data）", Path)] = Path("data"),
) -> ExitStatus:
    """比对任意两个名单（xlsx、xls、csv、txt、parquet），找出同一人"""
    given.readable_list(a)
    given.readable_list(b)

    from pipelines.lists.link_lists import Request, link_lists
    from pipelines.store.county_file import settings_of
    from pipelines.store.private import private_work

    console: Console = context.obj
    request = Request(
        a,
        b,
        out,
        given.by_field(columns or []),
        given.by_field(columns_a or []),
        given.by_field(columns_b or []),
        sheet_a,
        sheet_b,
        cost_ratio,
        model,
        save_model,
        settings_of(root),
    )
    with private_work(None), console.progress("正在比对两个名单"):
        show_noted(console, root, "link", {"lists": 2}, link_lists(request))
    return ExitStatus.DONE


def explain_command(
    context: typer.Context,
    what: Annotated[
        list[str],
        argument("人员编号|记录", "一个人员编号（P0000001），或两行（record_id 或 文件:行 或 文件:工作表:行）"),
    ],
    root: Root = Path("data"),
    chart: Annotated[Path | None, option("--chart", "FILE", "把两行的比较画成瀑布图（.svg 或 .png）", Path)] = None,
) -> ExitStatus:
    """解释：某人去向从何而来，或两行为何（不）是同一人"""
    from pipelines.ask.published import check_published

    if chart:
        given.output(chart, ".svg", ".png")
    check_published(root)

    from pipelines.store.noting import what_was_asked
    from pipelines.store.private import private_work

    with private_work(root):
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
    from pipelines.ask.published import check_published

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
