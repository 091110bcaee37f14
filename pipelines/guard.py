"""Unforeseen errors without their text, which may quote a child's name or number."""

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

_Result = TypeVar("_Result")


class StepFailed(Exception):
    """A step broke off. Names the step, the kind of error and the place in the program, and nothing else of the error."""


class Foreseen(Exception):
    """An error whose message was written for whoever reads it: it passes a guard as it is."""


def guarded(step: str, work: Callable[[], _Result]) -> _Result:
    """What ``work`` returns. Raises StepFailed for every error but those that are ``Foreseen`` or come from a guard within."""
    try:
        return work()
    except (Foreseen, StepFailed):
        raise
    except Exception as error:
        raise StepFailed(f"{step}: {kind_and_place(error)}") from None


def kind_and_place(error: BaseException) -> str:
    """The class of ``error`` and the innermost lines of the program that it came through: what may be shown of any error."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    place = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {place}"
