"""From the columns of any list to what ``matching`` compares. Nothing is known of where the list comes from: what is not
of this county, not Chinese or no ID keeps its own text."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce

import pandas as pd
import pyarrow.compute as pc

from matching.character_forms import HAN, usual_characters
from matching.ids import parse_ids
from matching.name_text import CLEAN_NAME, clean_name, without_remarks
from matching.text_columns import joined_distinct, on_distinct, pairs_on_distinct, series_of, text_array, zero_filled
from pipelines.intake.hamlets import hamlet_of_address, hamlet_of_cell
from pipelines.intake.joined_cells import split_joined
from pipelines.intake.places import Places
from pipelines.intake.values import SAME_NUMBER, SAME_PHONE, parse_phone, squeeze
from pipelines.lists.list_births import births_of
from schemas.codes import SEX

_HAN = re.compile(r"[\u2e80-\u2fdf\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_BETWEEN_NAMES = re.compile(r"[、,，;；/|&\n]")
_BETWEEN_PHONES = re.compile(r"[、,，;；/|\n]")
_SEXES = SEX | {"M": "男", "MALE": "男", "BOY": "男", "男童": "男", "F": "女", "FEMALE": "女", "GIRL": "女", "女童": "女"}
_TIDY = rf"^[0-9A-Z{HAN}]+$"  # in RE2: addresses that are written as ``_tidy`` writes them
_SHORTEST_NUMBER = 5  # a shorter one is a running number or a code, no person's

Cells = Mapping[str, Sequence[pd.Series]]


def list_people(
    side: str, rows: pd.Series, cells: Cells, places: Places, from_1904: bool = False
) -> tuple[pd.DataFrame, bool, list[str]]:
    """(the people of one list, a row per row; whether their ``id_number`` is some other number than a Chinese ID; notices of what
    could not be understood, in counts).

    ``cells``: per field (``pipelines.lists.list_fields.LIST_FIELDS``) its columns' texts; ``places``: the county's; ``from_1904``: of a workbook
    whose numbers count days from 1904.
    """
    people = pd.DataFrame({"record_id": f"{side}:" + zero_filled(rows, 7), "source": side}, index=rows.index)
    cells = _split(cells)
    people["name"] = _names(cells, rows.index)
    people["former_name"] = _each(cells, "former_name", rows.index, person_name, CLEAN_NAME)
    other_id_kind, notices = _identity(people, cells)
    births, not_understood = births_of(cells, people.pop("birth_of_id"), from_1904)
    people[list(births.columns)] = births
    notices += not_understood
    sex = _each(cells, "sex", rows.index, lambda t: _SEXES.get(squeeze(t)))
    people["sex"] = sex.fillna(people.pop("sex_implied"))
    _places(people, cells, places)
    own = _each(cells, "hamlet", rows.index, hamlet_of_cell)
    people["hamlet"] = own.fillna(on_distinct(_joined(cells, "address", rows.index), hamlet_of_address))
    people["kin"] = _kin_of(people["name"], cells)
    people["phone"] = _each(cells, "phone", rows.index, _phone, SAME_PHONE)
    return people, other_id_kind, notices


def _split(cells: Cells) -> Cells:
    """The cells with names and ID numbers that stand in one cell set apart."""
    if not cells.get("name"):
        return cells
    (name, *names), (number, *numbers) = (
        cells["name"],
        cells.get("id") or [pd.Series(None, index=cells["name"][0].index, dtype="str")],
    )
    name, number = split_joined(name, number)
    return {**cells, "name": [name, *names]} | ({"id": [number, *numbers]} if number.notna().any() else {})


def person_name(text: str) -> str | None:
    """A name as ``matching`` reads it. Chinese ones have no blanks; in others single blanks stay between the words, and
    'Smith, John' is turned round, its surname one word."""
    if _HAN.search(text):
        return clean_name(text)
    plain = without_remarks(usual_characters(text), " ")
    parts = plain.split(",")
    words = (f"{parts[1]} {'-'.join(parts[0].split())}" if len(parts) == 2 else plain).split()
    return " ".join(filter(None, (clean_name(word) for word in words))) or None


def _joined(cells: Cells, field: str, index: pd.Index, mark: str = " ") -> pd.Series:
    """The field's columns, one behind the other; null where all are empty."""
    parts = [part.fillna("") for part in cells.get(field, ())]
    if not parts:
        return pd.Series(None, index=index, dtype="str")
    joined = parts[0]
    for part in parts[1:]:
        joined = joined + mark + part
    return joined.where(joined.str.strip(mark + " ") != "")


