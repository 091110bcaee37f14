"""The model: how likely each comparison level is for one person, for two siblings, and for two strangers.

Fellegi and Sunter (1969) divide pairs into matches and non-matches. Here each of the two is divided again. Non-matches are
siblings or strangers, because siblings share surname, generation character, parents, village and phone, twins the
birthdate, sometimes a wrongly typed ID, and because a wrong link between siblings hides a child. Matches are careful or
careless, because a badly typed record is bad in several fields at once (docs/formats.md 4), and a model in which errors are
independent would give such records up. ``matching.default_model`` holds the model before any data; ``matching.train`` fits it
to the data at hand.
"""

import json
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from matching.arrays import FieldLevels, Flags, Reals
from matching.birth_years import OddsOfYears
from matching.default_model import CARELESS_SHARES, DEFAULTS, NAMESAKES
from matching.levels.id_levels import LIKE_ID, OTHER_ID, SAME_ID
from matching.levels.record_levels import COMPARED_FIELDS, RECORD_LEVEL

CLASSES = ("same", "careless", "sibling", "stranger")  # careless: the same person, one of the records badly typed
SAME, CARELESS, SIBLING, STRANGER = range(4)
FORMAT = 6  # of the saved model; 6 since years of birth are weighed
# Groups of pairs with priors of their own: both records have an ID to compare or not; and, for unrivalled pairs, neither record has
# another candidate in the other's source that fits it (``matching.siblings.unrivalled_pairs``).
GROUPS_OF_PAIRS = ("with_id", "without_id", "unrivalled_with_id", "unrivalled_without_id")
Numbers = dict[str, tuple[float, float, float]]  # group of pairs -> expected numbers of matches, siblings, strangers
# The tables of a model, and the field of each. ID and birthdate have several. Within a source (id_within, birth_within), because a
# duplicate there usually has another ID (a second household registration has a second number), and because strangers there
# are of the ages of that source. Beside an ID that holds the birthdate already (birth_given_id, birth_given_like_id), because
# its agreement then proves little, while its contradiction suggests that the ID is another child's. Beside two different IDs
# (birth_given_other_id), because one person with two IDs keeps its birthdate.
LEVEL_TABLES = {
    "name": "name",
    "given": "given",
    "surname": "surname",
    "middle": "middle",
    "id": "id",
    "id_within": "id",
    "birth": "birth",
    "birth_within": "birth",
    "birth_given_other_id": "birth",
    "birth_given_id": "birth",
    "birth_given_like_id": "birth",
    "kin": "kin",
    "place": "place",
    "hamlet": "hamlet",
    "address": "address",
    "sex": "sex",
}
# Levels with a term frequency, by field: the stranger's figure is a factor on how frequent the name, its sound, the sound of the
# given name or, in letters, its part is among the records.
SHARE_OF = {
    "name": {
        "exact": "name",
        "variant": "name",
        "former": "name",
        "sound": "sound",
        "surname_of_kin": "given",
        "surname_changed": "given",
    },
    "given": {"same": "latin_given"},
    "surname": {"same": "latin_surname"},
}


def default_table(name: str) -> Reals:
    """The default probabilities of a table, shape (levels of the field, 4 classes); 1 for levels that are no evidence ('missing',
    'implied')."""
    rows = DEFAULTS[name]
    return np.array([rows.get(level, (1.0, 1.0, 1.0, 1.0)) for level in COMPARED_FIELDS[LEVEL_TABLES[name]]])


