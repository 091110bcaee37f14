"""Splink 5, set up for this task: the prior from deterministic rules, u by random sampling, m by EM over three blocking rules, term
frequencies of names, one-to-one links by single best link, with the police register declared free of duplicates, so that two
records of one pupil may both be linked. Names are compared by character and by sound, because the edit distances of DuckDB count
UTF-8 bytes."""

import logging
import sys

import pandas as pd
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from peer_columns import Clock, sides
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLD = 0.5  # Splink's own recommendation for one-to-one links

NAME = cl.CustomComparison(
    output_column_name="name",
    comparison_levels=[
        cll.NullLevel("name"),
        cll.ExactMatchLevel("name", term_frequency_adjustments=True),
        cll.ExactMatchLevel("sound", term_frequency_adjustments=True),
        cll.CustomLevel("surname_l = surname_r and length(name_l) = length(name_r) and length(name_l) = 3 "
                        "and ((given1_l = given1_r) or (given2_l = given2_r))", "one character"),
        cll.CustomLevel("given_l = given_r", "surname differs"),
        cll.CustomLevel("surname_l = surname_r", "surname"),
        cll.ElseLevel(),
    ],
)  # fmt: skip
ID = cl.CustomComparison(
    output_column_name="id",
    comparison_levels=[
        cll.CustomLevel(
            "(id_l is null or id_r is null) and not coalesce(older_id_l = id_r, older_id_r = id_l, false)", "null"
        ).configure(is_null_level=True),
        cll.ExactMatchLevel("id"),
        cll.CustomLevel("older_id_l = id_r or older_id_r = id_l", "older ID"),
        cll.DamerauLevenshteinLevel("id", 1),
        cll.DamerauLevenshteinLevel("id", 2),
        cll.CustomLevel("id_head_l = id_head_r", "division and birthdate"),
        cll.ElseLevel(),
    ],
)
BIRTH = cl.CustomComparison(
    output_column_name="birth_alone",
    comparison_levels=[
        cll.NullLevel("birth_alone"),
        cll.ExactMatchLevel("birth_alone"),
        cll.DamerauLevenshteinLevel("birth_alone", 1),
        cll.CustomLevel("substr(birth_alone_l, 1, 4) = substr(birth_alone_r, 1, 4)", "year"),
        cll.ElseLevel(),
    ],
)
PLACE = cl.CustomComparison(
    output_column_name="place",
    comparison_levels=[
        cll.NullLevel("township"),
        cll.ExactMatchLevel("hamlet"),
        cll.ExactMatchLevel("village"),
        cll.CustomLevel("township_l = township_r and (village_l is null or village_r is null)", "township, village unknown"),
        cll.ExactMatchLevel("township"),
        cll.ElseLevel(),
    ],
)
SETTINGS = SettingsCreator(
    link_type="link_and_dedupe",
    comparisons=[NAME, ID, BIRTH, PLACE, cl.ArrayIntersectAtSizes("kin", [2, 1]), cl.ExactMatch("phone"), cl.ExactMatch("sex")],
    blocking_rules_to_generate_predictions=[
        block_on("id"),
        block_on("sound", "birth"),
        block_on("village", "birth"),
        block_on("village", "sound"),
        block_on("id_tail"),
        block_on("kin1", "birth"),
        block_on("kin2", "birth"),
        block_on("phone", "birth"),
    ],
    retain_matching_columns=False,
)


def main(left: str, right: str, out: str) -> None:
    """Prepare, train, predict, decide."""
    clock = Clock()
    frames = sides(left, right)
    clock.lap("prepare")
    api = DuckDBAPI()
    tables = [api.register(frame, dataset_display_name=name) for frame, name in zip(frames, ("police", "school"), strict=True)]
    linker = Linker(tables, SETTINGS, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("id", "name"), block_on("name", "birth", "village")], recall=0.95
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for rule in (block_on("id"), block_on("name", "birth"), block_on("village", "birth")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    clock.lap("train")
    predicted = linker.inference.predict(threshold_match_probability=0.01)
    clock.lap("predict")
    clustered = linker.clustering.cluster_using_single_best_links(predicted, ["police"], threshold_match_probability=THRESHOLD)
    clusters = clustered.as_pandas_dataframe()
    clock.lap("one_to_one")
    first = clusters.groupby("cluster_id")["unique_id"].transform("first")
    links = pd.DataFrame({"record_id_l": first, "record_id_r": clusters["unique_id"], "probability": 1.0})
    clock.report("Splink 5", len(predicted.as_pandas_dataframe()), links[links["record_id_l"] != links["record_id_r"]], out)


if __name__ == "__main__":
    main(*sys.argv[1:4])
