"""ID numbers as exports hold them: golden cases. All numbers are made up."""

from collections.abc import Callable
from decimal import Decimal

import pandas as pd
import pytest

from matching.ids import check_digit_fits, parse_ids, with_check_digit

WHOLE = with_check_digit("45122820100315001")  # ...0016
ENDS_IN_X = with_check_digit("45122820100315018")

# Signs around a number that spoil nothing.
SIGNS = [
    *(
        "{}；",
        "{};",
        "{}，",
        "{}。",
        "{}.",
        "{}#",
        "{}_",
        "{}”",
        "{}—",
        "{}、",
        "{}）",
        "{}ID",
        "{}*",
        "*{}",
        "{}**",
        "{}!",
        "{}?",
        "#{}",
        "“{}”",
        "({})",
        "_{}",
        "ID{}",
    ),
    *("ID：{}", "No.{}", "公民身份号码：{}", "{} ；"),
]

# what the cell holds, the number read, its status, the digits known of a damaged one, birthdate
CASES = [
    (WHOLE, WHOLE, "valid", None, "2010-03-15"),
    ("'" + WHOLE, WHOLE, "valid", None, "2010-03-15"),
    ("\t" + WHOLE + " ", WHOLE, "valid", None, "2010-03-15"),
    ('="' + WHOLE + '"', WHOLE, "valid", None, "2010-03-15"),
    ("４５１２２８２０１００３１５００１６", WHOLE, "valid", None, "2010-03-15"),
    ("451228 20100315 0016", WHOLE, "valid", None, "2010-03-15"),
    (WHOLE + "（补办）", WHOLE, "valid", None, "2010-03-15"),
    ("45122820100315OOl6", WHOLE, "valid", None, "2010-03-15"),
    (WHOLE[:-1] + "5", WHOLE[:-1] + "5", "bad_check", None, "2010-03-15"),
    (with_check_digit("45122820101332001"), with_check_digit("45122820101332001"), "bad_date", None, None),
    (WHOLE + "43", WHOLE, "certificate", None, "2010-03-15"),
    (WHOLE + "43B1", WHOLE, "certificate", None, "2010-03-15"),
    ("G" + WHOLE, WHOLE, "student_number", None, "2010-03-15"),
    ("4.51228201003150E+17", None, "lost_precision", "451228201003150", "2010-03-15"),
    ("4.51228E+17", None, "lost_precision", "451228", None),
    ("451228201003150000", None, "lost_precision", "451228201003150", "2010-03-15"),
    ("45122820100315000000", None, "lost_precision", "451228201003150", "2010-03-15"),
    (WHOLE[:17], None, "truncated", WHOLE[:17], "2010-03-15"),
    (WHOLE[:15], None, "truncated", WHOLE[:15], "2010-03-15"),
    ("450102201003151", None, "truncated", "450102201003151", "2010-03-15"),
    ("452730801205123", with_check_digit("45273019801205123"), "fifteen", None, "1980-12-05"),
    ("999999201003150016", None, "placeholder", None, "2010-03-15"),
    ("999999", None, "placeholder", None, None),
    *((text, None, "placeholder", None, None) for text in ("0" * 18, "1" * 18, "8" * 15, "123456789012345678", "1" * 18 + "43")),
    ("无", None, "missing", None, None),
    ("٤٥١٢٢٨٢٠١٠٠٣١٥٠٠١" + WHOLE[-1], WHOLE, "valid", None, "2010-03-15"),
    ("𝟒𝟓" + WHOLE[2:], WHOLE, "valid", None, "2010-03-15"),
    (WHOLE[:6] + "\u00ad" + WHOLE[6:12] + "\u3164" + WHOLE[12:], WHOLE, "valid", None, "2010-03-15"),
    ("身份证号：" + WHOLE, WHOLE, "valid", None, "2010-03-15"),
    ("身份证" + WHOLE, WHOLE, "valid", None, "2010-03-15"),
    ("452730801205123.0", with_check_digit("45273019801205123"), "fifteen", None, "1980-12-05"),
    (WHOLE + ".0", None, "lost_precision", "451228201003150", "2010-03-15"),
    ("\u202d" + WHOLE + "\u202c", WHOLE, "valid", None, "2010-03-15"),
    ("＇" + WHOLE, WHOLE, "valid", None, "2010-03-15"),
    ("4.51228201003150016E17", None, "lost_precision", "451228201003150", "2010-03-15"),
    ("451228100315011", None, "malformed", None, None),
    # An office hides digits.
    (WHOLE[:6] + "********" + WHOLE[14:], None, "masked", WHOLE[:6] + "********" + WHOLE[14:], None),
    (WHOLE[:6] + "****" + WHOLE[14:], None, "masked", WHOLE[:6] + "********" + WHOLE[14:], None),  # fewer signs than digits
    (WHOLE[:6] + "＊＊＊＊＊＊＊＊" + WHOLE[14:], None, "masked", WHOLE[:6] + "********" + WHOLE[14:], None),
    (WHOLE[:6] + "xxxxxxxx" + ENDS_IN_X[14:], None, "masked", WHOLE[:6] + "********" + ENDS_IN_X[14:], None),
    (WHOLE[:6] + "……" + WHOLE[14:], None, "masked", WHOLE[:6] + "********" + WHOLE[14:], None),
    (WHOLE + "身份证", WHOLE, "valid", None, "2010-03-15"),
    (WHOLE[:6] + "●●●●●●●●" + WHOLE[14:], None, "masked", WHOLE[:6] + "********" + WHOLE[14:], None),
    *(
        (WHOLE[:6] + line + WHOLE[14:], None, "masked", WHOLE[:6] + "********" + WHOLE[14:], None)
        for line in ("________", "--------", "－－－－", "——", "…", "^^^^^^^^")
    ),
    (WHOLE[:14] + "____", None, "masked", WHOLE[:14], "2010-03-15"),
    ("451228--20100315--0016", WHOLE, "valid", None, "2010-03-15"),  # lines between the parts of a whole number
    (WHOLE[:10] + "****" + WHOLE[14:], None, "masked", WHOLE[:10] + "****" + WHOLE[14:], None),
    (WHOLE[:14] + "****", None, "masked", WHOLE[:14], "2010-03-15"),
    (WHOLE[:14] + "XXXX", None, "masked", WHOLE[:14], "2010-03-15"),
    ("**************" + WHOLE[14:], None, "masked", "**************" + WHOLE[14:], None),
    (WHOLE[:6] + "********" + WHOLE[14:] + "43", None, "masked", WHOLE[:6] + "********" + WHOLE[14:], None),  # of a certificate
    ("******", None, "missing", None, None),
    ("4****", None, "malformed", None, None),
    # No ID: a school's own number, a passport, a permit, a certificate of birth. A residence permit of Hong Kong holds an ID.
    ("999214510000100001", None, "other_document", None, None),
    ("E12345678", None, "other_document", None, None),
    ("e12345678", None, "other_document", None, None),
    ("H1234567801", None, "other_document", None, None),
    ("K450123456", None, "other_document", None, None),
    (with_check_digit("81000020100315001"), with_check_digit("81000020100315001"), "valid", None, "2010-03-15"),
    *((sign.format(WHOLE), WHOLE, "valid", None, "2010-03-15") for sign in SIGNS),
    *((ENDS_IN_X[:-1] + x, ENDS_IN_X, "valid", None, "2010-03-15") for x in "xΧχ✕✖╳Хⅹ乂㐅"),
    ("—", None, "missing", None, None),
    ("0", None, "missing", None, None),
    ("未上户", None, "missing", None, None),
    (None, None, "missing", None, None),
]