@dataclass(frozen=True, slots=True)
class Model:
    """A model; without arguments the default one, which does not know any sources yet.

    ``tables``: per table of ``LEVEL_TABLES`` the probabilities P(level | class), shape (levels, classes).
    ``careless``: per group of pairs (``GROUPS_OF_PAIRS``) the share of matches that are careless.
    ``namesakes``: how many times as frequent a name is in one's own village as in the whole list: a village is often of one clan.
    ``pairs``: first source -> second source -> group of pairs -> expected numbers of pairs that are one person, siblings, strangers.
    ``birth_years``: as ``matching.birth_years`` gives them: the factor on the odds of a pair, by the year of birth of its records.
    ``learned_from``: how many records and candidate pairs it was fitted to; empty for the default model.
    """

    tables: dict[str, Reals] = field(default_factory=lambda: {name: default_table(name) for name in LEVEL_TABLES})
    careless: tuple[float, ...] = CARELESS_SHARES
    namesakes: float = NAMESAKES
    pairs: dict[str, dict[str, Numbers]] = field(default_factory=dict)
    birth_years: OddsOfYears = field(default_factory=dict)
    learned_from: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> str:
        """The whole model as JSON, to be read, reviewed, compared and edited. No value of any person is in it."""
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
            "namesakes": float(f"{self.namesakes:.6g}"),
            "pairs": {
                a: {b: {g: [float(f"{x:.6g}") for x in n] for g, n in numbers.items()} for b, numbers in others.items()}
                for a, others in self.pairs.items()
            },
            "birth_years": {
                a: {b: {str(y): float(f"{x:.6g}") for y, x in of_year.items()} for b, of_year in others.items()}
                for a, others in self.birth_years.items()
            },
            "tables": tables,
        }
        return json.dumps(document, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Model":
        """The model that ``to_json`` wrote. Raises ValueError, in Chinese, where the text is no model."""
        try:
            document = json.loads(text)
            if document["format"] != FORMAT:
                raise ValueError(
                    f"模型文件是旧版本存下的（格式 {document['format']}，本版本为 {FORMAT}），请删去它，比对后用新学的模型"
                )
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
            namesakes = float(document["namesakes"] if isinstance(document["namesakes"], int | float) else "nan")
            if not 1 <= namesakes < np.inf:
                raise ValueError("模型文件的 namesakes 应不小于 1")
            birth_years = {
                a: {b: {int(y): float(x) for y, x in of_year.items()} for b, of_year in others.items()}
                for a, others in document["birth_years"].items()
            }
            if not all(0 < x <= 1 for others in birth_years.values() for of_year in others.values() for x in of_year.values()):
                raise ValueError("模型文件的 birth_years 应大于 0，不大于 1")
            return cls(tables, careless, namesakes, pairs, birth_years, dict(document["learned_from"]))
        except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
            raise ValueError(f"不是模型文件，或已损坏（{type(error).__name__}）") from None

    def rounded(self) -> "Model":
        """The model as it is read back from its file, so that a run and its replay weigh with the same figures."""
        return replace(Model.from_json(self.to_json()))


def covers(model: Model, sources: list[str]) -> bool:
    """Does the model know the expected numbers of pairs for all pairs of these sources?"""
    return all(b in model.pairs.get(a, {}) for i, a in enumerate(sources) for b in sources[i:])


def pairs_of_tables(codes: FieldLevels, within: Flags) -> dict[str, Flags]:
    """Returns per table of ``LEVEL_TABLES`` the pairs that it applies to. ``within``: both records are of one source."""
    same_id, like_id, other_id = (
        np.isin(codes["id"], [RECORD_LEVEL["id"][level] for level in levels]) for levels in (SAME_ID, LIKE_ID, OTHER_ID)
    )
    all_pairs = np.ones(len(within), dtype=bool)
    applies = {"name": ~in_parts(codes), "id": ~within, "id_within": within}
    no_id_evidence = ~same_id & ~like_id & ~other_id
    applies |= {"birth": no_id_evidence & ~within, "birth_within": no_id_evidence & within}
    applies |= {"birth_given_other_id": other_id, "birth_given_id": same_id, "birth_given_like_id": like_id}
    return {name: applies.get(name, all_pairs) for name in LEVEL_TABLES}


def in_parts(codes: FieldLevels) -> Flags:
    """Per pair: are the names weighed part by part, and not as wholes?"""
    return np.asarray((codes["given"] > 0) | (codes["surname"] > 0))


def log_likelihoods(
    model: Model, codes: FieldLevels, within: Flags, shares: dict[str, npt.NDArray[np.float32]]
) -> dict[str, Reals]:
    """Returns per field log2 P(level | class), shape (pairs, 4 classes). ``shares``: per pair how frequent the name, its sound and
    the sound of the given name are."""
    logs = {name: np.log2(table) for name, table in model.tables.items()}
    pairs_of = pairs_of_tables(codes, within)
    out = {}
    for name in COMPARED_FIELDS:
        first, *others = (table for table in LEVEL_TABLES if LEVEL_TABLES[table] == name)
        out[name] = logs[first][codes[name]]
        for table in others:
            out[name][pairs_of[table]] = logs[table][codes[name][pairs_of[table]]]
    out["name"][~pairs_of["name"]] = 0
    for name, bits in name_frequencies(codes, shares, model.namesakes).items():
        out[name][:, STRANGER] += bits
    return out


def name_frequencies(codes: FieldLevels, shares: dict[str, npt.NDArray[np.float32]], namesakes: float) -> dict[str, Reals]:
    """Returns per field of ``SHARE_OF`` and per pair the log2 of the share that the field's level depends on; that of a whole name is
    ``namesakes`` times as much in one village. 0 for levels without one, and for whole names that are weighed part by part."""
    out = {part: np.zeros(len(codes["name"])) for part in SHARE_OF}
    in_village = np.log2(namesakes) * (codes["place"] == RECORD_LEVEL["place"]["village"])
    for part, levels in SHARE_OF.items():
        for level, share in levels.items():
            rows = np.flatnonzero(codes[part] == RECORD_LEVEL[part][level])
            if len(rows):
                out[part][rows] = np.log2(shares[share][rows])
    out["name"] = np.where(in_parts(codes), 0, np.minimum(out["name"] + in_village * (out["name"] < 0), 0))
    return out
