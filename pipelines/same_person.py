"""What townships said of two records on 疑似同一人: the verdicts, kept from run to run, and what they make of tonight's links.

A verdict is about two records as they were shown: system, name, ID, birthdate, guardian and village of both. Once any of these
changes it lapses, and somebody is asked again; so a verdict cannot come to join, or to part, two others.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from matching.link import Linkage
from pipelines.refusal import Refusal
from pipelines.returned import Row
from pipelines.values import parse_date, squeeze
from schemas.answers import SAME_PERSON, VERDICT_NAME
from schemas.registry import registries
from schemas.tables import VERDICTS

_SIDE = ("registry", "name", "id", "birthdate", "guardian", "place")
_PAIR = ["side_a", "side_b"]
_COLUMNS = VERDICTS.names


def verdicts_said(rows: Sequence[Row], earlier: pd.DataFrame, as_of: date) -> tuple[pd.DataFrame, list[Refusal]]:
    """(verdicts, refusals): every verdict so far, those of ``earlier`` runs among them. ``pairs``: how many rows of the workbook
    showed the same two descriptions; where there are more tonight, nobody said which of them are meant. What nobody signed or
    dated is not taken."""
    taken: list[dict[str, object]] = []
    refused: list[Refusal] = []
    for row in rows:
        said, day = squeeze(row.cells.get("said") or ""), row.day()
        if not said:
            continue
        if said not in SAME_PERSON:
            refused.append(row.refused("answer_unknown", "的“是否同一人”不在下拉列表中，未采用，请从列表中选择"))
        elif day is None or day > as_of or not row.cells.get("checked_by"):
            refused.append(row.refused("answer_incomplete", "未填核查人，或核查日期未填、在将来，未采用，请补填"))
        else:
            sides = sorted(_described([row.cells.get(f"{field}_{side}") for field in _SIDE]) for side in "lr")
            taken.append(
                dict(zip(_PAIR, sides, strict=True))
                | {
                    "verdict": SAME_PERSON[said],
                    "said_on": day,
                    "said_by": row.cells["checked_by"],
                    "note": row.cells.get("note"),
                }
                | {"file": row.file, "row": row.number}
            )
    new = pd.DataFrame(taken, columns=[c for c in _COLUMNS if c != "pairs"])
    new["pairs"] = new.groupby([*_PAIR, "file"])["row"].transform("size").astype("int32")
    every = pd.concat([earlier[_COLUMNS], new[_COLUMNS]]) if len(earlier) else new[_COLUMNS]
    every = every.drop_duplicates([*_PAIR, "verdict", "said_on", "said_by", "file"], keep="last")
    return every.sort_values([*_PAIR, "said_on", "file", "row"], ignore_index=True), refused


def _in_force(verdicts: pd.DataFrame, as_of: date) -> tuple[pd.DataFrame, list[Refusal]]:
    """(the latest verdict of each two records on that day, refusals); of two of one day that contradict one another, none."""
    known = verdicts[verdicts["said_on"] <= as_of]
    latest = known[known["said_on"] == known.groupby(_PAIR)["said_on"].transform("max")]
    contradicting = latest.groupby(_PAIR)["verdict"].transform("nunique") > 1
    why = "与同一天的另一条答复相反，两条都未采用，请核实后重填"
    return latest[~contradicting].drop_duplicates(_PAIR, keep="last"), _refused(latest[contradicting], "answers_contradict", why)


def settle(linkage: Linkage, records: pd.DataFrame, verdicts: pd.DataFrame, as_of: date) -> tuple[Linkage, list[Refusal]]:
    """(linkage, refusals): persons joined where somebody said that they are one, no longer asked about where two; ``answer`` of
    a link is what was said of it."""
    links = linkage.links.assign(answer=pd.Series(None, index=linkage.links.index, dtype="str"))
    if not len(verdicts):
        return replace(linkage, links=links), []
    verdicts, refused = _in_force(verdicts, as_of)
    cluster = linkage.clusters.set_index("record_id")["cluster"]
    asked = meant(records, verdicts)
    asked["one"], asked["other"] = asked["record_id_l"].map(cluster), asked["record_id_r"].map(cluster)
    apart = asked["one"] != asked["other"]
    refused += _refused(
        asked[~apart & (asked["verdict"] == "different")], "answer_denied", "答复为不同的两人，但现已认定为同一人，请复核"
    )
    asked = asked[apart]
    persons = [_sorted(*pair) for pair in zip(asked["one"], asked["other"], strict=True)]
    asked = asked.assign(persons=pd.Series(persons, index=asked.index, dtype="object"))
    vague = asked.groupby(_PAIR)["persons"].transform("nunique") > asked["pairs"]
    refused += _refused(
        asked[vague], "answer_vague", "所答的两条记录，另有内容完全相同的，无法区分，未采用；请把内容相同的各行都答上"
    )
    asked = asked[~vague]
    asked["answer"] = asked["verdict"].map(VERDICT_NAME) + "，" + asked["said_on"].astype("str")
    joined = _joined(cluster, asked.loc[asked["verdict"] == "same", "persons"])
    parted = set(asked.loc[asked["verdict"] == "different", "persons"])
    of_persons = dict(zip(asked["persons"], asked["answer"], strict=True))
    ends = (links[f"record_id_{end}"].map(cluster) for end in "lr")
    pairs = [_sorted(*pair) for pair in zip(*ends, strict=True)]
    links["answer"] = pd.Series([of_persons.get(pair) for pair in pairs], index=links.index, dtype="str")
    links.loc[links["record_id_l"].map(joined) == links["record_id_r"].map(joined), "decision"] = "match"
    kept = links[[pair not in parted for pair in pairs]]
    said = asked[(asked["verdict"] == "same") & ~asked["persons"].isin(set(pairs))][["record_id_l", "record_id_r", "answer"]]
    fresh = said.assign(weight=0.0, probability=1.0, decision="match", evidence="", evidence_text=said["answer"])
    clusters = linkage.clusters.assign(cluster=linkage.clusters["record_id"].map(joined))
    return replace(linkage, links=pd.concat([kept, fresh], ignore_index=True), clusters=clusters), refused


def meant(records: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """The verdicts with record_id_l and record_id_r: each two of tonight's records that are as they were shown."""
    names = {json.loads(side)[1] for column in _PAIR for side in verdicts[column]}
    called = records["name"].fillna("")
    wanted = records[called.isin([name for name in called.unique() if squeeze(name) in names])]
    title = {r.key: r.title for r in registries().values()}
    shown = [
        wanted["registry"].map(title),
        wanted["name"],
        wanted["id_number"].fillna(wanted["id_raw"]),
        pd.to_datetime(wanted["birthdate"]).dt.strftime("%Y-%m-%d"),
        wanted["guardian"],
        wanted["township"].fillna("") + wanted["village"].fillna(""),
    ]
    described = [_described([None if pd.isna(v) else v for v in values]) for values in zip(*shown, strict=True)]
    sides = pd.DataFrame({"record_id": wanted["record_id"], "side": described}, dtype="str")
    one, other = (sides.set_axis([f"record_id_{end}", side], axis=1) for end, side in zip("lr", _PAIR, strict=True))
    found = verdicts.merge(one, on="side_a").merge(other, on="side_b")
    twice = found["side_a"].eq(found["side_b"]) & found["record_id_l"].ge(found["record_id_r"])
    return found[~twice]


def _refused(said: pd.DataFrame, rule: str, why: str) -> list[Refusal]:
    """Once a row."""
    rows = sorted(set(zip(said["file"], said["row"], strict=True)))
    return [Row(file, "疑似同一人", int(number), {}).refused(rule, why) for file, number in rows]


def _sorted(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _joined(cluster: pd.Series, pairs: Iterable[tuple[int, int]]) -> pd.Series:
    """record_id -> cluster, the clusters of each pair made one."""
    root: dict[int, int] = {}

    def find(one: int) -> int:
        while one in root:
            one = root[one]
        return one

    for pair in pairs:
        low, high = sorted(find(one) for one in pair)
        if low != high:
            root[high] = low
    return cluster.map({one: find(one) for one in root}).fillna(cluster).astype(cluster.dtype)


def _described(values: Sequence[str | None]) -> str:
    """A record as it was shown, whatever a spreadsheet did to blanks, widths and days."""
    plain = [squeeze(value or "") for value in values]
    born = parse_date(plain[3]) if plain[3] else None
    return json.dumps([*plain[:3], born.isoformat() if born else "", *plain[4:]], ensure_ascii=False)
