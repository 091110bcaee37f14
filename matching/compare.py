"""Comparison: from candidate pairs to one agreement level per field. Whole columns and distinct values, no row loops."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.dates import BIRTH_LEVELS, compare_births
from matching.model import ID_LEVELS, ID_SAYS_BIRTH, KIN_LEVELS, PLACE_LEVELS, SEX_LEVELS
from matching.names import NAME_LEVELS, compare_names, sound_of

Codes = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.int32]


def compare(people: pd.DataFrame, left: Positions, right: Positions) -> dict[str, Codes]:
    """Level codes per field (``matching.model.FIELDS``) of the pairs (left[i], right[i]), positions in ``people``."""
    codes = {
        "name": _names(people, left, right),
        "id": _ids(people, left, right),
        "kin": _kin(people, left, right),
        "place": _places(people, left, right),
        "sex": _sexes(people, left, right),
    }
    births = people["birthdate"].to_numpy().astype("datetime64[D]")
    codes["birth"] = compare_births(births[left], births[right])
    # A birthdate that was read off the ID adds nothing to an ID that has been compared already.
    implied = people["birth_implied"].to_numpy()
    compared = np.isin(codes["id"], [ID_LEVELS.index(level) for level in ID_SAYS_BIRTH])
    codes["birth"][(implied[left] | implied[right]) & compared & (codes["birth"] > 0)] = BIRTH_LEVELS.index("implied")
    return codes


def _names(people: pd.DataFrame, left: Positions, right: Positions) -> Codes:
    code, distinct = pd.factorize(people["name"])
    a, b = code[left].astype(np.int64), code[right].astype(np.int64)
    out = np.full(len(left), NAME_LEVELS.index("exact"), dtype=np.uint8)
    missing = (a < 0) | (b < 0)
    unequal = np.flatnonzero((a != b) & ~missing)
    keys, inverse = np.unique(a[unequal] * len(distinct) + b[unequal], return_inverse=True)
    names = pd.Series(distinct)
    levels = compare_names(
        names.iloc[keys // len(distinct)].reset_index(drop=True), names.iloc[keys % len(distinct)].reset_index(drop=True)
    )
    out[unequal] = levels[inverse]
    former = pd.Index(distinct).get_indexer(people["former_name"])
    was = ((former[left] >= 0) & (former[left] == b)) | ((former[right] >= 0) & (former[right] == a))
    out[was & (out > NAME_LEVELS.index("former"))] = NAME_LEVELS.index("former")
    out[missing] = 0
    return out


def _ids(people: pd.DataFrame, left: Positions, right: Positions) -> Codes:
    level = {name: code for code, name in enumerate(ID_LEVELS)}
    number = people["id_number"].fillna("0" * 18)
    digits = np.frombuffer("".join(number).encode("ascii"), dtype=np.uint8).reshape(-1, 18)
    whole, valid = people["id_number"].notna().to_numpy(), people["id_valid"].to_numpy()
    out = np.zeros(len(left), dtype=np.uint8)
    both = np.flatnonzero(whole[left] & whole[right])
    one, other = digits[left[both]], digits[right[both]]
    unequal = one != other
    apart = unequal.sum(axis=1)
    swapped = (apart == 2) & (
        (unequal[:, :-1] & unequal[:, 1:]) & (one[:, :-1] == other[:, 1:]) & (one[:, 1:] == other[:, :-1])
    ).any(axis=1)
    both_valid = valid[left[both]] & valid[right[both]]
    found = np.where(both_valid, level["different"], level["different_invalid"]).astype(np.uint8)
    found[~unequal[:, :14].any(axis=1)] = level["same_birth_part"]
    # The check digit catches every single slip and swap: two valid numbers that differ by one are two persons.
    found[(apart == 2) & ~both_valid] = level["near"]
    found[((apart == 1) | swapped) & ~both_valid] = level["one_digit"]
    found[apart == 0] = level["exact"]
    out[both] = found
    _damaged(people, left, right, out, level)
    second_code, second = pd.factorize(people["id_other"])
    number_code = pd.Index(second).get_indexer(pd.Index(people["id_number"]))
    older = (second_code[left] >= 0) & ((second_code[left] == number_code[right]) | (second_code[left] == second_code[right]))
    older |= (second_code[right] >= 0) & (second_code[right] == number_code[left])
    out[older & (out != level["exact"])] = level["other_exact"]
    return out


def _damaged(people: pd.DataFrame, left: Positions, right: Positions, out: Codes, level: dict[str, int]) -> None:
    """Numbers of which only the leading digits survived: do those digits agree with the other side's?"""
    known = people["id_known"].to_numpy(dtype=object)
    number = people["id_number"].to_numpy(dtype=object)
    has_known = people["id_known"].notna().to_numpy()
    shown = np.where(has_known, known, number)
    has_any = has_known | people["id_number"].notna().to_numpy()
    for i in np.flatnonzero((has_known[left] | has_known[right]) & has_any[left] & has_any[right]):
        a, b = shown[left[i]], shown[right[i]]
        length = min(len(a), len(b))
        if length < 14:
            continue
        if a[:length] == b[:length]:
            out[i] = level["known_digits"]
        elif a[:14] == b[:14]:
            out[i] = level["same_birth_part"]
        else:
            out[i] = level["different_invalid"]


