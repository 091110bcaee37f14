"""Chinese ID numbers (GB 11643-1999) as they stand in exports: whole, damaged, inside other numbers, or missing.

Works on columns: the distinct texts are folded in Python once, the check digits are computed on a byte matrix.
"""

import re
import unicodedata

import numpy as np
import pandas as pd

from matching.arrays import all_of
from matching.blanks import BLANKS

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK = np.frombuffer(b"10X98765432", dtype=np.uint8)
# Full-width, look-alike and decorative characters seen in ID cells (docs/formats.md 3.4).
_FOLD = {
    **{ord(c): str(i) for i, c in enumerate("０１２３４５６７８９")},
    **{ord(c): "X" for c in "ＸｘxХх×"},
    **{ord(c): "0" for c in "OoОо"},
    **{ord(c): "1" for c in "lI"},
    **{ord(c): c.upper() for c in "gjb"},
    **dict(zip(map(ord, "ＧＪＬＢ"), "GJLB", strict=True)),
}
_DROP = re.compile(rf"[{BLANKS}'\"=`‘’＇-]")
_LABEL = re.compile(r"^\s*(?:居民)?(?:身份证|证件|户口[本簿])?(?:证件)?(?:号码?)?\s*[:：.。]?\s*(?=\d)")  # 身份证号：4512…
_WRITTEN_OUT = re.compile(r"^(\d{15})\d+\.0$")  # of a number as a program holds it the first fifteen digits are sure
_REMARK = re.compile(r"^(.{15,}?)[(（\[【].*$", re.DOTALL)  # 4512…0016（补办）
_SCIENTIFIC = re.compile(r"^(\d)(?:\.(\d+))?E\+?(\d{2})$")
_ID18 = re.compile(r"^\d{17}[\dX]$")
_CERTIFICATE = re.compile(r"^(\d{17}[\dX])([1-7])([1-4])(B\d)?$")
_STUDENT = re.compile(r"^G(\d{17}[\dX])$")

_DIVISION = 6  # leading digits
_CENTURY = 1900
_SEVERAL = 3  # so many damaged numbers show that the column as a whole is damaged
_OLDEST = 20  # an ID of fifteen digits with a lower year of birth would be of somebody born before 1920
# What a cell holds.
STATUSES = (
    "valid",
    "bad_check",
    "bad_date",
    "fifteen",
    "certificate",
    "student_number",
    "lost_precision",
    "truncated",
    "malformed",
    "placeholder",
    "missing",
)


def parse_ids(texts: pd.Series) -> pd.DataFrame:
    """Columns ``number`` (18 characters or null), ``status`` (one of STATUSES), ``known`` (surviving leading digits
    of a damaged number, else null), ``birthdate`` (datetime64, from the number where it holds a real day),
    ``sex`` (男/女 or null, from a number whose check digit fits), aligned with ``texts``.

    A number with a wrong check digit keeps its 18 characters: it is evidence, though not proof.
    """
    codes, distinct = pd.factorize(texts)
    parts = [_fold(t) for t in distinct]
    table = pd.DataFrame(parts, columns=["number", "status", "known"], dtype="object")
    table = pd.concat([table, pd.DataFrame([(None, "missing", None)], columns=table.columns)], ignore_index=True)
    _lost_by_chance_valid(table, list(distinct))
    number = table["number"]
    whole = number.notna().to_numpy()
    dates = pd.Series(pd.NaT, index=table.index, dtype="datetime64[us]")
    dates[whole] = pd.to_datetime(number[whole].str[6:14], format="%Y%m%d", errors="coerce").astype("datetime64[us]")
    damaged = (~whole) & (table["known"].str.len() >= 14).fillna(False).to_numpy(dtype=bool)
    dates[damaged] = pd.to_datetime(table["known"][damaged].str[6:14], format="%Y%m%d", errors="coerce").astype("datetime64[us]")
    table.loc[table["status"] == "placeholder", "known"] = None  # it holds a birthdate, but no area and no order
    good_check = np.zeros(len(table), dtype=bool)
    good_check[whole] = check_digit_fits(number[whole])
    real_date = dates.dt.year.between(1900, 2100).to_numpy()
    table.loc[whole & ~good_check & (table["status"] == "valid"), "status"] = "bad_check"
    table.loc[whole & ~real_date & table["status"].isin(["valid", "bad_check"]), "status"] = "bad_date"
    table["birthdate"] = dates.where(real_date)
    table["sex"] = None
    told = whole & good_check  # of a mistyped number any digit may be the wrong one
    table.loc[told, "sex"] = np.where(number[told].str[16].astype(int) % 2 == 1, "男", "女")
    return table.iloc[codes].reset_index(drop=True)  # code -1 (missing) takes the last row


