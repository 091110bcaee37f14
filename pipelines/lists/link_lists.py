"""The job of ``bidui link`` with two lists: two lists in, which rows of them are one person out."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching import REFUSAL_REASONS, Linkage, Model, absences
from matching.text_columns import places_among
from pipelines.guard import guarded
from pipelines.lists.comparable import comparable, list_summary, too_much
from pipelines.lists.kept_folder import check_keep, linked
from pipelines.lists.list_columns import PeopleList
from pipelines.lists.list_options import Request, checked_out, read_asked, read_model
from pipelines.lists.list_outcome import told_of_outcome, write_outcome
from pipelines.lists.pair_files import Result, RowPairs, write

_BY_REPEAT = ("via:repeat", "经名单内的重复记录相连")


def link_lists(request: Request) -> Iterator[str]:
    """Link the lists and write the outcome; yields the messages to the analyst: counts, headings, files.

    Raises LinkRefused for what the analyst can mend, ``pipelines.store.lock.Busy`` where a file cannot be written and
    ``pipelines.guard.StepFailed`` for a fault of the program. None of them, nor any line, holds a cell's value.
    """
    name = "与".join(asked.path.stem for asked in request.lists)
    out, model = checked_out(request, f"{name}比对结果"), read_model(request.model)
    if request.keep:
        check_keep(request.keep, [out, request.save_model])
    a, b = guarded("read", lambda: read_asked(request))
    yield from list_summary(a, "A ")
    yield from list_summary(b, "B ")
    result, linkage = link_people(a, b, request.cost_ratio, model, request.keep)
    yield from (f"注意：{notice}" for notice in result.notices)
    write_outcome(request, out, result.beyond_a_sheet(out), lambda: write(result, out))
    yield from _counted(result)
    yield from told_of_outcome(request, out, linkage, ("a", "b"))


def link_people(
    a: PeopleList, b: PeopleList, cost_ratio: float, model: Model | None, keep: Path | None = None
) -> tuple[Result, Linkage]:
    """Link two lists that were read; ``notices`` of the result says what could not be understood, compared or told apart.
    ``keep``, and what is raised: as for ``kept_folder.linked``."""
    (a, b), notices = comparable([a, b])
    linkage = linked([a, b], cost_ratio, model, keep)
    notices += too_much(linkage, [a, b])
    return guarded("result", lambda: _result(linkage, a, b, cost_ratio, notices)), linkage


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


def _counted(result: Result) -> Iterator[str]:
    yield f"相符 {result.count('match')} 对，待确认 {result.count('possible')} 对"
    for side, name in (("a", "A"), ("b", "B")):
        matched, open_, left = result.outcome_of_rows(side)
        yield f"{name} 共 {matched + open_ + left} 行：相符 {matched}，待确认 {open_}，未匹配 {left}"
    if any(len(repeats.left) for repeats in result.repeats):
        in_a, in_b = (len(repeats.left) for repeats in result.repeats)
        yield f"名单内疑似重复：A {in_a} 对，B {in_b} 对"
