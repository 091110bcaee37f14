"""Chinese ID numbers (GB 11643-1999) as they stand in exports: whole, damaged, inside other numbers, or missing.

Works on columns: texts that are whole numbers already, nearly all of a good export, are cut by Arrow; the distinct ones
of the rest are folded in Python. Dates and check digits are computed on a matrix of bytes.
"""

import re
import unicodedata

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from matching.arrays import Flags, all_of
from matching.blanks import BLANKS
from matching.character_forms import usual_characters
from matching.masked_ids import HIDDEN, visible_digits, with_hidden_digits
from matching.rounded_ids import rounded_certificates, rounded_rows, sure_digits
from matching.text_columns import series_of, text_array

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK = np.frombuffer(b"10X98765432", dtype=np.uint8)
# Look-alike characters, beside those that NFKC knows, seen in ID cells (docs/formats.md 3.4).
_FOLD = {
    **{ord(c): "X" for c in "xХхΧχ×✕✖╳⨯乂㐅ㄨ"},
    **{ord(c): "0" for c in "OoОо"},
    **{ord(c): "1" for c in "lI"},
    **{ord(c): c.upper() for c in "gjb"},
    **{ord(c): HIDDEN for c in "■□●○◯•█▇▓※☆★∗…⋯"},
}
_DROP = re.compile(rf"[{BLANKS}'\"=`‘’“”\u2010-\u2015\u2212-]")
_SIGNS = r"(?:(?![*?■□●○◯•×✕✖╳⨯])[\W_]){0,4}"  # punctuation, but not what stands for a digit
_LABEL = re.compile(  # 身份证号：4512…, ID:4512…
    rf"^{_SIGNS}(?:居民|公民)?(?:身份证|身份|证件|户口[本簿])?(?:证件)?(?:号码?)?(?:ID|NO)?{_SIGNS}(?=[\d*])", re.IGNORECASE
)
_BEHIND = re.compile(rf"{_SIGNS}(?:(?:ID|(?:居民)?身份证(?:号码?)?){_SIGNS})?$", re.IGNORECASE)
_MARKED = re.compile(r"^[*?]{0,2}(\d{17}[\dX])[*?]{0,2}$")  # 4512…0016*: marked by hand, nothing is hidden
_FILLED_IN = re.compile(r"^(?:(\d)\1{14,}|123456789012345678)(?:[1-7][1-4])?$")  # so that the cell is not empty
_WRITTEN_OUT = re.compile(r"^(\d{15})\d+\.0$")  # of a number as a program holds it the first fifteen digits are sure
_REMARK = re.compile(r"^(.{15,}?)[(（\[【].*$", re.DOTALL)  # 4512…0016（补办）
_SCIENTIFIC = re.compile(r"^(\d)(?:\.(\d+))?E\+?(\d{2})$")
_ID18 = re.compile(r"^\d{17}[\dX]$")
_CERTIFICATE = re.compile(r"^(\d{17}[\dX])([1-7])([1-4])(B\d)?$")
_SCHOOLS_OWN = re.compile(r"^999(?!999)\d{8,}$")  # 999, the school's code and a serial; no division begins so
_PERMIT = re.compile(r"^[A-Za-z]{1,2}\d{7,10}$")  # passports, permits of Hong Kong, Macau and Taiwan, certificates of birth
_STUDENT_WITHOUT_ID = re.compile(r"^[JL]\d{18}$")  # numbers that the student register gives where there is no ID
_STUDENT = re.compile(r"^G(\d{17}[\dX])$")
# In RE2: an ID, a certificate's number or a student number that needs no folding, and what ``_fold`` looks at twice.
_WHOLE = r"^(?:[0-9]{17}[0-9X](?:[1-7][1-4](?:B[0-9])?)?|G[0-9]{17}[0-9X])$"
_MARGIN = " \t\r\n\u3000\xa0'"  # blanks and marks around a number, all of them in ``_DROP``
_DOUBTFUL = "^(?:G?[0-9]{15}000|999|123456789012345678|" + "|".join(f"{digit}{{15}}" for digit in range(10)) + ")"

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
    "other_document",
    "masked",
    "missing",
)


