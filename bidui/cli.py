"""The command line: ``bidui demo | run | link | explain | history | check | serve``. Messages to officers and analysts are in Chinese."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.console import Console

from pipelines.demo import PROFILES

DONE, PARTIAL, NOTHING = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 done; 1 done, a registry left out; 2 nothing published."""
    for stream in (sys.stdout, sys.stderr):  # a Chinese Windows console is GBK and would stop at the first rare name
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    return options.command(options, Console())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bidui", description="比对：学籍、国扶、残联、户籍、资助数据比对，逐个摸清适龄儿童去向")
    commands = parser.add_subparsers(required=True, metavar="命令")
    demo = commands.add_parser("demo", help="生成一个虚构的县，完整比对一遍并给出准确度")
    demo.add_argument("dir", nargs="?", type=Path, default=Path("bidui-demo"), metavar="DIR", help="存放位置（默认 bidui-demo）")
    demo.add_argument("--children", type=int, default=20_000, metavar="N", help="适龄儿童人数（默认 20000）")
    demo.add_argument("--seed", type=int, default=1, metavar="S", help="随机种子（默认 1）")
    demo.add_argument("--as-of", type=_day, default=date(2020, 4, 15), metavar="DATE", help="比对日期（默认 2020-04-15）")
    demo.add_argument("--profile", choices=PROFILES, default="standard", help="差错的分布（默认 standard）")
    demo.add_argument(
        "--discrepancies", action="store_true", help="另加各类数据矛盾，供检验数据核对的准确度（见 truth/values.parquet）"
    )
    demo.set_defaults(command=_demo)
    run = commands.add_parser("run", help="比对 DIR/raw 下的导出文件")
    run.add_argument("--root", type=Path, default=Path("data"), metavar="DIR", help="数据文件夹（默认 data）")
    run.add_argument("--as-of", type=_day, default=None, metavar="DATE", help="比对日期，如 2020-04-15（默认今天）")
    run.add_argument("--township", action="append", metavar="乡镇", help="只出这些乡镇的核查表（可多次）；数据表仍为全县")
    run.add_argument("--accept-drift", action="store_true", help="某系统的行数比上次少了三分之一以上，已核实无误，照常发布")
    run.set_defaults(command=_run)
    _add_link(commands)
    explain = commands.add_parser("explain", help="解释：某人去向从何而来，或两行为何（不）是同一人")
    explain.add_argument(
        "what",
        nargs="+",
        metavar="人员编号|记录",
        help="一个人员编号（P0000001），或两行（record_id 或 文件:行 或 文件:工作表:行）",
    )
    explain.add_argument("--root", type=Path, default=Path("data"), metavar="DIR", help="数据文件夹（默认 data）")
    explain.add_argument("--chart", type=Path, metavar="FILE", help="把两行的比较画成瀑布图（.svg 或 .png）")
    explain.set_defaults(command=_explain)
    story = commands.add_parser("history", help="个案的来龙去脉；某一晚的名单")
    story.add_argument(
        "what", nargs="?", metavar="人员编号|个案编号", help="人员编号（P0000001）或个案编号（C0000001）；不写则列出那一晚的名单"
    )
    story.add_argument("--root", type=Path, default=Path("data"), metavar="DIR", help="数据文件夹（默认 data）")
    story.add_argument("--as-of", type=_day, default=None, metavar="DATE", help="看那一天为止的（默认最近一次）")
    story.add_argument("--out", type=Path, metavar="FILE", help="把那一晚的名单写成 .xlsx")
    story.set_defaults(command=_history)
    check = commands.add_parser("check", help="检查导出文件：哪些行会被退回、哪些要核对、和上次差多少，不做比对")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE", help="导出文件、文件夹，或本县的 county.toml")
    check.add_argument("--registry", metavar="系统", help="文件属于哪个系统，如 xueji（默认按文件夹或表头判断）")
    check.add_argument("--root", type=Path, metavar="DIR", help="与这个数据文件夹的上次结果相比（默认文件所在的数据文件夹）")
    check.add_argument("--out", type=Path, metavar="FILE", help="结果文件 .xlsx（默认 检查结果_文件名.xlsx，在当前文件夹）")
    check.set_defaults(command=_check)
    serve = commands.add_parser("serve", help="启动 Prefect：每晚自动比对，随时手动比对")
    serve.add_argument("--root", type=Path, default=Path("data"), metavar="DIR", help="数据文件夹（默认 data）")
    serve.add_argument("--port", type=int, default=4200, help="网页端口（默认 4200，仅限本机访问）")
    serve.add_argument("--cron", default="0 2 * * *", help="每晚比对的时间，cron 写法，北京时间（默认 02:00）")
    serve.set_defaults(command=_serve)
    return parser


