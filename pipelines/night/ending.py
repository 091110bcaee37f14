"""How a run in Prefect ends: the state that says what happened. Its words name no person and no file."""

from collections.abc import Sequence
from typing import Any

from prefect.states import Completed, Failed, State

from pipelines.guard import Foreseen, StepFailed
from pipelines.night.outcome import Outcome, gap_words
from pipelines.night.tries import Told
from schemas.county_problems import CountyFileError
from schemas.gap_kinds import DATA_TOO_OLD, LIST_JUMPED, NOT_PUBLISHED, OVERDUE, PROGRAM_FAULT, PUBLISHED, WITH_GAPS
from schemas.settings import Settings


def ending_state(outcome: Outcome, settings: Settings) -> tuple[State[Any], list[str]]:
    """The state of a run that published, and the warnings of its log: what it had to do without, and a list that jumped."""
    lines, kinds = gap_words(outcome.gaps, settings.registries), [gap.kind for gap in outcome.gaps]
    return published_state(lines, kinds, outcome.listed, outcome.listed_before, settings.notification.jump_share)


def published_state(
    gaps: Sequence[str], kinds: Sequence[str], listed: int, before: int | None, share: float, how: str = "已发布"
) -> tuple[State[Any], list[str]]:
    """The state of a run that published, from what its report keeps, and the warnings of its log. ``gaps``: in words that may be told
    anywhere; ``kinds``: of them, codes; ``listed``, ``before``: children on the list, and on the night before; ``share``: by how much more or
    less the list has jumped; ``how`` the message begins."""
    jumped = _jump(listed, before, share)
    told = [*gaps, *([jumped] if jumped else [])]
    message = "；".join([f"{how}，名单上 {listed:,} 人", *told])
    if OVERDUE in kinds:
        return Failed(name=DATA_TOO_OLD, message=message), told
    name = WITH_GAPS if gaps else LIST_JUMPED if jumped else PUBLISHED
    return Completed(name=name, message=message), told


def failed(error: Told | Foreseen | StepFailed | CountyFileError) -> State[Any]:
    """The state of a run that did not publish; the last list stands."""
    if isinstance(error, Told):
        error = error.error
    if isinstance(error, StepFailed):
        return Failed(name=PROGRAM_FAULT, message=f"程序内部出错（{error}），没有发布；上次的名单仍有效，请把这段话告诉技术人员")
    if isinstance(error, CountyFileError):  # its text quotes the file
        return Failed(
            name=NOT_PUBLISHED, message="county.toml 或 divisions.csv 有误，什么也没有做；哪一行错了，请运行 bidui check 查看"
        )
    return Failed(name=NOT_PUBLISHED, message=f"没有发布，上次的名单仍有效：{error.anywhere or error}")


def _jump(now: int, before: int | None, share: float) -> str | None:
    """What to tell of a list that grew or shrank by more than ``share`` of what it was."""
    if before is None or abs(now - before) <= share * before:
        return None
    return f"名单由 {before:,} 人变为 {now:,} 人，超过 {share:.0%}，请先看变化表再下发"
