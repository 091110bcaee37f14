"""Commands that reconcile: run, serve, demo."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from bidui import arguments as given
from bidui.console import Console
from bidui.errors import Refused
from bidui.options import Root, argument, option
from schemas.calendar import today
from schemas.exit_status import ExitStatus
from schemas.words import STEP_NAME

_Result = TypeVar("_Result")
Verbose = Annotated[bool, typer.Option("--verbose", help="逐条列出全部提示、去向和不一致，不限一屏")]


def demo_command(
    context: typer.Context,
    folder: Annotated[Path, argument("DIR", "存放位置（默认 bidui-demo）", Path)] = Path("bidui-demo"),
    children: Annotated[int, option("--children", "N", "适龄儿童人数（默认 20000）", given.to_whole_number)] = 20_000,
    seed: Annotated[int, option("--seed", "S", "随机种子（默认 1）", given.to_whole_number)] = 1,
    as_of: Annotated[date, option("--as-of", "DATE", "比对日期（默认 2020-04-15）", given.to_day)] = date(2020, 4, 15),
    profile: Annotated[
        str, option("--profile", "分布", "差错的分布：standard、other、spread 或 hidden（默认 standard）", given.to_profile)
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
    verbose: Verbose = False,
) -> ExitStatus:
    """生成一个虚构的县，完整比对一遍并给出准确度"""
    if children < 100:
        raise Refused("儿童人数至少 100")

    from pipelines.demo.make_county import make_county
    from pipelines.demo.score import score, score_shown
    from pipelines.intake.new_county import county_named, settings_for, write_settings
    from pipelines.night.days import check_born
    from pipelines.store.private import private_work

    settings = settings_for(
        folder, county_named(county) if county is not None else None, given.to_cohort(cohort) if cohort else None
    )
    check_born(as_of, settings.cohort)
    if county or cohort:
        write_settings(folder, settings)
    console: Console = context.obj
    console.show("以下全部数据均为虚构（synthetic data），与任何真实的人无关。")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with private_work(folder):
        with console.progress("生成虚构的县") as show_step:
            make_county(folder, children, seed, as_of, profile, show_step, discrepancies, settings)
        # Drift: it is another county than the last.
        status = _reconcile(console, folder, as_of, None, accept_drift=True, future=True, verbose=verbose)
        console.show(*score_shown(score(folder), settings.registries))
    return status


def run_command(
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
    verbose: Verbose = False,
) -> ExitStatus:
    """比对 DIR/raw 下的导出文件"""
    townships = given.official_townships(township or [], given.existing_folder(root))
    forgetting = (forget_after, yes) if forget_after else None
    return _reconcile(context.obj, root, as_of or today(), townships, accept_drift, future, forgetting, verbose)


def _reconcile(
    console: Console,
    root: Path,
    as_of: date,
    townships: list[str] | None,
    accept_drift: bool,
    future: bool,
    forgetting: tuple[date, bool] | None = None,
    verbose: bool = False,
) -> ExitStatus:
    """Run the job and show what came of it: on one screen, or all of it where ``verbose``. ``forgetting``: the last day that is kept of the
    history, and whether that is confirmed."""
    from pipelines.ask.night_screen import night_screen
    from pipelines.ask.tally import tally_shown
    from pipelines.night.job import run_job
    from pipelines.night.night_record import kept_night, last_seconds
    from pipelines.night.step_times import estimate_of
    from pipelines.night.steps import Step
    from pipelines.store.county_file import settings_of
    from pipelines.store.forgotten import Forgetting

    last = last_seconds(root)
    with console.steps() as show_step:
        begun = list[Step]()

        def shown(step: Step, work: Callable[[], _Result]) -> _Result:
            if step not in begun:
                begun.append(step)
                show_step(f"{len(begun)}/{len(Step)} {STEP_NAME[step]}", estimate_of(step, last))
            return work()

        forget = Forgetting(*forgetting) if forgetting else None
        outcome = run_job(root, as_of, townships, shown, accept_drift=accept_drift, future=future, forgetting=forget)
    kept = kept_night(outcome.run)
    assert kept is not None  # the run has just written it
    screen = night_screen(kept, root, short=console.on_terminal and not verbose)
    for warning in screen.warnings:
        console.warn(warning)
    console.show(*(tally_shown(outcome, settings_of(root).registries, kept.night.lists) if verbose else screen.results))
    return ExitStatus.GAP if outcome.left_out else ExitStatus.DONE


def serve_command(
    context: typer.Context,
    root: Root = Path("data"),
    port: Annotated[int, option("--port", "PORT", "网页端口（默认 4200，仅限本机访问）", given.to_port)] = 4200,
    cron: Annotated[
        str | None,
        option("--cron", "CRON", "每晚比对的时间，cron 写法，北京时间（默认每晚 county.toml 里 nightly_hour 点）", given.to_cron),
    ] = None,
    status: Annotated[
        bool, typer.Option("--status", help="只看服务是否在运行、上次比对怎样；状态 0 正常，1 有问题，2 没有运行")
    ] = False,
    install_hint: Annotated[
        bool, typer.Option("--install-hint", help="只显示怎样装成系统服务（Windows 计划任务、systemd、容器）")
    ] = False,
) -> ExitStatus:
    """启动 Prefect：每晚自动比对，随时手动比对"""
    given.existing_folder(root)

    console: Console = context.obj
    if install_hint:
        from pipelines.night.install_hint import install_hint_shown

        console.show(install_hint_shown(root, port))
        return ExitStatus.DONE
    if status:
        from pipelines.night.status import status_of

        ending, shown = status_of(root)
        console.show(*shown)
        return ending

    from pipelines.night.serve import serve
    from pipelines.store.private import private_work

    with private_work(root):
        serve(root, console.show, port, cron)
    return ExitStatus.DONE


def deploy_command(
    context: typer.Context,
    root: Root = Path("data"),
    pool: Annotated[str, option("--pool", "名称", "工作池（默认 bidui，没有的新建）")] = "bidui",
    cron: Annotated[
        str | None,
        option("--cron", "CRON", "每晚比对的时间，cron 写法，北京时间（默认每晚 county.toml 里 nightly_hour 点）", given.to_cron),
    ] = None,
) -> ExitStatus:
    """把本县的各项任务登记到已有的 Prefect 服务（PREFECT_API_URL）"""
    given.existing_folder(root)

    from pipelines.night.deploy import deploy

    console: Console = context.obj
    for name in deploy(root, pool, cron):
        console.show(f"已登记 {name}")
    console.show(f"请在放数据的机器上启动：prefect worker start --pool {pool} --type process")
    return ExitStatus.DONE
