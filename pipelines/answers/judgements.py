"""Judgements: what townships answered of two records on 疑似同一人, kept from run to run, and applied to tonight's links.

A judgement is about two records as they were shown: system, name, ID, birthdate, guardian and village of both. Once any of
these changes it lapses, and somebody is asked again; so a judgement can never join, or part, two other records.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from matching import Linkage
from pipelines.answers.returned import ReturnedRow
from pipelines.files.refusal import Refusal
from pipelines.intake.values import parse_date, squeeze
from reports.listings import PAIRS_SHEET
from schemas.answers import JUDGEMENT_REFUSAL_WORDS, SAME_PERSON, VERDICT_NAME
from schemas.registry import Registry
from schemas.tables import TABLES

_SIDE = ("registry", "name", "id", "birthdate", "guardian", "place")
PAIR = ["side_a", "side_b"]
NONE_HELD = pd.DataFrame(columns=[*PAIR, "said_on", "answer_id", "words", "state"], dtype="str")
_COLUMNS = TABLES["verdicts"].names


@dataclass(frozen=True, slots=True)
class RefusedJudgement(Refusal):
    """``said_on``: the day of the answer, which tells it from others that came in a file of this name, in a row of this number."""

    said_on: date | None = None


def reported_judgements(rows: Sequence[ReturnedRow], earlier: pd.DataFrame) -> pd.DataFrame:
    """The table verdicts with every judgement so far, those of ``earlier`` runs among them. ``rows``: answers that passed their checks
    (``pipelines.answers.answer_needs``). Column ``pairs``: how many rows of the workbook showed the same two descriptions; where
    more pairs of tonight's records fit them, nobody can tell which are meant."""
    taken: list[dict[str, object]] = []
    for row in rows:
        sides = sorted(described([row.cells.get(f"{field}_{side}") for field in _SIDE]) for side in "lr")
        verdict, signed = SAME_PERSON[squeeze(row.cells.get("said") or "")], row.cells.get("checked_by")
        said = {"verdict": verdict, "said_on": row.day(), "said_by": signed, "note": row.cells.get("note")}
        taken.append(dict(zip(PAIR, sides, strict=True)) | said | {"file": row.file, "row": row.number})
    new = pd.DataFrame(taken, columns=[c for c in _COLUMNS if c != "pairs"])
    new["pairs"] = new.groupby([*PAIR, "file"])["row"].transform("size").astype("int32")
    every = pd.concat([earlier[_COLUMNS], new[_COLUMNS]]) if len(earlier) else new[_COLUMNS]
    every = every.drop_duplicates([*PAIR, "verdict", "said_on", "said_by", "file"], keep="last")
    return every.sort_values([*PAIR, "said_on", "file", "row"], ignore_index=True)


def _latest(judgements: pd.DataFrame, held: pd.DataFrame, as_of: date) -> tuple[pd.DataFrame, list[RefusedJudgement]]:
    """(the latest judgement of each two records up to ``as_of`` that is in effect, refusals); of two of one day that contradict, neither.
    ``held``: those that are not in effect."""
    known = judgements[judgements["said_on"] <= as_of]
    last = known[known["said_on"] == known.groupby(PAIR)["said_on"].transform("max")]
    contradicting = last[last.groupby(PAIR)["verdict"].transform("nunique") > 1]
    why = "与同一天的另一条答复相反，两条都未采用，请核实后重填"
    of_held = pd.MultiIndex.from_frame(known[[*PAIR, "said_on"]]).isin(pd.MultiIndex.from_frame(held[[*PAIR, "said_on"]]))
    unclear = pd.MultiIndex.from_frame(known[PAIR]).isin(pd.MultiIndex.from_frame(contradicting[PAIR]))
    known = known[~unclear & ~(of_held & known["verdict"].eq("same"))]
    latest = known[known["said_on"] == known.groupby(PAIR)["said_on"].transform("max")]
    return latest.drop_duplicates(PAIR, keep="last"), _refused(contradicting, "answers_contradict", why)


