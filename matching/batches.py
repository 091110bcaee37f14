"""Work on many pairs a batch at a time, batches side by side: memory stays bounded, and the order of results is the pairs'."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

_BATCH = 100_000  # pairs at a time and thread


def in_batches(work: Callable[[slice], None], size: int, threads: int | None = None) -> None:
    """Call ``work`` with slices that cover 0 … size; each call fills its own part of a result."""
    slices = [slice(start, min(start + _BATCH, size)) for start in range(0, size, _BATCH)]
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        list(pool.map(work, slices))
