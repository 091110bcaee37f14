"""The one map from errors to what the user reads and to the exit status: a sentence in Chinese, never a traceback."""

from bidui.interrupts import interrupted
from pipelines.files.refusal import FileRefused
from pipelines.guard import Foreseen, StepFailed, kind_and_place, refused_by_system
from schemas.exit_status import ExitStatus

_INSIDE = "程序内部出错（{}）。已有的结果未受影响，请把括号内的文字告诉技术人员"
# Errors of Python's own that a user can cause. Their own text is English, and may quote what was read.
_PYTHONS: dict[type[BaseException], str] = {
    UnicodeEncodeError: "参数里有残缺的字符，请重新输入",
    MemoryError: "内存不足，请关闭其他程序后重试",
}


class Refused(Foreseen):
    """A command cannot be carried out as it was given; the message says why, in Chinese."""


def outcome_of(error: BaseException) -> tuple[ExitStatus, str]:
    """The exit status that ``error`` ends a command with, and what the user reads, in Chinese. Of an unforeseen error that is its
    kind and place, for its text may quote a child."""
    if (words := interrupted()) or isinstance(error, KeyboardInterrupt):
        return ExitStatus.INTERRUPTED, words or "已中断"
    return ExitStatus.NOTHING, _sentence(error)


def _sentence(error: BaseException) -> str:
    if isinstance(error, Foreseen | FileRefused):
        return str(error)
    if isinstance(error, StepFailed):
        return _INSIDE.format(error)
    if refused := refused_by_system(error):
        return str(refused)
    if known := next((sentence for kind, sentence in _PYTHONS.items() if isinstance(error, kind)), None):
        return known

    from schemas.county_problems import CountyFileError

    return str(error) if isinstance(error, CountyFileError) else _INSIDE.format(kind_and_place(error))
