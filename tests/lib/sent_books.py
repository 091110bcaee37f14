"""A data folder with a published run of made-up workbooks, to be sent out."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pipelines.store.lock import exclusive
from pipelines.store.store_opening import open_store
from tests.lib.made_files import xlsx
from tests.lib.made_up_runs import day_of, write_run

DAY = f"{day_of(1):%Y%m%d}"
LISTS, COUNTYS = f"安阳镇_控辍保学核查_{DAY}.xlsx", f"都安县_控辍保学汇总_{DAY}.xlsx"
WEEKLY, COUNTYS_WEEKLY = f"周报/周报_安阳镇_{DAY}.xlsx", f"周报/周报_都安县_{DAY}.xlsx"
RETURNED, CORRECTIONS = f"退回各单位/教育局_数据退回_{DAY}.xlsx", f"退回各单位/教育局_更正清单_{DAY}.xlsx"
OTHERS = f"高岭镇_控辍保学核查_{DAY}.xlsx"
BOOKS = (LISTS, COUNTYS, WEEKLY, COUNTYS_WEEKLY, RETURNED, CORRECTIONS, OTHERS)


@cache
def book(about: str) -> bytes:
    """A workbook of one cell; always the same one, though each that is saved has a time of its own in it."""
    return xlsx([[about]])


def publish_books(root: Path, number: int = 1, setting: str | None = None, books: Mapping[str, bytes] | None = None) -> Path:
    """Publish the run of a night with ``books`` (place -> content), by default all of ``BOOKS``, each about itself. Returns where they
    lie."""
    with exclusive(root), (store := open_store(root, setting)).new_run(day_of(number)) as run:
        write_run(run, number)
        for path in (run / "workbooks").rglob("*.xlsx"):
            path.unlink()
        for place, content in ({name: book(name) for name in BOOKS} if books is None else books).items():
            (run / "workbooks" / place).parent.mkdir(parents=True, exist_ok=True)
            (run / "workbooks" / place).write_bytes(content)
        assert store.publish(run, day_of(number).isoformat(), []) == []
    return run / "workbooks"
