"""The day is China's, whatever the machine's zone. Two commands on a machine in UTC once dated the night of 02:00 a day early."""

import ast
import re
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import schemas.calendar
from pipelines.intake.exports import _time_of
from pipelines.intake.sheets import _made_on
from schemas.calendar import today

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("bidui", "pipelines", "reports", "matching", "schemas")
NIGHT = datetime(2020, 4, 14, 18, 0, tzinfo=UTC)  # 02:00 in China on 15 April; the day before in UTC and in Los Angeles


class Clock(datetime):
    """A clock that stands still at ``NIGHT``."""

    @classmethod
    def now(cls, tz=None):  # type: ignore[no-untyped-def]
        return NIGHT.astimezone(tz)


@pytest.fixture(params=["UTC", "America/Los_Angeles", "Asia/Shanghai", "Pacific/Kiritimati"])
def at_two(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine of that zone, at 02:00 China time."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system's zone cannot be set for one process")
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    monkeypatch.setattr(schemas.calendar, "datetime", Clock)
    yield
    monkeypatch.undo()
    time.tzset()


def test_at_two_it_is_the_night_s_own_day(at_two: None) -> None:
    assert today() == date(2020, 4, 15)


def test_a_file_s_day_is_china_s(at_two: None) -> None:
    assert _made_on("学生信息.xlsx", [], NIGHT.timestamp()) == (date(2020, 4, 15), "file_time")


def test_an_archive_s_times_are_china_s(at_two: None) -> None:
    """An archive holds its members' times without a zone: those of the machine in China that packed it."""

    class Part:
        date_time = (2020, 4, 15, 2, 0, 0)

    assert _time_of(Part()) == NIGHT.timestamp()  # type: ignore[arg-type]


def test_nothing_else_asks_for_the_day() -> None:
    """Neither Python nor a query: a moment with its zone (``datetime.now(UTC)``) is none."""
    asked: list[tuple[str, str]] = []
    for path in (path for package in PRODUCT for path in (ROOT / package).rglob("*.py")):
        if path.relative_to(ROOT).as_posix() == "schemas/calendar.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _asks(ast.unparse(node.func), len(node.args) + len(node.keywords)):
                asked.append((path.name, ast.unparse(node)))
    for path in (path for package in PRODUCT for path in (ROOT / package).rglob("*.sql")):
        asked += [
            (path.name, found) for found in re.findall(r"current_date|\bnow\(\)|\btoday\(\)|localtime", path.read_text("utf-8"))
        ]
    assert asked == []


def _asks(call: str, arguments: int) -> bool:
    last = call.rpartition(".")[2]
    if last == "today" and "." in call:  # date.today, datetime.today, Timestamp.today
        return True
    if last in ("utcnow", "utcfromtimestamp", "localtime", "gmtime", "ctime", "asctime"):
        return True
    if last == "strftime" and call == "time.strftime":
        return True
    return (last == "now" and "." in call and not arguments) or (last == "fromtimestamp" and arguments < 2)


@pytest.mark.parametrize(
    "line",
    ["date.today()", "datetime.now()", "datetime.today()", "time.localtime()", "pd.Timestamp.now()", "date.fromtimestamp(1)"],
)
def test_the_search_finds_what_it_is_for(line: str) -> None:
    call = ast.parse(line).body[0].value  # type: ignore[attr-defined]
    assert _asks(ast.unparse(call.func), len(call.args))
    assert not _asks("datetime.now", 1) and not _asks("today", 0)