def apply_judgements(
    linkage: Linkage,
    records: pd.DataFrame,
    judgements: pd.DataFrame,
    earlier: pd.DataFrame,
    as_of: date,
    registries: Mapping[str, Registry],
    unaccepted: pd.DataFrame | None = None,
) -> tuple[Linkage, list[RefusedJudgement]]:
    """(linkage, refusals): clusters joined where somebody judged two records to be one person; parted, and no longer asked
    about, where they were judged to be two. Column ``answer`` of a link: the judgement, in Chinese. ``earlier``: the
    judgements of the runs before, whose refusals were reported then. ``unaccepted``: judgements that join nobody until the county accepts
    them (``pipelines.answers.early_states``); column ``answer_id`` of a link: the answer that was not accepted.

    不同的两人 comes before everything: before what the matcher joins, and before a chain of other judgements. Nor does a chain
    join two entries of the police register; for that somebody must have judged these two.
    """
    links = linkage.links.assign(
        **{key: pd.Series(None, index=linkage.links.index, dtype="str") for key in ("answer", "answer_id")}
    )
    if not len(judgements):
        return replace(linkage, links=links), []
    unaccepted = NONE_HELD if unaccepted is None else unaccepted
    every = judgements
    judgements, refused = _latest(every, unaccepted, as_of)
    asked = judged_records(records, judgements, registries)
    found = asked[PAIR].drop_duplicates()
    lost = judgements.merge(found, on=PAIR, how="left", indicator="found").query("found == 'left_only'")
    reported = set(zip(earlier["file"], earlier["row"], earlier["said_on"], strict=True)) if len(earlier) else set()
    keys = zip(lost["file"], lost["row"], lost["said_on"], strict=True)
    new = pd.Series([key not in reported for key in keys], dtype=bool)
    undecided = _undecided(unaccepted, judgements)
    shown_to_county = judged_records(records, undecided, registries) if len(undecided) else undecided
    # The county can no longer be shown what it would accept, so the township is told, on whatever night that is.
    waiting = undecided[undecided["state"].eq("waiting") & ~undecided["answer_id"].isin(shown_to_county["answer_id"])]
    waiting = every.merge(waiting[[*PAIR, "said_on"]], on=[*PAIR, "said_on"])
    refused += _refused(
        pd.concat([lost[new.to_numpy()], waiting[waiting["verdict"] == "same"]]),
        "answer_unmatched",
    )
    cluster, parted = _parted(linkage, asked[asked["verdict"] == "different"])
    refused += _refused(parted, "answer_denied")
    asked = asked.assign(left=asked["record_id_l"].map(cluster), right=asked["record_id_r"].map(cluster))
    asked = asked[asked["left"] != asked["right"]]
    persons = [_sorted(*pair) for pair in zip(asked["left"], asked["right"], strict=True)]
    asked = asked.assign(persons=pd.Series(persons, index=asked.index, dtype="object"))
    vague = asked.groupby(PAIR)["persons"].transform("nunique") > asked["pairs"]
    refused += _refused(asked[vague], "answer_vague")
    asked = asked[~vague].assign(answer=lambda a: a["verdict"].map(VERDICT_NAME) + "，" + a["said_on"].astype("str"))
    same, different = (asked[asked["verdict"] == judgement] for judgement in ("same", "different"))
    police = [r.key for r in registries.values() if r.role == "household"]
    registered = records.loc[records["registry"].isin(police), "record_id"]
    joined, held = _joined(cluster, same, set(different["persons"]), set(registered))
    why = "与其他答复合起来，会把答复为不同的两人或两条户籍登记并为一人，未采用，请复核"
    refused += _refused(held, "answers_contradict", why)
    left, right = links["record_id_l"].map(cluster), links["record_id_r"].map(cluster)
    pairs = [_sorted(*pair) for pair in zip(left, right, strict=True)]
    of_persons = dict(zip(asked["persons"], asked["answer"], strict=True))
    links["answer"] = pd.Series([of_persons.get(pair) for pair in pairs], index=links.index, dtype="str")
    links["decision"] = links["decision"].where(left == right, "possible")  # what a judgement has parted
    links.loc[links["record_id_l"].map(joined) == links["record_id_r"].map(joined), "decision"] = "match"
    apart = set(different["persons"])
    kept = links[pd.Series([pair not in apart for pair in pairs], index=links.index, dtype=bool)]
    unlinked = same[~same["persons"].isin(set(pairs)) & ~same.index.isin(held.index)][["record_id_l", "record_id_r", "answer"]]
    fresh = unlinked.assign(weight=0.0, probability=1.0, decision="match", evidence="", evidence_text=unlinked["answer"])
    clusters = linkage.clusters.assign(cluster=linkage.clusters["record_id"].map(joined))
    shown = pd.concat([kept, fresh], ignore_index=True)
    if len(undecided):
        shown = with_unaccepted(shown, shown_to_county, joined)
    return replace(linkage, links=shown, clusters=clusters), refused


