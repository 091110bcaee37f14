"""The command line: a function a command. What a command needs is imported when it runs, so that a refusal comes at once."""

import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from typer.main import get_command

from bidui import arguments as given
from bidui.console import Console
from bidui.errors import Refused, outcome_of
from bidui.options import Root, argument, columns_option, option
from bidui.usage import ChineseCommand, ChineseGroup, usage_error
from matching import COST_RATIO
from schemas.calendar import today
from schemas.exit_status import ExitStatus

# What a command that failed says first: what was not done.
_NOT_DONE = {
    "demo": "未发布任何结果：",
    "run": "未发布任何结果：",
    "init": "没有新建：",
    "link": "未比对：",
    "check": "没有检查：",
    "backup": "没有备份：",
    "restore": "没有恢复：",
}
# What is shown while a step of a run (``pipelines.night.steps``) is at work.
_STEPS = {
    "read": "读取导出文件",
    "accept": "逐行检查，统一写法",
    "compare": "与上次相比",
    "link": "找出同一人的记录",
    "resolve": "给每个人编号",
    "reconcile": "核对数据，判定去向",
    "write": "保存数据表",
    "audit": "核验数据表",
    "workbooks": "写核查表",
    "publish": "发布",
}

_BACKUP_IS_PRIVATE = "备份里有儿童的姓名和身份证号，请存放在只有经手人能打开的地方"

_Result = TypeVar("_Result")

app = typer.Typer(cls=ChineseGroup, add_completion=False, rich_markup_mode=None)


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


@app.command("init", cls=ChineseCommand)
def _init(
    context: typer.Context,
    folder: Annotated[Path, argument("DIR", "数据文件夹（默认 data）", Path)] = Path("data"),
    county: Annotated[
        str | None, option("--county", "CODE", "哪个县：六位区划代码或县名，如 451229、大化瑶族自治县（默认方案所在的县）")
    ] = None,
) -> ExitStatus:
    """新建一个县的数据文件夹：各系统的文件夹、设置 county.toml、区划 divisions.csv；已有的不改"""
    from pipelines.intake.new_county import begin_county, county_named, settings_for

    console: Console = context.obj
    settings = settings_for(folder, county_named(county) if county else None)
    with console.progress("正在新建") as show_step:
        for line in begin_county(folder, settings, show_step):
            console.show(line)
    return ExitStatus.DONE


@app.command("demo", cls=ChineseCommand)
def _demo(
    context: typer.Context,
    folder: Annotated[Path, argument("DIR", "存放位置（默认 bidui-demo）", Path)] = Path("bidui-demo"),
    children: Annotated[int, option("--children", "N", "适龄儿童人数（默认 20000）", given.to_whole_number)] = 20_000,
    seed: Annotated[int, option("--seed", "S", "随机种子（默认 1）", given.to_whole_number)] = 1,
    as_of: Annotated[date, option("--as-of", "DATE", "比对日期（默认 2020-04-15）", given.to_day)] = date(2020, 4, 15),
    profile: Annotated[
        str, option("--profile", "分布", "差错的分布：standard、other 或 spread（默认 standard）", given.to_profile)
    ] = "standard",
    county: Annotated[
        str | None,
        option("--county", "CODE", "哪个县：六位区划代码或县名（默认 DIR 里的 county.toml 写的，没有则是方案所在的县）"),
    ] = None,
    cohort: Annotated[
        tuple[str, str] | None,
        typer.Option("--cohort", metavar="DATE DATE", help="核查哪些儿童：最早和最晚的出生日期，如 2006-09-01 2016-08-31"),
    ] = None,
    discrepancies: Annotated[
        bool, typer.Option("--discrepancies", help="另加各类数据矛盾，供检验数据核对的准确度（见 truth/values.parquet）")
    ] = False,
) -> ExitStatus:
    """生成一个虚构的县，完整比对一遍并给出准确度"""
    if children < 100:
        raise Refused("儿童人数至少 100")

    from pipelines.demo.make_county import make_county
    from pipelines.demo.score import score, score_shown
    from pipelines.intake.new_county import county_named, settings_for, write_settings
    from pipelines.store.private import private_work

    settings = settings_for(folder, county_named(county) if county else None, given.to_cohort(cohort) if cohort else None)
    if county or cohort:
        write_settings(folder, settings)
    console: Console = context.obj
    console.show("以下全部数据均为虚构（synthetic data），与任何真实的人无关。")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with private_work(folder):
        with console.progress("生成虚构的县") as show_step:
            make_county(folder, children, seed, as_of, profile, show_step, discrepancies, settings)
        status = _reconcile(console, folder, as_of, None, accept_drift=True, future=True)  # another county than the last
        console.show(*score_shown(score(folder), settings.registries))
    return status


