"""Work on many pairs in batches, several batches at a time: memory stays bounded, and results keep the order of the pairs."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa

from matching.arrays import FieldLevels
from matching.levels.record_levels import COMPARED_FIELDS, compare_records
from matching.records import People, Positions

_BATCH = 100_000  # pairs per batch


def in_batches(work: Callable[[slice], None], size: int, threads: int | None = None) -> None:
    """Call ``work`` with slices that together cover 0 … ``size``, in several threads. Each call must write its own part of a
    result that exists before, and nothing else."""
    slices = [slice(start, min(start + _BATCH, size)) for start in range(0, size, _BATCH)]
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        list(pool.map(work, slices))


def compare_all(people: People, left: Positions, right: Positions, threads: int | None = None) -> FieldLevels:
    """Returns per field the comparison level of each pair (``left``, ``right``: positions in ``people``)."""
    out = {name: np.zeros(len(left), dtype=np.uint8) for name in COMPARED_FIELDS}

    def work(batch: slice) -> None:
        codes = compare_records(people.compared.take(pa.array(left[batch])), people.compared.take(pa.array(right[batch])))
        for name, code in codes.items():
            out[name][batch] = code

    in_batches(work, len(left), threads)
    return out
