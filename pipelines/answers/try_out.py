"""Try a returned workbook before it is sent: what would become of each of its rows, without taking any of it in."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from pipelines.answers.inbox import unread_files
from pipelines.answers.ledger import ledger_of
from pipelines.answers.received import received_answers
from pipelines.answers.report_range import within_cohort
from pipelines.answers.returned import PasswordsOf, is_returned, read_returned
from pipelines.answers.schools import Schools
from pipelines.files.refusal import Refusal
from pipelines.intake.places import Places
from pipelines.screen import Shown, TextLine, TextTable
from pipelines.store.runs import Store
from schemas.answers import ANSWER_KINDS, ANSWER_STATES
from schemas.calendar import today
from schemas.exit_status import ExitStatus
from schemas.settings import Settings
from schemas.tables import TABLES

_SHOWN = 50  # refusals in the terminal


@dataclass(frozen=True, slots=True)
class TriedAnswers:
    """``answers``: those of the files, as in the table ``answers``; ``refused``: what would not be taken; ``compared``: whether there was a run to hold the
    answers against."""

    answers: pd.DataFrame
    refused: Sequence[Refusal]
    compared: bool

    @property
    def status(self) -> ExitStatus:
        """DONE, GAP where something would not be taken."""
        return ExitStatus.GAP if self.refused else ExitStatus.DONE


def root_of_returned(files: Sequence[Path]) -> Path | None:
    """The data folder in whose ``inbox`` or ``outbox`` one of the files lies; None where none does."""
    return next((p.parent for path in files for p in path.absolute().parents if p.name in ("inbox", "outbox")), None)


def returned_among(files: Sequence[Path], passwords: PasswordsOf) -> list[Path]:
    """Those of ``files`` that are workbooks as they come back from townships, offices or the county."""
    return [path for path in files if path.is_file() and is_returned(path, passwords)]


def try_answers(files: Sequence[Path], root: Path | None, settings: Settings, as_of: date | None = None) -> TriedAnswers:
    """What would become of the answers in ``files`` on the day ``as_of`` (today where None). ``root``: the data folder with whose last run they
    are compared; without a run only what a row itself shows is checked."""
    store = Store(root) if root else None
    compared = store is not None and store.has("case_log")
    day = as_of or today()
    received, refused = [], []
    for path in files:
        rows, unread = read_returned(path, settings.passwords_for)
        received += within_cohort(received_answers(rows, day, store.row_key if store else None), settings.cohort)
        refused += unread

    def table(name: str) -> pd.DataFrame:
        return store.earlier(name) if store else TABLES[name].empty_table().to_pandas()

    records = table("records")
    ledger = ledger_of(
        received,
        table("answers"),
        table("case_log"),
        records[["record_id", "name", "id_number", "registry", "township", "register_state"]].merge(
            table("identities")[["record_id", "person_id"]], on="record_id"
        ),
        table("person_events"),
        Schools(records["school"].dropna().unique(), Places(settings.divisions)),
        day,
        settings.county_accepts,
    )
    own = {str(answer.values["answer_id"]) for answer in received}
    answers = ledger.table[ledger.table["answer_id"].isin(own)]
    return TriedAnswers(answers, [*refused, *ledger.refused], compared)


def tried_shown(tried: TriedAnswers) -> Iterator[Shown]:
    """What was found, in Chinese: answers by kind and state, then each row that would not be taken. No value of a person is in it."""
    if not tried.compared:
        yield TextLine("没有可对照的比对结果，只检查了各行是否完整、能否识别；请用 --root 指定数据文件夹", "warning")
    counts = Counter(zip(tried.answers["kind"], tried.answers["state"], strict=True))
    rows = [(ANSWER_KINDS[kind], ANSWER_STATES[state], str(count)) for (kind, state), count in sorted(counts.items())]
    yield TextTable(None, ("答的是什么", "结果", "条数"), rows, numbers=1)
    unread = unread_files(tried.refused)
    yield from (TextLine(sentence, "error") for sentence in unread)
    by_row = [refusal for refusal in tried.refused if refusal.row is not None]
    yield from (TextLine(f"《{r.file}》{r.sheet} {r.message}", "error") for r in by_row[:_SHOWN])
    if len(by_row) > _SHOWN:
        yield f"还有 {len(by_row) - _SHOWN} 处未列出，改正以上各处后请再检查一次"
    if not rows and not tried.refused:
        yield "没有填写任何答复"
