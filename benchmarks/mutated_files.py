"""Damaged bytes of each container: every file must end as sheets or as a refusal in a sentence.

``python -m benchmarks.mutated_files --inputs 100000 --seed 1`` makes small files of every kind that is read, changes, inserts, deletes and
repeats bytes of each, in the container or in one part of it, and reads them. Prints per kind how many were read and refused, and the
slowest. Exit status 1 where an error came out, or neither sheets nor a refusal. A hang or a crash ends it without a table; the
input at work is then in the file that ``--last`` names.
"""

import argparse
import io
import random
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from pipelines.files.compound import compound_file, streams
from pipelines.files.containers import sheets
from pipelines.files.refusal import FileRefused
from tests.lib.made_files import csv, encrypted, html, html_table, ods, packed, spreadsheet_xml, xls, xlsx
from tests.lib.made_records import formula, old_xls, text_of_formula
from tests.lib.made_sheets import grid

# What stands between the cells of one container or another; put where it does not belong.
_TOKENS = (
    *(b"<", b">", b"&", b'"', b"\0", b"\xff\xff\xff\xff", b"\r\n", b",", b"1e999", b"-1e300"),
    *(b'ss:Index="99999"', b'ss:MergeDown="9"', b"<f>", b"</c>", b" colspan=9 ", b"\x3c\0\4\0", b"\x06\x04"),
)
_CHANGES = (1, 1, 2, 4, 10)
_IN_A_PART = 0.7  # of workbooks; else the container itself is changed
_RARE = 10  # encrypted workbooks take long: one for so many of the others


def main() -> int:
    """Read the damaged files, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--last", type=Path, help="where to write each input before it is read")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    whole = _whole_files()
    kinds = [kind for kind in whole if kind != "encrypted"] * _RARE + ["encrypted"]
    outcomes: dict[str, Counter[str]] = {kind: Counter() for kind in whole}
    slowest = dict.fromkeys(whole, 0.0)
    for number in range(options.inputs):
        kind = kinds[number % len(kinds)]
        content = _damaged(kind, whole[kind], rng)
        if options.last:
            options.last.write_bytes(content)
        start = time.perf_counter()
        outcomes[kind][_outcome(content)] += 1
        slowest[kind] = max(slowest[kind], time.perf_counter() - start)
    _print(outcomes, slowest)
    return int(any(set(counts) - {"read", "refused"} for counts in outcomes.values()))


def _whole_files() -> dict[str, bytes]:
    long_formula = old_xls([["a", "b"]], formula(1, 2, kind=0x406), *text_of_formula("韦" * 500, 200), version=0x600)
    return {
        "xlsx": xlsx(), "xls": xls(), "xls of Excel 95": old_xls(grid()), "xls, long formula": long_formula, "ods": ods(grid()),
        "XML Spreadsheet": spreadsheet_xml(grid()), "web page": html(html_table(grid())), "csv": csv(),
        "csv in GB18030": csv(encoding="gb18030", delimiter="\t"), "encrypted": encrypted(),
    }  # fmt: skip


def _damaged(kind: str, content: bytes, rng: random.Random) -> bytes:
    if kind in ("xlsx", "ods") and rng.random() < _IN_A_PART:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        inner = rng.choice([name for name in parts if "sheet1" in name or "workbook" in name or name == "content.xml"])
        return packed(*(parts | {inner: _mutated(parts[inner], rng)}).items())
    if kind in ("xls", "xls of Excel 95", "xls, long formula") and rng.random() < _IN_A_PART:
        return compound_file(_mutated(streams(content)["Workbook"].rstrip(b"\0"), rng))
    return _mutated(content, rng)


def _mutated(content: bytes, rng: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.choice(_CHANGES)):
        place = rng.randrange(len(changed) + 1)
        change: Callable[[bytearray, int, random.Random], None] = rng.choice(_WAYS)
        if changed:
            change(changed, place, rng)
    return bytes(changed)


def _another_byte(changed: bytearray, place: int, rng: random.Random) -> None:
    changed[place % len(changed)] = rng.randrange(256)


def _a_token(changed: bytearray, place: int, rng: random.Random) -> None:
    changed[place:place] = rng.choice(_TOKENS)


def _some_gone(changed: bytearray, place: int, rng: random.Random) -> None:
    del changed[place : place + rng.choice((1, 2, 8, 200))]


def _the_end_gone(changed: bytearray, place: int, rng: random.Random) -> None:
    del changed[place : len(changed) if rng.random() < 0.2 else place + 1]


def _some_twice(changed: bytearray, place: int, rng: random.Random) -> None:
    start = rng.randrange(len(changed))
    changed[place:place] = changed[start : start + rng.choice((4, 30))]


_WAYS = (_another_byte, _a_token, _some_gone, _the_end_gone, _some_twice)


def _outcome(content: bytes) -> str:
    try:
        return "read" if list(sheets(content)) else "neither"
    except FileRefused:
        return "refused"
    except Exception as error:
        return type(error).__name__


def _print(outcomes: dict[str, Counter[str]], slowest: dict[str, float]) -> None:
    others = sorted({outcome for counts in outcomes.values() for outcome in counts} - {"read", "refused"})
    table = Table("container", "read", "refused", *(others or ["errors"]), "slowest, s")
    for kind, counts in outcomes.items():
        columns = ["read", "refused", *(others or ["errors"])]
        table.add_row(kind, *(f"{counts[outcome]:,}" for outcome in columns), f"{slowest[kind]:.1f}")
    Console(width=120).print(table)


if __name__ == "__main__":
    sys.exit(main())
