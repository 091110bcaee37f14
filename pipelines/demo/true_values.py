"""The standardised values that each row of an export holds, faults included: the truth against which findings are scored
(``benchmarks.expected``). They are taken from the frames that are written, so that the program's own reading is not involved."""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from matching.ids import check_digit_fits
from pipelines.demo.export_values import second_number
from pipelines.demo.typing_faults import renewed
from schemas.codes import (
    CERTIFICATE_STATE,
    DISABILITY_LEVEL,
    DISABILITY_TYPE,
    PAID,
    REGISTER_STATE,
    SCHOOL_CLAIM,
    SCHOOL_STAGE,
    STUDENT_STATE,
    STUDY_MODE,
    YES_NO,
)

# Field of truth/values.parquet -> (column of a registry's frame, its codes).
_CODED: dict[str, tuple[str, dict[str, str] | None]] = {
    "sex": ("sex", None),
    "former_name": ("former_name", None),
    "household": ("household_code", None),
    "school": ("school", None),
    "stage": ("stage", SCHOOL_STAGE),
    "student_state": ("student_state", STUDENT_STATE),
    "state_date": ("state_date", None),
    "study_mode": ("study_mode", STUDY_MODE),
    "poverty": ("poverty", YES_NO),
    "school_claim": ("claim", SCHOOL_CLAIM),
    "dropout_reason": ("reason", None),
    "health": ("health", None),
    "register_state": ("register_state", REGISTER_STATE),
    "certificate_state": ("certificate_state", CERTIFICATE_STATE),
    "certificate": ("certificate", None),
    "disability_level": ("level_name", DISABILITY_LEVEL),
    "aid_item": ("item", None),
    "aid_term": ("term", None),
    "aid_paid": ("paid", PAID),
    "hardship": ("hardship", None),
    "low_income": ("low_income", YES_NO),
    "disability_flag": ("disability_flag", YES_NO),
}
OTHER_NUMBERS = (second_number, renewed)  # functions of the true ID that give other IDs of the same person
_REMARK = re.compile(r"[\s\u3000]|[(（].*?[)）]")
_LOST = re.compile(r"[?*\ue863]")
_HALF_WIDTH = {ord(c) + 0xFEE0: c for c in "0123456789X"}


def values_of_rows(
    registry: str, frame: pd.DataFrame, columns: Mapping[str, str | None], official: Mapping[str, str]
) -> pd.DataFrame:
    """Returns one row per row of ``frame``, which is written as an export with ``columns``: registry, truth_id, name, birth, township,
    school_township, grade, disability, number, number_state, certificate and the fields of ``_CODED``; null where the export has
    no such column or the cell is empty. ``official``: name of a township, former ones too -> its official name."""
    written = {column for column in columns.values() if column}
    nothing = pd.Series(None, index=frame.index, dtype="str")
    out = pd.DataFrame({"registry": registry, "truth_id": frame["truth_id"].to_numpy()}, index=frame.index)
    out["name"] = frame["name"].map(lambda name: _LOST.sub("□", _REMARK.sub("", name)))
    for field, (column, codes) in _CODED.items():
        text = frame[column].where(frame[column].notna(), None) if column in written else nothing
        out[field] = (text.map(codes) if codes else text).astype("str")
    kind = next((column for column in ("disability", "disability_name") if column in written), None)
    out["disability"] = frame[kind].map(DISABILITY_TYPE).astype("str") if kind else nothing
    # The disability federation has the address of the household registration; a school has the address where the child lives.
    registered_place = "township" in written or registry == "canlian"
    out["township"] = frame["township"].replace(dict(official)).astype("str") if registered_place else nothing
    towns = sorted({*official, *official.values()}, key=len, reverse=True)
    found = out["school"].str.extract(f"^({'|'.join(towns)})", expand=False)
    out["school_township"] = found.replace(dict(official)).astype("str")
    graded = "grade_name" in written and "level_grade" in frame
    out["grade"] = frame["level_grade"].astype("Int8") if graded else pd.Series(pd.NA, index=frame.index, dtype="Int8")
    days = frame["birth"].where(frame["birth"].map(lambda day: isinstance(day, pd.Timestamp)))
    out["birth"] = pd.to_datetime(days if "birth_text" in written else nothing).astype("datetime64[us]")
    out[["number", "number_state", "carried"]] = numbers(frame["number"])
    out["certificate"] = out["certificate"].fillna(out.pop("carried"))
    return out.reset_index(drop=True)


def numbers(cells: pd.Series) -> pd.DataFrame:
    """Returns number (18 characters, of a certificate the first 18, else null), number_state and carried (a certificate's number that
    stands in place of the ID). States: valid; invalid (18 characters, but check digit or date are wrong); placeholder; damaged;
    missing. A number that ends in 000 and has a wrong check digit counts as damaged, because a spreadsheet leaves such numbers."""
    texts = cells.map(lambda cell: cell if isinstance(cell, str) else "" if pd.isna(cell) else "?")
    plain = texts.str.translate(_HALF_WIDTH).str.replace(r"[\s']", "", regex=True).str.upper()
    whole = plain.str.fullmatch(r"\d{17}[\dX](\d{2}(B\d)?)?") & ~plain.str.startswith("999999")
    number = plain.str[:18].where(whole, None)
    fits = np.zeros(len(cells), dtype=bool)
    fits[whole] = check_digit_fits(number[whole])
    whole &= ~(plain.str.endswith("000") & ~fits)
    number = number.where(whole, None)
    real = pd.to_datetime(number.str[6:14], format="%Y%m%d", errors="coerce").dt.year.between(1900, 2100)
    state = np.select(
        [whole & fits & real, whole, plain.str.startswith("999999"), plain.isin(["", "无", "—"])],
        ["valid", "invalid", "placeholder", "missing"],
        "damaged",
    )
    carried = plain.where(whole & (plain.str.len() >= 20), None)
    table = pd.DataFrame({"number": number, "number_state": state, "carried": carried}, index=cells.index)
    return table.astype("str")


def with_owners(values: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Returns ``values`` with family (the household of the row's person), number_owner (the truth_id of the person whose ID the row
    holds) and owner_family. ``people``: truth_id, household and number of everybody, rows with other numbers last."""
    family = people.drop_duplicates("truth_id").set_index("truth_id")["household"]
    owner = people.drop_duplicates("number").set_index("number")["truth_id"]
    owners = values["number"].map(owner)
    return values.assign(
        family=values["truth_id"].map(family),
        number_owner=owners.astype("Int64"),
        owner_family=owners.map(family).astype("Int64"),
    )
