"""The day a run is for, beside China's day, the last night of the history and the days of the exports: what is refused, and what is told."""

from collections.abc import Sequence
from datetime import date, timedelta

from pipelines.guard import Foreseen
from pipelines.intake.sheets import Sheet
from schemas.calendar import today
from schemas.settings import Cohort

# Schools report every week, and offices export once a month at least: where the newest export is this much older than the day, a whole
# monthly round was left out, and what the run finds is last month's.
_OLD_EXPORT = timedelta(days=45)


class FutureDay(Foreseen):
    """The day is still to come; the message, in Chinese, says how to run for it nevertheless."""


class DayBeforeCohort(Foreseen):
    """Nobody of the cohort was born on the day; the message says so in Chinese."""


def check_day(as_of: date, future: bool) -> None:
    """Raises FutureDay where the day is still to come and nobody said that it is meant (``future``)."""
    if as_of > today() and not future:
        not_yet = f"比对日期 {as_of} 还没有到（今天是北京时间 {today()}）。写错了的，请改正日期；确要按将来的日期比对的，请"
        refused = FutureDay(f"{not_yet}加 --future")
        refused.anywhere = f"{not_yet}在表单里选“按将来的日期比对”"
        raise refused


def check_born(as_of: date, cohort: Cohort) -> None:
    """Raises DayBeforeCohort where nobody of ``cohort`` was born on the day."""
    if as_of < cohort.first_birthday:
        raise DayBeforeCohort(
            f"比对日期 {as_of} 早于核查范围的第一个出生日期 {cohort.first_birthday}，那天还没有要核查的儿童。请改正日期，"
            "或 county.toml 的 [cohort]"
        )


def notes_on_days(as_of: date, last_night: date | None, exports: Sequence[Sheet]) -> list[str]:
    """What to tell of the days, in Chinese, a line each: a look back, and exports that are much older than the day. ``last_night``: of the
    history."""
    notes = []
    if last_night and as_of < last_night <= today():
        notes.append(f"比对日期 {as_of} 早于上次比对的 {last_night}：这是回看，只重现那一天的结果，个案历史不增加记录")
    newest = max(exports, key=lambda sheet: sheet.dated, default=None)
    if newest and as_of - newest.dated > _OLD_EXPORT:
        by_time = "（按文件的修改时间）" if newest.dated_from == "file_time" else ""
        notes.append(
            f"最新的导出文件是 {newest.dated} 的《{newest.file}》{by_time}，比比对日期 {as_of} 早 {(as_of - newest.dated).days} 天，"
            "请确认是否该放入新的导出"
        )
    return notes


def gap_of_history(as_of: date, last_night: date | None) -> str | None:
    """What this night must do without, in Chinese, where the history already reaches to a day that is still to come: its changes cannot be
    written down. None where all is well."""
    if last_night is None or last_night <= max(as_of, today()):
        return None
    return (
        f"今晚的个案历史（个案历史已写到 {last_night}，是还没有到的日期，在它之前每晚的变化都记不进去。"
        f"那次是写错了日期的，请运行 bidui run --forget-after {min(as_of, today())}，撤下那天之后的记录）"
    )
