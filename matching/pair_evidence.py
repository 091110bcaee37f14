"""A pair of records taken apart: what each field says, and with what weight."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from matching.batches import compare_all
from matching.describe import FIELD_WORDS, worded
from matching.model import SIBLING, Model
from matching.records import People, encode_records
from matching.weigh import field_bits, joint, weigh


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a comparison: its name, what was found, and the weight in bits."""

    field: str
    words: str
    bits: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A pair taken apart. ``weight``: log2 odds of one person = the lines' bits + ``prior``; the bits are against
    ``rival``, the likelier of siblings and strangers. ``probability``: of the pair by itself, its rivals not asked."""

    lines: list[Line]
    rival: str
    prior: float
    weight: float
    probability: float


def explain_pair(people: pd.DataFrame | People, record_id_l: str, record_id_r: str, model: Model) -> Comparison:
    """How any two records compare, candidates or not, weighed with ``model``.

    Raises KeyError where a record is not among ``people``.
    """
    ready = people if isinstance(people, People) else encode_records(people)
    left, right = (np.array([position(ready, record_id)], dtype=np.int64) for record_id in (record_id_l, record_id_r))
    codes = compare_all(ready, left, right)
    likelihoods, total = joint(model, ready, left, right, codes)
    bits, rival = field_bits(likelihoods, total)
    weight = float(weigh(model, ready, left, right, codes)[0])
    words = worded(codes, ready.compared.take(pa.array(left)), ready.compared.take(pa.array(right)))
    lines = [Line(FIELD_WORDS[name], said, float(bits[name][0])) for name, text in words.items() if (said := text[0].as_py())]
    return Comparison(
        lines,
        "兄弟姐妹" if rival[0] == SIBLING else "陌生人",
        weight - sum(line.bits for line in lines),
        weight,
        float(probability(np.array([weight]))[0]),
    )


def position(people: People, record_id: str) -> int:
    """Where the record stands among the prepared people. Raises KeyError where it does not."""
    found = pc.index(people.record_id, record_id).as_py()
    if found < 0:
        raise KeyError("record not among people")
    return int(found)


def probability(weight: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Of log2 odds."""
    return np.asarray(1 / (1 + np.exp2(-np.clip(weight, -60, 60))))