def parse_ids(texts: pd.Series) -> pd.DataFrame:
    """Columns ``number`` (18 characters or null), ``status`` (one of STATUSES), ``known`` (what survives of a damaged number: its
    leading digits or, of a masked one, the visible ones, * for each hidden one; else null), ``birthdate`` (datetime64, from the
    number where it holds a real day), ``sex`` (男/女 or null, from a number whose check digit fits); a row per text, index from 0.

    A number with a wrong check digit keeps its 18 characters: it is evidence, though not proof. Unless the column is one of numbers
    that a program rounded: of these some leading digits survive.
    """
    written = text_array(texts)
    column = pc.utf8_trim(written, _MARGIN)
    whole = pc.and_(pc.match_substring_regex(column, _WHOLE), pc.invert(pc.match_substring_regex(column, _DOUBTFUL))).fill_null(
        False
    )
    folded = _folded(pc.if_else(whole, pa.scalar(None, written.type), written))
    student = pc.starts_with(column, "G")
    number = pc.if_else(student, pc.utf8_slice_codeunits(column, 1), pc.utf8_slice_codeunits(column, 0, 18))
    number = pc.if_else(whole, number, folded["number"])
    of_whole = pc.if_else(student, "student_number", pc.if_else(pc.greater(pc.binary_length(column), 18), "certificate", "valid"))
    status = pc.if_else(whole, of_whole, folded["status"])
    known = pc.if_else(whole, pa.scalar(None, pa.string()), folded["known"])
    fit, man, birthdate = _read_numbers(number)
    birthdate = np.where(np.isnat(birthdate), _read_births(known), birthdate)
    sure = rounded_certificates(column, fit)
    if sure.null_count < len(sure):
        lost = sure.is_valid()
        number, known = pc.if_else(lost, pa.scalar(None, pa.string()), number), pc.coalesce(sure, known)
        status = pc.if_else(lost, "lost_precision", status)
        flags = lost.to_numpy(zero_copy_only=False)
        birthdate, fit = np.where(flags, _read_births(sure), birthdate), fit & ~flags
    known = pc.if_else(pc.equal(status, "placeholder"), pa.scalar(None, pa.string()), known)  # no area and no order
    plain = pc.equal(status, "valid")
    rounded = rounded_rows(pc.if_else(plain, number, pa.scalar(None, pa.string())), fit)
    if rounded.any():
        lost = rounded | pc.match_substring_regex(column, "^[0-9]{15}000$").fill_null(False).to_numpy(zero_copy_only=False)
        digits = pc.coalesce(number, column).filter(pa.array(lost))
        known = pc.replace_with_mask(known, pa.array(lost), sure_digits(digits))
        number = pc.if_else(pa.array(lost), pa.scalar(None, pa.string()), number)
        status = pc.if_else(pa.array(lost), "lost_precision", status)
        fit, plain = fit & ~lost, pc.and_(plain, pa.array(~lost))
    status = pc.if_else(pc.and_(plain, pa.array(~fit)), "bad_check", status)
    status = pc.if_else(pc.and_(plain, pa.array(np.isnat(birthdate))), "bad_date", status)
    # Of a mistyped number any digit may be the wrong one.
    sex = pc.if_else(pa.array(fit), pc.if_else(pa.array(man), "男", "女"), pa.scalar(None, pa.string()))
    index = pd.RangeIndex(len(column))
    out = {name: series_of(c, index) for name, c in (("number", number), ("status", status), ("known", known))}
    return pd.DataFrame(out | {"birthdate": birthdate, "sex": series_of(sex, index)})


def _folded(column: pa.Array) -> dict[str, pa.Array]:
    """``_fold`` of each distinct text: number, status and known per row; of a null text (null, 'missing', null)."""
    coded = column.dictionary_encode()
    texts = coded.dictionary.to_pylist()
    parts = [_fold(text) for text in texts]
    table = pd.DataFrame([*parts, (None, "missing", None)], columns=["number", "status", "known"], dtype="object")
    _lost_by_chance_valid(table, texts)
    codes = coded.indices.fill_null(len(texts))
    return {name: text_array(table[name]).take(codes) for name in ("number", "status", "known")}


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