def _kin(people: pd.DataFrame, left: Positions, right: Positions) -> Codes:
    level = {name: code for code, name in enumerate(KIN_LEVELS)}
    names = people["kin"].str.split("|", expand=True)
    flat = pd.Series(names.stack())
    out = np.full(len(left), level["different"], dtype=np.uint8)
    if flat.empty:
        out[:] = level["missing"]
    else:
        code, distinct = pd.factorize(flat)
        exact = _matrix(flat, code, names.shape)
        sound = _matrix(flat, pd.factorize(pd.Series(distinct).map(sound_of))[0][code], names.shape)
        known = np.asarray((exact >= 0).any(axis=1))
        out[_common(sound, left, right) > 0] = level["alike"]
        common = _common(exact, left, right)
        out[common > 0] = level["same"]
        out[common > 1] = level["several"]
        out[~(known[left] & known[right])] = level["missing"]
    phone = pd.factorize(people["phone"])[0]
    out[(phone[left] >= 0) & (phone[left] == phone[right]) & (out != level["several"])] = level["same"]
    return out


def _matrix(flat: pd.Series, code: npt.NDArray[np.int64], shape: tuple[int, int]) -> npt.NDArray[np.int32]:
    out = np.full(shape, -1, dtype=np.int32)
    out[flat.index.get_level_values(0), flat.index.get_level_values(1)] = code
    return out


def _common(matrix: npt.NDArray[np.int32], left: Positions, right: Positions) -> npt.NDArray[np.uint8]:
    """How many of the left record's names the right one has too."""
    common = np.zeros(len(left), dtype=np.uint8)
    for i in range(matrix.shape[1]):
        mine = matrix[left, i]
        found = np.zeros(len(left), dtype=bool)
        for j in range(matrix.shape[1]):
            found |= mine == matrix[right, j]
        common += found & (mine >= 0)
    return common


def _places(people: pd.DataFrame, left: Positions, right: Positions) -> Codes:
    level = {name: code for code, name in enumerate(PLACE_LEVELS)}
    township = pd.factorize(people["township"])[0]
    village = pd.factorize(people["township"] + "/" + people["village"])[0]
    known = (village[left] >= 0) & (village[right] >= 0)
    out = np.full(len(left), level["different"], dtype=np.uint8)
    out[township[left] == township[right]] = level["township"]
    out[(township[left] == township[right]) & known] = level["other_village"]
    out[known & (village[left] == village[right])] = level["village"]
    out[(township[left] < 0) | (township[right] < 0)] = level["missing"]
    return out


def _sexes(people: pd.DataFrame, left: Positions, right: Positions) -> Codes:
    sex = pd.factorize(people["sex"])[0]
    out = np.where(sex[left] == sex[right], SEX_LEVELS.index("same"), SEX_LEVELS.index("different")).astype(np.uint8)
    out[(sex[left] < 0) | (sex[right] < 0)] = 0
    return out
