"""The workbooks of one run: one per township, one for the county."""

import csv
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter

from reports.content import Content, Tables
from reports.cover import county_tallies, township_tallies, write_cover
from reports.lists import LISTINGS
from reports.sheet import Choices, write_list

COUNTY = "都安县"

_WORKERS = 2
# Below this many rows starting the workers takes longer than they save.
_WORTH_WORKERS = 10_000


@dataclass(frozen=True, slots=True)
class _Job:
    """One workbook to write; ``townships`` is empty but for the county's."""

    path: Path
    area: str
    as_of: date
    content: Content
    townships: tuple[str, ...] = ()


def write_workbooks(tables: Path, out: Path, as_of: date, townships: Sequence[str] | None = None) -> list[Path]:
    """Write the workbooks of the run published in ``tables`` into the folder ``out`` and return their paths.

    ``townships`` limits them to these, without the county's. Raises ValueError for a township the county does not have.
    """
    all_townships = county_townships()
    chosen = all_townships if townships is None else tuple(dict.fromkeys(townships))
    if unknown := [name for name in chosen if name not in all_townships]:
        raise ValueError(f"not a township of the county: {unknown}")
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chmod(out, 0o700)
    source = Tables(tables)
    try:
        jobs = [
            _Job(out / f"{name}_控辍保学核查_{as_of:%Y%m%d}.xlsx", name, as_of, source.township(name)) for name in chosen
        ]
        if townships is None:
            path = out / f"{COUNTY}_控辍保学汇总_{as_of:%Y%m%d}.xlsx"
            # First, because it is as much work as all the others together.
            jobs.insert(0, _Job(path, COUNTY, as_of, source.county(), all_townships))
    finally:
        source.close()
    if sum(frame.num_rows for job in jobs for frame in job.content.lists.values()) < _WORTH_WORKERS:
        return [_write(job) for job in jobs]
    with ProcessPoolExecutor(_WORKERS, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_write, jobs))


def county_townships() -> tuple[str, ...]:
    """The county's townships in the order of their official codes."""
    with (files("schemas") / "divisions.csv").open(encoding="utf-8") as lines:
        found = {(row["township_code"], row["township"]) for row in csv.DictReader(lines)}
    return tuple(name for _, name in sorted(found))


def _write(job: _Job) -> Path:
    book = Workbook(write_only=True)
    if job.townships:
        tallies = county_tallies(job.content, job.townships)
    else:
        tallies = township_tallies(job.content)
    write_cover(book, job.area, job.as_of, tallies, bool(job.townships))
    choices = Choices()
    for listing in LISTINGS:
        write_list(book, listing, job.content.lists[listing.title], job.area, job.as_of, choices)
    choices.write(book)
    _save(book, job)
    return job.path


def _save(book: Workbook, job: _Job) -> None:
    """Write the file whole or not at all, readable by its owner alone, the same bytes for the same content."""
    moment = datetime.combine(job.as_of, time())
    book.properties.creator = "bidui"
    book.properties.title = job.path.stem
    book.properties.created = book.properties.modified = moment
    partial_path = job.path.with_suffix(".partial")
    with open(partial_path, "wb", opener=partial(os.open, mode=0o600)) as file:
        # Not book.save(), which stamps the present time.
        ExcelWriter(book, _TimelessArchive(file, "w", ZIP_DEFLATED, moment=moment)).save()
    os.chmod(partial_path, 0o600)
    os.replace(partial_path, job.path)


class _TimelessArchive(ZipFile):
    """A zip file whose members all carry the same time."""

    def __init__(self, *args: object, moment: datetime, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[call-overload]
        self._moment = moment.timetuple()[:6]

    def writestr(self, name: str, data: str | bytes) -> None:  # type: ignore[override]
        info = ZipInfo(name, self._moment)
        info.compress_type = ZIP_DEFLATED
        super().writestr(info, data)

    def write(self, path: str, name: str) -> None:  # type: ignore[override]
        self.writestr(name, Path(path).read_bytes())
