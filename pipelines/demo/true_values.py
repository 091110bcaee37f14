"""What each row of an export says, in standard form, as its maker knows it: the truth by which findings are scored."""

import csv
import re
from collections.abc import Mapping
from importlib.resources import files

import numpy as np
import pandas as pd

from matching.ids import check_digit_fits
from pipelines.demo.contradictions import second_number
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

# Field of truth/values.parquet -> the columns of a registry's frame that say it, and the codes in which they do.
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
OTHER_NUMBERS = (second_number, renewed)  # of one person, beside the true one
_REMARK = re.compile(r"[\s\u3000]|[(（].*?[)）]")
_LOST = re.compile(r"[?*\ue863]")
_HALF_WIDTH = {ord(c) + 0xFEE0: c for c in "0123456789X"}


def said(registry: str, frame: pd.DataFrame, columns: Mapping[str, str | None]) -> pd.DataFrame:
    """One line per row of ``frame``, which is written with ``columns``: truth_id and the fields of the module's tables;
    null where the export has no such column or the row says nothing."""
    written = {column for column in columns.values() if column}
    nothing = pd.Series(None, index=frame.index, dtype="str")
    out = pd.DataFrame({"registry": registry, "truth_id": frame["truth_id"].to_numpy()}, index=frame.index)
    out["name"] = frame["name"].map(lambda name: _LOST.sub("□", _REMARK.sub("", name)))
    for field, (column, codes) in _CODED.items():
        text = frame[column].where(frame[column].notna(), None) if column in written else nothing
        out[field] = (text.map(codes) if codes else text).astype("str")
    kind = next((column for column in ("disability", "disability_name") if column in written), None)
    out["disability"] = frame[kind].map(DISABILITY_TYPE).astype("str") if kind else nothing
    official = _former_names()
    # The federation's address is that of the household registration; a school's is where the child lives.
    of_register = "township" in written or registry == "canlian"
    out["township"] = frame["township"].replace(official).astype("str") if of_register else nothing
    towns = sorted({*official, *official.values()}, key=len, reverse=True)
    found = out["school"].str.extract(f"^({'|'.join(towns)})", expand=False)
    out["school_township"] = found.replace(official).astype("str")
    graded = "grade_name" in written and "level_grade" in frame
    out["grade"] = frame["level_grade"].astype("Int8") if graded else pd.Series(pd.NA, index=frame.index, dtype="Int8")
    days = frame["birth"].where(frame["birth"].map(lambda day: isinstance(day, pd.Timestamp)))
    out["birth"] = pd.to_datetime(days if "birth_text" in written else nothing).astype("datetime64[us]")
    out[["number", "number_state", "carried"]] = numbers(frame["number"])
    out["certificate"] = out["certificate"].fillna(out.pop("carried"))
    return out.reset_index(drop=True)


def numbers(cells: pd.Series) -> pd.DataFrame:
    """number (18 characters, of a certificate's the first, else null), its state (valid | invalid: whole, but no such
    number | placeholder | damaged | missing), and the certificate that stood in the ID's place. A number that ends in 000
    and does not fit looks like one that a spreadsheet cut, whatever befell it."""
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
    """``values`` with each row's own family, and whose the number is that it bears: number_owner, owner_family.
    ``people``: truth_id, household, number of everybody, other numbers of theirs last."""
    family = people.drop_duplicates("truth_id").set_index("truth_id")["household"]
    owner = people.drop_duplicates("number").set_index("number")["truth_id"]
    owners = values["number"].map(owner)
    return values.assign(
        family=values["truth_id"].map(family),
        number_owner=owners.astype("Int64"),
        owner_family=owners.map(family).astype("Int64"),
    )


def _former_names() -> dict[str, str]:
    """Townships: the name before they became 镇 -> the official name; the official name too."""
    with (files("schemas") / "divisions.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {row["former_name"]: row["township"] for row in rows if row["former_name"]} | {
        row["township"]: row["township"] for row in rows
    }
