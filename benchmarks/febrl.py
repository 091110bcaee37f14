"""FEBRL 4, two lists of 5,000, through ``bidui link`` as an analyst would run it: without labels, settings or a chosen threshold.

``python -m benchmarks.febrl --peers PYTHON``: the Python of an environment with benchmarks/peers/requirements.txt, one of whose
packages contains the two lists; the peers run there too.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

PERSONS = 5000


def main() -> int:
    """Write the lists, link them, print precision, recall and F1 of each program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        peer = [str(options.peers), str(Path(__file__).parent / "peers" / "febrl_peer.py"), folder]
        peers = json.loads(subprocess.run(peer, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
        lists = [str(Path(folder) / f"{side}.csv") for side in "ab"]
        print(f"{'':34} {'precision':>10} {'recall':>10} {'F1':>10}")
        for title, setting in (("bidui link", []), ("bidui link, wrong = missed", ["--cost-ratio", "1"])):
            out = Path(folder) / "out.parquet"
            command = [sys.executable, "-m", "bidui", "link", *lists, "--out", str(out), *setting]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            _print(title, pd.read_parquet(out))
    for who, figures in peers.items():
        print(f"{who:34} {figures['precision']:10.5f} {figures['recall']:10.5f} {figures['f1']:10.5f}")
    return 0


def _print(title: str, links: pd.DataFrame) -> None:
    """Compare ``links`` with the truth, which the record ids hold (rec-1070-org is rec-1070-dup-0)."""
    correct = links["rec_id_a"].str.split("-").str[1] == links["rec_id_b"].str.split("-").str[1]
    match = links["decision"] == "match"
    precision, recall = correct[match].mean(), correct[match].sum() / PERSONS
    f1 = 2 * precision * recall / (precision + recall)
    possible = f"possible: {(~match).sum()}, of them correct {correct[~match].sum()}"
    print(f"{title:34} {precision:10.5f} {recall:10.5f} {f1:10.5f}   {possible}")


if __name__ == "__main__":
    sys.exit(main())