@app.command("run", cls=ChineseCommand)
def _run(
    context: typer.Context,
    root: Root = Path("data"),
    as_of: Annotated[date | None, option("--as-of", "DATE", "比对日期，如 2020-04-15（默认今天）", given.to_day)] = None,
    township: Annotated[list[str] | None, option("--township", "乡镇", "只出这些乡镇的核查表（可多次）；数据表仍为全县")] = None,
    accept_drift: Annotated[
        bool, typer.Option("--accept-drift", help="某系统的行数比上次少了三分之一以上，已核实无误，照常发布")
    ] = False,
    future: Annotated[bool, typer.Option("--future", help="比对日期还没有到，确要按那一天比对")] = False,
    forget_after: Annotated[
        date | None,
        option("--forget-after", "DATE", "撤下个案历史里这一天之后的记录（某次写错了日期时用），另存后重新比对", given.to_day),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="确认 --forget-after")] = False,
) -> ExitStatus:
    """比对 DIR/raw 下的导出文件"""
    townships = given.official_townships(township or [], given.existing_folder(root))
    forgetting = (forget_after, yes) if forget_after else None
    return _reconcile(context.obj, root, as_of or today(), townships, accept_drift, future, forgetting)


def _reconcile(
    console: Console,
    root: Path,
    as_of: date,
    townships: list[str] | None,
    accept_drift: bool,
    future: bool,
    forgetting: tuple[date, bool] | None = None,
) -> ExitStatus:
    """Run the job and show its tally. ``forgetting``: the last day that is kept of the history, and whether that is confirmed."""
    from pipelines.ask.tally import tally_shown
    from pipelines.night.job import run_job
    from pipelines.night.steps import Step
    from pipelines.store.county_file import settings_of
    from pipelines.store.forgotten import Forgetting

    with console.progress("正在比对") as show_step:

        def shown(step: Step, work: Callable[[], _Result]) -> _Result:
            show_step(f"正在比对：{_STEPS[step]}", list(Step).index(step) / len(Step))
            return work()

        forget = Forgetting(*forgetting) if forgetting else None
        outcome = run_job(root, as_of, townships, shown, accept_drift=accept_drift, future=future, forgetting=forget)
    console.show(*tally_shown(outcome, settings_of(root).registries))
    for note in outcome.notes:
        console.warn(f"注意：{note}")
    if outcome.left_out:
        console.warn(f"已发布，但缺少：{'、'.join(outcome.left_out)}")
        return ExitStatus.GAP
    return ExitStatus.DONE


