"""Commands about a data folder and what lies in it: init, check, deliver, backup, restore, purge."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bidui import arguments as given
from bidui.console import Console
from bidui.errors import Refused
from bidui.options import Root, argument, option
from schemas.exit_status import ExitStatus

_BACKUP_IS_PRIVATE = "备份里有儿童的姓名和身份证号，请存放在只有经手人能打开的地方"


def init_command(
    context: typer.Context,
    folder: Annotated[Path, argument("DIR", "数据文件夹（默认 data）", Path)] = Path("data"),
    county: Annotated[
        str | None,
        option(
            "--county",
            "CODE",
            "哪个县：六位区划代码或县名，如 451229、大化瑶族自治县、大化县、大化；重名的前面写市名（默认方案所在的县）",
        ),
    ] = None,
) -> ExitStatus:
    """新建一个县的数据文件夹：各系统的文件夹、设置 county.toml、区划 divisions.csv；已有的不改"""
    from pipelines.intake.new_county import begin_county, county_named, settings_for

    console: Console = context.obj
    settings = settings_for(folder, county_named(county) if county is not None else None)
    with console.progress("正在新建") as show_step:
        for line in begin_county(folder, settings, show_step):
            console.show(line)
    return ExitStatus.DONE


def check_command(
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
    """检查导出文件：哪些行会被退回、哪些要核对、和上次差多少，不做比对；也检查填好的核查表：哪些答复会被采用"""
    given.plain_files(files)
    if (tried := _try_returned(context.obj, files, root)) is not None:
        return tried
    out = given.output(out or Path(f"检查结果_{files[0].absolute().stem}.xlsx"), ".xlsx")
    if out.resolve() in {path.resolve() for path in files}:
        raise Refused(f"结果文件不能就是要检查的文件：{out}")

    from bidui.noted import note
    from pipelines.guard import guarded
    from pipelines.intake.check import check, checked_shown, root_of_files
    from pipelines.store.private import private_work

    console: Console = context.obj
    place = root or root_of_files(files)
    with private_work(place), console.progress("正在检查"):
        checked = guarded("check", lambda: check(files, out, registry, root))
        if place and checked.out:
            note(console, place, "check", {"files": len(files)})
    console.show(*checked_shown(checked))
    if checked.refusal:
        console.refuse(checked.refusal)
    return checked.status


def _try_returned(console: Console, files: Sequence[Path], root: Path | None) -> ExitStatus | None:
    """Try the files as returned workbooks; None where none of them is one."""
    from pipelines.answers.try_out import returned_among, root_of_returned, tried_shown, try_answers
    from pipelines.guard import guarded
    from pipelines.store.county_file import settings_of
    from pipelines.store.private import private_work
    from schemas.county_problems import CountyFileError
    from schemas.settings import Settings

    place = root or root_of_returned(files)
    with private_work(place):
        try:
            settings = settings_of(place) if place else Settings()
        except CountyFileError:
            return None  # the check of the county's file says what is wrong with it
        returned = guarded("check", lambda: returned_among(files, settings.passwords_for))
        if not returned:
            return None
        if others := [path.name for path in files if path not in returned]:
            raise Refused(f"{'、'.join(others)} 不是填好的核查表，请与核查表分开检查")
        tried = guarded("check", lambda: try_answers(returned, place, settings))
    console.show(*tried_shown(tried))
    return tried.status


def deliver_command(
    context: typer.Context,
    root: Root = Path("data"),
    as_of: Annotated[
        date | None, option("--as-of", "DATE", "送哪一天的比对结果，如 2020-04-15（默认最近一次）", given.to_day)
    ] = None,
    township: Annotated[list[str] | None, option("--township", "乡镇", "只送这些乡镇的（可多次）")] = None,
    again: Annotated[bool, typer.Option("--again", help="已送过、内容没有变的也再送一次")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出什么将送到哪里，不送")] = False,
    out: Annotated[Path | None, option("--out", "FILE", "把送达记录（什么时候、什么、送到哪里）写成 .xlsx", Path)] = None,
) -> ExitStatus:
    """送核查表：各乡镇、各单位的放进各自的文件夹或发邮件，加密，只送一次，并记下来"""
    if out:
        given.output(out, ".xlsx")
    townships = given.official_townships(township or [], given.existing_folder(root))

    from bidui.noted import note
    from pipelines.deliver.deliver import deliver, deliveries
    from pipelines.deliver.shown import delivered_shown, left_shown, write_record
    from pipelines.store.private import private_work
    from schemas.calendar import today

    console: Console = context.obj
    with private_work(root):
        with console.progress("正在送") as show_step:
            done = deliver(root, as_of, townships, again, dry_run, lambda area, part: show_step(f"正在送：{area}", part))
        if not dry_run:
            note(console, root, "deliver", {"sent": done.count(failed=False), "failed": done.count(failed=True)})
        if out:
            write_record(out, deliveries(root, as_of, townships), today())
    console.show(*delivered_shown(done))
    left = list(left_shown(done))
    for sentence in left:
        console.warn(sentence)
    if out:
        console.show(f"送达记录在：{out}")
    return ExitStatus.GAP if left else ExitStatus.DONE


def backup_command(
    context: typer.Context,
    file: Annotated[Path, argument("FILE", "备份文件 .zip", Path)],
    root: Root = Path("data"),
    overwrite: Annotated[bool, typer.Option("--overwrite", help="已有同名的备份时，用新的替换它")] = False,
) -> ExitStatus:
    """备份：数据库、当前结果、设置、收回的核查表，存成一个文件"""
    given.output(file, ".zip")
    given.existing_folder(root)
    if file.exists() and not overwrite:
        raise Refused(f"没有备份：已有文件 {file}，没有覆盖。请换一个文件名；确要替换它，请加 --overwrite")

    from pipelines.store.backup import back_up
    from pipelines.store.private import private_work

    console: Console = context.obj
    with private_work(root), console.progress("正在备份"):
        made = back_up(root, file)
    console.show(f"已备份结果 {made.run}（{made.members} 个文件，{made.size / 1e6:,.1f} MB）：{file}", _BACKUP_IS_PRIVATE)
    if made.unnoted:
        console.warn(f"注意：{made.unnoted}")
    return ExitStatus.DONE


def restore_command(
    context: typer.Context,
    file: Annotated[str, argument("FILE", "备份文件 .zip")],
    root: Root = Path("data"),
    force: Annotated[bool, typer.Option("--force", help="文件夹里已有结果，用备份替换（原有的移到一旁）")] = False,
) -> ExitStatus:
    """恢复：从备份文件"""
    from pipelines.store.private import private_work
    from pipelines.store.restore import restore

    console: Console = context.obj
    with private_work(None), console.progress("正在恢复"):  # the data folder may be moved aside
        done = restore(given.readable_archive(file), root, force)
    console.show(f"已恢复，当前结果为 {done.run}。请放入导出文件后运行 bidui run")
    if done.replaced:
        console.show(f"原有的移到了：{done.replaced}")
    for left in done.left:
        console.warn(f"尚未换上：{left}")
    return ExitStatus.GAP if done.left else ExitStatus.DONE


def purge_command(
    context: typer.Context,
    person: Annotated[str | None, argument("人员编号|证号", "要清除的人：人员编号（P0000001）或写全的身份证号")] = None,
    root: Root = Path("data"),
    before: Annotated[
        date | None,
        option("--before", "DATE", "清除这一天以前的：比对、核查表、快照、已销号个案的内容、不再起作用的答复", given.to_day),
    ] = None,
    even_if_listed: Annotated[bool, typer.Option("--even-if-listed", help="此人在当前名单上也清除")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="确认清除；不加则只列出会动什么")] = False,
) -> ExitStatus:
    """清除：把一个人，或某一天以前的，从数据文件夹里清干净，并逐个文件查验"""
    given.existing_folder(root)
    if (person is None) == (before is None):
        raise Refused("请写要清除的人员编号或身份证号，或写 --before DATE，二者选一")

    from pipelines.purge.purge_before import purge_before
    from pipelines.purge.purge_person import purge_person
    from pipelines.store.private import private_work

    console: Console = context.obj
    with private_work(root), console.progress("正在清除"):
        done = purge_before(root, before, yes) if before else purge_person(root, person or "", even_if_listed, yes)
    console.show(*done.lines)
    return ExitStatus.NOTHING if not yes else ExitStatus.GAP if done.left else ExitStatus.DONE
