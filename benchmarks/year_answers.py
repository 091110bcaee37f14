"""What townships answer in a year of nights, and what becomes of each answer: in effect, superseded, refused with a reason, or lost.

An answer is traced by what it was given for, in the tables that each night publishes:

- refused: ``quarantine`` names its file, sheet and row;
- of a listed child: in effect where ``case_log`` has it as the answer to its case and, if it stands for a whereabouts, the child's
  ``persons.conditions`` hold the row of the decision table for it; superseded by a later answer in the log, by the case being closed
  by the registers or the person's merger, and by the next semester, with which it lapses. Of a child whose row in the household register
  is gone for a while no whereabouts are asked; the answer is there for the day on which it is back;
- of two records: in effect where ``verdicts`` holds it and the two source rows are of one person (是) or of two (否); superseded by a
  later judgement of the two, and where the cells of either row are not what they were when it was asked;
- of a discrepancy: in effect where it is the last answer of its case in the log; superseded by a later one, and by the case's end.

Anything else is lost.
"""

import random
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from reports.book import ANSWER_MARK
from reports.listings import CHILDREN_SHEET, FINDINGS_SHEET, PAIRS_SHEET
from schemas.answers import SAME_PERSON
from schemas.calendar import semester_start
from schemas.whereabouts import ANSWERS

_LIVE = ("waiting", "in effect")
_RULE_OF = {"enrolled_elsewhere": "verified_elsewhere", "exempted": "exemption_approved", "dropped_out": "verified_dropped"}
_OUTSIDE, _VOCATIONAL, _, _AT_SCHOOL, _AT_HOME, _DROPPED, _NEVER, _EXEMPTED, _, _MOVED, _, _, _NOT_FOUND = ANSWERS
_CHILD_ANSWERS: tuple[dict[str, str], ...] = (
    {"核查去向": _OUTSIDE, "就读学校": "广东省东莞市长安镇第一中学"},
    {"核查去向": _OUTSIDE, "就读学校": "南宁市第十四中学"},
    {"核查去向": _VOCATIONAL, "就读学校": "河池市职业教育中心学校"},
    {"核查去向": _AT_SCHOOL, "就读学校": "高岭镇中心小学"},
    {"核查去向": _AT_HOME, "就读学校": "高岭镇中心小学"},
    {"核查去向": _DROPPED, "核查说明": "在外务工"},
    {"核查去向": _NEVER},
    {"核查去向": _EXEMPTED, "核查说明": "批准文号：都教〔2020〕8号"},
    {"核查去向": _MOVED},
    {"核查去向": _NOT_FOUND},
)
_INCOMPLETE_CHILD: tuple[dict[str, str | None], ...] = (
    {"核查去向": _OUTSIDE, "就读学校": None},
    {"核查去向": _OUTSIDE, "就读学校": "打工，没上学校"},
    {"核查去向": _DROPPED, "核查人": None},
    {"核查去向": _OUTSIDE, "就读学校": "高岭镇中心小学"},
    {"核查去向": _EXEMPTED, "核查说明": "身体不好"},
    {"核查去向": "应该在读书"},
    {"核查去向": _DROPPED, "核查日期": None},
    {"核查去向": None, "就读学校": "南宁市第十四中学"},
)
_INCOMPLETE_PAIR: tuple[dict[str, str | None], ...] = ({"核查人": None}, {"核查日期": None}, {"是否同一人": "好像是"})
_INCOMPLETE_FINDING: tuple[dict[str, str | None], ...] = ({"日期": None}, {"处理情况": "差不多"})


@dataclass(slots=True)
class Answer:
    """One filled-in row. ``about``: its case, or the numbers and cells of the two source rows; ``choice``: what stands in the first
    column, ``detail``: the school or the right value beside it; ``why``: how it came to its ``state``."""

    sheet: str
    file: str
    row: int
    day: date
    choice: str | None
    detail: str | None
    complete: bool
    case_id: str = ""
    person_id: str = ""
    about: tuple[tuple[int, tuple], ...] = ()
    open_when_given: bool = True
    state: str = "waiting"
    why: str = ""
    since: date | None = None  # the night that showed this state first


