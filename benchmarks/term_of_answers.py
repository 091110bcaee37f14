"""A term of twenty weeks in which nineteen townships answer in every way that workbooks come back: is a child hidden, an answer lost, anybody
asked twice?

``python -m benchmarks.term_of_answers --weeks 20 --children 1500 --seed 1`` makes a synthetic county whose truth is known, and runs a night
a week in a temporary folder. Each week each township fills in a workbook in one of five styles (tidy, sloppy, WPS, late, wrong), something may
happen to its rows or its file (``benchmarks.returned_workbooks``), the county accepts what it has no reason to doubt, some drop-outs
come back to school, and somebody tidies up the inbox. Exit status 1 where one of these is not 0:

- hidden: children in no school who were listed and are not, though neither back at school nor accepted by a true answer;
- answers without outcome: filled-in rows that stand neither in ``answers`` nor in ``quarantine``, by row or by file;
- asked twice: children whose answer waits for the county and who stand on their township's list.
"""

import argparse
import random
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
from openpyxl import load_workbook

from benchmarks.returned_workbooks import (
    CHILDREN,
    CONTAINERS,
    KINDS,
    LACKING,
    MISHAPS,
    STYLES,
    Filled,
    a_week_before,
    columns_of,
    fill_children,
    rows_of,
)  # fmt: skip
from bidui.console import Console
from pipelines.demo.make_county import make_county
from pipelines.night.job import run_job
from pipelines.screen import TextTable

START = date(2020, 3, 5)  # a Thursday; the spring term
_BACK = 2  # drop-outs a week that come back to school
_ACCEPTED = ("验收意见", "验收人", "验收日期")
_FOR_THE_POLICE = ("死亡", "户籍已迁出", "查无此人")  # the township has answered all it can; no office answers in this term


@dataclass
class Sent:
    """A file that came back. ``rows``: those that were filled in, under the addresses that the file has."""

    file: str
    rows: list[Filled]
    kind: tuple[str, str, str]


