"""The bar of a run on a terminal: the share that is done and the time that is left, which go on within a step as its time on the run before
lets expect."""

import time

from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, Task, TextColumn
from rich.progress_bar import ProgressBar
from rich.text import Text

from pipelines.night.step_times import StepEstimate, in_words

_WIDTH = 20  # of the bar, so that the line fits into 80 columns


def estimated_columns() -> tuple[ProgressColumn, ...]:
    """Columns for tasks with the fields ``estimate`` (``StepEstimate``), begun with the task, and ``run_began`` (``time.monotonic``)."""
    return SpinnerColumn("line"), TextColumn("{task.description}", markup=False), _Bar(), _Times()


class _Bar(BarColumn):
    def render(self, task: Task) -> ProgressBar:
        return ProgressBar(total=1.0, completed=_estimate(task).share_after(task.elapsed or 0.0), width=_WIDTH)


class _Times(ProgressColumn):
    def render(self, task: Task) -> Text:
        estimate, spent = _estimate(task), task.elapsed or 0.0
        left = estimate.left_after(spent)
        words = "" if left is None else f"　约剩 {in_words(left)}" if left else "　比上次久"
        return Text(f"{estimate.share_after(spent):.0%}{words}　已用 {in_words(time.monotonic() - task.fields['run_began'])}")


def _estimate(task: Task) -> StepEstimate:
    estimate = task.fields["estimate"]
    assert isinstance(estimate, StepEstimate)
    return estimate
