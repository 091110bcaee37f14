"""Public sets of persons with known truth, names in letters, through bidui as an analyst would run it: no label, no setting.

``python -m benchmarks.public_sets FOLDER [--febrl PYTHON] [--sets NAME …]``: FOLDER has the sets as ``NAME_a.csv.gz``, and ``NAME_b.csv.gz`` where two
lists are to be linked; the column zz_truth tells whose row it is. PYTHON: an environment with benchmarks/peers/requirements.txt, one of
whose packages has FEBRL 1 to 4. Prints per set and cost ratio precision, recall and F1 of the pairs taken for one person, and
per set the share of true pairs that blocking brought up, beside the run's own estimate.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from matching import COST_RATIO, link
from matching.block import candidate_pairs
from matching.records import encode_records
from pipelines.lists.list_columns import ONLY, list_of_table

_SCORING = ["zz_truth", "zz_rec"]


def main() -> int:
    """Score all sets of the folder, and FEBRL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--febrl", type=Path)
    parser.add_argument("--sets", nargs="*")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folders = [options.folder]
        if options.febrl:
            subprocess.run([str(options.febrl), str(Path(__file__).parent / "peers" / "febrl_lists.py"), made], check=True)
            folders.append(Path(made))
        files = sorted(path for folder in folders for path in folder.glob("*_a.csv.gz"))
        print(f"{'set':22} {'cost ratio':>10} {'precision':>10} {'recall':>8} {'F1':>8} {'links':>7} {'true':>7} {'seconds':>8}")
        for first in files:
            name = first.name.removesuffix("_a.csv.gz")
            if not options.sets or name in options.sets:
                second = first.with_name(f"{name}_b.csv.gz")
                _score(name, [first, second] if second.exists() else [first])
    return 0


def _score(name: str, files: list[Path]) -> None:
    """Print the lines of one set."""
    tables = [pd.read_csv(file, dtype=str) for file in files]
    sides = ["a", "b"] if len(tables) > 1 else [ONLY]
    arrow = [pa.Table.from_pandas(table.drop(columns=_SCORING), preserve_index=False) for table in tables]
    lists = [list_of_table(table, side, side) for table, side in zip(arrow, sides, strict=True)]
    people = pd.concat([people_list.people for people_list in lists], ignore_index=True)
    truth = dict(zip(people["record_id"], pd.concat([table["zz_truth"] for table in tables]), strict=True))
    for cost_ratio in (COST_RATIO, 1.0):
        start = time.perf_counter()
        linkage = link(people, cost_ratio)
        seconds = time.perf_counter() - start
        clusters = linkage.clusters.assign(person=linkage.clusters["record_id"].map(truth))
        clusters["source"] = clusters["record_id"].str[0]
        found = _pairs(clusters, "cluster", len(lists))
        right, true = int((found["person_x"] == found["person_y"]).sum()), len(_pairs(clusters, "person", len(lists)))
        precision, recall = right / max(len(found), 1), right / true
        f1 = 2 * precision * recall / (precision + recall)
        print(f"{name:22} {cost_ratio:10g} {precision:10.4f} {recall:8.4f} {f1:8.4f} {len(found):7} {true:7} {seconds:8.1f}")
    encoded = encode_records(people)
    candidates = candidate_pairs(encoded)
    of = np.array([truth[record] for record in encoded.record_id.to_pylist()])
    compared = (of[candidates.left] == of[candidates.right]) & (
        (encoded.source[candidates.left] != encoded.source[candidates.right]) | (len(lists) == 1)
    )
    estimate = linkage.recall.estimate
    print(
        f"{name:22} blocking: {compared.sum() / true:.4f} of the true pairs, estimated {'not' if estimate is None else f'{estimate:.4f}'}"
    )


def _pairs(records: pd.DataFrame, of: str, lists: int) -> pd.DataFrame:
    """The pairs of records with the same ``of``: between two lists or, in one list, each pair once."""
    if lists > 1:
        first = records["source"] == "a"
        both = records[first].merge(records[~first], on=of, suffixes=("_x", "_y"))
    else:
        both = records.merge(records, on=of)
        both = both[both["record_id_x"] < both["record_id_y"]]
    return both.assign(person_x=both[of], person_y=both[of]) if of == "person" else both


if __name__ == "__main__":
    sys.exit(main())
