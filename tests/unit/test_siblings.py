"""Who else a record might be: the other children of its household."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from matching import link
from matching.arrays import FieldLevels, Flags
from matching.batches import compare_all
from matching.block import Candidates, candidate_pairs
from matching.levels.record_levels import RECORD_LEVEL
from matching.records import People, encode_records
from matching.siblings import sure_siblings, unrivalled_pairs
from tests.lib.linkable_people import SIBLING, A, B, family, frame, person, strangers

Row = Mapping[str, object]
CHILD = person("police", "韦家乐", A)
SIBLINGS_RECORD = person("police", "韦家荣", SIBLING, "2012-06-01")
PUPIL_WITHOUT_ID = person("school", "韦家芸", None)


def compared(people: People) -> tuple[Candidates, FieldLevels, Flags]:
    """Returns (the candidates, their comparison levels, whether both records are of one source)."""
    candidates = candidate_pairs(people)
    codes = compare_all(people, candidates.left, candidates.right)
    return candidates, codes, people.source[candidates.left] == people.source[candidates.right]


def is_unrivalled(*rows: Row) -> bool:
    """Is the pair of the first two rows without rival?"""
    people = encode_records(frame([dict(row) for row in rows]))
    candidates, codes, within = compared(people)
    place = {record: at for at, record in enumerate(people.record_id.to_pylist())}
    first, second = sorted((place["r0"], place["r1"]))
    pair = np.flatnonzero((candidates.left == first) & (candidates.right == second))
    return bool(unrivalled_pairs(people, candidates, codes, within)[pair].item())


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ((), True),
        ((SIBLINGS_RECORD,), True),  # it fits the pupil as little as the child does
        ((person("police", "韦家云", SIBLING),), False),  # a like-sounding name in the household
        ((person("police", "韦家云", SIBLING, "2015-01-07"),), True),  # and wholly another birthdate
        ((person("police", "韦家芸", SIBLING, kin=None),), False),  # no kin, the same birthdate and village
        ((person("police", "韦家芸", SIBLING, "2010-03-25", kin=None),), True),
        ((person("police", "韦家芸", SIBLING, kin="韦大山", village="桥头村"),), True),  # its father is a namesake
        ((person("school", "韦家乐", None),), False),  # the child has a better record at school
    ],
)
def test_a_pair_is_unrivalled_where_nobody_else_fits(others: Sequence[Row], expected: bool) -> None:
    assert is_unrivalled(CHILD, PUPIL_WITHOUT_ID, *others) == expected


def test_a_duplicate_of_a_settled_child_has_a_rival() -> None:
    """The second registration was not compared with the school's record of the child, which is settled with the first."""
    settled = person("police", "韦家云", SIBLING), person("school", "韦家云", SIBLING)
    assert not is_unrivalled(person("police", "韦家云", A), PUPIL_WITHOUT_ID, *settled)


def test_siblings_for_certain_have_each_a_counterpart_of_their_own() -> None:
    """Of the household whose children are in one register alone nothing is learned: they might be one child, entered twice."""
    people = encode_records(frame([*family(1, 800), *family(2, 900, copies=False)]))
    levels = sure_siblings(people, *compared(people))
    assert len(levels["name"]) == 2  # of the first household, once in each register
    assert set(levels["name"]) == {RECORD_LEVEL["name"]["one_character"]}


def test_how_often_siblings_are_twins_is_learned() -> None:
    rates = []
    for twins in (10, 100):
        rows = [row for number in range(300) for row in family(number, 0 if number < twins else 700 + number)]
        rates.append(link(frame(rows)).model.tables["birth"][RECORD_LEVEL["birth"]["exact"], 2])
    assert rates[1] > 2 * rates[0]


def test_how_often_a_siblings_id_is_typed_is_learned() -> None:
    """Where both children stand in both registers the mistake shows; it then counts where one of them is missing."""

    def rate(borrowed: int) -> float:
        rows = [row for number in range(300) for row in family(number, 700 + number)]
        for number in range(borrowed):
            rows[4 * number + 1]["id_number"] = rows[4 * number + 2]["id_number"]  # the school's record of the elder child
        tables = link(frame(rows)).model.tables["id"]
        assert tables[RECORD_LEVEL["id"]["exact"], 2] == tables[RECORD_LEVEL["id"]["of_sibling"], 2]
        return float(tables[RECORD_LEVEL["id"]["exact"], 2])

    assert rate(0) == pytest.approx(1e-3, rel=0.5)
    assert rate(60) > 0.01


def test_a_few_damaged_records_of_a_short_list_do_not_make_siblings_who_hide_one_another() -> None:
    """Of 40 children in both registers five have lost their ID and have another name and birthdate in one."""
    rows = [row for number in range(20) for row in family(number, 500 + 37 * number)]
    for number, name in enumerate("甲乙丙丁戊"):
        rows[4 * number + 2] |= {"name": f"韦{name}", "id_number": None, "birthdate": f"2012-05-0{number + 1}"}
    pairs = link(frame(rows)).model.pairs["police"]["school"]
    alone, others = (pairs[f"{group}without_id"][1] for group in ("unrivalled_", ""))
    assert alone / (alone + others) < 0.15


def test_a_household_finds_its_child_when_all_else_is_wrong() -> None:
    """Another name under the mother's surname, ID and birthdate wrong: nothing but kin and village bring the two together."""
    wrong = person("school", "黄小宝", B[:6] + "20090101" + B[14:], "2011-11-11", kin="韦大山|黄二妹")
    people = encode_records(frame([CHILD, wrong, *strangers()]))
    candidates = candidate_pairs(people)
    ids = people.record_id.to_pylist()
    assert {ids.index("r0"), ids.index("r1")} in [set(pair) for pair in zip(candidates.left, candidates.right, strict=True)]


def test_people_of_one_address_with_names_in_letters_teach_what_a_household_is() -> None:
    """In each list the two who have a record of the same name and birthdate in the other; who has none teaches nothing."""
    names = ("ANNA KOFRON", "DANIEL KOFRON", "MARTHA KOFRON")
    home = {"id_number": None, "kin": None, "township": None, "village": None, "address": "12 MAIN ROAD DE456EZ"}
    rows = [person("a", name, **home, birthdate=f"19{60 + i}-02-11") for i, name in enumerate(names)]
    rows += [row | {"source": "b"} for row in rows[:2]]
    people = encode_records(frame(rows))
    levels = sure_siblings(people, *compared(people))
    assert [RECORD_LEVEL["given"]["different"]] * 2 == levels["given"].tolist()
    assert [RECORD_LEVEL["surname"]["same"]] * 2 == levels["surname"].tolist()
