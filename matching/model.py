"""The model: how likely each level of agreement is for one person, for two siblings, and for two strangers.

Fellegi and Sunter (1969) know matches and non-matches. Here each is two classes. Non-matches, because siblings and twins
share surname, generation character, parents, village and phone, sometimes birthdate and typed ID, and because a wrong
link between siblings is what hides a child. Matches, because badly typed rows are bad in several fields at once
(formats.md 8): to believe that errors are independent is to give such a row up. The tables below are defaults for a
Chinese county, set from the error rates of formats.md 4; ``matching.learn`` fits them to the data at hand.
"""

import json
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from matching.compare import FIELDS, LEVEL
from matching.id_levels import BORROWABLE, LIKE

Reals = npt.NDArray[np.float64]
CLASSES = ("same", "careless", "sibling", "stranger")  # careless: the same person, one of the rows badly typed
SAME, CARELESS, SIBLING, STRANGER = range(4)
FORMAT = 1
GROUPS_OF_PAIRS = ("with_id", "without_id")  # pairs in which IDs could be compared, and those in which not
Numbers = dict[str, tuple[float, float, float]]
# The tables of a model and the field each belongs to. Repeats inside a register bear another ID as a rule (a second
# household registration has a second number), and strangers inside one are of its own ages, so ID and birthdate have
# tables of their own there; and beside an ID that already
# says the birthdate, its agreement proves little, while its contradiction points to a borrowed ID.
TABLES = {
    "name": "name",
    "id": "id",
    "id_within": "id",
    "birth": "birth",
    "birth_within": "birth",
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

_Rows = dict[str, tuple[float, float, float, float]]
_DEFAULTS: dict[str, _Rows] = {
    "name": {
        #                    same  careless sibling stranger
        "exact": (0.962, 0.600, 2e-6, 1.0),
        "variant": (0.005, 0.020, 5e-6, 0.2),
        "former": (0.003, 0.010, 2e-4, 1.0),
        "lost": (0.003, 0.030, 1.5e-3, 5e-4),
        "sound": (0.012, 0.120, 5e-3, 1.0),
        "alike": (0.005, 0.050, 5e-3, 2e-3),
        "mixed": (5e-4, 0.020, 2e-4, 2e-4),
        "swapped": (5e-4, 0.005, 2e-4, 1e-4),
        "surname_of_kin": (0.002, 0.020, 5e-4, 0.08),
        "surname_changed": (0.001, 0.010, 5e-4, 1.0),
        "dropped": (0.002, 0.020, 0.010, 0.005),
        "one_character": (0.002, 0.020, 0.300, 0.020),
        "part": (5e-4, 0.010, 0.020, 0.020),
        "different": (0.0015, 0.040, 0.660, 0.950),
    },
    "id": {
        "exact": (0.955, 0.500, 1e-3, 1e-8),
        "other_exact": (0.010, 0.040, 5e-4, 1e-8),
        # Siblings come this close only as twins (one pair in eighty) or by a borrowed number that was mistyped as well.
        "one_digit": (0.012, 0.130, 2e-5, 2e-6),
        "swapped": (0.005, 0.070, 1e-5, 1e-6),
        "lost_digits": (0.006, 0.060, 1e-4, 2e-6),
        "near": (0.001, 0.030, 3e-4, 2e-5),
        "sequence_damaged": (0.0015, 0.030, 2e-4, 2e-6),
        "same_birth_part": (0.001, 0.015, 0.015, 2.5e-4),
        "different": (0.002, 0.020, 0.950, 0.980),
        "different_invalid": (0.004, 0.110, 0.030, 0.020),
    },
    "id_within": {
        "exact": (0.500, 0.350, 1e-4, 1e-8),
        "other_exact": (0.010, 0.040, 1e-4, 1e-8),
        "one_digit": (0.020, 0.100, 2e-5, 2e-6),
        "swapped": (0.010, 0.050, 1e-5, 1e-6),
        "lost_digits": (0.010, 0.050, 1e-4, 2e-6),
        "near": (0.002, 0.020, 3e-4, 2e-5),
        "sequence_damaged": (0.002, 0.020, 2e-4, 2e-6),
        "same_birth_part": (0.250, 0.150, 0.015, 2.5e-4),
        "different": (0.150, 0.080, 0.960, 0.980),
        "different_invalid": (0.010, 0.100, 0.030, 0.020),
    },
    "birth": {
        "exact": (0.978, 0.780, 0.015, 1 / 3600),
        "lunar": (0.004, 0.040, 4e-4, 5e-4),
        "swapped": (0.002, 0.020, 5e-4, 5e-4),
        "first_of_year": (0.002, 0.030, 1e-3, 2e-3),
        "year_off": (0.003, 0.040, 1e-3, 1e-3),
        "one_digit": (0.006, 0.040, 0.012, 0.010),
        "different": (0.002, 0.020, 0.970, 0.986),
    },
    "birth_given_id": {
        "exact": (0.980, 0.850, 0.300, 0.900),
        "lunar": (0.005, 0.030, 0.010, 0.005),
        "swapped": (0.002, 0.020, 0.010, 0.005),
        "first_of_year": (0.002, 0.020, 0.010, 0.010),
        "year_off": (0.004, 0.030, 0.010, 0.010),
        "one_digit": (0.004, 0.030, 0.010, 0.010),
        "different": (0.003, 0.020, 0.650, 0.060),
    },
    "birth_given_like_id": {
        "exact": (0.980, 0.850, 0.930, 0.900),
        "lunar": (0.005, 0.030, 0.005, 0.005),
        "swapped": (0.002, 0.020, 0.005, 0.005),
        "first_of_year": (0.002, 0.020, 0.010, 0.010),
        "year_off": (0.004, 0.030, 0.010, 0.010),
        "one_digit": (0.004, 0.030, 0.010, 0.010),
        "different": (0.003, 0.020, 0.030, 0.060),
    },
    "kin": {
        "several": (0.90, 0.60, 0.95, 1e-5),
        "one_of_several": (0.06, 0.15, 0.03, 0.006),
        "none_of_several": (0.04, 0.25, 0.02, 0.994),
        "same": (0.75, 0.50, 0.80, 0.003),
        "alike": (0.04, 0.08, 0.03, 0.006),
        "different": (0.21, 0.42, 0.17, 0.991),
    },
    "place": {
        "village": (0.945, 0.75, 0.955, 0.020),
        "other_village": (0.035, 0.15, 0.025, 0.070),
        "different": (0.020, 0.10, 0.020, 0.910),
        "township": (0.970, 0.90, 0.975, 0.090),
        "other_township": (0.030, 0.10, 0.025, 0.910),
    },
    "address": {
        "same": (0.55, 0.30, 0.60, 5e-4),
        "close": (0.30, 0.30, 0.25, 2e-3),
        "part": (0.10, 0.25, 0.10, 0.050),
        "different": (0.05, 0.15, 0.05, 0.948),
    },
    "sex": {
        "same": (0.995, 0.970, 0.5, 0.5),
        "different": (0.005, 0.030, 0.5, 0.5),
    },
}
_DEFAULTS["birth_within"] = _DEFAULTS["birth"]
_CARELESS_SHARES = (0.03, 0.20)  # of GROUPS_OF_PAIRS: who left the ID out took less care with the rest


def default_table(name: str) -> Reals:
    """Probabilities, shape (levels of the field, 4 classes); 1 where a level says nothing ('missing', 'implied')."""
    rows = _DEFAULTS[name]
    return np.array([rows.get(level, (1.0, 1.0, 1.0, 1.0)) for level in FIELDS[TABLES[name]]])


@dataclass(frozen=True, slots=True)
class Model:
    """``tables``: per table of TABLES the probabilities (levels, classes). ``careless``: per group of pairs the share of matches whose rows
    are badly typed. ``pairs``: per pair of sources and group of pairs the expected numbers of pairs that are one person, siblings, strangers.
    ``learned_from``: how many records and candidate pairs the tables were fitted to; empty for the defaults."""

    tables: dict[str, Reals] = field(default_factory=lambda: {name: default_table(name) for name in TABLES})
    careless: tuple[float, ...] = _CARELESS_SHARES
    pairs: dict[str, dict[str, Numbers]] = field(default_factory=dict)
    learned_from: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> str:
        """The whole model as text to be read, reviewed and compared: no value of any person is in it."""
        tables = {
            name: {
                level: dict(zip(CLASSES, (float(f"{p:.6g}") for p in row), strict=True))
                for level, row in zip(FIELDS[TABLES[name]], table, strict=True)
                if level in _DEFAULTS[name]
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
            for name in TABLES:
                table = default_table(name)
                for level, row in document["tables"][name].items():
                    table[LEVEL[TABLES[name]][level]] = [float(row[c]) for c in CLASSES]
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


def select(codes: dict[str, npt.NDArray[np.uint8]], within: npt.NDArray[np.bool_]) -> dict[str, npt.NDArray[np.bool_]]:
    """Per table the pairs it applies to. ``within``: both records are of one source."""
    borrowable, like = (np.isin(codes["id"], [LEVEL["id"][level] for level in levels]) for levels in (BORROWABLE, LIKE))
    everywhere = np.ones(len(within), dtype=bool)
    choice = {"id": ~within, "id_within": within}
    alone = ~borrowable & ~like
    choice |= {"birth": alone & ~within, "birth_within": alone & within}
    choice |= {"birth_given_id": borrowable, "birth_given_like_id": like}
    return {name: choice.get(name, everywhere) for name in TABLES}


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
    for name in FIELDS:
        tables = [t for t in TABLES if TABLES[t] == name]
        out[name] = logs[tables[0]][codes[name]]
        for other in tables[1:]:
            out[name][chosen[other]] = logs[other][codes[name][chosen[other]]]
    out["name"][:, STRANGER] += name_frequency(codes["name"], shares)
    return out


def name_frequency(names: npt.NDArray[np.uint8], shares: dict[str, npt.NDArray[np.float32]]) -> npt.NDArray[np.float64]:
    """log2 of the share that the level's term frequency looks at; 0 for levels without one."""
    out = np.zeros(len(names))
    for level, share in SHARE_OF.items():
        rows = names == LEVEL["name"][level]
        out[rows] = np.log2(shares[share][rows])
    return out
