"""Resolve: clusters of records -> persons whose ids stay the same from night to night.

A person id is a number in order of first appearance, never derived from the ID number: a hash of one could be undone
by trying all of a county's IDs.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

_USED = [
    *("record_id", "registry", "file", "sheet", "row", "source_key", "id_number"),
    *("name", "birthdate", "township", "village"),
]


@dataclass(frozen=True, slots=True)
class Persons:
    """``identities``: person_id per record; ``keys``: every key a person was ever known by; ``events``: merges and splits
    of persons, and persons known again by name, birthdate and village alone; this night's added to the earlier ones."""

    identities: pd.DataFrame
    keys: pd.DataFrame
    events: pd.DataFrame


def resolve(records: pd.DataFrame, clusters: pd.DataFrame, known: pd.DataFrame, events: pd.DataFrame, as_of: date) -> Persons:
    """Persons of the clusters (``clusters``: record_id, cluster), given the keys of earlier nights (``known``: key, person_id,
    before) and the ``events`` up to them.

    - A cluster keeps the person id that most of its keys had before.
    - Of two clusters that claim one id the one with more keys keeps it; keys that came to the id by a merger count last. The
      other cluster gets back the id it had before a merger, else a new one.
    - A cluster none of whose keys is known (its ID was corrected or lost) takes the id of a person who otherwise would be gone
      and had the same name, birthdate and village. A cluster without these is known by its row.
    - An id is never given twice.
    """
    clustered = records[_USED].merge(clusters, on="record_id", validate="one_to_one")
    numbers, descriptions = _numbers(clustered), _descriptions(clustered)
    known = known.reindex(columns=["key", "person_id", "before"])
    keyed = pd.concat([numbers, descriptions], ignore_index=True)
    keys = pd.concat([keyed, _rows(clustered[~clustered["cluster"].isin(keyed["cluster"])])], ignore_index=True)
    by_number = _inherited(numbers, known)
    merged = known.dropna(subset="before").drop(columns="person_id").rename(columns={"before": "person_id"}).assign(before=None)
    by_number = pd.concat(
        [by_number, _inherited(numbers[~numbers["cluster"].isin(by_number.index)], merged[~merged["person_id"].isin(by_number)])]
    )
    unclaimed = known[~known["person_id"].isin(set(by_number) | set(known.merge(numbers, on="key")["person_id"]))]
    by_description = _inherited(descriptions[~descriptions["cluster"].isin(by_number.index)], unclaimed)
    by_row = _inherited(keys.iloc[len(keyed) :], unclaimed[~unclaimed["person_id"].isin(by_description)])
    person = pd.concat([by_number, by_description, by_row])
    fresh = keys[~keys["cluster"].isin(person.index)].groupby("cluster")["key"].min().sort_values()
    given = pd.concat([known["person_id"], known["before"], events["person_id"], events["other_person_id"]]).dropna()
    last = given.str[1:].astype(int).max() if len(given) else 0
    new = pd.Series([f"P{last + i:07d}" for i in range(1, len(fresh) + 1)], index=fresh.index, dtype="str")
    of_cluster = pd.concat([person, new])
    identities = clustered.assign(person_id=clustered["cluster"].map(of_cluster))
    now = keys.assign(person_id=keys["cluster"].map(of_cluster))[["key", "person_id"]]
    ledger = _ledger(now, known)
    changes = _changes(now[: len(numbers)], known, set(now["person_id"]), as_of)
    again = by_description[by_description.index.isin(numbers["cluster"])]
    happened = pd.concat([events, changes, _known_again(again, as_of)], ignore_index=True).drop_duplicates()
    columns = ["person_id", "record_id", "registry", "file", "sheet", "row"]
    ordered = identities.sort_values(["person_id", "record_id"], ignore_index=True)[columns]
    return Persons(ordered, ledger, happened)


def _ledger(now: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Every key ever seen: whose it is now (person_id) and, if it was another person's, whose before (before)."""
    then = now.merge(known.rename(columns={"person_id": "then"}), on="key", how="left")
    moved = then["then"].notna() & (then["then"] != then["person_id"])
    before = then["before"].mask(moved, then["then"])
    then["before"] = before.mask(before == then["person_id"], None)
    ledger = pd.concat([then[["key", "person_id", "before"]], known]).drop_duplicates("key")
    return ledger.sort_values("key", ignore_index=True)


def _changes(now: pd.DataFrame, known: pd.DataFrame, present: set[str], as_of: date) -> pd.DataFrame:
    """Keys that were one person's and are another's now: the person was merged into the other where it is gone, and was
    split where it is still among tonight's (``present``)."""
    moved = now.merge(known, on="key", suffixes=("_now", "_then"))
    moved = moved[moved["person_id_now"] != moved["person_id_then"]]
    pairs = moved.groupby(["person_id_then", "person_id_now"], as_index=False).size()
    gone = ~pairs["person_id_then"].isin(present)
    return pd.DataFrame(
        {
            "as_of": as_of,
            "event": np.where(gone, "merged", "split"),
            "person_id": pairs["person_id_then"],
            "other_person_id": pairs["person_id_now"],
            "keys": pairs["size"].astype("int32"),
        }
    )


def _known_again(person: pd.Series, as_of: date) -> pd.DataFrame:
    ids = person.sort_values().to_numpy()
    return pd.DataFrame({"as_of": as_of, "event": "known_again", "person_id": ids, "other_person_id": ids, "keys": 1})


def _descriptions(clustered: pd.DataFrame) -> pd.DataFrame:
    """Name, birthdate and village, where no other cluster bears the same."""
    known = clustered[clustered["name"].notna() & clustered["birthdate"].notna()]
    home = known["township"].fillna("") + "|" + known["village"].fillna("")
    key = "who:" + known["name"] + "|" + known["birthdate"].astype("str") + "|" + home
    keys = pd.DataFrame({"cluster": known["cluster"], "key": key}).drop_duplicates()
    return keys[~keys["key"].duplicated(keep=False)]


def _numbers(clustered: pd.DataFrame) -> pd.DataFrame:
    """The numbers a cluster is known by: each system's own row key, and the ID number."""
    own = pd.DataFrame({"cluster": clustered["cluster"], "key": clustered["registry"] + ":" + clustered["source_key"]})
    number = pd.DataFrame({"cluster": clustered["cluster"], "key": "id:" + clustered["id_number"]})
    # A key that stands in two clusters (an ID typed for two children) identifies neither.
    keys = pd.concat([own, number]).dropna().drop_duplicates()
    return keys[~keys["key"].duplicated(keep=False)]


def _rows(clustered: pd.DataFrame) -> pd.DataFrame:
    address = clustered["registry"] + ":" + clustered["file"] + ":" + clustered["sheet"] + ":" + clustered["row"].astype(str)
    return pd.DataFrame({"cluster": clustered["cluster"], "key": "row:" + address})


def _inherited(keys: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """Series of person ids by cluster, for the clusters that can claim an id of earlier nights."""
    votes = keys.merge(known, on="key").assign(own=lambda v: v["before"].isna())
    votes = votes.groupby(["cluster", "person_id"], as_index=False).agg(own=("own", "sum"), size=("key", "size"))
    votes = votes.sort_values(["own", "size", "person_id", "cluster"], ascending=[False, False, True, True])
    votes = votes.drop_duplicates("cluster").drop_duplicates("person_id")
    return votes.set_index("cluster")["person_id"]