@app.command("link", cls=ChineseCommand)
def _link(
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
        for line in link_lists(request):
            console.show(line)
    return ExitStatus.DONE


@app.command("explain", cls=ChineseCommand)
def _explain(
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

    from pipelines.store.private import private_work

    with private_work(root):
        from pipelines.ask.explain import explain  # loads matplotlib, which must be told before where to keep its list of fonts

        for line in explain(root, what, chart):
            context.obj.show(line)
    return ExitStatus.DONE


@app.command("history", cls=ChineseCommand)
def _history(
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
    from pipelines.store.private import private_work

    with private_work(root):
        for line in history(root, what, as_of, out):
            context.obj.show(line)
    return ExitStatus.DONE


@app.command("check", cls=ChineseCommand)
def _check(
    context: typer.Context,
    files: Annotated[list[Path], argument("FILE", "导出文件、文件夹，或本县的 county.toml", Path)],
    registry: Annotated[str | None, option("--registry", "系统", "文件属于哪个系统，如 xueji（默认按文件夹或表头判断）")] = None,
    root: Annotated[
        Path | None, option("--root", "DIR", "与这个数据文件夹的上次结果相比（默认文件所在的数据文件夹）", Path)
    ] = None,
    out: Annotated[
        Path | None, option("--out", "FILE", "结果文件 .xlsx（默认 检查结果_文件名.xlsx，在当前文件夹）", Path)
    ] = None,
) -> ExitStatus:
    """检查导出文件：哪些行会被退回、哪些要核对、和上次差多少，不做比对"""
    if absent := [str(path) for path in files if not path.exists() and not path.is_symlink()]:
        raise Refused(f"没有这个文件：{'、'.join(absent)}")
    out = given.output(out or Path(f"检查结果_{files[0].absolute().stem}.xlsx"), ".xlsx")
    if out.resolve() in {path.resolve() for path in files}:
        raise Refused(f"结果文件不能就是要检查的文件：{out}")

    from pipelines.guard import guarded
    from pipelines.intake.check import check, checked_shown, root_of_files
    from pipelines.store.private import private_work

    console: Console = context.obj
    with private_work(root or root_of_files(files)), console.progress("正在检查"):
        checked = guarded("check", lambda: check(files, out, registry, root))
    console.show(*checked_shown(checked))
    if checked.refusal:
        console.refuse(checked.refusal)
    return checked.status


@app.command("backup", cls=ChineseCommand)
def _backup(
    context: typer.Context,
    file: Annotated[Path, argument("FILE", "备份文件 .zip", Path)],
    root: Root = Path("data"),
) -> ExitStatus:
    """备份：数据库、当前结果、设置、收回的核查表，存成一个文件"""
    given.output(file, ".zip")
    given.existing_folder(root)

    from pipelines.store.backup import back_up
    from pipelines.store.private import private_work

    console: Console = context.obj
    with private_work(root), console.progress("正在备份"):
        made = back_up(root, file)
    console.show(f"已备份结果 {made.run}（{made.members} 个文件，{made.size / 1e6:,.1f} MB）：{file}", _BACKUP_IS_PRIVATE)
    return ExitStatus.DONE


@app.command("restore", cls=ChineseCommand)
def _restore(
    context: typer.Context,
    what: Annotated[str, argument("FILE|结果", "备份文件 .zip，或仍保留着的一次结果，如 20200415-0003")],
    root: Root = Path("data"),
    force: Annotated[bool, typer.Option("--force", help="文件夹里已有结果，用备份替换（原有的移到一旁）")] = False,
) -> ExitStatus:
    """恢复：从备份文件；或退回仍保留着的某次结果，作废其后各次"""
    from pipelines.store.private import private_work
    from pipelines.store.restore import restore, return_to

    console: Console = context.obj
    with private_work(None), console.progress("正在恢复"):  # the data folder may be moved aside
        is_archive = what.lower().endswith(".zip")
        done = restore(given.readable_archive(what), root, force) if is_archive else return_to(given.existing_folder(root), what)
    console.show(f"已恢复，当前结果为 {done.run}。请放入导出文件后运行 bidui run")
    if done.replaced:
        console.show(f"原有的移到了：{done.replaced}")
    for left in done.left:
        console.warn(f"尚未换上：{left}")
    return ExitStatus.GAP if done.left else ExitStatus.DONE


@app.command("serve", cls=ChineseCommand)
def _serve(
    context: typer.Context,
    root: Root = Path("data"),
    port: Annotated[int, option("--port", "PORT", "网页端口（默认 4200，仅限本机访问）", given.to_port)] = 4200,
    cron: Annotated[
        str | None,
        option("--cron", "CRON", "每晚比对的时间，cron 写法，北京时间（默认每晚 county.toml 里 nightly_hour 点）", given.to_cron),
    ] = None,
) -> ExitStatus:
    """启动 Prefect：每晚自动比对，随时手动比对"""
    given.existing_folder(root)

    from pipelines.night.serve import serve
    from pipelines.store.county_file import settings_of
    from pipelines.store.private import private_work

    hour = settings_of(root).nightly_hour
    with private_work(root):
        serve(root, context.obj.show, port, cron or f"0 {hour} * * *")
    return ExitStatus.DONE


if __name__ == "__main__":  # only bidui.__main__ keeps modules of the working folder out of the way
    Console().refuse("请用 bidui 或 python -m bidui")
    sys.exit(ExitStatus.NOTHING)
