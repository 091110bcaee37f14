"""Resolve: clusters of records -> persons whose ids stay the same from night to night.

A person id is a number in order of first appearance, never derived from the ID number: a hash of one could be undone
by trying all of a county's IDs.
"""

import pandas as pd


def resolve(records: pd.DataFrame, clusters: pd.DataFrame, known: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(identities, person_keys) from record -> cluster and the keys of earlier nights (columns key, person_id).

    A cluster takes the person id that most of its keys had before; of two clusters that claim one id the one with
    more keys keeps it and the other gets a new number. Ids are never given twice.
    """
    clustered = records[["record_id", "registry", "file", "sheet", "row", "source_key", "id_number"]].merge(
        clusters, on="record_id", validate="one_to_one"
    )
    keys = _keys(clustered)
    person = _inherited(keys, known)
    fresh = keys[~keys["cluster"].isin(person.index)].groupby("cluster")["key"].min().sort_values()
    last = known["person_id"].str[1:].astype(int).max() if len(known) else 0
    new = pd.Series([f"P{last + i:07d}" for i in range(1, len(fresh) + 1)], index=fresh.index, dtype="str")
    of_cluster = pd.concat([person, new])
    identities = clustered.assign(person_id=clustered["cluster"].map(of_cluster))
    now = keys.assign(person_id=keys["cluster"].map(of_cluster))[["key", "person_id"]]
    ledger = pd.concat([now, known]).drop_duplicates("key").sort_values("key", ignore_index=True)
    columns = ["person_id", "record_id", "registry", "file", "sheet", "row"]
    return identities.sort_values(["person_id", "record_id"], ignore_index=True)[columns], ledger


def _keys(clustered: pd.DataFrame) -> pd.DataFrame:
    """Every key a cluster is known by: each system's own row key, and the ID number."""
    own = pd.DataFrame({"cluster": clustered["cluster"], "key": clustered["registry"] + ":" + clustered["source_key"]})
    number = pd.DataFrame({"cluster": clustered["cluster"], "key": "id:" + clustered["id_number"]}).dropna()
    # A key that stands in two clusters (an ID typed for two children) identifies neither.
    keys = pd.concat([own, number]).drop_duplicates()
    lone = keys[~keys["key"].duplicated(keep=False)]
    nameless = clustered[~clustered["cluster"].isin(lone["cluster"])]
    address = nameless["registry"] + ":" + nameless["file"] + ":" + nameless["sheet"] + ":" + nameless["row"].astype(str)
    return pd.concat([lone, pd.DataFrame({"cluster": nameless["cluster"], "key": "row:" + address})], ignore_index=True)


def _inherited(keys: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """Person id per cluster, for the clusters that can claim one of earlier nights."""
    votes = keys.merge(known, on="key").groupby(["cluster", "person_id"], as_index=False).size()
    votes = votes.sort_values(["size", "person_id", "cluster"], ascending=[False, True, True])
    votes = votes.drop_duplicates("cluster").drop_duplicates("person_id")
    return votes.set_index("cluster")["person_id"]
