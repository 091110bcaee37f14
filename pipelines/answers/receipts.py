"""Receipts for what came back during the day: what each row would become, before the night takes it in."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from pipelines.answers.try_out import TriedAnswers, try_answers
from reports.answer_listings import RECEIPT_SHEET
from reports.book import Book, FilledSheet, write_book
from schemas.answers import ANSWER_REFUSAL_WORDS, ANSWER_STATES, BROKEN_CODES, VOUCHED_FOR, asker_of, refusal_words
from schemas.settings import Settings

RECEIPTS_FOLDER = "回执"
_NOBODYS = "不明乡镇"
_WRITTEN = re.compile(r"_回执_(\d{8})-\d{4}\.xlsx$")
_COLUMNS = [column.key for column in RECEIPT_SHEET.columns]


def write_receipts(root: Path, files: Sequence[Path], settings: Settings, at: datetime) -> list[tuple[str, Path]]:
    """Write a receipt for each township, each office and the county that ``files`` are from into ``outbox/回执``; returns (area, workbook).
    ``at``: now, in China. A file of which nobody can tell whose it is has its receipt under 不明乡镇, for the county."""
    tried = try_answers(files, root, settings, at.date())
    senders = _senders(tried.answers, settings)
    lines = _lines(tried, at)
    areas = (
        lines["file"].map(_usual(senders, tried.answers["file"])).fillna(_named_after(lines["file"], settings)).fillna(_NOBODYS)
    )
    written = []
    for area, frame in lines.groupby(areas):
        path = root / "outbox" / RECEIPTS_FOLDER / f"{area}_回执_{at:%Y%m%d-%H%M}.xlsx"
        columns = {key: list(frame[key]) for key in _COLUMNS}
        title = f"{area} {RECEIPT_SHEET.title}（{at:%Y-%m-%d %H:%M}，今晚比对后生效）"
        write_book(Book(path, (FilledSheet(RECEIPT_SHEET, columns, area, title),), at.date()))
        written.append((area, path))
    return written


def _senders(answers: pd.DataFrame, settings: Settings) -> pd.Series:
    """Whose each of the ``answers`` is, as relations/lists/answer_senders has it; null where nothing tells."""
    keepers = {registry.title: registry.owner for registry in settings.registries.values()}
    vouched = answers["township"].where(answers["kind"].isin(VOUCHED_FOR) & ~answers["refusal"].isin(BROKEN_CODES))
    written = answers["township"].where(answers["township"].isin(settings.divisions.township_names))
    of_files = answers["file"].map(_usual(vouched, answers["file"])).fillna(_named_after(answers["file"], settings))
    senders = answers["about"].map(keepers).where(answers["kind"] == "discrepancy")
    senders = senders.fillna(vouched).fillna(of_files).fillna(written)
    return senders.mask(answers["kind"] == "acceptance", settings.county.short_name)


def _usual(names: pd.Series, files: pd.Series) -> pd.Series:
    """File -> the name that most of its rows have."""
    return names.dropna().groupby(files).agg(lambda of_file: of_file.mode().iloc[0])


def _named_after(files: pd.Series, settings: Settings) -> pd.Series:
    """Of each file the township after which it is named."""
    townships = settings.divisions.township_names
    return files.map(lambda file: next((name for name in townships if name in str(file)), None))


def receipts(root: Path) -> Iterator[tuple[Path, date]]:
    """The receipts in ``outbox/回执``, and the day of each."""
    for path in sorted((root / "outbox" / RECEIPTS_FOLDER).glob("*.xlsx")):
        if written := _WRITTEN.search(path.name):
            yield path, datetime.strptime(written[1], "%Y%m%d").date()


def forget_receipts(root: Path, days: int, today: date) -> None:
    """Remove the receipts of more than so many ``days`` ago, as the workbooks of a day are; one that cannot be removed is left for the next night."""
    for path, written in receipts(root):
        if (today - written).days > days:
            with suppress(OSError):
                path.unlink()


def _lines(tried: TriedAnswers, at: datetime) -> pd.DataFrame:
    """The rows of the receipts: each answer, each row that is none, each file or sheet that could not be read."""
    answers, refused = tried.answers, ANSWER_STATES["refused"]
    taken = answers.reindex(columns=_COLUMNS)
    words = pd.Series(
        [
            refusal_words(refusal, asker_of(kind, about)) if refusal in ANSWER_REFUSAL_WORDS else None
            for refusal, kind, about in zip(answers["refusal"], answers["kind"], answers["about"], strict=True)
        ],
        index=answers.index,
        dtype="str",
    )
    taken["state_name"] = answers["state"].map(ANSWER_STATES)
    taken["why"] = ("第 " + answers["row"].astype("str") + " 行" + words).where(words.notna(), None)
    known = {*zip(answers["file"], answers["sheet"], answers["row"], strict=True)}
    others = [
        {"file": r.file, "sheet": r.sheet, "row": r.row, "state_name": refused, "why": r.message}
        for r in tried.refused
        if (r.file, r.sheet, r.row) not in known
    ]
    lines = pd.concat([taken, pd.DataFrame(others, columns=_COLUMNS)], ignore_index=True).assign(received_on=at.date())
    return lines.astype(object).where(lines.notna(), None)
