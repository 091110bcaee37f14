"""Work on many pairs a batch at a time, batches side by side: memory stays bounded, and the order of results is the pairs'."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from matching.levels.record_levels import COMPARED_FIELDS, compare_records
from matching.records import People, Positions

_BATCH = 100_000  # pairs at a time and thread


def in_batches(work: Callable[[slice], None], size: int, threads: int | None = None) -> None:
    """Call ``work`` with slices that cover 0 … size; each call fills its own part of a result."""
    slices = [slice(start, min(start + _BATCH, size)) for start in range(0, size, _BATCH)]
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        list(pool.map(work, slices))


def compare_all(
    people: People, left: Positions, right: Positions, threads: int | None = None
) -> dict[str, npt.NDArray[np.uint8]]:
    """Level codes of pairs of positions."""
    out = {name: np.zeros(len(left), dtype=np.uint8) for name in COMPARED_FIELDS}

    def work(batch: slice) -> None:
        codes = compare_records(people.compared.take(pa.array(left[batch])), people.compared.take(pa.array(right[batch])))
        for name, code in codes.items():
            out[name][batch] = code

    in_batches(work, len(left), threads)
    return out
