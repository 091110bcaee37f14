"""Reports of townships about somebody outside the range of birthdates: the sender is told, for such a person comes on no list."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from matching.ids import parse_ids
from pipelines.answers.received import ReceivedAnswer
from pipelines.intake.values import parse_date
from schemas.settings import Cohort


def within_cohort(received: Sequence[ReceivedAnswer], cohort: Cohort) -> list[ReceivedAnswer]:
    """``received`` with those reports refused whose birthdate and ID both lie outside the ``cohort``'s birthdays. Where one of the two lies
    within, the other may be the mistake, and the child is looked for."""
    return [_checked(answer, cohort) if answer.values["kind"] == "report" else answer for answer in received]


def _checked(report: ReceivedAnswer, cohort: Cohort) -> ReceivedAnswer:
    (of_id,) = parse_ids(pd.Series([str(report.values["id_number"] or "")], dtype="str"))["birthdate"].dt.date
    days = [
        day for day in (parse_date(str(report.values["birthdate"] or "")), of_id) if isinstance(day, date) and not pd.isna(day)
    ]
    if not days or any(cohort.first_birthday <= day <= cohort.last_birthday for day in days):
        return report
    return replace(report, values={**report.values, "refusal": "report_out_of_range"})