class _Groups:
    """Groups joined one pair at a time, except for members that must stay apart."""

    def __init__(self, apart: Iterable[tuple[Any, Any]]) -> None:
        self._root: dict[Any, Any] = {}
        self._members: dict[Any, set[Any]] = {}
        self._apart: dict[Any, set[Any]] = {}
        for left, right in apart:
            self._apart.setdefault(left, set()).add(right)
            self._apart.setdefault(right, set()).add(left)

    def of(self, member: Any) -> Any:
        while member in self._root:
            member = self._root[member]
        return member

    def members(self, member: Any) -> set[Any]:
        return self._members.get(self.of(member), {member})

    def may_join(self, left: Any, right: Any) -> bool:
        others = self.members(right)
        return not any(self._apart.get(member, set()) & others for member in self.members(left))

    def join(self, left: Any, right: Any) -> None:
        low, high = sorted((self.of(left), self.of(right)))
        if low != high:
            self._members[low] = self.members(low) | self.members(high)
            self._root[high] = low


def _parted(linkage: Linkage, different: pd.DataFrame) -> tuple[pd.Series, pd.DataFrame]:
    """(record_id -> cluster, the judgements that contradict the matcher): a cluster that holds two records judged to be two
    persons is formed anew, the strongest links first, so that these two stay apart."""
    cluster = linkage.clusters.set_index("record_id")["cluster"]
    contradicting = different[different["record_id_l"].map(cluster) == different["record_id_r"].map(cluster)]
    if not len(contradicting):
        return cluster, contradicting
    broken = cluster[cluster.isin(contradicting["record_id_l"].map(cluster))]
    links = linkage.links[(linkage.links["decision"] == "match") & linkage.links["record_id_l"].isin(broken.index)]
    groups = _Groups(zip(different["record_id_l"], different["record_id_r"], strict=True))
    for link in links.sort_values(["probability", "weight", "record_id_l"], ascending=[False, False, True]).to_dict("records"):
        if groups.may_join(link["record_id_l"], link["record_id_r"]):
            groups.join(link["record_id_l"], link["record_id_r"])
    anew = pd.Series([groups.of(record) for record in broken.index], index=broken.index)
    numbers = {name: int(cluster.max()) + 1 + n for n, name in enumerate(sorted(set(anew)))}
    return cluster.mask(cluster.index.isin(broken.index), cluster.index.to_series().map(anew).map(numbers)).astype(
        cluster.dtype
    ), contradicting


def _joined(
    cluster: pd.Series, same: pd.DataFrame, apart: set[tuple[int, int]], registered: set[str]
) -> tuple[pd.Series, pd.DataFrame]:
    """(record_id -> cluster with the clusters of each pair of ``same`` made one, the rows that were not followed)."""
    groups, held = _Groups(apart), []
    registered_clusters = set(cluster[cluster.index.isin(registered)])
    for row in same.sort_values(["said_on", "record_id_l", "record_id_r"]).itertuples():
        both_registered = {row.record_id_l, row.record_id_r} <= registered
        meet = bool(groups.members(row.left) & registered_clusters) and bool(groups.members(row.right) & registered_clusters)
        if groups.of(row.left) == groups.of(row.right):
            continue
        if groups.may_join(row.left, row.right) and (both_registered or not meet):
            groups.join(row.left, row.right)
        else:
            held.append(row.Index)
    return cluster.map(groups.of), same.loc[held]