@pytest.mark.parametrize(
    ("cell", "number", "status", "known", "birthdate"), CASES, ids=[f"{c[2]}-{i}" for i, c in enumerate(CASES)]
)
def test_cell_is_read_as(cell: str | None, number: str | None, status: str, known: str | None, birthdate: str | None) -> None:
    read = parse_ids(pd.Series([cell, "unrelated"], dtype="str")).iloc[0]
    assert (read["number"] if pd.notna(read["number"]) else None) == number
    assert read["status"] == status
    assert (read["known"] if pd.notna(read["known"]) else None) == known
    assert (f"{read['birthdate']:%Y-%m-%d}" if pd.notna(read["birthdate"]) else None) == birthdate


def test_numbers_that_fit_by_chance_in_a_damaged_column_are_lost_too() -> None:
    """Of numbers that end in 000 one in eleven has a check digit that fits; alone it is taken for whole."""
    damaged = [
        f"4512282010{month:02d}{day:02d}{sequence}000" for month in range(1, 7) for day in (11, 12, 13, 14) for sequence in "1"
    ]
    fit = [n for n in damaged if with_check_digit(n[:17]) == n]
    assert 0 < len(fit) < len(damaged) / 4
    assert set(parse_ids(pd.Series(damaged, dtype="str"))["status"]) == {"lost_precision"}
    assert list(parse_ids(pd.Series([fit[0], WHOLE], dtype="str"))["status"]) == ["valid", "valid"]


NUMBERS = [with_check_digit(f"451228{2005 + i % 9}{1 + i % 12:02d}{1 + i % 28:02d}{1 + i * 37 % 995:03d}") for i in range(80)]