@dataclass
class Night:
    """What a night published, as far as answers are traced in it. ``rows``: number of a source row -> (person id, its cells)."""

    as_of: date
    tables: Mapping[str, pd.DataFrame]
    rows: Mapping[int, tuple[str, tuple]]


@dataclass
class Townships:
    """All answers of the year. ``given``: by township and day in one file each; ``removed``: files that somebody has deleted since."""

    root: Path
    rng: random.Random
    given: list[Answer] = field(default_factory=list)
    removed: int = 0

    def answer(self, outbox: Path, township: str, day: date, last: Night, rows_of: Mapping[str, tuple[int, tuple]]) -> int:
        """Fill in the township's workbook and send it back. ``rows_of``: record id of the last night -> its source row. Returns the
        number of answers."""
        found = next(outbox.glob(f"{township}_*.xlsx"), None)
        if found is None:
            return 0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it drops the conditional formats, as some officers' programs do
            book = load_workbook(found)
        name = f"{township}_{day:%Y%m%d}.xlsx"
        cases = last.tables["cases"].set_index("case_id")
        answers = [
            answer
            for title, most in ((CHILDREN_SHEET.title, 3), (PAIRS_SHEET.title, 4), (FINDINGS_SHEET.title, 2))
            for answer in self._fill(book[title], name, day, most, rows_of)
        ]
        for answer in answers:
            answer.open_when_given = answer.case_id not in cases.index or cases.loc[answer.case_id, "state"] != "closed"
        (self.root / "inbox").mkdir(exist_ok=True, mode=0o700)
        book.save(self.root / "inbox" / name)
        self.given += answers
        return len(answers)

    def remove_a_file(self) -> None:
        """Somebody tidies up the inbox."""
        if files := sorted((self.root / "inbox").glob("*.xlsx")):
            self.rng.choice(files).unlink()
            self.removed += 1

    def _fill(
        self, sheet: Worksheet, file: str, day: date, most: int, rows_of: Mapping[str, tuple[int, tuple]]
    ) -> Iterator[Answer]:
        at = {str(cell.value or "").replace("\n", ""): cell.column for cell in sheet[1]}
        if not any(heading.endswith(ANSWER_MARK) for heading in at):
            return  # nothing is asked
        known = [row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value]
        rows = self.rng.sample(known, min(most, len(known)))
        for row in sorted(rows):
            cell = lambda heading, row=row: sheet.cell(row, at[heading])  # noqa: E731
            filled, complete = self._filled(sheet.title, day)
            for heading, value in filled.items():
                cell(heading + ANSWER_MARK).value = value
            choice, detail = {
                CHILDREN_SHEET.title: ("核查去向", "就读学校"),
                PAIRS_SHEET.title: ("是否同一人", ""),
                FINDINGS_SHEET.title: ("处理情况", "正确值"),
            }[sheet.title]
            answer = Answer(sheet.title, file, row, day, filled.get(choice), filled.get(detail), complete)
            if sheet.title == PAIRS_SHEET.title:
                records = [str(cell(f"记录编号（{side}）").value) for side in "一二"]
                answer.about = tuple(rows_of[record] for record in records)
            else:
                answer.case_id, answer.person_id = str(cell("个案编号").value), str(cell("人员编号").value)
            yield answer

    def _filled(self, title: str, day: date) -> tuple[dict, bool]:
        """What the officer writes: heading -> value, and whether it is all that an answer needs."""
        wrong: dict[str, str | None] = {}
        if title == CHILDREN_SHEET.title:
            filled: dict = {"核查人": "韦某", "核查日期": day, **self.rng.choice(_CHILD_ANSWERS)}
            faults = _INCOMPLETE_CHILD
        elif title == PAIRS_SHEET.title:
            filled, faults = (
                {"核查人": "韦某", "核查日期": day, "是否同一人": self.rng.choice(tuple(SAME_PERSON))},
                _INCOMPLETE_PAIR,
            )
        else:
            filled = {"处理人": "韦某", "日期": day, "处理情况": self.rng.choice(("已更正", "无需更正", "转相关部门"))}
            filled |= {"正确值": "见附件"} if self.rng.random() < 0.3 else {}
            faults = _INCOMPLETE_FINDING
        if complete := self.rng.random() > 0.15:
            return filled, complete
        wrong = self.rng.choice(faults)
        return {**filled, **({"就读学校": None} if title == CHILDREN_SHEET.title else {}), **wrong}, False

    def trace(self, night: Night) -> None:
        """Look up in what was published tonight what has become of each answer that is waiting or in effect."""
        live = [answer for answer in self.given if answer.state in _LIVE]
        if not live:
            return
        quarantine = night.tables["quarantine"].query("registry == 'answers'")
        refused = {(q.file, q.sheet, q.row): q.rule for q in quarantine.itertuples()}
        log, cases = night.tables["case_log"], night.tables["cases"].set_index("case_id")
        answered = log[log["event"] == "answered"].groupby("case_id", sort=False)
        replies = {case: list(group.itertuples()) for case, group in answered if case in {answer.case_id for answer in live}}
        judged = night.tables["persons"].set_index("person_id")
        persons = judged["conditions"].fillna("").where(judged["in_cohort"]).to_dict()
        for answer in live:
            before = answer.state
            rule = refused.get((answer.file, answer.sheet, answer.row))
            if rule and rule != "answer_denied":
                answer.state, answer.why = "refused", rule
            elif answer.sheet == PAIRS_SHEET.title:
                answer.state, answer.why = _judgement(answer, night)
            else:
                case = cases.loc[answer.case_id] if answer.case_id in cases.index else None
                answer.state, answer.why = _reply(answer, night.as_of, case, replies.get(answer.case_id, []), persons)
            if answer.state != before:
                answer.since = night.as_of


