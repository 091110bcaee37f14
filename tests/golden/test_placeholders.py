"""What stands in a cell and is not the child's. All people are made up (虚构)."""

from datetime import date

import pytest

from matching import link
from matching.ids import with_check_digit
from tests.lib.linkable_people import A, frame, person, ready


def prepared(**values: object) -> dict[str, object]:
    return {n: column[0].as_py() for n, column in zip(*_first(person("police", "韦家乐", **values)), strict=True)}


def _first(row: dict[str, object]) -> tuple[list[str], list]:
    batch = ready([row]).compared
    return batch.schema.names, batch.columns


def test_a_parents_id_beside_a_childs_birthdate_is_missing() -> None:
    assert prepared(number=with_check_digit("45122819800101001"))["id_number"] is None
    assert prepared(number=A)["id_number"] == A


@pytest.mark.parametrize(
    ("number", "known", "born", "meant", "implied"),
    [
        (A, None, "2010-01-01", date(2010, 3, 15), True),  # the ID knows the day
        (None, A[:15], "2010-01-01", date(2010, 3, 15), True),  # so does one that was cut
        (A, None, "2010-03-15", date(2010, 3, 15), False),
        (A, None, "2009-01-01", date(2009, 1, 1), False),  # another year: no default, a contradiction
        (None, None, "2010-01-01", date(2010, 1, 1), False),
        ("451228201002310010", None, "2010-01-01", date(2010, 1, 1), False),  # 31 February
    ],
)
def test_first_of_january_gives_way_to_the_ids_day(
    number: str | None, known: str | None, born: str, meant: date, implied: bool
) -> None:
    got = prepared(number=number, id_known=known, born=born)
    assert (got["birthdate"], got["birth_implied"]) == (meant, implied)


def test_hidden_digits_are_no_birthdate_and_no_key() -> None:
    rows = [person("police", "韦家乐", number=None, born=None, id_known=known) for known in (A[:14], A[:6] + "********" + A[14:])]
    people = ready(rows)
    assert sorted(people.number_birth) == [-1, 20100315]
    assert people.keys["id_head"].null_count == 1


def test_a_parents_id_in_a_list_without_birthdates_is_missing_where_all_others_are_childrens() -> None:
    parent = with_check_digit("45273019801205123")

    def kept(others: list[str]) -> dict[str, object]:
        numbers = [parent, *others]
        rows = [
            person("pupils", f"韦家{chr(0x4E00 + i)}", number, f"{number[6:10]}-03-15", birth_implied=True, sex="男")
            for i, number in enumerate(numbers)
        ]
        table = ready(rows).compared.to_pylist()
        return next(row for row in table if row["name"] == "韦家一")

    children = [with_check_digit(f"451228{2006 + i % 8}0315{i:03d}") for i in range(40)]
    got = kept(children)
    assert (got["id_number"], got["birthdate"], got["sex"]) == (None, None, None)
    household = kept([*children, *(with_check_digit(f"4527301{960 + i}0315{i:03d}") for i in range(30))])
    assert household["id_number"] == parent  # in a list of all ages it is the person's own


def test_a_note_in_a_names_place_takes_no_more_room_than_a_name() -> None:
    got = link(
        frame([person("police", "以上名单经核对属实。" * 400), person("school", "韦家乐", kin="|".join(["韦大山"] * 400))])
    )
    kept = got.people.compared
    assert max(len(name) for name in kept["name"].dictionary_decode().to_pylist()) == 64
    assert max(kin.count("|") for kin in kept["kin"].dictionary_decode().to_pylist()) == 11
