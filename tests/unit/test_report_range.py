"""A report about somebody outside the range of birthdates comes on no list, and its sender is told. All persons are made up (虚构)."""

from datetime import date

import pytest

from pipelines.answers.answer_needs import Background, refusal_of
from pipelines.answers.received import received_answers
from pipelines.answers.report_range import within_cohort
from pipelines.answers.returned import ReturnedRow
from reports.answer_listings import ABSENT_SHEET, FOUND_SHEET
from schemas.settings import Cohort
from tests.lib.small_exports import id_of

DAY = date(2020, 4, 20)
IN, OUT = id_of("20100506", 1), id_of("20030506", 1)


@pytest.mark.parametrize(
    ("number", "born", "refusal"),
    [
        (None, "2003-05-06", "report_out_of_range"),
        (None, "2015-05-06", "report_out_of_range"),
        (OUT, None, "report_out_of_range"),
        (OUT, "2003-05-07", "report_out_of_range"),
        (IN, "2003-05-06", None),  # one of the two is a mistake: the child is looked for
        (OUT, "2010-05-06", None),
        (None, "2004-09-01", None),
        (None, "2014-08-31", None),
        ("不详", "2010-05-06", None),
        (None, None, "report_vague"),
    ],
)
@pytest.mark.parametrize("sheet", [ABSENT_SHEET, FOUND_SHEET])
def test_by_birthdate_and_id(sheet: object, number: str | None, born: str | None, refusal: str | None) -> None:
    cells = {"name": "覃小路", "id_number": number, "birthdate": born, "checked_by": "韦某", "checked_on": DAY.isoformat()}
    row = ReturnedRow("安阳镇.xlsx", sheet.title, 2, cells | {"said": "名在人不在"})  # type: ignore[attr-defined]
    (report,) = within_cohort(received_answers({sheet.title: [row]}, DAY, None), Cohort())  # type: ignore[attr-defined]
    assert refusal_of(report.values, Background(DAY)) == refusal
