"""One listed child over several nights: its case, what the log tells of it, and a township's answer about it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd

from reports.listings import CHILDREN_SHEET
from tests.lib.returned_books import write_returned
from tests.lib.small_exports import KIDS

Published = Callable[[str], pd.DataFrame]
LATER, LATEST = date(2020, 4, 23), date(2020, 5, 7)


def the_child(published: Published) -> pd.Series:
    """The case of the one listed child."""
    cases = published("cases")
    return cases[cases["kind"] == "list"].set_index("person_id").iloc[0]


def events(published: Published) -> list[tuple[str, str]]:
    """(day as month-day, event) of every entry about listed children, in order."""
    log = published("case_log")
    return [
        (f"{night:%m-%d}", event)
        for night, event, kind in zip(log["as_of"], log["event"], log["kind"], strict=True)
        if kind == "list"
    ]


def answer(root: Path, published: Published, said: str, school: str | None, day: str) -> None:
    """Put a workbook into the inbox in which 安阳镇 answers ``said`` of the listed child on ``day``."""
    child = published("persons").set_index("name").loc[KIDS[8][0]]
    cases = published("cases").query("kind == 'list'").set_index("person_id")
    shown = {"case_id": cases.loc[child["person_id"], "case_id"], "name": KIDS[8][0], "township": child["responsible_township"]}
    shown |= {key: child[key] for key in ("person_id", "id_number", "birthdate")}
    filled = {"said": said, "school_said": school, "checked_by": "韦某", "checked_on": day}
    write_returned(root / "inbox" / f"安阳镇_{day}.xlsx", CHILDREN_SHEET, [shown | filled])
