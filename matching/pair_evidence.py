"""One pair of records, field by field: how the values agree, and what that weighs."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from matching.batches import compare_all
from matching.describe import FIELD_WORDS, worded
from matching.model import SIBLING, Model
from matching.records import People, encode_records
from matching.weigh import field_weights, joint_log_likelihood, match_probability, weigh


@dataclass(frozen=True, slots=True)
class FieldEvidence:
    """``field``: the field's Chinese name. ``words``: its comparison level in Chinese, with the values where they differ.
    ``bits``: its weight, positive in favour of one person."""

    field: str
    words: str
    bits: float


@dataclass(frozen=True, slots=True)
class PairEvidence:
    """``fields``: one entry per field that both records have. ``rival``: the likelier of 兄弟姐妹 (siblings) and 陌生人 (strangers),
    against which the fields are weighed. ``weight``: log2 of the odds that the two are one person, the sum of the fields'
    bits and of ``prior``. ``probability``: the same as a probability of this pair by itself. Both take it that no other
    record fits either of the two, so they may be higher than in ``Linkage.links``."""

    fields: list[FieldEvidence]
    rival: str
    prior: float
    weight: float
    probability: float


def explain_pair(people: pd.DataFrame | People, record_id_l: str, record_id_r: str, model: Model) -> PairEvidence:
    """Compare any two records, candidates or not, and weigh them with ``model``.

    ``people``: a table with the columns ``PEOPLE``, or ``Linkage.people``, which need not be encoded again.
    Raises KeyError where a record is not among ``people``, and ValueError where the model does not know their sources.
    """
    encoded = people if isinstance(people, People) else encode_records(people)
    left, right = (np.array([_position(encoded, record_id)], dtype=np.int64) for record_id in (record_id_l, record_id_r))
    codes = compare_all(encoded, left, right)
    unrivalled = encoded.source[left] != encoded.source[right]
    likelihoods, total = joint_log_likelihood(model, encoded, left, right, codes, unrivalled)
    bits, rival = field_weights(likelihoods, total)
    weight = float(weigh(model, encoded, left, right, codes, unrivalled)[0])
    words = worded(codes, encoded.compared.take(pa.array(left)), encoded.compared.take(pa.array(right)))
    texts = {name: text[0].as_py() for name, text in words.items()}
    fields = [FieldEvidence(FIELD_WORDS[name], text, float(bits[name][0])) for name, text in texts.items() if text]
    return PairEvidence(
        fields,
        "兄弟姐妹" if rival[0] == SIBLING else "陌生人",
        weight - sum(field.bits for field in fields),
        weight,
        float(match_probability(np.array([weight]))[0]),
    )


def _position(people: People, record_id: str) -> int:
    """The record's position among the encoded people. Raises KeyError where it is not among them."""
    found = pc.index(people.record_id, record_id).as_py()
    if found < 0:
        raise KeyError("record not among people")
    return int(found)