def _read_numbers(numbers: pa.Array) -> tuple[Flags, Flags, npt.NDArray[np.datetime64]]:
    """Per number of 18 characters or null: does its check digit fit, is it a man's, the birthdate in it (NaT if none)."""
    fit, man = np.zeros(len(numbers), dtype=bool), np.zeros(len(numbers), dtype=bool)
    births = np.full(len(numbers), "NaT", dtype="datetime64[us]")
    known = numbers.is_valid().to_numpy(zero_copy_only=False)
    matrix = byte_matrix(numbers.drop_null(), 18)
    fit[known], man[known], births[known] = fits(matrix), matrix[:, 16] % 2 == 1, _days(matrix[:, 6:14])
    return fit, man, births


def _read_births(known: pa.Array) -> npt.NDArray[np.datetime64]:
    """The birthdate in what is left of a damaged number, NaT where its eight digits are not left or hold none."""
    births = np.full(len(known), "NaT", dtype="datetime64[us]")
    enough = pc.match_substring_regex(known, "^.{6}[0-9]{8}").fill_null(False)
    digits = pc.utf8_slice_codeunits(known.filter(enough), 6, 14)
    births[enough.to_numpy(zero_copy_only=False)] = _days(byte_matrix(digits, 8))
    return births


def byte_matrix(texts: pa.Array, width: int) -> npt.NDArray[np.uint8]:
    """The bytes of ASCII texts of ``width`` characters each, none of them null, a row per text."""
    if not len(texts):
        return np.zeros((0, width), dtype=np.uint8)
    fixed = pa.concat_arrays([texts.cast(pa.binary()).cast(pa.binary(width))])
    return np.frombuffer(fixed.buffers()[1], dtype=np.uint8, count=len(fixed) * width, offset=fixed.offset * width).reshape(
        -1, width
    )


def _days(digits: npt.NDArray[np.uint8]) -> npt.NDArray[np.datetime64]:
    """The days that rows of eight digits, yyyymmdd, name; NaT for days that are none, and before 1900 or after 2100."""
    value = digits.astype(np.int64) - ord("0")
    year = value[:, 0] * 1000 + value[:, 1] * 100 + value[:, 2] * 10 + value[:, 3]
    month, day = value[:, 4] * 10 + value[:, 5], value[:, 6] * 10 + value[:, 7]
    real = (year >= _CENTURY) & (year <= _CENTURY + 200) & (month >= 1) & (month <= 12)
    first = ((np.where(real, year, 1970) - 1970) * 12 + np.where(real, month, 1) - 1).astype("datetime64[M]")
    length = ((first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")).astype(np.int64)
    days = (first.astype("datetime64[D]") + (day - 1)).astype("datetime64[us]")
    return np.where(real & (day >= 1) & (day <= length), days, np.datetime64("NaT", "us"))


def check_digit_fits(numbers: pd.Series) -> np.ndarray:
    """For 18-character numbers: does the last character fit the first 17 (ISO 7064 MOD 11-2)? bool per row."""
    if numbers.empty:
        return np.zeros(0, dtype=bool)
    return fits(byte_matrix(text_array(numbers), 18))


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
    plain = _MARKED.sub(r"\1", plain)
    if _FILLED_IN.match(plain):
        return None, "placeholder", None
    if plain.startswith("999999"):
        return None, "placeholder", plain[:14] if re.match(r"^\d{14}", plain) else None
    if _SCHOOLS_OWN.match(plain) or _PERMIT.match(plain) or _STUDENT_WITHOUT_ID.match(plain):
        return None, "other_document", None
    if visible := visible_digits(plain):
        return None, "masked", visible
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
    """The text without labels, remarks, blanks, marks and signs around it, and with digits and letters of every script and width in ASCII."""
    plain = _LABEL.sub("", with_hidden_digits(usual_characters(text)))
    plain = _DROP.sub("", _BEHIND.sub("", _REMARK.sub(r"\1", plain))).translate(_FOLD)
    if plain.isascii():
        return plain
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c if c.isascii() else "?" for c in plain)


def _begins_a_whole_one(fifteen: str) -> bool:
    """Are these fifteen digits the beginning of an ID of eighteen, rather than an old ID of fifteen? Then they hold a date with
    century."""
    year, month, day = int(fifteen[6:10]), int(fifteen[10:12]), int(fifteen[12:14])
    return _CENTURY <= year < _CENTURY + 200 and 1 <= month <= 12 and 1 <= day <= 31


def _fits(number: str) -> bool:
    return with_check_digit(number[:17]) == number
