"""The number of the approval by which a child need not go to school (免学、缓学), as an office writes it: 都教字〔2020〕8号."""

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import pandas as pd

from pipelines.intake.values import squeeze
from schemas.answers import ONE_APPROVAL
from schemas.settings import SCHOOL_AGE

# "（2020）3号到县医院看过" is none.
_APPROVAL = re.compile(r"[一-龥][字办发]?[〔\[(【](20\d\d)[〕\])】]第?(\d{1,4})号(?!到|去|在|日|上|下|早|晚)")


class Approval(NamedTuple):
    """What of its number tells it from others, however the office's name is written."""

    year: int
    number: int


def approvals_of(*written: object) -> list[Approval]:
    """The approvals that the texts of an answer name."""
    texts = (squeeze(text) for text in written if isinstance(text, str))
    return [Approval(int(year), int(number)) for text in texts for year, number in _APPROVAL.findall(text)]


def can_be_of(approval: Approval, born: date | None, as_of: date) -> bool:
    """Had the child reached school age in the year of the approval, and is that year not ahead?"""
    return (born is None or approval.year >= born.year + SCHOOL_AGE) and approval.year <= as_of.year


def one_for_many(answers: pd.DataFrame) -> pd.Series:
    """Which of the ``answers`` (township, file, answered_on, person_id, note, evidence) name an approval that one township gives for
    ``ONE_APPROVAL`` children or more, in one file or of one day."""
    found = [approvals_of(*texts) for texts in zip(answers["note"], answers["evidence"], strict=True)]
    named = pd.Series(found, index=answers.index, dtype="object").explode().dropna()
    many: set[object] = set()
    for key in ("file", "answered_on"):
        about = answers.loc[named.index, ["township", key, "person_id"]].astype("object").fillna("").assign(approval=list(named))
        children = about.groupby(["township", key, "approval"])["person_id"].transform("nunique")
        many.update(_at_least(children, ONE_APPROVAL))
    return pd.Series(answers.index.isin(list(many)), index=answers.index, dtype=bool)


def _at_least(counts: pd.Series, least: int) -> Iterable[object]:
    return counts.index[counts >= least].tolist()
