"""Commands about any lists of people: link, dedupe."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bidui import arguments as given
from bidui.console import Console
from bidui.errors import Refused
from bidui.noted import show_noted
from bidui.options import argument, columns_option, option
from matching import COST_RATIO
from schemas.exit_status import ExitStatus

if TYPE_CHECKING:  # loads pandas
    from pipelines.lists.list_options import AskedList

_AGAINST = "以前的结果（.xlsx 或 .parquet）：后来加的行归入原有的组，组号不变"
CostRatio = Annotated[float, option("--cost-ratio", "N", "一次错误关联抵多少次白跑（默认 100）", given.to_ratio)]
SavedModel = Annotated[Path | None, option("--save-model", "FILE", "把学到的模型存成可读的 JSON 文件", Path)]
Keep = Annotated[
    Path | None,
    option("--keep", "DIR", "把各步（记录、候选对、比较等级、权重、判定）存成表，可查询；下次同样的名单接着用，不必重算", Path),
]
HeadingsRoot = Annotated[Path, option("--root", "DIR", "其中 county.toml 登记的表头写法也认得（默认 data）", Path)]


def link_command(
    context: typer.Context,
    a: Annotated[Path, argument("A", "名单 A", Path)],
    b: Annotated[Path, argument("B", "名单 B", Path)],
    more: Annotated[list[Path] | None, argument("C", "更多名单：结果按组写，一组是一个人在各名单里的行", Path)] = None,
    out: Annotated[Path | None, option("--out", "FILE", "结果文件，.xlsx 或 .parquet（默认 A与B比对结果.xlsx）", Path)] = None,
    columns: Annotated[
        list[Any] | None, columns_option("--columns", "各名单（只指某一个时写 c:name=学生姓名）", given.to_side_column)
    ] = None,
    columns_a: Annotated[list[Any] | None, columns_option("--columns-a", "名单 A ")] = None,
    columns_b: Annotated[list[Any] | None, columns_option("--columns-b", "名单 B ")] = None,
    sheets: Annotated[
        list[Any] | None,
        option("--sheet", "名单:工作表", "某个名单用哪个工作表，如 c:花名册（默认第一个有表头的）", given.to_side_sheet),
    ] = None,
    sheet_a: Annotated[str | None, option("--sheet-a", "工作表", "名单 A 用哪个工作表（默认第一个有表头的）")] = None,
    sheet_b: Annotated[str | None, option("--sheet-b", "工作表", "名单 B 用哪个工作表（默认第一个有表头的）")] = None,
    against: Annotated[Path | None, option("--against", "FILE", f"{_AGAINST}（用于三个以上名单）", Path)] = None,
    cost_ratio: CostRatio = COST_RATIO,
    model: Annotated[Path | None, option("--model", "FILE", "沿用以前存下的模型（默认从这些名单学习）", Path)] = None,
    save_model: SavedModel = None,
    keep: Keep = None,
    root: HeadingsRoot = Path("data"),
) -> ExitStatus:
    """比对任意两个或更多名单（xlsx、xls、csv、txt、parquet），找出同一人"""
    paths = [a, b, *(more or [])]
    if against is not None and not more:
        raise Refused("未比对：两个名单的结果是一对一对的，没有组号。--against 用于三个以上名单，或 bidui dedupe")
    for path in paths:
        given.readable_list(path)

    from pipelines.lists.group_lists import group_lists
    from pipelines.lists.link_lists import link_lists
    from pipelines.lists.list_options import Request
    from pipelines.store.county_file import settings_of
    from pipelines.store.private import private_work

    console: Console = context.obj
    named = [*(columns or []), *(("a", *c) for c in columns_a or []), *(("b", *c) for c in columns_b or [])]
    of_side = dict([*(sheets or []), *((side, s) for side, s in (("a", sheet_a), ("b", sheet_b)) if s is not None)])
    lists = _asked_lists(paths, named, of_side)
    common = given.by_field((field, heading) for side, field, heading in named if not side)
    request = Request(lists, out, common, cost_ratio, model, save_model, against, keep, settings_of(root))
    lines = group_lists(request) if more else link_lists(request)
    with private_work(None), console.progress(f"正在比对{'两' if not more else f' {len(lists)} '}个名单"):
        show_noted(console, root, "link", {"lists": len(lists)}, lines)
    return ExitStatus.DONE


def dedupe_command(
    context: typer.Context,
    a: Annotated[Path, argument("A", "名单", Path)],
    out: Annotated[Path | None, option("--out", "FILE", "结果文件，.xlsx 或 .parquet（默认 A查重结果.xlsx）", Path)] = None,
    columns: Annotated[list[Any] | None, columns_option("--columns", "名单")] = None,
    sheet: Annotated[str | None, option("--sheet", "工作表", "用哪个工作表（默认第一个有表头的）")] = None,
    against: Annotated[Path | None, option("--against", "FILE", _AGAINST, Path)] = None,
    cost_ratio: CostRatio = COST_RATIO,
    model: Annotated[Path | None, option("--model", "FILE", "沿用以前存下的模型（默认从这个名单学习）", Path)] = None,
    save_model: SavedModel = None,
    keep: Keep = None,
    root: HeadingsRoot = Path("data"),
) -> ExitStatus:
    """查重：一个名单里哪些行是同一人，按组列出"""
    given.readable_list(a, "未查重")

    from pipelines.lists.group_lists import group_lists
    from pipelines.lists.list_columns import ONLY
    from pipelines.lists.list_options import AskedList, Request
    from pipelines.store.county_file import settings_of
    from pipelines.store.private import private_work

    console: Console = context.obj
    asked = AskedList(a, ONLY, sheet)
    request = Request(
        [asked], out, given.by_field(columns or []), cost_ratio, model, save_model, against, keep, settings_of(root)
    )
    with private_work(None), console.progress("正在查重"):
        show_noted(console, root, "dedupe", {"lists": 1}, group_lists(request))
    return ExitStatus.DONE


def _asked_lists(paths: Sequence[Path], named: Sequence[given.SideColumn], sheets: dict[str, str]) -> list["AskedList"]:
    """The lists with what was said of each alone. Raises Refused where something was said of a list that there is not."""
    from pipelines.lists.list_options import SIDES, AskedList

    if len(paths) > len(SIDES):
        raise Refused(f"未比对：一次最多比对 {len(SIDES)} 个名单")
    sides = SIDES[: len(paths)]
    for option_name, said in (("--columns", [side for side, _, _ in named]), ("--sheet", list(sheets))):
        if unknown := [side for side in said if side and side not in sides]:
            raise Refused(f"选项 {option_name} 的值不对：没有名单 {unknown[0]}，只有 {'、'.join(sides)}")
    return [
        AskedList(path, side, sheets.get(side), given.by_field((field, heading) for of, field, heading in named if of == side))
        for path, side in zip(paths, sides, strict=True)
    ]
