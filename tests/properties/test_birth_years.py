"""A record's year of birth says whether it is to be found in the other list at all; what the lists are called says nothing. All
persons are made up (虚构)."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.two_registers import two_registers
from matching import link
from matching.birth_years import birth_year_bits, odds_of_birth_years
from matching.ids import with_check_digit
from matching.model import Model
from tests.lib.linkable_people import frame, person, ready, strangers

POLICE, SCHOOL = 0, 1
YOUNG = 150  # children of four in one list alone, as many as there are pupils of one year in a county's township


def little_ones() -> list[dict[str, object]]:
    """Children born in 2016, in the police's list alone."""
    return [
        {
            "source": "police",
            "name": f"{'蓝黄蒙潘覃'[i % 5]}{'春夏秋冬'[i % 4]}{'东南西北中'[i // 5 % 5]}",
            "birthdate": f"2016-{i % 12 + 1:02}-{i % 28 + 1:02}",
            "id_number": with_check_digit(f"4512282016{i % 12 + 1:02}{i % 28 + 1:02}{i:03d}"),
            "township": "高岭镇",
            "village": f"村{i % 20}",
            "kin": f"母{i}",
        }
        for i in range(YOUNG)
    ]


def test_a_year_without_counterparts_has_small_odds_and_a_year_with_them_no_better_ones() -> None:
    people = ready([*strangers(), *little_ones()])
    year = people.keys["birth_year"].to_numpy()
    settled = np.where(year < 2016, np.where(people.source == POLICE, 1 << SCHOOL, 1 << POLICE), 0).astype(np.uint64)
    odds = odds_of_birth_years(people, settled)
    assert set(odds["police"]["school"]) == {2016}
    assert odds["police"]["school"][2016] < 0.05
    assert "school" not in odds, "all of its records are settled: no year is worse than another"


def test_the_year_of_either_record_counts_and_no_year_says_nothing() -> None:
    people = ready([person("police", "韦家乐", None, "2016-03-15"), person("school", "韦家喜", None, "2009-03-15")])
    child, pupil = (np.array([int(np.flatnonzero(people.source == source)[0])]) for source in (POLICE, SCHOOL))
    odds = {"police": {"school": {2016: 0.125}}, "school": {"police": {2008: 0.5}}}
    assert birth_year_bits(odds, people, child, pupil) == birth_year_bits(odds, people, pupil, child) == [-3.0]
    assert birth_year_bits({"school": {"police": {2009: 0.5}}}, people, child, pupil) == [-1.0]
    assert birth_year_bits({}, people, child, pupil) == [0.0]


def test_one_record_with_a_mistyped_year_is_not_doubted() -> None:
    """Of many children of that year none is a pupil; of one record in a year of its own nothing is known."""
    pair = [person("police", "韦家乐", None, "2016-03-15", sex="男"), person("school", "韦家东", None, "2009-03-15", sex="男")]
    alone, among_many = (link(frame([*strangers(), *others, *pair])).model.birth_years for others in ([], little_ones()))
    assert alone == {}
    assert among_many["police"]["school"][2016] < 0.05


def test_years_of_birth_survive_the_models_file() -> None:
    model = Model(birth_years={"police": {"school": {2016: 0.125}}})
    assert Model.from_json(model.to_json()).birth_years == model.birth_years
    with pytest.raises(ValueError, match="birth_years"):
        Model.from_json(model.to_json().replace("0.125", "1.5"))


@pytest.mark.parametrize("seed", [11, 12])
def test_a_and_b_give_what_b_and_a_give(seed: int) -> None:
    people = two_registers(4_000, seed).to_pandas()
    first, second = sorted(people["source"].unique())
    swapped = people.assign(source=people["source"].map({first: second, second: first}))
    one, other = (_by_records(link(table).links) for table in (people, swapped))
    pd.testing.assert_frame_equal(one, other, rtol=1e-6, atol=1e-9)


def _by_records(links: pd.DataFrame) -> pd.DataFrame:
    ends = np.sort(links[["record_id_l", "record_id_r"]].to_numpy(dtype=object), axis=1)
    columns = {"one": ends[:, 0], "other": ends[:, 1], "probability": links["probability"], "decision": links["decision"]}
    return pd.DataFrame(columns).sort_values(["one", "other"]).reset_index(drop=True)
