"""One listed child over several nights: its case, what the log tells of it, and a township's answer about it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
from openpyxl import Workbook

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
    book = Workbook()
    book.active.title = "去向不明儿童"
    book.active.append(["人员编号", "姓名", "核查去向", "就读学校", "核查日期"])
    book.active.append([child["person_id"], KIDS[8][0], said, school, day])
    (root / "inbox").mkdir(exist_ok=True)
    book.save(root / "inbox" / f"安阳镇_{day}.xlsx")
