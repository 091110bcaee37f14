"""How long the workbooks of lists take, by number of listed children: ``python -m benchmarks.workbook_speed [--listed 8000]``.

A synthetic county is reconciled once (not timed), and its published tables are copied until so many children are listed; each copy has its own
numbers of persons, records, cases and answers. Timed are reading the tables, making the lists and writing the townships' workbooks, the
county's and those of the offices, with as many processes as a night would use; the CPU seconds are those of all processes.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

AS_OF = date(2020, 4, 15)
_COPIED = ("records", "identities", "persons", "links", "findings", "unaccounted", "cases", "changes", "answers", "case_log")
_NUMBERS = {
    "record_id", "record_id_l", "record_id_r", "record_id_a", "record_id_b", "candidate_record_id", "evidence_record_id", "person_id",
    "case_id", "finding_id", "answer_id", "household",
}  # fmt: skip


def copied(tables: Path, out: Path, listed: int) -> int:
    """Write the tables of a run into ``out``, as many copies of their rows as give ``listed`` children. Returns how many there are."""
    once = pq.read_metadata(tables / "unaccounted.parquet").num_rows
    copies = max(1, -(-listed // once))
    for path in tables.glob("*.parquet"):
        table = pq.read_table(path)
        if path.stem in _COPIED:
            table = pa.concat_tables([_renumbered(table, number) for number in range(copies)])
        pq.write_table(table, out / path.name)
    return once * copies


def _renumbered(table: pa.Table, number: int) -> pa.Table:
    for place, name in enumerate(table.column_names):
        if name in _NUMBERS and number:
            told = pc.binary_join_element_wise(table[name], pa.scalar(f"/{number}"), "")
            table = table.set_column(place, table.field(place), told.cast(table.field(place).type))
    return table


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """(wall seconds, CPU seconds of this process and of those that it started and that have ended)."""
    begun, spent = time.perf_counter(), _cpu()
    work()
    return time.perf_counter() - begun, _cpu() - spent


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main(arguments: Sequence[str] | None = None) -> int:
    """Make a county, copy its tables, time the workbooks."""
    # Here, because each process that writes imports this module again, and ``bidui`` loads no more than it needs either.
    from pipelines.demo.make_county import make_county
    from pipelines.night.job import run_job
    from reports.book import write_books
    from reports.list_rows import read_lists
    from reports.workbooks import list_books
    from schemas.settings import Settings

    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--listed", type=int, default=8_000)
    parser.add_argument("--children", type=int, default=3_000, help="of the county whose tables are copied")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        root, tables, out = (Path(folder) / name for name in ("county", "tables", "out"))
        for place in (tables, out):
            place.mkdir(mode=0o700)
        make_county(root, options.children, options.seed, AS_OF)
        run = run_job(root, AS_OF, townships=()).run
        listed = copied(run, tables, options.listed)
        books: list[Path] = []
        settings = Settings()

        def write() -> None:
            lists = read_lists(tables, AS_OF, settings)
            books.extend(write_books(list_books(tables, lists, out, AS_OF, settings=settings)))

        seconds, spent = timed(write)
        size = sum(path.stat().st_size for path in books) / 2**20
    print(f"listed {listed:,}, workbooks {len(books)}, {size:.1f} MiB: {seconds:.1f} s, {spent:.1f} s of CPU")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
