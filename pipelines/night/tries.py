"""What is tried again where waiting may help: another run is at work, a share is away, a file is open elsewhere. Bad data never are."""

from collections.abc import Callable
from typing import Any, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.states import State
from prefect.tasks import exponential_backoff

from pipelines.guard import Foreseen, StepFailed

_Result = TypeVar("_Result")

_TRIES, _FIRST_WAIT = 6, 30  # again after 30 s, 1, 2, 4, 8 and 16 minutes


class Told(Exception):
    """An error of a job as it may be shown in Prefect. ``error``: what it was."""

    def __init__(self, error: Foreseen | StepFailed) -> None:
        super().__init__(getattr(error, "anywhere", None) or str(error))
        self.error = error


def tried(name: str, work: Callable[[], _Result]) -> _Result:
    """What ``work`` returns, called as a Prefect task of this name, and again while waiting may help. Raises Told for an error of the last try
    that is Foreseen or StepFailed."""

    @task(
        name=name,
        retries=_TRIES,
        retry_delay_seconds=exponential_backoff(backoff_factor=_FIRST_WAIT),
        retry_jitter_factor=0.2,
        retry_condition_fn=_waiting_helps,
        persist_result=False,
        cache_policy=NO_CACHE,
        log_prints=False,
    )
    def job() -> _Result:
        try:
            return work()
        except (Foreseen, StepFailed) as error:
            told = Told(error)
        raise told

    return job()


def _waiting_helps(_: object, __: object, state: State[Any]) -> bool:
    error = state.result(raise_on_failure=False)
    return isinstance(error, Told) and getattr(error.error, "passes", False)