def _each(cells: Cells, field: str, index: pd.Index, function: Callable[[str], str | None], same: str | None = None) -> pd.Series:
    """``function`` of the first column of the field that says something in a row; ``same`` as in ``on_distinct``."""
    found = pd.Series(None, index=index, dtype="str")
    for part in cells.get(field, ()):
        found = found.fillna(on_distinct(part, function, same=same))
    return found


def _first(cells: Cells, field: str, index: pd.Index) -> pd.Series:
    """The text of the first column of the field that says something in a row."""
    found = pd.Series(None, index=index, dtype="str")
    for part in cells.get(field, ()):
        found = found.fillna(part)
    return found


def _names(cells: Cells, index: pd.Index) -> pd.Series:
    """Whole names; those written in two columns with the surname where the script has it."""
    if "name" in cells:
        return on_distinct(_joined(cells, "name", index), person_name, same=CLEAN_NAME)
    columns = (_joined(cells, field, index).fillna("").str.replace(",", " ") for field in ("given", "middle", "surname"))
    given, middle, surname = columns
    return on_distinct(given + "\t" + middle + "\t" + surname, _name_of_parts)


def _name_of_parts(parts: str) -> str | None:
    """The whole name of 'given TAB middle TAB surname'. In letters a surname of several words gets hyphens, so that the last word is the
    surname (``matching.levels.latin_levels``)."""
    given, middle, surname = parts.split("\t")
    if _HAN.search(parts):
        return person_name(surname + given + middle)
    return person_name(f"{given} {middle} {'-'.join(surname.split())}")


def _identity(people: pd.DataFrame, cells: Cells) -> tuple[bool, list[str]]:
    """Fill id_number, id_known, id_other of ``people`` and what a Chinese ID implies. Returns (whether the numbers are of another
    kind, notices)."""
    index, notices = people.index, list[str]()
    texts = _first(cells, "id", index)
    ids = parse_ids(texts).set_axis(index)
    filled = int(ids["status"].ne("missing").sum())
    chinese = ids["birthdate"].notna() | ids["status"].isin(["placeholder", "lost_precision", "masked"])
    other_kind = filled > 0 and int(chinese.sum()) * 2 < filled
    if other_kind:
        numbers = on_distinct(texts, _own_number, same=SAME_NUMBER)
        if counting := _counts_rows(numbers):
            notices.append("证件号一列是流水号、很短的代码或被遮盖的号码，未用于比对")
        people["id_number"] = None if counting else numbers
        people["id_known"] = people["sex_implied"] = None
        people["birth_of_id"] = pd.NaT
    else:
        own = ids["number"].where(ids["status"] != "student_number")  # which may hold an older ID
        people["id_number"], people["id_known"] = own.astype("str"), ids["known"].astype("str")
        people["birth_of_id"], people["sex_implied"] = ids["birthdate"], ids["sex"]
        if damaged := int((~ids["status"].isin(["valid", "fifteen", "certificate", "student_number", "missing"])).sum()):
            notices.append(f"{damaged} 个证件号有误或残缺（校验码不符、位数不足、被遮盖、被当作数字保存等），只作参考")
    certificates = parse_ids(_first(cells, "certificate", index)).set_axis(index)
    usable = people["id_number"].isna() & certificates["status"].eq("certificate")
    people["id_number"] = people["id_number"].where(~usable, certificates["number"]).astype("str")
    people["birth_of_id"] = pd.to_datetime(people["birth_of_id"].where(~usable, certificates["birthdate"])).astype(
        "datetime64[us]"
    )
    people["sex_implied"] = people["sex_implied"].where(~usable, certificates["sex"]).astype("str")
    older = parse_ids(_first(cells, "student_number", index)).set_axis(index)
    number = older["number"].where(older["status"].eq("student_number"))
    number = number.fillna(ids["number"].where(ids["status"].eq("student_number")))
    people["id_known"] = people["id_known"].astype("str")
    people["id_other"] = number.where(number.ne(people["id_number"])).astype("str")
    return other_kind, notices