@dataclass
class Term:
    """``truth``: the children, by truth_id; ``owners``: address of a source row -> truth_id; ``kinds``: style, mishap and container of each
    workbook that came back."""

    root: Path
    rng: random.Random
    truth: pd.DataFrame
    owners: Mapping[tuple, int]
    sent: list[Sent] = field(default_factory=list)
    back: set[int] = field(default_factory=set)
    listed_before: set[int] = field(default_factory=set)
    hidden: int = 0
    lost: int = 0
    twice: int = 0
    weeks: list[tuple[str, ...]] = field(default_factory=list)
    kinds: set[tuple[str, str, str]] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def people(self, run: Path) -> dict[str, set[int]]:
        """Person id -> the true children whose rows it has."""
        identities = pd.read_parquet(run / "identities.parquet")
        found: dict[str, set[int]] = {}
        addresses = zip(*(identities[key] for key in ("registry", "file", "sheet", "row")), strict=True)
        for person, address in zip(identities["person_id"], addresses, strict=True):
            if (child := self.owners.get(address)) is not None:
                found.setdefault(person, set()).add(child)
        return found

    def states(self, people: Mapping[str, set[int]]) -> dict[str, str]:
        """Person id -> true state; of a person of several children the worst."""
        state = self.truth["state"].to_dict()
        worst = {}
        for person, children in people.items():
            its = sorted((state[child] for child in children if child not in self.back), key=lambda s: s not in LACKING)
            worst[person] = its[0] if its else "enrolled"
        return worst

    def return_workbook(self, outbox: Path, township: str, day: date, states: Mapping[str, str], number: int) -> None:
        """A township fills in its workbook and sends it back in one of the ways."""
        issued = next(outbox.glob(f"{township}_*.xlsx"), None)
        if issued is None:
            return
        rng = self.rng
        style, mishap, container = rng.choice(STYLES), rng.choice(list(MISHAPS)), rng.choice(list(CONTAINERS))
        if rng.random() < 0.4:
            mishap = "none"
        if rng.random() < 0.5:
            container = "xlsx"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(issued)
        if CHILDREN not in book.sheetnames or not rows_of(book[CHILDREN], columns_of(book[CHILDREN])):
            return
        when = a_week_before(day) if style == "late" else day
        filled = fill_children(book[CHILDREN], states, when, rng, style, township, 6)
        if len(filled) >= 2:
            MISHAPS[mishap](book[CHILDREN], [row.row for row in filled])
        else:
            mishap = "none"
        inbox = self.root / "inbox"
        inbox.mkdir(exist_ok=True, mode=0o700)
        path = CONTAINERS[container](book, inbox / f"{township}_{day:%m%d}_{number}.xlsx")
        shift = 1 if mishap == "title on top" else 0
        rows = [replace(row, row=row.row + shift) for row in filled]
        self.kinds.add((style, mishap, container))
        self.sent.append(Sent(path.name, rows, (style, mishap, container)))

    def accept(self, outbox: Path, day: date, people: Mapping[str, set[int]]) -> int:
        """The county accepts every answer that it has no reason to doubt; those to ask about it asks about, and returns the false ones."""
        county = next(outbox.glob("*_控辍保学汇总_*.xlsx"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(county)
        sheet = book["答复验收"]
        at = columns_of(sheet)
        if "答复编号" not in at:
            return 0
        states, rows = self.states(people), rows_of(sheet, at)
        for row in rows:
            doubted = sheet.cell(row, at["须注意"]).value
            lacking = states.get(str(sheet.cell(row, at["人员编号"]).value)) in LACKING
            word = "退回" if doubted and lacking else "同意"
            for heading, value in zip(_ACCEPTED, (word, "陆某", day), strict=True):
                sheet.cell(row, at[heading]).value = value
        book.save(self.root / "inbox" / f"验收_{day:%m%d}.xlsx")
        return len(rows)

    def come_back(self, people: Mapping[str, set[int]], run: Path, week: int) -> None:
        """Some drop-outs who are listed are at school again: an export of the bureau has them."""
        listed = pd.read_parquet(run / "unaccounted.parquet").set_index("person_id")
        state = self.truth["state"]
        dropped = [
            p for p in listed.index if {state[c] for c in people.get(p, ())} & {"dropped_absent"} and listed.at[p, "id_number"]
        ]
        lines = ["姓名,身份证件号,出生日期,学校名称,年级,学生状态"]
        for person in self.rng.sample(sorted(dropped), min(_BACK, len(dropped))):
            row = listed.loc[person]
            lines.append(f"{row['name']},\t{row['id_number']},{row['birthdate']},{row['township']}中心小学,六年级,在读")
            self.back |= people[person]
        if len(lines) > 1:
            path = self.root / "raw" / "xueji" / f"返校第{week}批.csv"
            path.write_bytes("\r\n".join([*lines, ""]).encode("gb18030"))

    def judge(self, run: Path, outbox: Path, people: Mapping[str, set[int]]) -> None:
        """Count what must not be."""
        listed = set(pd.read_parquet(run / "unaccounted.parquet")["person_id"])
        on_list = {child for person in listed for child in people.get(person, ())}
        lacking = {child for child, state in self.truth["state"].items() if state in LACKING} - self.back
        self.hidden += len((self.listed_before & lacking) - on_list)
        self.listed_before |= on_list & lacking
        answers, refused = (
            pd.read_parquet(run / "answers.parquet"),
            pd.read_parquet(run / "quarantine.parquet").query("registry == 'answers'"),
        )
        known = set(zip(answers["file"], answers["row"], strict=True)) | set(zip(refused["file"], refused["row"], strict=True))
        whole = set(refused[refused["row"].isna()]["file"])
        about = set(zip(answers["person_id"], answers["answered_on"].astype(str), strict=True))
        for sent in self.sent:
            names = {name for name in (*answers["file"], *refused["file"]) if sent.file in name or name in sent.file}
            for row in sent.rows:
                there = any((name, row.row) in known or name in whole for name in names)
                if not there and (row.person, str(row.day)) not in about:
                    self.lost += 1
                    self.faults.append(f"{sent.file} row {row.row}: {' / '.join(sent.kind)}")
        self.sent.clear()
        self.twice += self._asked_twice(outbox, answers)

    def _asked_twice(self, outbox: Path, answers: pd.DataFrame) -> int:
        told = answers[answers["kind"] == "whereabouts"]
        waits = told["state"].eq("waiting") | told["state"].eq("accepted") & told["value"].isin(_FOR_THE_POLICE)
        waiting = set(told["person_id"][waits])
        asked = 0
        for path in outbox.glob("*_控辍保学核查_*.xlsx"):
            book = load_workbook(path, read_only=True)
            if CHILDREN in book.sheetnames:
                asked += sum(
                    cell in waiting for row in book[CHILDREN].iter_rows(min_row=2, values_only=True) for cell in row if cell
                )
            book.close()
        return asked


def run_term(root: Path, weeks: int, children: int, seed: int, console: Console | None = None) -> Term:
    """Run the term in ``root``."""
    make_county(root, children, seed, START)
    truth = pd.read_parquet(root / "truth/children.parquet").set_index("truth_id")
    rows = pd.read_parquet(root / "truth/rows.parquet").query("truth_id in @truth.index")  # no grown-ups
    owners = dict(
        zip(zip(*(rows[key] for key in ("registry", "file", "sheet", "row")), strict=True), rows["truth_id"], strict=True)
    )
    term = Term(root, random.Random(seed), truth, owners)
    for week in range(weeks + 1):
        as_of = START + timedelta(days=7 * week)
        begun = time.perf_counter()
        outcome = run_job(root, as_of, accept_drift=True)
        took = time.perf_counter() - begun
        people = term.people(outcome.run)
        term.judge(outcome.run, outcome.outbox, people)
        counts = Counter(pd.read_parquet(outcome.run / "answers.parquet").query("kind == 'whereabouts'")["state"])
        listed = len(pd.read_parquet(outcome.run / "unaccounted.parquet"))
        row = (
            str(week),
            f"{listed:,}",
            *(str(counts[s]) for s in ("accepted", "waiting", "refused", "superseded")),
            f"{took:.1f}",
        )
        term.weeks.append(row)
        if console:
            console.show(" ".join(row))
        if week and term.rng.random() < 0.2:
            for path in (root / "inbox").iterdir():
                path.unlink()
        states = term.states(people)
        townships = sorted({path.name.partition("_")[0] for path in outcome.outbox.glob("*_控辍保学核查_*.xlsx")})
        day = as_of
        for number, township in enumerate(townships):
            term.return_workbook(outcome.outbox, township, day, states, number)
        term.accept(outcome.outbox, day, people)
        term.come_back(people, outcome.run, week)
    return term


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--weeks", type=int, default=20)
    parser.add_argument("--children", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        term = run_term(Path(folder) / "county", options.weeks, options.children, options.seed, console)
    headings = ("week", "listed", "accepted", "waiting", "refused", "superseded", "seconds")
    console.show(TextTable(None, headings, term.weeks, numbers=len(headings)))
    console.show(
        f"kinds of return: {len(term.kinds)} of {KINDS}; hidden {term.hidden}, answers without outcome {term.lost}, asked twice {term.twice}"
    )
    for fault in term.faults:
        console.show("without outcome: " + fault)
    return int(bool(term.hidden or term.lost or term.twice))


if __name__ == "__main__":
    sys.exit(main())
