"""A year of nights on one data folder: what is published, which person ids change, what becomes of answers, how the folder grows.

``python -m benchmarks.year_of_nights --nights 365 --children 300 --seed 1`` makes a small synthetic county and runs the job every
night in a temporary folder, while exports change and go missing (``benchmarks.year_exports``) and townships answer
(``benchmarks.year_answers``). Exit status 1 where one of these is not 0: nights that broke off, person ids that changed without an
event, answers that were lost or taken though incomplete, open cases of a child whose number changed, leftovers.

A person id changed without an event if a source row whose own cells are what they were on the last night that had it is another
person's now, and ``person_events`` names neither of the two since.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from benchmarks.year_answers import Night, Townships
from benchmarks.year_exports import Address, Year, read_year
from benchmarks.year_figures import Figures, leftovers, missed_aims, shown
from bidui.console import Console
from pipelines.demo.make_county import make_county
from pipelines.guard import Foreseen
from pipelines.night.job import run_job
from pipelines.night.outcome import NothingPublished, Outcome
from pipelines.store.database import DATABASE
from pipelines.store.folders import size_of

START = date(2020, 4, 15)
_ANSWER_EVERY, _TOWNSHIPS = 5, 3
_READ = ("identities", "person_events", "persons", "unaccounted", "cases", "case_log", "quarantine", "verdicts")


class Memory:
    """What each source row was on the last published night that had it, and the case of each child that was listed last night."""

    def __init__(self, year: Year) -> None:
        self.year = year
        self.seen: dict[int, tuple[str, tuple, date]] = {}
        self.cases: dict[int, set[tuple[str, str]]] = {}

    def rows(self, identities: pd.DataFrame) -> dict[Address, str]:
        """Address of each accepted row of tonight -> its person."""
        columns = (identities[name] for name in ("registry", "file", "sheet", "row", "person_id"))
        return {(r, f, s, int(n)): person for r, f, s, n, person in zip(*columns, strict=True)}

    def compare(self, night: Night, figures: Figures) -> None:
        """Count rows and cases that are another's than before; then remember tonight's."""
        events = night.tables["person_events"]
        moved = list(zip(events["as_of"], events["person_id"], events["other_person_id"], strict=True))
        recent = {}
        for day in {seen for _, _, seen in self.seen.values()}:
            recent[day] = {person for as_of, *both in moved if as_of > day for person in both}
        for number, (person, cells) in night.rows.items():
            before = self.seen.get(number)
            if before and before[1] == cells:
                figures.compared += 1
                if before[0] != person:
                    explained = bool({before[0], person} & recent[before[2]])
                    figures.changed_with_event += explained
                    figures.changed_without_event += not explained
                    if not explained:
                        figures.faulty.append(f"{night.as_of}: row {number}: {before[0]} -> {person}, seen {before[2]}")
            self.seen[number] = person, cells, night.as_of
        self._compare_cases(night, figures, {p for as_of, *both in moved if as_of == night.as_of for p in both})

    def _compare_cases(self, night: Night, figures: Figures, in_events: set[str]) -> None:
        case_of = dict(zip(night.tables["unaccounted"]["person_id"], night.tables["unaccounted"]["case_id"], strict=True))
        listed: dict[int, set[tuple[str, str]]] = {}
        for number, (person, _) in night.rows.items():
            if person in case_of:
                listed.setdefault(self.year.child_of[number], set()).add((person, case_of[person]))
        for child in listed.keys() & self.cases.keys():
            figures.cases_compared += 1
            if not {case for _, case in listed[child]} & {case for _, case in self.cases[child]}:
                explained = bool({person for person, _ in listed[child] | self.cases[child]} & in_events)
                figures.case_changed_with_event += explained
                figures.case_changed += not explained
                if not explained:
                    figures.faulty.append(f"{night.as_of}: child {child}: {self.cases[child]} -> {listed[child]}")
        self.cases = listed


def main() -> int:
    """Make, run, measure, print. Returns 1 where an aim of 0 is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, default=365)
    parser.add_argument("--children", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=date.fromisoformat, default=START)
    parser.add_argument("--folder", type=Path, help="work in this folder, which must be new, and keep it")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as place:
        folder = options.folder or Path(place)
        (folder / "temporary").mkdir(parents=True)
        tempfile.tempdir = str(folder / "temporary")  # where libraries put what they should not leave there
        first = folder / "first"
        make_county(first, options.children, options.seed, options.start, "other", discrepancies=True)
        run_job(first, options.start, townships=())
        year = read_year(first, options.seed, options.start, options.nights)
        townships = Townships(folder / "year", random.Random(options.seed + 1))
        figures = run_year(year, townships, console)
        left = leftovers(folder / "year") + [f"temporary/{p.name}" for p in (folder / "temporary").iterdir()]
        figures.leftovers, tempfile.tempdir = len(left), None
        figures.faulty += [f"left over: {name}" for name in left]
        for name in left:
            console.message(f"left over: {name}")
    missed = missed_aims(figures, townships.given)
    console.show(*shown(figures, townships.given, townships.removed, year.happened))
    if options.json:
        answers = [asdict(answer) | {"about": [number for number, _ in answer.about]} for answer in townships.given]
        known = {
            "options": vars(options),
            "happened": year.happened,
            "missed": missed,
            "figures": asdict(figures),
            "answers": answers,
        }
        options.json.write_text(json.dumps(known, ensure_ascii=False, indent=1, default=str), encoding="utf-8")
    return int(bool(missed))


