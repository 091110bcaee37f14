"""recordlinkage: the same blocking, comparison by field, its ECM classifier, one-to-one by the best pair first."""

import sys

import numpy as np
import pandas as pd
import recordlinkage
from prepare import Clock, sides

KEYS = [
    ["id"],
    ["sound", "birth"],
    ["village", "birth"],
    ["village", "sound"],
    ["id_tail"],
    ["kin1", "birth"],
    ["kin2", "birth"],
    ["phone", "birth"],
]


def main(left: str, right: str, out: str) -> None:
    """Prepare, block, compare, classify, decide."""
    clock = Clock()
    one, other = (frame.set_index("unique_id") for frame in sides(left, right))
    clock.lap("prepare")
    indexer = recordlinkage.Index()
    for key in KEYS:
        indexer.block(key)
    pairs = indexer.index(one, other)
    police, school = (side.loc[pairs.get_level_values(i)] for i, side in enumerate((one, other)))
    features = pd.DataFrame(_features(police, school), index=pairs)
    clock.lap("predict")
    classifier = recordlinkage.ECMClassifier(binarize=0.5)
    classifier.fit(features)
    probability = classifier.prob(features)
    clock.lap("train")
    score = probability[probability >= 0.5].rename("probability").reset_index()
    score.columns = ["record_id_l", "record_id_r", "probability"]
    # Of pairs equally probable the one that agrees in more fields comes first.
    score["agreed"] = features.loc[pd.MultiIndex.from_frame(score[["record_id_l", "record_id_r"]])].sum(axis=1).to_numpy()
    score = score.sort_values(["probability", "agreed", "record_id_l", "record_id_r"], ascending=[False, False, True, True])
    links = score.drop_duplicates("record_id_r").drop_duplicates("record_id_l")
    clock.lap("one_to_one")
    clock.tell("recordlinkage ECM", len(pairs), links.drop(columns="agreed"), out)


def _features(one: pd.DataFrame, other: pd.DataFrame) -> dict[str, np.ndarray]:
    """Binary agreement by field, as ECM takes it; what is missing does not agree."""

    def equal(column: str) -> np.ndarray:
        a, b = one[column].to_numpy(object), other[column].to_numpy(object)
        return ((a == b) & pd.notna(a)).astype(int)

    columns = ("sound", "id_head", "id_tail", "birth", "village", "township")
    return {column: equal(column) for column in columns}


def _listed(names: object) -> list[str]:
    return list(names) if isinstance(names, list | np.ndarray) else []


if __name__ == "__main__":
    main(*sys.argv[1:4])
