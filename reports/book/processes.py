"""Work on several processors: processes that end with their parent, and whose interruption is their parent's affair."""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any, TypeAlias

Submit: TypeAlias = Callable[..., "Future[Any]"]


@contextmanager
def worker_processes(processes: int) -> Iterator[Submit]:
    """The function that has a call (a function and its arguments) made in one of so many processes. Whatever breaks it off, none of them
    is at work afterwards. A call's result raises BrokenProcessPool where a process could not be started or was killed."""
    # Spawned, as Windows does it: a fork of a process with DuckDB's and Arrow's threads can hang.
    others = active_children()
    pool = ProcessPoolExecutor(processes, get_context("spawn"), initializer=_end_with_parent)

    def submit(work: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        with _interruptions_held():
            return pool.submit(work, *arguments)

    try:
        yield submit
    except KeyboardInterrupt:
        for child in active_children():
            if child not in others:
                child.kill()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _interruptions_held() -> Iterator[None]:
    """Processes that are started meanwhile never see Ctrl-C, which a terminal sends to all: they would each print a traceback. This process
    gets it at the end. Where a system cannot hold signals (Windows), the program's main module has them ignored as it is loaded."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_parent() -> None:
    """A process of a pool waits for work for ever, also when its parent was killed."""
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
