"""The model: how likely each level of agreement is for one person, for two siblings, and for two strangers.

Fellegi and Sunter (1969) know matches and non-matches. Here each is two classes. Non-matches, because siblings and twins
share surname, generation character, parents, village and phone, sometimes birthdate and typed ID, and because a wrong
link between siblings is what hides a child. Matches, because badly typed rows are bad in several fields at once
(docs/formats.md 4): to believe that errors are independent is to give such a row up. What is believed before any
data stands in ``matching.default_model``; ``matching.train`` fits it to the data at hand.
"""

import json
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from matching.arrays import Reals
from matching.default_model import CARELESS_SHARES, DEFAULTS
from matching.levels.id_levels import BORROWABLE, LIKE, OTHER
from matching.levels.record_levels import COMPARED_FIELDS, RECORD_LEVEL

CLASSES = ("same", "careless", "sibling", "stranger")  # careless: the same person, one of the rows badly typed
SAME, CARELESS, SIBLING, STRANGER = range(4)
FORMAT = 2  # 2: birthdates beside another ID
GROUPS_OF_PAIRS = ("with_id", "without_id")  # pairs in which IDs could be compared, and those in which not
Numbers = dict[str, tuple[float, float, float]]
# The tables of a model and the field each belongs to. Repeats inside a register bear another ID as a rule (a second
# household registration has a second number), and strangers inside one are of its own ages, so ID and birthdate have
# tables of their own there; and beside an ID that already says the birthdate, its agreement proves little, while its
# contradiction points to a borrowed ID.
LEVEL_TABLES = {
    "name": "name",
    "id": "id",
    "id_within": "id",
    "birth": "birth",
    "birth_within": "birth",
    "birth_given_other_id": "birth",
    "birth_given_id": "birth",
    "birth_given_like_id": "birth",
    "kin": "kin",
    "place": "place",
    "address": "address",
    "sex": "sex",
}
# Where names are equal, the stranger's figure is a factor on the name's own frequency (term frequency); where they sound
# alike on the frequency of the sound; where surnames differ on that of the given name's sound.
SHARE_OF = {
    "exact": "name",
    "variant": "name",
    "former": "name",
    "sound": "sound",
    "surname_of_kin": "given",
    "surname_changed": "given",
}


def default_table(name: str) -> Reals:
    """Probabilities, shape (levels of the field, 4 classes); 1 where a level says nothing ('missing', 'implied')."""
    rows = DEFAULTS[name]
    return np.array([rows.get(level, (1.0, 1.0, 1.0, 1.0)) for level in COMPARED_FIELDS[LEVEL_TABLES[name]]])