def _own_number(text: str) -> str | None:
    """A number of another kind as it is; one that is partly masked is nobody's."""
    plain = squeeze(text).replace("-", "")
    return plain if plain and not re.search(r"[*?□]", plain) else None


def _counts_rows(numbers: pd.Series) -> bool:
    known = numbers.dropna()
    if known.empty or known.str.len().median() < _SHORTEST_NUMBER:
        return True
    if not known.str.fullmatch(r"[0-9]{1,18}").all() or known.duplicated().any():
        return False
    values = known.astype("int64")
    return len(values) > 2 and int(values.max() - values.min()) < 2 * len(values)


def _places(people: pd.DataFrame, cells: Cells, places: Places) -> None:
    """Official townships and villages where the county knows them, from an address as well; else the text itself."""
    index = people.index
    given = _first(cells, "township", index).fillna("") + "\t" + _first(cells, "village", index).fillna("")
    address = _joined(cells, "address", index)
    people["address"] = on_distinct(address, _tidy, same=_TIDY)
    people["township"], people["village"] = pairs_on_distinct(given + "\t" + address.fillna(""), partial(_place, places=places))


def _place(texts: str, places: Places) -> tuple[str | None, str | None]:
    """(township, village) of 'township TAB village TAB address', each as written in the list."""
    written_township, written_village, address = texts.split("\t", 2)
    from_address, village_from_address = places.split_address_or_text(address)
    inside, village_inside = places.split_address(written_village)  # '安阳镇安北社区' in the column of villages
    township = places.township_of(written_township) or inside or from_address
    village = places.village_of(written_village, township) if written_village else None
    if township == inside:
        village = village or village_inside
    if township == from_address and not written_village:
        village = village_from_address
    return township or squeeze(written_township) or None, village or squeeze(written_village) or None


def _tidy(text: str) -> str | None:
    return " ".join(usual_characters(text).upper().split()) or None


def _kin_of(names: pd.Series, cells: Cells) -> pd.Series:
    """``_kin`` of each row; where all cells hold one clean name or none, they are joined by Arrow."""
    index, own = names.index, text_array(names)
    parts = [text_array(part) for part in cells.get("kin", ())]
    if not parts:
        return pd.Series(None, index=index, dtype="str")
    kin = series_of(joined_distinct(parts, own), index)
    clean = [pc.match_substring_regex(part, CLEAN_NAME).fill_null(True) for part in parts]
    rest = ~reduce(pc.and_, clean).to_pandas().set_axis(index)
    if rest.any():
        texts = names.fillna("") + "\t" + _joined(cells, "kin", index, "|").fillna("")
        kin = kin.mask(rest, on_distinct(texts.where(rest), _kin))
    return kin


def _kin(texts: str) -> str | None:
    """Distinct names of the kin in 'name TAB kin|kin', a person's own left out (who heads a household is in it too)."""
    own, _, others = texts.partition("\t")
    names = dict.fromkeys(name for part in _BETWEEN_NAMES.split(others) if (name := person_name(part)) and name != own)
    return "|".join(names) or None


def _phone(text: str) -> str | None:
    return next((phone for part in _BETWEEN_PHONES.split(text) if (phone := parse_phone(part))), None)
