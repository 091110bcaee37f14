"""The job of ``bidui link``: two lists in, which rows of them are one person out."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching import PEOPLE, REFUSAL_REASONS, Linkage, Model, absences, link, recall_words
from matching.text_columns import places_among
from pipelines.files.opening import check_place, write_private
from pipelines.files.refusal import FileRefused
from pipelines.guard import DiskFull, Foreseen, disk_full, guarded, reason
from pipelines.lists.list_columns import PeopleList, read_list
from pipelines.lists.list_fields import LIST_FIELDS, Named
from pipelines.lists.pair_files import PARQUET, WORKBOOK, Result, RowPairs, unlinked_files, write
from pipelines.store.model_file import BadModel, load_model
from schemas.settings import Settings

_ENOUGH = 20  # numbers in each list, below which it may be chance that none is in both
_BY_REPEAT = ("via:repeat", "经名单内的重复记录相连")


class LinkRefused(Foreseen):
    """The two lists cannot be linked, or not into that file; the message says why and how to mend it, in Chinese."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the analyst asked for. ``columns``: named for both lists; ``columns_a``, ``sheet_a``, …: for one;
    ``settings``: the county's, whose registries' headings are known beside those of ``list_fields.LIST_FIELDS``, and its places."""

    a: Path
    b: Path
    out: Path | None = None
    columns: Named = field(default_factory=dict)
    columns_a: Named = field(default_factory=dict)
    columns_b: Named = field(default_factory=dict)
    sheet_a: str | None = None
    sheet_b: str | None = None
    cost_ratio: float = 100.0
    model: Path | None = None
    save_model: Path | None = None
    settings: Settings = field(default_factory=Settings)


def link_lists(request: Request) -> Iterator[str]:
    """Link the lists and write the outcome; yields the messages to the analyst: counts, headings, files.

    Raises LinkRefused for what the analyst can mend, ``pipelines.store.lock.Busy`` where a file cannot be written and
    ``pipelines.guard.StepFailed`` for a fault of the program. None of them, nor any line, holds a cell's value.
    """
    out, model = _checked_out(request), read_model(request.model)
    a, b = guarded("read", lambda: _read_both(request))
    yield _list_summary("A", a)
    yield _list_summary("B", b)
    result, linkage = link_people(a, b, request.cost_ratio, model)
    yield from (f"注意：{notice}" for notice in result.notices)
    if too_many := result.beyond_a_sheet(out):
        raise LinkRefused(f"{too_many} 行超过一个工作表的行数，请改用 --out 文件名{PARQUET}")
    try:
        guarded("write", lambda: write(result, out))
    except DiskFull:
        raise disk_full(out.absolute().parent, _room_of(request)) from None
    yield from _counted(result)
    yield f"{recall_words(linkage.recall.estimate)}（共比较 {linkage.candidates:,} 对）"
    yield f"已写入 {out}（含个人信息，请妥善保管）"
    if out.suffix.lower() == PARQUET:
        yield f"未匹配的行：{'、'.join(path.name for path in unlinked_files(out))}"
    if request.save_model:
        _save_model(linkage.model, request.save_model)
        yield f"模型已存为 {request.save_model}（不含个人信息，可审阅，可用 --model 沿用）"


def link_people(a: PeopleList, b: PeopleList, cost_ratio: float, model: Model | None) -> tuple[Result, Linkage]:
    """Link two lists that were read; ``notices`` of the result says what could not be understood, compared or told apart.
    Raises ``pipelines.guard.StepFailed``."""
    notices = [f"{side}：{notice}" for side, people_list in (("A", a), ("B", b)) for notice in people_list.notices]
    a, b, unlike = _without_unlike_numbers(a, b)
    notices += unlike + _common_ground(a, b)
    linkage = guarded("link", lambda: _link(a, b, cost_ratio, model))
    notices += _limits(linkage)
    return guarded("result", lambda: _result(linkage, a, b, cost_ratio, notices)), linkage


def _checked_out(request: Request) -> Path:
    out = request.out
    if out is None:
        stem, number = f"{request.a.stem}与{request.b.stem}比对结果", 2
        out = Path(stem + WORKBOOK)
        while out.exists():  # it may hold answers by now
            out, number = Path(f"{stem}({number}){WORKBOOK}"), number + 1
    ending = out.suffix.lower()
    if ending == ".csv":
        raise LinkRefused(f"结果不能存为 .csv：用 Excel 打开时身份证号会被改成数字而损坏。请改用 {WORKBOOK} 或 {PARQUET}")
    if ending not in (WORKBOOK, PARQUET):
        raise LinkRefused(f"结果只能存为 {WORKBOOK} 或 {PARQUET}，请改 --out 的文件名")
    if not out.parent.is_dir():
        raise LinkRefused(f"没有这个文件夹：{out.parent}")
    written = {path.resolve() for path in (out, *(unlinked_files(out) if ending == PARQUET else ()))}
    if written & {request.a.resolve(), request.b.resolve()}:
        raise LinkRefused("结果文件不能与名单是同一个文件，请改 --out 的文件名")
    for path in sorted(written) if request.save_model is None else [*sorted(written), request.save_model]:
        _check_writable(path)
    return out


def _check_writable(path: Path) -> None:
    """Better refused now than when the work is done."""
    try:
        if path.is_dir():
            raise IsADirectoryError
        check_place(path)
        with TemporaryFile(dir=path.parent):
            pass
        if path.exists():
            with path.open("r+b"):
                pass
    except FileRefused as error:
        raise LinkRefused(f"无法写入 {path}：{error.message}") from None
    except OSError as error:
        raise LinkRefused(f"无法写入 {path}（{reason(error)}），请关闭占用它的程序，或改存到别的文件夹") from None


def _room_of(request: Request) -> int:
    """About how many bytes the outcome takes: each pair holds both rows, and rows without a pair are written too."""
    return 2 * (request.a.stat().st_size + request.b.stat().st_size)


def _read_both(request: Request) -> list[PeopleList]:
    """The two lists, read side by side."""
    with ThreadPoolExecutor() as pool:
        of_a = pool.submit(_read, request, request.a, "a", request.sheet_a, request.columns_a)
        of_b = pool.submit(_read, request, request.b, "b", request.sheet_b, request.columns_b)
        return [of_a.result(), of_b.result()]


def _read(request: Request, path: Path, side: str, sheet: str | None, own: Named) -> PeopleList:
    try:
        return read_list(path, side, sheet, own, request.columns, request.settings)
    except FileRefused as refused:
        raise LinkRefused(f"《{path.name or path}》{refused.message}") from None


def _without_unlike_numbers(a: PeopleList, b: PeopleList) -> tuple[PeopleList, PeopleList, list[str]]:
    """(a, b, notices): numbers that are no Chinese IDs say nothing where the lists do not use the same kind; they are left out."""
    if not (a.other_id_kind or b.other_id_kind):
        return a, b, []
    numbers = [set(people_list.people["id_number"].dropna()) for people_list in (a, b)]
    if not all(numbers) or numbers[0] & numbers[1]:
        return a, b, []
    if a.other_id_kind == b.other_id_kind and min(map(len, numbers)) < _ENOUGH:
        return a, b, []
    a, b = (_without_numbers(people_list) if people_list.other_id_kind else people_list for people_list in (a, b))
    return a, b, ["两个名单的证件号没有一个相同，不像同一种号码，未用于比对"]


def _without_numbers(people_list: PeopleList) -> PeopleList:
    people = people_list.people
    return replace(people_list, people=people.assign(id_number=pd.Series(None, index=people.index, dtype="str")))


def _common_ground(a: PeopleList, b: PeopleList) -> list[str]:
    """A warning where the lists share nothing that tells namesakes apart."""
    beyond_name = ("id_number", "id_known", "id_other", "birthdate", "township", "village", "address", "kin", "phone")
    both = [c for c in beyond_name if a.people[c].notna().any() and b.people[c].notna().any()]
    names = pd.concat([a.people["name"], b.people["name"]]).dropna()
    if len(names) >= _ENOUGH and names.nunique() == 1:
        return ["姓名一列全是同一个值，未用于比对：请检查是否选错了列"]
    return [] if both else ["除姓名外两个名单没有共同的列可比，重名分不开，能确认的会很少。请补上证件号、出生日期、住址等列"]


def read_model(path: Path | None) -> Model | None:
    """The model that was saved as ``path``; None for None. Raises LinkRefused."""
    if path is None:
        return None
    try:
        return load_model(path, not_text="不是模型文件（应为 --save-model 存下的 .json）")
    except OSError as error:
        raise LinkRefused(f"模型文件 {path} 打不开（{reason(error)}）") from None
    except BadModel as error:
        raise LinkRefused(f"{path}：{error}") from None


def _save_model(model: Model, path: Path) -> None:
    try:
        write_private(path, (model.to_json() + "\n").encode("utf-8"))
    except OSError as error:
        raise LinkRefused(f"模型无法存为 {path}（{reason(error)}）；比对结果已写入") from None


def _limits(linkage: Linkage) -> list[str]:
    """What was too much to compare."""
    records = max(linkage.left_out.values(), default=0)
    alike = f"有多达 {records:,} 行在所比的列上与上百行相同（如大量重名），这样的组没有逐对比较；请补上能区分的列"
    return [alike] if records else []


def _link(a: PeopleList, b: PeopleList, cost_ratio: float, model: Model | None) -> Linkage:
    people = pd.concat([a.people, b.people], ignore_index=True).reindex(columns=list(PEOPLE))
    return link(people, cost_ratio=cost_ratio, model=model)


def _result(linkage: Linkage, a: PeopleList, b: PeopleList, cost_ratio: float, notices: list[str]) -> Result:
    size = len(a.people)
    position = pd.concat([a.people["record_id"], b.people["record_id"]], ignore_index=True)
    ends = pd.concat([linkage.links["record_id_l"], linkage.links["record_id_r"]], ignore_index=True)
    left, right = places_among(ends, position).reshape(2, -1)
    links = linkage.links.assign(left=np.minimum(left, right), right=np.maximum(left, right))
    between = (links["left"] < size) & (links["right"] >= size)
    pairs = pd.concat([links[between], _by_repeats(linkage, links, position, size)], ignore_index=True)
    pairs = pairs.sort_values(["left", "right"], ignore_index=True)
    repeats = links[~between].sort_values(["left", "right"], ignore_index=True)
    with ThreadPoolExecutor() as pool:
        nearest = {"a": pool.submit(_nearest, linkage, a, b, "b"), "b": pool.submit(_nearest, linkage, b, a, "a")}
    return Result(
        a,
        b,
        _pairs(pairs, size),
        [_within(repeats, 0, size), _within(repeats, size, len(position))],
        {side: of_side.result() for side, of_side in nearest.items()},
        notices,
        cost_ratio,
    )


def _nearest(linkage: Linkage, left: PeopleList, right: PeopleList, source: str) -> pd.DataFrame:
    """Per position in ``left`` that has no counterpart: the nearest row of ``right``, why it was refused, how they compare,
    and how likely it is that a counterpart is there and was not found."""
    if source not in linkage.people.sources:
        return pd.DataFrame(columns=["nearest_row", "refused", "evidence", "missed_probability"])
    found = absences(linkage, left.people["record_id"], source, most=1)
    table = found.missed.merge(found.nearest, on=["record_id", "source"], how="left", suffixes=("_missed", ""))
    at = places_among(table["candidate_id"], right.people["record_id"])
    nearest = pd.Series(right.rows.to_numpy()[at], dtype="Int64").mask(at < 0)
    return pd.DataFrame(
        {
            "nearest_row": nearest.to_numpy(),
            "refused": table["refused"].map(REFUSAL_REASONS).astype("str").to_numpy(),
            "evidence": table["evidence_text"].to_numpy(),
            "missed_probability": table["probability_missed"].to_numpy(),
        },
        index=places_among(table["record_id"], left.people["record_id"]),
    )


def _by_repeats(linkage: Linkage, links: pd.DataFrame, position: pd.Series, size: int) -> pd.DataFrame:
    """Rows that are one person because a repeat in their own list is linked, though they were not compared themselves.
    They are as sure as the weakest link of their person."""
    cluster = linkage.clusters["cluster"].to_numpy()
    crowd = linkage.clusters[np.bincount(cluster)[cluster] > 2]
    crowd = crowd.assign(at=places_among(crowd["record_id"], position))
    joined = crowd[crowd["at"] < size].merge(crowd[crowd["at"] >= size], on="cluster", suffixes=("_a", "_b"))
    of_crowd = links[links["left"].isin(crowd["at"])]
    known = pd.MultiIndex.from_frame(of_crowd[["left", "right"]])
    new = joined[~pd.MultiIndex.from_frame(joined[["at_a", "at_b"]]).isin(known)]
    matches = of_crowd[of_crowd["decision"] == "match"]
    weakest = matches["probability"].groupby(matches["left"].map(crowd.set_index("at")["cluster"])).min()
    return pd.DataFrame(
        {
            "left": new["at_a"],
            "right": new["at_b"],
            "probability": new["cluster"].map(weakest),
            "decision": "match",
            "evidence": _BY_REPEAT[0],
            "evidence_text": _BY_REPEAT[1],
        }
    )


def _pairs(links: pd.DataFrame, size: int) -> RowPairs:
    return RowPairs(_positions(links["left"]), _positions(links["right"]) - size, links)


def _within(links: pd.DataFrame, start: int, end: int) -> RowPairs:
    inside = links[(links["left"] >= start) & (links["right"] < end)].reset_index(drop=True)
    return RowPairs(_positions(inside["left"]) - start, _positions(inside["right"]) - start, inside)


def _positions(column: pd.Series) -> npt.NDArray[np.int64]:
    return column.to_numpy(dtype=np.int64)


def _list_summary(side: str, people_list: PeopleList) -> str:
    titles = {f.key: f.title for f in LIST_FIELDS}
    columns = "、".join(f"{titles[key]}←{'＋'.join(headings)}" for key, headings in people_list.used.items())
    return f"{side} {people_list.title}：{len(people_list.rows)} 行；用到的列：{columns}"


def _counted(result: Result) -> Iterator[str]:
    yield f"相符 {result.count('match')} 对，待确认 {result.count('possible')} 对"
    for side, name in (("a", "A"), ("b", "B")):
        matched, open_, left = result.outcome_of_rows(side)
        yield f"{name} 共 {matched + open_ + left} 行：相符 {matched}，待确认 {open_}，未匹配 {left}"
    if any(len(repeats.left) for repeats in result.repeats):
        in_a, in_b = (len(repeats.left) for repeats in result.repeats)
        yield f"名单内疑似重复：A {in_a} 对，B {in_b} 对"
