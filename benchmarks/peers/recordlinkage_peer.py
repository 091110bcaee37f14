"""recordlinkage: blocking and comparison by field, its ECM classifier, one-to-one links from the best pair down."""

import sys

import numpy as np
import pandas as pd
import recordlinkage
from peer_columns import Clock, sides

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
    frame_l, frame_r = (frame.set_index("unique_id") for frame in sides(left, right))
    clock.lap("prepare")
    indexer = recordlinkage.Index()
    for key in KEYS:
        indexer.block(key)
    pairs = indexer.index(frame_l, frame_r)
    police, school = (side.loc[pairs.get_level_values(i)] for i, side in enumerate((frame_l, frame_r)))
    features = pd.DataFrame(_features(police, school), index=pairs)
    clock.lap("predict")
    classifier = recordlinkage.ECMClassifier(binarize=0.5)
    classifier.fit(features)
    probability = classifier.prob(features)
    clock.lap("train")
    score = probability[probability >= 0.5].rename("probability").reset_index()
    score.columns = ["record_id_l", "record_id_r", "probability"]
    # Of equally probable pairs the one that agrees in more fields comes first.
    score["agreed"] = features.loc[pd.MultiIndex.from_frame(score[["record_id_l", "record_id_r"]])].sum(axis=1).to_numpy()
    score = score.sort_values(["probability", "agreed", "record_id_l", "record_id_r"], ascending=[False, False, True, True])
    links = score.drop_duplicates("record_id_r").drop_duplicates("record_id_l")
    clock.lap("one_to_one")
    clock.report("recordlinkage ECM", len(pairs), links.drop(columns="agreed"), out)


def _features(left: pd.DataFrame, right: pd.DataFrame) -> dict[str, np.ndarray]:
    """Agreement by field as 0 or 1, which is what ECM takes; a missing value does not agree."""

    def equal(column: str) -> np.ndarray:
        a, b = left[column].to_numpy(object), right[column].to_numpy(object)
        return ((a == b) & pd.notna(a)).astype(int)

    columns = ("sound", "id_head", "id_tail", "birth", "hamlet", "village", "township")
    return {column: equal(column) for column in columns}


if __name__ == "__main__":
    main(*sys.argv[1:4])
