"""How far a run is at each of its steps, and how long it will take, by what the steps took the last time."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.night.steps import Step

_STEPS = tuple(Step)


@dataclass(frozen=True, slots=True)
class StepEstimate:
    """A step that begins. ``number``: from 1; ``share``, ``until``: how much of the run is done when it begins, and when it ends (0 to 1);
    ``seconds``: what it will take, ``left``: what it and the steps after it will take; None where no run before tells."""

    step: Step
    number: int
    share: float
    until: float
    seconds: float | None
    left: float | None

    def share_after(self, spent: float) -> float:
        """How much of the run is done when the step has taken ``spent`` seconds; never more than its end."""
        within = min(1.0, spent / self.seconds) if self.seconds else 0.0
        return self.share + within * (self.until - self.share)

    def left_after(self, spent: float) -> float | None:
        """Seconds that are left then: those of the steps that follow at the least; 0 in the last step when it takes longer than before."""
        if self.left is None:
            return None
        return self.left - min(spent, self.seconds or 0.0)


def estimate_of(step: Step, last: Mapping[str, float]) -> StepEstimate:
    """The estimate for ``step``. ``last``: seconds by step of the run before; where it has none, all steps are taken as equally long."""
    place = _STEPS.index(step)
    whole = sum(last.get(name, 0.0) for name in _STEPS)
    if not whole:
        return StepEstimate(step, place + 1, place / len(_STEPS), (place + 1) / len(_STEPS), None, None)
    before, own = sum(last.get(name, 0.0) for name in _STEPS[:place]), last.get(step, 0.0)
    return StepEstimate(step, place + 1, before / whole, (before + own) / whole, own, whole - before)


def in_words(seconds: float) -> str:
    """A time as an estimate gives it: no more exact than it is."""
    if seconds < 90:
        return f"{max(1, round(seconds))} 秒"
    return f"{round(seconds / 60)} 分钟"
