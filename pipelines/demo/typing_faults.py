"""Typing faults in exports: a table of how often each kind occurs, and one function per kind.

Rates are shares of rows and guesses (docs/formats.md 4). Faults gather: three rows in a hundred are badly typed and have twelve times
as many. With the profile 'spread' they are independent of one another.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from borax.calendars.lunardate import LunarDate

from pipelines.demo.made_up_names import alike, homophones, variants

_BAD_ROWS, _BAD_FACTOR = 0.03, {"standard": 12.0, "other": 12.0, "spread": 1.0, "hidden": 12.0}
_IDS_OF_SIBLINGS = 6.0  # with the profile 'hidden', how many times as often a child is typed with its sibling's ID
FaultyRow = dict[str, object]


@dataclass(frozen=True, slots=True)
class Fault:
    """``rates``: registry -> share of its rows with this fault. ``other``: how many times as often with the profile 'other'."""

    kind: str
    rates: dict[str, float]
    other: float = 1.5


def _rates(xueji: float = 0, guofu: float = 0, canlian: float = 0, huji: float = 0, zizhu: float = 0) -> dict[str, float]:
    return {"xueji": xueji, "guofu": guofu, "canlian": canlian, "huji": huji, "zizhu": zizhu}


FAULTS = (
    #     kind                      学籍            国扶           残联            户籍           资助
    Fault("id_one_digit", _rates(xueji=0.008, guofu=0.003, canlian=0.003, huji=2e-4, zizhu=0.006)),
    Fault("id_two_swapped", _rates(xueji=0.004, guofu=0.002, canlian=0.001, huji=1e-4, zizhu=0.003)),
    Fault("id_blank", _rates(xueji=0.006, guofu=0.003, canlian=0.001, huji=0.000, zizhu=0.004), 2.0),
    Fault("id_placeholder", _rates(xueji=0.000, guofu=0.003, canlian=0.000, huji=0.000, zizhu=0.000)),
    Fault("id_of_sibling", _rates(xueji=0.0012, guofu=0.001, canlian=0.000, huji=0.000, zizhu=0.001), 2.0),
    Fault("id_of_guardian", _rates(xueji=0.0015, guofu=0.0015, canlian=0.002, huji=0.000, zizhu=0.001)),
    Fault("id_renewed", _rates(xueji=0.001, guofu=0.001, canlian=0.002, huji=0.000, zizhu=0.001)),
    Fault("id_truncated", _rates(xueji=0.001, guofu=0.001, canlian=0.001, huji=0.000, zizhu=0.001)),
    Fault("id_scientific", _rates(xueji=5e-4, guofu=5e-4, canlian=0.000, huji=0.000, zizhu=0.001)),
    Fault("id_spaced", _rates(xueji=0.003, guofu=0.003, canlian=0.003, huji=0.001, zizhu=0.003)),
    Fault("id_full_width", _rates(xueji=0.001, guofu=0.001, canlian=0.001, huji=0.000, zizhu=0.001)),
    Fault("id_lower_x", _rates(xueji=0.010, guofu=0.010, canlian=0.005, huji=0.001, zizhu=0.020)),
    Fault("name_homophone", _rates(xueji=0.010, guofu=0.008, canlian=0.006, huji=3e-4, zizhu=0.008)),
    Fault("name_alike", _rates(xueji=0.004, guofu=0.004, canlian=0.003, huji=2e-4, zizhu=0.004)),
    Fault("name_variant", _rates(xueji=0.003, guofu=0.003, canlian=0.002, huji=0.001, zizhu=0.003)),
    Fault("name_lost_character", _rates(xueji=0.002, guofu=0.002, canlian=0.001, huji=0.000, zizhu=0.002)),
    Fault("name_former", _rates(xueji=0.004, guofu=0.004, canlian=0.003, huji=0.000, zizhu=0.003)),
    Fault("name_other_surname", _rates(xueji=0.003, guofu=0.002, canlian=0.001, huji=0.000, zizhu=0.002)),
    Fault("name_spaced", _rates(xueji=0.010, guofu=0.004, canlian=0.004, huji=0.000, zizhu=0.010)),
    Fault("name_bracketed", _rates(xueji=0.001, guofu=0.001, canlian=0.000, huji=0.000, zizhu=0.001)),
    Fault("birth_lunar", _rates(xueji=0.003, guofu=0.002, canlian=0.003, huji=0.000, zizhu=0.000)),
    Fault("birth_year_off", _rates(xueji=0.002, guofu=0.002, canlian=0.002, huji=3e-4, zizhu=0.000)),
    Fault("birth_swapped", _rates(xueji=0.001, guofu=0.001, canlian=0.001, huji=0.000, zizhu=0.000)),
    Fault("birth_first_of_year", _rates(xueji=0.001, guofu=0.000, canlian=0.002, huji=0.000, zizhu=0.000)),
    Fault("birth_month_only", _rates(xueji=0.001, guofu=0.000, canlian=0.002, huji=0.000, zizhu=0.000)),
    Fault("sex_wrong", _rates(xueji=0.003, guofu=0.003, canlian=0.002, huji=5e-4, zizhu=0.003)),
    Fault("guardian_other", _rates(xueji=0.150, guofu=0.000, canlian=0.100, huji=0.000, zizhu=0.150), 1.3),
    Fault("guardian_blank", _rates(xueji=0.050, guofu=0.000, canlian=0.080, huji=0.000, zizhu=0.050), 1.5),
    Fault("phone_other", _rates(xueji=0.250, guofu=0.200, canlian=0.300, huji=0.000, zizhu=0.250), 1.3),
    Fault("place_former_name", _rates(xueji=0.030, guofu=0.050, canlian=0.080, huji=0.000, zizhu=0.000)),
    Fault("place_other_village", _rates(xueji=0.030, guofu=0.008, canlian=0.010, huji=0.000, zizhu=0.000)),
    Fault("place_blank", _rates(xueji=0.040, guofu=0.002, canlian=0.010, huji=0.000, zizhu=0.000), 2.0),
)

_ALIKE, _VARIANT, _HOMOPHONE = alike(), variants(), homophones()


def apply_faults(rng: np.random.Generator, rows: pd.DataFrame, registry: str, profile: str) -> pd.DataFrame:
    """Returns ``rows`` with typing faults at the rates of ``FAULTS``, and a column faults with the kinds that were applied, ',' between
    them. ``rows`` has the columns that the functions below read: name, number, birth, sex, guardian, other_guardian, phone,
    township, village …; a fault whose columns are missing is left out."""
    plain = rows.astype(object).where(rows.notna(), None)
    records: list[FaultyRow] = [dict(zip(rows.columns, values, strict=True)) for values in plain.itertuples(index=False)]
    done: list[list[str]] = [[] for _ in records]
    bad = _BAD_FACTOR[profile]
    factor = np.where(rng.random(len(rows)) < _BAD_ROWS, bad, (1 - _BAD_ROWS * bad) / (1 - _BAD_ROWS))
    for fault in FAULTS:
        rate = fault.rates[registry] * (fault.other if profile == "other" else 1.0)
        rate *= _IDS_OF_SIBLINGS if profile == "hidden" and fault.kind == "id_of_sibling" else 1.0
        for i in np.flatnonzero(rng.random(len(rows)) < rate * factor):
            if _KINDS[fault.kind](records[i], rng):
                done[i].append(fault.kind)
    out = pd.DataFrame(records, columns=rows.columns)
    return out.assign(faults=[",".join(kinds) for kinds in done])


def _on_number(change: Callable[[str, np.random.Generator], str]) -> Callable[[FaultyRow, np.random.Generator], bool]:
    def fault(row: FaultyRow, rng: np.random.Generator) -> bool:
        number = row["number"]
        if not isinstance(number, str) or len(number) != 18:
            return False
        row["number"] = change(number, rng)
        return row["number"] != number

    return fault


def _one_digit(number: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(6, 18))
    return number[:at] + str(int(rng.integers(0, 10))) + number[at + 1 :]


def _swap(number: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(6, 17))
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def renewed(number: str) -> str:
    """The ID with another sequence number, as after it was issued again."""
    from matching.ids import with_check_digit

    return with_check_digit(f"{number[:14]}{int(number[14:17]) // 2 * 2 % 900 + 50 + int(number[16]) % 2:03d}")


def _replace_character(table: dict[str, list[str]], last_only: bool = False) -> Callable[[FaultyRow, np.random.Generator], bool]:
    def fault(row: FaultyRow, rng: np.random.Generator) -> bool:
        name = str(row["name"])
        places = [i for i, c in enumerate(name) if c in table and (i or not last_only)]
        if not places:
            return False
        at = int(rng.choice(places))
        row["name"] = name[:at] + str(rng.choice(table[name[at]])) + name[at + 1 :]
        return True

    return fault


def _set(field: str, value: Callable[[FaultyRow, np.random.Generator], object]) -> Callable[[FaultyRow, np.random.Generator], bool]:
    def fault(row: FaultyRow, rng: np.random.Generator) -> bool:
        if field not in row:
            return False
        new = value(row, rng)
        if new is None or new == row[field]:
            return False
        row[field] = new if new != "" else None
        return True

    return fault


def _birth(change: Callable[[date, np.random.Generator], date | str | None]) -> Callable[[FaultyRow, np.random.Generator], bool]:
    def fault(row: FaultyRow, rng: np.random.Generator) -> bool:
        day = row.get("birth")
        if not isinstance(day, pd.Timestamp):
            return False
        new = change(day.date(), rng)
        if new is None:
            return False
        row["birth"] = pd.Timestamp(new) if isinstance(new, date) else new
        return True

    return fault


def _lunar(day: date, _: np.random.Generator) -> date | None:
    lunar = LunarDate.from_solar_date(day.year, day.month, day.day)
    return date(lunar.year, lunar.month, lunar.day) if lunar.day <= 28 else None


def _year_off(day: date, rng: np.random.Generator) -> date:
    return date(day.year + int(rng.choice([-2, -1, 1, 2])), day.month, min(day.day, 28))


def _swapped(day: date, _: np.random.Generator) -> date | None:
    return date(day.year, day.day, day.month) if day.day <= 12 and day.day != day.month else None


_KINDS: dict[str, Callable[[FaultyRow, np.random.Generator], bool]] = {
    "id_one_digit": _on_number(_one_digit),
    "id_two_swapped": _on_number(_swap),
    "id_blank": _set("number", lambda row, rng: str(rng.choice(["", "无", "—"]))),
    "id_placeholder": _on_number(lambda number, rng: "999999" + number[6:]),
    "id_of_sibling": _set("number", lambda row, rng: row.get("sibling_number")),
    "id_of_guardian": _set("number", lambda row, rng: row.get("guardian_number")),
    "id_renewed": _on_number(lambda number, rng: renewed(number)),
    "id_truncated": _on_number(lambda number, rng: number[:17]),
    "id_scientific": _on_number(lambda number, rng: number if number.endswith("X") else f"{number[0]}.{number[1:6]}E+17"),
    "id_spaced": _on_number(lambda number, rng: str(rng.choice([f" {number}", f"{number}\t", f"'{number}", f"{number[:6]} {number[6:]}"]))),
    "id_full_width": _on_number(lambda number, rng: number.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})),
    "id_lower_x": _on_number(lambda number, rng: number.lower()),
    "name_homophone": _replace_character(_HOMOPHONE),
    "name_alike": _replace_character(_ALIKE),
    "name_variant": _replace_character(_VARIANT),
    "name_lost_character": _set("name", lambda row, rng: str(row["name"])[:-1] + str(rng.choice(["?", "□", "*", "\ue863"]))),
    "name_former": _set("name", lambda row, rng: row.get("former_name")),
    "name_other_surname": _set("name", lambda row, rng: str(row["mother_surname"]) + str(row["name"])[1:] if row.get("mother_surname") else None),
    "name_spaced": _set("name", lambda row, rng: "　".join(str(row["name"]))),
    "name_bracketed": _set("name", lambda row, rng: str(row["name"]) + str(rng.choice(["(大)", "（小）", "(留守)"]))),
    "birth_lunar": _birth(_lunar),
    "birth_year_off": _birth(_year_off),
    "birth_swapped": _birth(_swapped),
    "birth_first_of_year": _birth(lambda day, rng: date(day.year, 1, 1)),
    "birth_month_only": _birth(lambda day, rng: f"{day:%Y-%m}"),
    "sex_wrong": _set("sex", lambda row, rng: {"男": "女", "女": "男"}.get(str(row["sex"]))),
    "guardian_other": _set("guardian", lambda row, rng: row.get("other_guardian")),
    "guardian_blank": _set("guardian", lambda row, rng: ""),
    "phone_other": _set("phone", lambda row, rng: f"1{int(rng.integers(10**9, 2 * 10**9)):010d}"),
    "place_former_name": _set("township", lambda row, rng: row.get("former_township") or None),
    "place_other_village": _set("village", lambda row, rng: row.get("other_village")),
    "place_blank": _set("village", lambda row, rng: ""),
}