@pytest.mark.parametrize(
    "written", [lambda n: str(int(float(n))), lambda n: f"{Decimal(repr(float(n))):f}"], ids=["float", "javascript"]
)
def test_a_column_of_numbers_that_a_program_rounded_is_no_column_of_typing_errors(written: Callable[[str], str]) -> None:
    whole = [n for n in NUMBERS if not n.endswith("X")]
    cells = [written(n) for n in whole] + [n for n in NUMBERS if n.endswith("X")]
    read = parse_ids(pd.Series(cells, dtype="str"))
    damaged = read.iloc[: len(whole)]
    assert sum(a != b for a, b in zip(cells, whole, strict=False)) > 60
    assert set(damaged["status"]) == {"lost_precision"} and damaged["number"].isna().all() and damaged["sex"].isna().all()
    assert all(number.startswith(known) for number, known in zip(whole, damaged["known"], strict=True))
    assert damaged["known"].str.len().ge(15).mean() > 0.9
    assert set(read["status"].iloc[len(whole) :]) == {"valid"}


def test_a_column_with_typing_errors_is_not_rounded() -> None:
    typed = [n[:16] + "0" + ("4" if n[17] != "4" else "8") for n in NUMBERS]  # now and then a multiple of 64
    read = parse_ids(pd.Series(NUMBERS * 4 + typed, dtype="str"))
    assert set(read["status"]) <= {"valid", "bad_check"}


def test_lower_case_x_is_the_check_digit_ten() -> None:
    numbers = [n for i in range(200) if (n := with_check_digit(f"45122820100315{i:03d}")).endswith("X")]
    read = parse_ids(pd.Series([n.lower() for n in numbers] + [n.replace("X", "×") for n in numbers], dtype="str"))
    assert len(numbers) > 5
    assert list(read["number"]) == numbers * 2
    assert set(read["status"]) == {"valid"}


def test_sex_stands_in_the_seventeenth_digit() -> None:
    read = parse_ids(pd.Series([with_check_digit("45122820100315001"), with_check_digit("45122820100315002")], dtype="str"))
    assert list(read["sex"]) == ["男", "女"]


def test_every_single_slip_and_every_swap_breaks_the_check_digit() -> None:
    """What the comparison relies on: two valid numbers one slip apart are two persons."""
    slips = [WHOLE[:i] + d + WHOLE[i + 1 :] for i in range(17) for d in "0123456789" if d != WHOLE[i]]
    swaps = [WHOLE[:i] + WHOLE[i + 1] + WHOLE[i] + WHOLE[i + 2 :] for i in range(16) if WHOLE[i] != WHOLE[i + 1]]
    assert not check_digit_fits(pd.Series(slips + swaps)).any()
    assert check_digit_fits(pd.Series([WHOLE])).all()


def rounded_by(program: str, number: str) -> str:
    """A number as a double holds it, or as JavaScript writes that; one with an X is text."""
    if not number.isdigit():
        return number
    return str(int(float(number)) if program == "double" else int(Decimal(repr(float(number)))))


@pytest.mark.parametrize("program", ["double", "JavaScript"])
def test_certificates_that_a_program_rounded_are_no_ids_and_keep_the_digits_that_are_sure(program: str) -> None:
    whole = [with_check_digit(f"4512282010{month:02d}15{number:03d}") + "41" for number in range(1, 9) for month in range(1, 13)]
    assert set(parse_ids(pd.Series(whole))["status"]) == {"certificate"}
    read = parse_ids(pd.Series([rounded_by(program, number) for number in whole]))
    lost = read["status"] == "lost_precision"
    assert list(lost) == [number.isdigit() for number in whole]
    for number, known, birthdate in zip(whole, read["known"], read["birthdate"], strict=True):
        if number.isdigit():
            assert number.startswith(known) and len(known) >= 12
            assert pd.isna(birthdate) or f"{birthdate:%Y%m%d}" == number[6:14]


def test_one_rounded_certificate_tells_itself_and_a_whole_one_beside_it_stays() -> None:
    whole = with_check_digit("45122820100415004") + "41"
    read = parse_ids(pd.Series([rounded_by("double", whole), whole]))
    assert list(read["status"]) == ["lost_precision", "certificate"]


@pytest.mark.parametrize("letter", ["J", "L", "j"])
def test_a_student_number_of_a_child_without_id_is_no_id(letter: str) -> None:
    (read,) = parse_ids(pd.Series([f"{letter}451228201003150012"])).itertuples()
    assert read.status == "other_document" and pd.isna(read.number)