def _reply(
    answer: Answer, as_of: date, case: pd.Series | None, replies: list, persons: Mapping[str, str | None]
) -> tuple[str, str]:
    """(state, why) of an answer of a listed child or a discrepancy. ``persons``: person id -> conditions, null out of scope."""
    own = [
        r for r in replies if (r.answer, r.answered_on) == (answer.choice, answer.day) and _same(r.answer_detail, answer.detail)
    ]
    if case is None:
        return "lost", "no such case"
    if not own:
        return ("superseded", "the case was closed when it came") if not answer.open_when_given else ("lost", "never in the log")
    if replies[-1].entry > own[-1].entry:
        return "superseded", "by a later answer"
    if answer.sheet == FINDINGS_SHEET.title:
        ended = case["state"] == "closed"
        return ("superseded", "the case is closed") if ended else ("in effect", "last answer of its case")
    if answer.day < semester_start(as_of):
        return "superseded", "by a new semester"
    if answer.person_id not in persons:
        return "superseded", "the person is another's or gone"
    stands_for = ANSWERS.get(answer.choice or "")
    if stands_for is None:
        return ("superseded", "the case is closed") if case["state"] == "closed" else ("in effect", "last answer of its case")
    if pd.isna(persons[answer.person_id]):
        return "in effect", "kept, while the child is out of scope"
    if _RULE_OF[stands_for] in persons[answer.person_id].split(","):
        return "in effect", "a condition of its whereabouts"
    return "lost", "recorded, and no longer counted"


def _same(found: object, given: str | None) -> bool:
    return (None if pd.isna(found) else str(found)) == given


def _judgement(answer: Answer, night: Night) -> tuple[str, str]:
    """(state, why) of an answer about two records."""
    verdicts = night.tables["verdicts"]
    own = verdicts[(verdicts["file"] == answer.file) & (verdicts["row"] == answer.row) & (verdicts["said_on"] == answer.day)]
    now = [night.rows.get(number) for number, _ in answer.about]
    changed = any(row is None or row[1] != cells for row, (_, cells) in zip(now, answer.about, strict=True))
    if own.empty:
        return "lost", "never among the judgements"
    sides = own.iloc[0]
    same = verdicts[(verdicts["side_a"] == sides["side_a"]) & (verdicts["side_b"] == sides["side_b"])]
    if (same["said_on"] > answer.day).any():
        return "superseded", "by a later judgement"
    if changed:
        return "superseded", "a record has changed or is gone"
    if answer.choice == "无法判断":
        return "in effect", "kept"
    persons = {row[0] for row in now if row}
    if (len(persons) == 1) == (answer.choice == "是"):
        return "in effect", "one person" if answer.choice == "是" else "two persons"
    return "lost", f"{'是' if answer.choice == '是' else '否'}: not so"