def judged_records(records: pd.DataFrame, judgements: pd.DataFrame, registries: Mapping[str, Registry]) -> pd.DataFrame:
    """The judgements with record_id_l and record_id_r, a row for each two of ``records`` that still are as they were shown."""
    names = {json.loads(side)[1] for column in PAIR for side in judgements[column]}
    called = records["name"].fillna("")
    wanted = records[called.isin([name for name in called.unique() if squeeze(name) in names])]
    title = {r.key: r.title for r in registries.values()}
    shown = [
        wanted["registry"].map(title),
        wanted["name"],
        wanted["id_number"].fillna(wanted["id_raw"]),
        pd.to_datetime(wanted["birthdate"]).dt.strftime("%Y-%m-%d"),
        wanted["guardian"],
        wanted["township"].fillna("") + wanted["village"].fillna(""),
    ]
    texts = [described([None if pd.isna(v) else v for v in values]) for values in zip(*shown, strict=True)]
    sides = pd.DataFrame({"record_id": wanted["record_id"], "side": texts}, dtype="str")
    left, right = (sides.set_axis([f"record_id_{end}", side], axis=1) for end, side in zip("lr", PAIR, strict=True))
    found = judgements.merge(left, on="side_a").merge(right, on="side_b")
    twice = found["side_a"].eq(found["side_b"]) & found["record_id_l"].ge(found["record_id_r"])
    return found[~twice]


def _undecided(unaccepted: pd.DataFrame, in_effect: pd.DataFrame) -> pd.DataFrame:
    """Of the unaccepted judgements the last of each two records, unless a judgement in effect is as late."""
    last = unaccepted[unaccepted["state"] != "superseded"].sort_values("said_on").drop_duplicates(PAIR, keep="last")
    both = last.merge(in_effect[[*PAIR, "said_on"]], on=PAIR, suffixes=("", "_in_effect"))
    decided = both.loc[both["said_on_in_effect"] >= both["said_on"], "answer_id"]
    return last.loc[~last["answer_id"].isin(decided), [*PAIR, "said_on", "answer_id", "words", "state"]]


def with_unaccepted(links: pd.DataFrame, held: pd.DataFrame, cluster: pd.Series) -> pd.DataFrame:
    """``links`` with the judgements that the county has yet to accept, or has returned, beside what they are about. ``held``: these, with
    record_id_l and record_id_r; ``cluster``: of each record."""
    persons = [_sorted(*pair) for pair in zip(held["record_id_l"].map(cluster), held["record_id_r"].map(cluster), strict=True)]
    held = held.assign(persons=pd.Series(persons, index=held.index, dtype="object"))
    held = held[pd.Series([left != right for left, right in persons], index=held.index, dtype=bool)]
    if not len(held):
        return links
    linked = [_sorted(*pair) for pair in zip(links["record_id_l"].map(cluster), links["record_id_r"].map(cluster), strict=True)]
    of_persons = held.drop_duplicates("persons", keep="last").set_index("persons")
    for column, said in (("answer", "words"), ("answer_id", "answer_id")):
        links[column] = pd.Series(linked, dtype="object").map(of_persons[said]).fillna(links[column]).astype("str")
    # What somebody answered is shown to the county although the matcher sees no likeness any more.
    unlinked = held[~held["persons"].isin(set(linked))].drop_duplicates("persons", keep="last")
    fresh = unlinked[["record_id_l", "record_id_r", "answer_id"]].assign(
        answer=unlinked["words"], evidence_text=unlinked["words"]
    )
    fresh = fresh.assign(weight=0.0, probability=0.5, decision="possible", evidence="")
    return pd.concat([links, fresh], ignore_index=True) if len(fresh) else links


def _refused(judgements: pd.DataFrame, rule: str, why: str | None = None) -> list[RefusedJudgement]:
    """One refusal a row of the workbook, whatever it was joined with. ``why``: in words, where JUDGEMENT_REFUSAL_WORDS does not say it."""
    why = why or JUDGEMENT_REFUSAL_WORDS[rule]
    rows = sorted(set(zip(judgements["file"], judgements["row"], judgements["said_on"], strict=True)))
    told = ((ReturnedRow(file, PAIRS_SHEET.title, int(number), {}).refused(rule, why), day) for file, number, day in rows)
    return [RefusedJudgement(**asdict(refusal), said_on=day) for refusal, day in told]


def _sorted(left: int, right: int) -> tuple[int, int]:
    return (left, right) if left < right else (right, left)


def described(values: Sequence[str | None]) -> str:
    """A record as it was shown, whatever a spreadsheet did to blanks, widths and days."""
    plain = [squeeze(value or "") for value in values]
    born = parse_date(plain[3]) if plain[3] else None
    return json.dumps([*plain[:3], born.isoformat() if born else "", *plain[4:]], ensure_ascii=False)