def _lost_by_chance_valid(table: pd.DataFrame, texts: list[str]) -> None:
    """Mark as damaged the numbers that end in 000 and have a right check digit by chance, if the column is damaged: if several of its
    numbers end in 000 with a wrong one. Of numbers that a spreadsheet cut, one in eleven is right by chance; of complete numbers,
    one in a thousand ends in 000."""
    ends = np.array([str(number or "").endswith("000") for number in table["number"]], dtype=bool)
    lost = (table["status"] == "lost_precision").to_numpy()[: len(texts)]
    zeros = sum(_plain(text).endswith("000") for text, gone in zip(texts, lost, strict=True) if gone) if ends.any() else 0
    if zeros >= _SEVERAL and zeros >= int(ends.sum()):
        table.loc[ends, "known"] = table.loc[ends, "number"].str[:15]
        table.loc[ends, "status"] = "lost_precision"
        table.loc[ends, "number"] = None


def check_digit_fits(numbers: pd.Series) -> np.ndarray:
    """For 18-character numbers: does the last character fit the first 17 (ISO 7064 MOD 11-2)? bool per row."""
    if numbers.empty:
        return np.zeros(0, dtype=bool)
    return fits(np.frombuffer("".join(numbers.to_list()).encode("ascii"), dtype=np.uint8).reshape(-1, 18))


def fits(matrix: np.ndarray) -> np.ndarray:
    """``check_digit_fits`` of a matrix (numbers, 18) of characters; False for what is no number."""
    digits = matrix[:, :17] - ord("0")  # what is no digit wraps round to more than nine
    total = sum(digits[:, i].astype(np.int32) * int(weight) for i, weight in enumerate(_WEIGHTS))
    return all_of(digits <= 9) & (_CHECK[total % 11] == matrix[:, 17])


def with_check_digit(first17: str) -> str:
    """The 18-character number of 17 digits."""
    return first17 + chr(_CHECK[sum(int(d) * int(w) for d, w in zip(first17, _WEIGHTS, strict=True)) % 11])


def _fold(text: str) -> tuple[str | None, str, str | None]:
    """Returns (number, status, known) of one cell's text, as ``parse_ids`` describes them."""
    plain = _plain(text)
    if written_out := _WRITTEN_OUT.match(plain):
        return None, "lost_precision", written_out[1]
    plain = plain.removesuffix(".0")
    if scientific := _SCIENTIFIC.match(plain.replace("e", "E")):
        lead, rest, exponent = scientific.groups()
        return (None, "lost_precision", (lead + (rest or ""))[:15]) if int(exponent) >= 14 else (None, "malformed", None)
    if plain.startswith("999999"):
        return None, "placeholder", plain[:14] if re.match(r"^\d{14}", plain) else None
    if len(plain) > _DIVISION and plain.isdigit() and not plain[_DIVISION:].strip("0"):
        return None, "lost_precision", None  # the division alone survived
    if _ID18.match(plain):
        return (None, "lost_precision", plain[:15]) if plain.endswith("000") and not _fits(plain) else (plain, "valid", None)
    if certificate := _CERTIFICATE.match(plain):
        return certificate[1], "certificate", None
    if student := _STUDENT.match(plain):
        return student[1], "student_number", None
    if plain.isdigit() and len(plain) == 20 and plain.endswith("00000"):
        return None, "lost_precision", plain[:15]
    if plain.isdigit() and len(plain) == 15 and not _begins_a_whole_one(plain):
        if int(plain[6:8]) < _OLDEST:  # no old ID of an adult, but a child's ID without its century
            return None, "malformed", None
        return with_check_digit(plain[:6] + "19" + plain[6:]), "fifteen", None
    if plain.isdigit() and 14 <= len(plain) <= 17:
        return None, "truncated", plain
    digits = re.sub(r"\D", "", plain)
    if not digits or set(digits) == {"0"}:
        return None, "missing", None
    return None, "malformed", plain[:14] if re.match(r"^\d{14}", plain) else None


def _plain(text: str) -> str:
    """The text without labels, remarks, blanks and marks, and with digits and letters of every script and width in ASCII."""
    plain = _DROP.sub("", _REMARK.sub(r"\1", _LABEL.sub("", text))).translate(_FOLD)
    if plain.isascii():
        return plain
    plain = unicodedata.normalize("NFKC", plain).translate(_FOLD)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c if c.isascii() else "?" for c in plain)


def _begins_a_whole_one(fifteen: str) -> bool:
    """Are these fifteen digits the beginning of an ID of eighteen, rather than an old ID of fifteen? Then they hold a date with
    century."""
    year, month, day = int(fifteen[6:10]), int(fifteen[10:12]), int(fifteen[12:14])
    return _CENTURY <= year < _CENTURY + 200 and 1 <= month <= 12 and 1 <= day <= 31


def _fits(number: str) -> bool:
    return with_check_digit(number[:17]) == number