def run_year(year: Year, townships: Townships, console: Console) -> Figures:
    """Every night from the first to the last; what is at fault is also printed when it is found."""
    root, rng = townships.root, townships.rng
    figures, memory, last = Figures(year.nights), Memory(year), None
    asked: Sequence[str] = ()
    sent: tuple[Path, Sequence[str], dict] | None = None  # the workbooks that went out last, to whom, and of which source rows
    reported = 0
    for night in range(year.nights):
        as_of = year.start + timedelta(days=night)
        if last and sent and night % _ANSWER_EVERY == 0:
            outbox, to_answer, source_rows = sent
            for township in to_answer:
                townships.answer(outbox, township, as_of, last, source_rows)
        if rng.random() < 0.02:
            townships.remove_a_file()
        year.make_night(night, root / "raw")
        asked = _to_answer(rng, last) if night % _ANSWER_EVERY == _ANSWER_EVERY - 1 else ()
        broken = night > 1 and year.settings_broken()
        # No county office plays along: a whole answer counts at once.
        (root / "county.toml").write_text("[county\n" if broken else 'acceptance = "none"\n', encoding="utf-8")
        outcome = _one_night(root, as_of, asked, figures)
        if outcome:
            last = _read(outcome.run, as_of, memory)
            memory.compare(last, figures)
            townships.trace(last)
            if asked:
                sent = outcome.outbox, asked, _source_rows(last, year, memory)
        figures.faulty += [
            f"{as_of}: {a.file} {a.sheet} {a.row}: {a.why}" for a in townships.given if a.state == "lost" and a.since == as_of
        ]
        for line in figures.faulty[reported:]:
            console.message(line)
        reported = len(figures.faulty)
        figures.database.append((root / "curated" / DATABASE).stat().st_size)
        figures.folder.append(size_of(root / "curated"))
    return figures


def _source_rows(night: Night, year: Year, memory: Memory) -> dict[str, tuple[int, tuple]]:
    """Record id of that night -> its source row and the cells that it had."""
    identities = night.tables["identities"]
    addresses = zip(identities["record_id"], memory.rows(identities), strict=True)
    return {record: year.rows_of[address] for record, address in addresses if address in year.rows_of}


def _one_night(root: Path, as_of: date, asked: Sequence[str], figures: Figures) -> Outcome | None:
    start, cpu = time.perf_counter(), time.process_time()
    try:
        outcome = run_job(root, as_of, townships=asked)
    except NothingPublished as error:
        figures.nothing += 1
        figures.count_reason(f"nothing published: {error}")
        return None
    except Exception as error:
        figures.broken_off += 1
        why = str(error) if isinstance(error, Foreseen) or "StepFailed" in type(error).__name__ else ""
        figures.faulty.append(f"{as_of}: {type(error).__name__}: {why}")
        return None
    figures.seconds.append(time.perf_counter() - start)
    figures.cpu_seconds.append(time.process_time() - cpu)
    figures.published += 1
    figures.with_gaps += bool(outcome.left_out)
    for why in outcome.left_out:
        figures.count_reason(f"gap: {why}")
    return outcome


def _to_answer(rng: random.Random, last: Night | None) -> list[str]:
    """Townships with something to answer, by what they have on their lists."""
    if last is None:
        return []
    with_lists = sorted(set(last.tables["unaccounted"]["township"].dropna()) | set(last.tables["cases"]["township"].dropna()))
    return rng.sample(with_lists, min(_TOWNSHIPS, len(with_lists)))


def _read(run: Path, as_of: date, memory: Memory) -> Night:
    tables = {name: pd.read_parquet(run / f"{name}.parquet") for name in _READ}
    rows = {}
    for address, person in memory.rows(tables["identities"]).items():
        if source := memory.year.rows_of.get(address):
            rows[source[0]] = person, source[1]
    return Night(as_of, tables, rows)


if __name__ == "__main__":
    sys.exit(main())
