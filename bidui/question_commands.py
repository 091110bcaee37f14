"""Commands that answer a question: find, show, explain, history."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bidui import arguments as given
from bidui.errors import Refused
from bidui.noted import show_noted
from bidui.options import Root, argument, option
from schemas.exit_status import ExitStatus

_Full = Annotated[bool, typer.Option("--full", help="不遮盖，显示全部姓名、证号、电话")]
_Masked = Annotated[bool, typer.Option("--masked", help="遮盖姓名、证号、电话、出生日期，供投屏、培训")]


def find_command(
    context: typer.Context,
    what: Annotated[
        list[str],
        argument("词", "姓名（或其一部分、拼音）、证件号（或末四位以上）、村、屯、乡镇、人员编号、个案编号；几个词表示都要符合"),
    ],
    root: Root = Path("data"),
    full: _Full = False,
) -> ExitStatus:
    """查找：按姓名、证号、村等在当前结果里找人，写明在哪里、去向、个案"""
    from pipelines.ask.published_run import check_published

    check_published(root)

    from pipelines.ask.people_shown import find
    from pipelines.store.noting import note_counts, what_was_asked

    asked = what_was_asked(what) | note_counts(full=full)
    show_noted(context.obj, root, "find", asked, find(root, what, full))
    return ExitStatus.DONE


def show_command(
    context: typer.Context,
    township: Annotated[str | None, argument("乡镇", "哪个乡镇（不写则各乡镇一行）")] = None,
    root: Root = Path("data"),
    full: _Full = False,
    out: Annotated[
        Path | None, option("--out", "FILE", "把该乡镇的核查表写成遮盖的 .xlsx，供培训；其中的答复不能采用", Path)
    ] = None,
) -> ExitStatus:
    """看一个乡镇：名单、原因、本周变化、答复，一屏"""
    from pipelines.ask.published_run import check_published

    if out:
        given.output(out, ".xlsx")
        if full or township is None:
            raise Refused("--out 写的是一个乡镇遮盖的核查表：请写明乡镇，不加 --full。不遮盖的在 outbox 里")
    check_published(root)

    from pipelines.ask.township_shown import official_name, show_township
    from pipelines.store.county_file import settings_of
    from pipelines.store.noting import note_counts

    settings = settings_of(root)
    official = official_name(settings.divisions, township) if township else None
    asked = note_counts(township=official, full=full, out=bool(out))
    if out and official:
        from pipelines.ask.masked_workbook import write_masked_workbook
        from pipelines.store.private import private_work

        with private_work(root):
            show_noted(context.obj, root, "show", asked, write_masked_workbook(root, official, out))
        return ExitStatus.DONE
    show_noted(context.obj, root, "show", asked, show_township(root, settings, official, full))
    return ExitStatus.DONE


def explain_command(
    context: typer.Context,
    what: Annotated[
        list[str],
        argument(
            "人|记录", "一个人（人员编号 P0000001、姓名、证件号或个案编号），或两行（record_id 或 文件:行 或 文件:工作表:行）"
        ),
    ],
    root: Root = Path("data"),
    chart: Annotated[Path | None, option("--chart", "FILE", "把两行的比较画成瀑布图（.svg 或 .png）", Path)] = None,
    out: Annotated[Path | None, option("--out", "FILE", "把一个人的“一生一案”写成可打印的一页（.xlsx）", Path)] = None,
    masked: _Masked = False,
) -> ExitStatus:
    """解释：某人去向从何而来，或两行为何（不）是同一人"""
    from pipelines.ask.published_run import check_published

    if masked and (chart or out):
        raise Refused("--masked 只用于屏幕上的显示，不与 --chart、--out 同用")
    if chart:
        given.output(chart, ".svg", ".png")
    if out:
        given.output(out, ".xlsx")
        if len(what) != 1 or chart:
            from pipelines.ask.published_rows import ExplainError

            raise ExplainError("--out 写的是一个人的“一生一案”，请只给一个人，不加 --chart")
    check_published(root)

    from pipelines.store.noting import note_counts, what_was_asked
    from pipelines.store.private import private_work

    with private_work(root):
        if out:
            from pipelines.ask.child_story import write_story

            asked = what_was_asked(what) | note_counts(out=True)
            show_noted(context.obj, root, "explain", asked, write_story(root, what[0], out))
            return ExitStatus.DONE
        from pipelines.ask.explain import explain  # loads matplotlib, which must be told before where to keep its list of fonts

        asked = what_was_asked(what) | note_counts(chart=bool(chart), masked=masked)
        show_noted(context.obj, root, "explain", asked, explain(root, what, chart, masked))
    return ExitStatus.DONE


def history_command(
    context: typer.Context,
    what: Annotated[
        str | None,
        argument("人员编号|个案编号", "人员编号（P0000001）或个案编号（C0000001）；不写则列出那一晚的名单"),
    ] = None,
    root: Root = Path("data"),
    as_of: Annotated[date | None, option("--as-of", "DATE", "看那一天为止的（默认最近一次）", given.to_day)] = None,
    out: Annotated[Path | None, option("--out", "FILE", "把那一晚的名单，或操作记录，写成 .xlsx", Path)] = None,
    masked: _Masked = False,
    audit: Annotated[
        bool, typer.Option("--audit", help="看操作记录：谁、什么时候、做了什么（可只看一个编号的，或 --as-of 那一天的）")
    ] = False,
) -> ExitStatus:
    """个案的来龙去脉；某一晚的名单；操作记录"""
    from pipelines.ask.published_run import check_published

    if out:
        given.output(out, ".xlsx")
        if masked:
            raise Refused("--masked 只用于屏幕上的显示，不与 --out 同用")
    if audit:
        from pipelines.ask.audit_shown import audit_shown

        context.obj.show(*audit_shown(given.existing_folder(root), what, as_of, out))
        return ExitStatus.DONE
    check_published(root)

    from pipelines.ask.history import history
    from pipelines.store.noting import note_counts, what_was_asked
    from pipelines.store.private import private_work

    with private_work(root):
        asked = (what_was_asked([what]) if what else {}) | note_counts(night=as_of and str(as_of), out=bool(out), masked=masked)
        show_noted(context.obj, root, "history", asked, history(root, what, as_of, out, masked))
    return ExitStatus.DONE