def _add_link(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("link", help="比对任意两个名单（xlsx、xls、csv、txt、parquet），找出同一人")
    parser.add_argument("a", type=Path, metavar="A", help="名单 A")
    parser.add_argument("b", type=Path, metavar="B", help="名单 B")
    parser.add_argument("--out", type=Path, metavar="FILE", help="结果文件，.xlsx 或 .parquet（默认 A与B比对结果.xlsx）")
    for end, which in (("", "两个名单"), ("-a", "名单 A "), ("-b", "名单 B ")):
        parser.add_argument(
            f"--columns{end}",
            type=_named_column,
            nargs="+",
            action="extend",
            default=[],
            metavar="字段=表头",
            help=f"指明{which}的列，如 name=学生姓名 id=证件 birth=生日（另有 sex township village address kin phone 等）",
        )
    for side in "ab":
        parser.add_argument(f"--sheet-{side}", metavar="工作表", help=f"名单 {side.upper()} 用哪个工作表（默认第一个有表头的）")
    parser.add_argument("--cost-ratio", type=_ratio, default=100.0, metavar="N", help="一次错误关联抵多少次白跑（默认 100）")
    parser.add_argument("--model", type=Path, metavar="FILE", help="沿用以前存下的模型（默认从这两个名单学习）")
    parser.add_argument("--save-model", type=Path, metavar="FILE", help="把学到的模型存成可读的 JSON 文件")
    parser.set_defaults(command=_link)


def _named_column(text: str) -> tuple[str, str]:
    from pipelines.lists.list_columns import LIST_FIELDS, field_named

    name, mark, heading = text.partition("=")
    field = field_named(name)
    if not mark or not heading.strip():
        raise argparse.ArgumentTypeError("应写成 字段=表头，如 name=学生姓名；A、B 两个文件请写在最前面")
    if field is None:
        raise argparse.ArgumentTypeError(f"没有字段 {name}，可用：{'、'.join(f'{f.key}（{f.title}）' for f in LIST_FIELDS)}")
    return field, heading


def _ratio(text: str) -> float:
    try:
        ratio = float(text)
    except ValueError:
        ratio = 0.0
    if not 0 < ratio < 1e9:
        raise argparse.ArgumentTypeError("应是大于 0 的数，如 100")
    return ratio


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("日期应写成 2020-04-15 这样") from None


def _run(options: argparse.Namespace, console: Console) -> int:
    from pipelines.intake.places import township_of

    townships = None
    if options.township:
        named = {t: township_of(t) for t in options.township}
        if unknown := [t for t, official in named.items() if official is None]:
            console.print(f"没有这个乡镇：{'、'.join(unknown)}", style="red")
            return NOTHING
        townships = sorted(set(filter(None, named.values())))
    return _reconcile(options.root, options.as_of or date.today(), townships, console, options.accept_drift)


def _reconcile(root: Path, as_of: date, townships: list[str] | None, console: Console, accept_drift: bool = False) -> int:
    """Run, tell, and translate the outcome into the exit status."""
    from pipelines.ask.tally import print_tally
    from pipelines.files.refusal import reason
    from pipelines.guard import StepFailed
    from pipelines.night.job import NothingPublished, run_job
    from pipelines.store.county_file import registries_of
    from pipelines.store.runs import Busy

    if not root.is_dir():
        console.print(f"没有这个文件夹：{root}", style="red", highlight=False, markup=False)
        return NOTHING
    try:
        with console.status("正在比对……"):
            outcome = run_job(root, as_of, townships, accept_drift=accept_drift)
    except NothingPublished as nothing:
        for refusal in nothing.refused:
            console.print(f"《{refusal.file}》{refusal.message}", markup=False, highlight=False)
        console.print(f"未发布任何结果：{nothing}", style="red", highlight=False, markup=False)
        return NOTHING
    except StepFailed as failed:
        console.print(
            f"未发布任何结果：程序内部出错（{failed}）。上次的结果未受影响，请把括号内的文字告诉技术人员",
            style="red",
            highlight=False,
        )
        return NOTHING
    except Busy as busy:
        console.print(f"未发布任何结果：{busy}", style="red", highlight=False, markup=False)
        return NOTHING
    except OSError as error:
        console.print(f"未发布任何结果：无法读写 {error.filename}（{reason(error)}）", style="red", highlight=False, markup=False)
        return NOTHING
    print_tally(outcome, registries_of(root), console)
    if outcome.left_out:
        console.print(f"已发布，但缺少：{'、'.join(outcome.left_out)}", style="yellow", highlight=False, markup=False)
        return PARTIAL
    return DONE


def _demo(options: argparse.Namespace, console: Console) -> int:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from pipelines.demo.make_county import make_county
    from pipelines.demo.score import print_score, score

    if options.children < 100:
        console.print("儿童人数至少 100", style="red")
        return NOTHING
    console.print("以下全部数据均为虚构（synthetic data），与任何真实的人无关。")
    with Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("生成虚构的县", total=1.0)
        make_county(
            options.dir,
            options.children,
            options.seed,
            options.as_of,
            options.profile,
            lambda text, part: progress.update(task, description=text, completed=part),
            options.discrepancies,
        )
        progress.update(task, description="生成虚构的县", completed=1.0)
    status = _reconcile(options.dir, options.as_of, None, console, accept_drift=True)  # another county than the last
    if status != NOTHING:
        print_score(score(options.dir), console)
    return status


def _link(options: argparse.Namespace, console: Console) -> int:
    from pipelines.guard import StepFailed
    from pipelines.lists.link_lists import LinkRefused, Request, link_lists
    from pipelines.store.runs import Busy

    def named(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
        return {field: [heading for f, heading in pairs if f == field] for field, _ in pairs}

    columns = named(options.columns), named(options.columns_a), named(options.columns_b)
    request = Request(
        options.a,
        options.b,
        options.out,
        *columns,
        sheet_a=options.sheet_a,
        sheet_b=options.sheet_b,
        cost_ratio=options.cost_ratio,
        model=options.model,
        save_model=options.save_model,
    )
    try:
        for line in link_lists(request):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    except (LinkRefused, Busy) as refused:
        console.print(f"未比对：{refused}", style="red", markup=False, highlight=False, soft_wrap=True)
        return NOTHING
    except StepFailed as failed:
        message = f"未比对：程序内部出错（{failed}）。请把括号内的文字告诉技术人员"
        console.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
        return NOTHING
    return DONE


def _explain(options: argparse.Namespace, console: Console) -> int:
    from pipelines.ask.explain import ExplainError, explain
    from schemas.settings import CountyFileError

    try:
        for line in explain(options.root, options.what, options.chart):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    except (ExplainError, CountyFileError, ValueError) as error:
        console.print(str(error), style="red", markup=False, highlight=False)
        return NOTHING
    return DONE


def _history(options: argparse.Namespace, console: Console) -> int:
    from pipelines.ask.history import HistoryError, history

    if options.out and (options.out.suffix.lower() != ".xlsx" or not options.out.absolute().parent.is_dir()):
        console.print(f"结果文件应以 .xlsx 结尾，放在已有的文件夹里：{options.out}", style="red", markup=False, highlight=False)
        return NOTHING
    try:
        for line in history(options.root, options.what, options.as_of, options.out):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    except HistoryError as error:
        console.print(str(error), style="red", markup=False, highlight=False)
        return NOTHING
    return DONE


def _check(options: argparse.Namespace, console: Console) -> int:
    from pipelines.guard import StepFailed, guarded
    from pipelines.intake.check import check, print_checked

    if absent := [path for path in options.files if not path.exists() and not path.is_symlink()]:
        console.print(f"没有这个文件：{'、'.join(map(str, absent))}", style="red", markup=False, highlight=False)
        return NOTHING
    out = options.out or Path(f"检查结果_{options.files[0].absolute().stem}.xlsx")
    if out.suffix.lower() != ".xlsx" or not out.absolute().parent.is_dir():
        console.print(f"结果文件应以 .xlsx 结尾，放在已有的文件夹里：{out}", style="red", markup=False, highlight=False)
        return NOTHING
    if out.resolve() in {path.resolve() for path in options.files}:
        console.print(f"结果文件不能就是要检查的文件：{out}", style="red", markup=False, highlight=False)
        return NOTHING
    try:
        checked = guarded("check", lambda: check(options.files, out, options.registry, options.root))
    except StepFailed as failed:
        console.print(
            f"程序内部出错（{failed}），没有检查。请把括号内的文字告诉技术人员", style="red", markup=False, highlight=False
        )
        return NOTHING
    print_checked(checked, console)
    return checked.status


def _serve(options: argparse.Namespace, console: Console) -> int:
    from pipelines.night.serve import serve

    return serve(options.root, options.port, options.cron)


if __name__ == "__main__":
    sys.exit(main())