@dataclass(frozen=True, slots=True)
class Model:
    """``tables``: per table of LEVEL_TABLES the probabilities (levels, classes). ``careless``: per group of pairs
    the share of matches whose rows are badly typed. ``pairs``: per pair of sources and group of pairs the expected numbers of
    pairs that are one person, siblings, strangers. ``learned_from``: how many records and candidate pairs the tables were fitted to; empty for the defaults."""

    tables: dict[str, Reals] = field(default_factory=lambda: {name: default_table(name) for name in LEVEL_TABLES})
    careless: tuple[float, ...] = CARELESS_SHARES
    pairs: dict[str, dict[str, Numbers]] = field(default_factory=dict)
    learned_from: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> str:
        """The whole model as text to be read, reviewed and compared: no value of any person is in it."""
        tables = {
            name: {
                level: dict(zip(CLASSES, (float(f"{p:.6g}") for p in row), strict=True))
                for level, row in zip(COMPARED_FIELDS[LEVEL_TABLES[name]], table, strict=True)
                if level in DEFAULTS[name]
            }
            for name, table in self.tables.items()
        }
        document = {
            "format": FORMAT,
            "learned_from": self.learned_from,
            "careless": {name: float(f"{share:.6g}") for name, share in zip(GROUPS_OF_PAIRS, self.careless, strict=True)},
            "pairs": {
                a: {b: {g: [float(f"{x:.6g}") for x in n] for g, n in numbers.items()} for b, numbers in others.items()}
                for a, others in self.pairs.items()
            },
            "tables": tables,
        }
        return json.dumps(document, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Model":
        """A model from ``to_json``'s text. Raises ValueError, in Chinese, for a text that is none."""
        try:
            document = json.loads(text)
            if document["format"] != FORMAT:
                raise ValueError(f"模型文件的格式为 {document['format']}，本版本只认 {FORMAT}")
            tables = {}
            for name in LEVEL_TABLES:
                table = default_table(name)
                for level, row in document["tables"][name].items():
                    table[RECORD_LEVEL[LEVEL_TABLES[name]][level]] = [float(row[c]) for c in CLASSES]
                if not ((table > 0) & (table <= 1)).all():
                    raise ValueError(f"模型文件的 {name} 表中有不在 0 与 1 之间的概率")
                tables[name] = table
            pairs = {
                a: {b: {g: tuple(numbers[g]) for g in GROUPS_OF_PAIRS} for b, numbers in others.items()}
                for a, others in document["pairs"].items()
            }
            careless = tuple(float(document["careless"][name]) for name in GROUPS_OF_PAIRS)
            return cls(tables, careless, pairs, dict(document["learned_from"]))
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"不是模型文件，或已损坏（{type(error).__name__}）") from None

    def rounded(self) -> "Model":
        """The model as it comes back from its file, so that a run and its replay weigh alike."""
        return replace(Model.from_json(self.to_json()))


def covers(model: Model, sources: list[str]) -> bool:
    """Does the model know how many pairs of these sources are one person?"""
    return all(b in model.pairs.get(a, {}) for i, a in enumerate(sources) for b in sources[i:])


def select(codes: dict[str, npt.NDArray[np.uint8]], within: npt.NDArray[np.bool_]) -> dict[str, npt.NDArray[np.bool_]]:
    """Per table the pairs it applies to. ``within``: both records are of one source."""
    borrowable, like, other = (
        np.isin(codes["id"], [RECORD_LEVEL["id"][level] for level in levels]) for levels in (BORROWABLE, LIKE, OTHER)
    )
    everywhere = np.ones(len(within), dtype=bool)
    choice = {"id": ~within, "id_within": within}
    alone = ~borrowable & ~like & ~other
    choice |= {"birth": alone & ~within, "birth_within": alone & within}
    choice |= {"birth_given_other_id": other, "birth_given_id": borrowable, "birth_given_like_id": like}
    return {name: choice.get(name, everywhere) for name in LEVEL_TABLES}


def log_likelihoods(
    model: Model,
    codes: dict[str, npt.NDArray[np.uint8]],
    within: npt.NDArray[np.bool_],
    shares: dict[str, npt.NDArray[np.float32]],
) -> dict[str, Reals]:
    """Per field log2 P(level | class), shape (pairs, 4 classes). ``shares``: how frequent the name, its sound and the
    given name's sound are, per pair."""
    logs = {name: np.log2(table) for name, table in model.tables.items()}
    chosen = select(codes, within)
    out = {}
    for name in COMPARED_FIELDS:
        tables = [t for t in LEVEL_TABLES if LEVEL_TABLES[t] == name]
        out[name] = logs[tables[0]][codes[name]]
        for other in tables[1:]:
            out[name][chosen[other]] = logs[other][codes[name][chosen[other]]]
    out["name"][:, STRANGER] += name_frequency(codes["name"], shares)
    return out


def name_frequency(names: npt.NDArray[np.uint8], shares: dict[str, npt.NDArray[np.float32]]) -> npt.NDArray[np.float64]:
    """log2 of the share that the level's term frequency looks at; 0 for levels without one."""
    out = np.zeros(len(names))
    for level, share in SHARE_OF.items():
        rows = names == RECORD_LEVEL["name"][level]
        out[rows] = np.log2(shares[share][rows])
    return out
