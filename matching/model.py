"""The weights: how likely each level of agreement is for one person, for two siblings, and for two strangers.

Fellegi and Sunter (1969) know matches and non-matches. Here non-matches are two classes, because siblings and twins
share surname, generation character, parents, village and phone, sometimes birthdate and typed ID, and because a wrong
link between siblings is what hides a child. The probabilities are defaults for a Chinese county; each was set from
the error rates of formats.md 4, not from any synthetic county.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.dates import BIRTH_LEVELS
from matching.names import NAME_LEVELS

ID_LEVELS = (
    "missing",
    "exact",
    "other_exact",
    "one_digit",
    "known_digits",
    "near",
    "same_birth_part",
    "different",
    "different_invalid",
)
KIN_LEVELS = ("missing", "several", "same", "alike", "different")  # several: two names or more in common
PLACE_LEVELS = ("missing", "village", "township", "other_village", "different")  # township: one village unknown
SEX_LEVELS = ("missing", "same", "different")

FIELDS: dict[str, tuple[str, ...]] = {
    "name": NAME_LEVELS,
    "id": ID_LEVELS,
    "birth": BIRTH_LEVELS,
    "kin": KIN_LEVELS,
    "place": PLACE_LEVELS,
    "sex": SEX_LEVELS,
}


@dataclass(frozen=True, slots=True)
class Odds:
    """P(level | same person), P(level | siblings), P(level | strangers). Where names are equal, the stranger's figure
    is the name's own frequency in the data (term frequency), and ``stranger`` a factor on it; where they sound alike, the
    frequency of the sound."""

    person: float
    sibling: float
    stranger: float


NAME: dict[str, Odds] = {
    "missing": Odds(1, 1, 1),
    "exact": Odds(0.955, 5e-5, 1.0),
    "variant": Odds(0.005, 1e-4, 0.2),
    "former": Odds(0.004, 3e-4, 1.0),
    "lost": Odds(0.005, 1.5e-3, 5e-4),
    "sound": Odds(0.012, 1.5e-3, 1.0),
    "alike": Odds(0.006, 3e-3, 2e-3),
    "surname_changed": Odds(0.004, 2e-3, 2e-3),
    "one_character": Odds(0.005, 0.30, 0.02),
    "different": Odds(0.008, 0.65, 0.97),
}
ID: dict[str, Odds] = {
    "missing": Odds(1, 1, 1),
    "exact": Odds(0.94, 1e-3, 1e-8),
    "other_exact": Odds(0.01, 5e-4, 1e-8),
    # Siblings come this close only as twins (one pair in eighty) or by a borrowed number that was mistyped as well.
    "one_digit": Odds(0.018, 2e-5, 2e-6),
    "known_digits": Odds(0.008, 1e-4, 2e-6),
    "near": Odds(0.004, 3e-4, 2e-5),
    "same_birth_part": Odds(0.002, 0.015, 2.5e-4),
    "different": Odds(0.003, 0.95, 0.98),
    "different_invalid": Odds(0.008, 0.03, 0.03),
}
# Birthdates beside IDs that disagree or are missing …
BIRTH: dict[str, Odds] = {
    "missing": Odds(1, 1, 1),
    "implied": Odds(1, 1, 1),
    "exact": Odds(0.975, 0.015, 1 / 3600),
    "lunar": Odds(0.004, 4e-4, 5e-4),
    "near": Odds(0.012, 0.012, 0.012),
    "different": Odds(0.009, 0.97, 0.987),
}
# … and beside an ID that already says the birthdate: agreement proves little, contradiction points to a borrowed ID.
BIRTH_GIVEN_ID: dict[str, Odds] = {
    "missing": Odds(1, 1, 1),
    "implied": Odds(1, 1, 1),
    "exact": Odds(0.985, 0.30, 0.9),
    "lunar": Odds(0.004, 0.01, 0.01),
    "near": Odds(0.008, 0.03, 0.03),
    "different": Odds(0.003, 0.66, 0.06),
}
KIN: dict[str, Odds] = {
    "missing": Odds(1, 1, 1),
    "several": Odds(0.40, 0.42, 1e-5),
    "same": Odds(0.38, 0.43, 3e-3),
    "alike": Odds(0.04, 0.03, 8e-3),
    "different": Odds(0.18, 0.12, 0.997),
}
PLACE: dict[str, Odds] = {
    "missing": Odds(1, 1, 1),
    "village": Odds(0.93, 0.95, 0.02),
    "township": Odds(0.96, 0.97, 0.09),
    "other_village": Odds(0.03, 0.02, 0.08),
    "different": Odds(0.04, 0.03, 0.9),
}
SEX: dict[str, Odds] = {"missing": Odds(1, 1, 1), "same": Odds(0.995, 0.5, 0.5), "different": Odds(0.005, 0.5, 0.5)}

ID_SAYS_BIRTH = ("exact", "one_digit", "known_digits", "same_birth_part")
SIBLING_RATE = 1.0  # siblings of one child in another registry, beside the child itself
# How surely a sibling would show: where names disagree and the other source, complete as it is, holds nobody whose name
# fits better, the record is hardly a sibling's. 1 would trust the source wholly.
SIBLING_SHOWS = 0.95


def table(levels: tuple[str, ...], odds: dict[str, Odds]) -> npt.NDArray[np.float64]:
    """log2 probabilities, shape (levels, 3): person, sibling, stranger."""
    return np.log2(np.array([(o.person, o.sibling, o.stranger) for o in (odds.get(level, Odds(1, 1, 1)) for level in levels)]))


def log_likelihoods(
    codes: dict[str, npt.NDArray[np.uint8]], name_frequency: npt.NDArray[np.float64], sound_frequency: npt.NDArray[np.float64]
) -> dict[str, npt.NDArray[np.float64]]:
    """Per field an array (pairs, 3) of log2 P(level | class). ``name_frequency``, ``sound_frequency``: share of records
    with the left record's name, and with its sound."""
    said = np.isin(codes["id"], [ID_LEVELS.index(level) for level in ID_SAYS_BIRTH])
    out = {
        "name": table(NAME_LEVELS, NAME)[codes["name"]],
        "id": table(ID_LEVELS, ID)[codes["id"]],
        "birth": np.where(
            said[:, None], table(BIRTH_LEVELS, BIRTH_GIVEN_ID)[codes["birth"]], table(BIRTH_LEVELS, BIRTH)[codes["birth"]]
        ),
        "kin": table(KIN_LEVELS, KIN)[codes["kin"]],
        "place": table(PLACE_LEVELS, PLACE)[codes["place"]],
        "sex": table(SEX_LEVELS, SEX)[codes["sex"]],
    }
    same_name = np.isin(codes["name"], [NAME_LEVELS.index(level) for level in ("exact", "variant", "former")])
    out["name"][same_name, 2] += np.log2(name_frequency[same_name])
    same_sound = codes["name"] == NAME_LEVELS.index("sound")
    out["name"][same_sound, 2] += np.log2(sound_frequency[same_sound])
    return out
