"""Persons keep their ids from night to night; what happens to an id is recorded. All persons are made up (虚构)."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from matching import PEOPLE
from matching.ids import STATUSES
from pipelines.ask.explain import explain
from pipelines.ask.published_rows import ExplainError
from pipelines.night.outcome import NothingPublished
from pipelines.persons.link_records import linkable_records
from pipelines.persons.resolve import EARLIER_ROWS, Known, Persons, resolve
from reports.waterfall import has_words
from schemas.codes import ID_STATUS_NAME
from schemas.tables import TABLES
from tests.lib import nights as whole_nights
from tests.lib.nights import Begun
from tests.lib.small_exports import good

NIGHT = date(2020, 4, 15)
NEXT = date(2020, 4, 16)


def records(*keys: str) -> pd.DataFrame:
    """Rows known by their systems' own keys alone."""
    frame = pd.DataFrame({"record_id": [f"{k}.row" for k in keys], "source_key": keys})
    return frame.assign(
        registry="xueji",
        file="f.xlsx",
        sheet="",
        row=range(2, len(keys) + 2),
        **{
            c: pd.Series([None] * len(keys), dtype="str")
            for c in ("id_number", "name", "birthdate", "township", "village", "guardian", "school")
        },
    )


EMPTY = {name: TABLES[name].empty_table() for name in ("person_keys", "person_events", *EARLIER_ROWS)}
NOTHING = Known(*(EMPTY[name].to_pandas() for name in ("person_keys", "person_events")), *(EMPTY[name] for name in EARLIER_ROWS))


def known(persons: Persons, rows: pd.DataFrame) -> Known:
    """What a run that had these ``rows`` hands on."""
    frame = rows.assign(birthdate=pd.to_datetime(rows["birthdate"]).dt.date)
    before = pa.Table.from_pandas(frame[list(EARLIER_ROWS["records"])], preserve_index=False)
    return Known(persons.keys, persons.events, before, pa.Table.from_pandas(persons.identities, preserve_index=False))


def night(before: Persons | None, clusters: dict[str, int], as_of: date) -> Persons:
    """A night after one that had no row of tonight's."""
    rows = records(*clusters)
    table = pd.DataFrame({"record_id": rows["record_id"], "cluster": list(clusters.values())})
    earlier = replace(NOTHING, keys=before.keys, events=before.events) if before else NOTHING
    return resolve(rows, table, earlier, as_of, None)


def ids(persons: Persons) -> dict[str, str]:
    return dict(zip(persons.identities["record_id"].str.removesuffix(".row"), persons.identities["person_id"], strict=True))


def told(persons: Persons) -> list[tuple]:
    return list(persons.events[["as_of", "event", "person_id", "other_person_id"]].itertuples(index=False, name=None))


def test_an_id_stays_when_rows_move_arrive_and_go() -> None:
    first = night(None, {"a": 0, "b": 1, "c": 2}, NIGHT)
    second = night(first, {"d": 7, "c": 5, "a": 3}, NEXT)
    assert {k: ids(second)[k] for k in "ac"} == {k: ids(first)[k] for k in "ac"}
    assert ids(second)["d"] not in ids(first).values()
    third = night(second, {"b": 0, "a": 1}, NEXT)
    assert ids(third)["b"] == ids(first)["b"]  # gone for a night, and back
    assert told(third) == []


def test_a_merge_is_recorded() -> None:
    first = night(None, {"a": 0, "b": 1}, NIGHT)
    second = night(first, {"a": 0, "b": 0}, NEXT)
    kept = ids(second)["a"]
    gone = next(p for p in ids(first).values() if p != kept)
    assert told(second) == [(NEXT, "merged", gone, kept)]
    assert told(night(second, {"a": 0, "b": 0}, NEXT)) == told(second)  # once, and remembered


def test_a_split_is_recorded() -> None:
    first = night(None, {"a": 0, "b": 0, "c": 0}, NIGHT)
    second = night(first, {"a": 0, "b": 0, "c": 1}, NEXT)
    assert ids(second)["a"] == ids(second)["b"] == ids(first)["a"]
    assert told(second) == [(NEXT, "split", ids(first)["a"], ids(second)["c"])]


def villagers(*rows: tuple[str | None, str, int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(ID, name, row of the sheet) -> records of one village born on one day, each a cluster of its own."""
    frame = records(*(f"r{row}" for _, _, row in rows)).assign(
        registry="huji",
        source_key=pd.Series([number for number, _, _ in rows], dtype="str"),
        id_number=pd.Series([number for number, _, _ in rows], dtype="str"),
        name=[name for _, name, _ in rows],
        row=[row for _, _, row in rows],
        birthdate=pd.Timestamp("2010-03-15"),
        township="安阳镇",
        village="安北社区",
    )
    return frame, pd.DataFrame({"record_id": frame["record_id"], "cluster": range(len(frame))})


def nights(*rows: list[tuple[str | None, str, int]]) -> list[tuple[dict[str, str], pd.DataFrame]]:
    """Per night: name -> person id, and the events up to it."""
    earlier, out = NOTHING, []
    for one in rows:
        frame, clusters = villagers(*one)
        persons = resolve(frame, clusters, earlier, NIGHT, None)
        earlier = known(persons, frame)
        who = frame.set_index("record_id")["name"]
        out.append(
            (dict(zip(persons.identities["record_id"].map(who), persons.identities["person_id"], strict=True)), persons.events)
        )
    return out


def test_an_id_stays_when_the_number_is_corrected_or_lost() -> None:
    first, corrected, lost = nights(
        [("451", "韦甲", 2), ("452", "韦乙", 3)],
        [("459", "韦甲", 2), ("452", "韦乙", 3)],
        [(None, "韦甲", 2), ("452", "韦乙", 3)],
    )
    assert first[0] == corrected[0] == lost[0]
    assert corrected[1]["event"].tolist() == ["known_again"] and corrected[1]["person_id"].item() == first[0]["韦甲"]


def test_an_id_stays_when_rows_without_number_move_up() -> None:
    first, moved = nights([(None, "韦甲", 2), (None, "韦乙", 3)], [(None, "韦乙", 2)])
    assert moved[0]["韦乙"] == first[0]["韦乙"]
    assert not len(moved[1])


def test_a_corrected_name_does_not_take_a_neighbours_id() -> None:
    first, second = nights([("451", "韦甲", 2), ("452", "韦乙", 3)], [("451", "韦乙", 2), ("459", "韦丙", 3)])
    assert second[0]["韦乙"] == first[0]["韦甲"]
    assert second[0]["韦丙"] not in first[0].values()


Cells = tuple[str, str | None, str, str | None, str]  # registry, number, name, birthdate, school
HUJI: Cells = ("huji", "451", "韦家丽", "2008-03-22", "")
PRIMARY: Cells = ("xueji", "451", "韦家丽", "2008-03-22", "中心小学")
JUNIOR: Cells = ("xueji", "451", "韦家琴", "2008-03-22", "初级中学")


def follow(*nights_of_rows: list[tuple[Cells, int]]) -> list[tuple[list[str], list[tuple]]]:
    """Per night, of rows with their clusters: the person of each row, and (event, person, other person) of that night. All live in one village,
    with one guardian; each night the rows stand elsewhere in the sheet."""
    earlier, out, told_before = NOTHING, [], 0
    for number, rows in enumerate(nights_of_rows):
        cells = [cells for cells, _ in rows]
        frame = records(*(f"n{number}r{place}" for place in range(len(rows)))).assign(
            registry=[c[0] for c in cells],
            source_key=pd.Series([c[1] for c in cells], dtype="str"),
            id_number=pd.Series([c[1] for c in cells], dtype="str"),
            name=[c[2] for c in cells],
            birthdate=pd.to_datetime(pd.Series([c[3] for c in cells])),
            school=[c[4] for c in cells],
            township="下坳镇",
            village="隆麻村",
            guardian="韦荣武",
            row=range(100 * number, 100 * number + len(rows)),
        )
        clusters = pd.DataFrame({"record_id": frame["record_id"], "cluster": [cluster for _, cluster in rows]})
        persons = resolve(frame, clusters, earlier, NIGHT + timedelta(days=number), None)
        earlier = known(persons, frame)
        person_of = persons.identities.set_index("record_id")["person_id"]
        happened = persons.events[["event", "person_id", "other_person_id"]].itertuples(index=False, name=None)
        out.append(([person_of[record] for record in frame["record_id"]], list(happened)[told_before:]))
        told_before = len(persons.events)
    return out


def test_rows_of_one_number_that_go_to_another_person_are_told_and_get_their_id_back() -> None:
    """A year of nights: three rows of one ID, of which the matcher joined now these two and now those; nothing told it, and each time the
    row that was alone had a new number."""
    one, apart, swapped, again, apart_again = follow(
        [(HUJI, 0), (PRIMARY, 0), (JUNIOR, 0)],
        [(HUJI, 0), (PRIMARY, 1), (JUNIOR, 0)],
        [(HUJI, 0), (PRIMARY, 0), (JUNIOR, 1)],
        [(HUJI, 0), (PRIMARY, 0), (JUNIOR, 0)],
        [(HUJI, 0), (PRIMARY, 0), (JUNIOR, 1)],
    )
    person, of_primary, of_junior = one[0][0], apart[0][1], swapped[0][2]
    assert apart == ([person, of_primary, person], [("split", person, of_primary)])
    assert swapped == ([person, person, of_junior], [("split", person, of_junior), ("merged", of_primary, person)])
    assert again == ([person, person, person], [("merged", of_junior, person)])
    assert apart_again == ([person, person, of_junior], [("split", person, of_junior)])
    assert len({person, of_primary, of_junior}) == 3


def test_of_rows_that_are_alike_all_whose_ids_changed_are_told() -> None:
    alike = ("xueji", "451", "韦家丽", "2008-03-22", "")
    two, one = follow([(HUJI, 0), (alike, 0), (alike, 1)], [(HUJI, 0), (alike, 0), (alike, 0)])
    assert one[1] == [("merged", two[0][2], two[0][0])]


def test_of_rows_that_are_alike_each_keeps_an_id() -> None:
    """Nothing tells them apart but their place in the sheet, which is another every night."""
    alike = ("xueji", "451", "韦家丽", "2008-03-22", "")
    first, joined_by_one, same = follow([(alike, 0)], [(alike, 0), (alike, 1)], [(alike, 0), (alike, 1)])
    assert first[0][0] in joined_by_one[0]
    assert set(same[0]) == set(joined_by_one[0])
    assert joined_by_one[1] == same[1] == []  # a row that is new came from nobody


def test_a_row_that_goes_to_another_person_on_the_night_on_which_its_number_is_mistyped_is_told() -> None:
    """A year of nights: a child that was listed by its primary record had another case, and nothing told why."""
    mistyped = ("xueji", "457", *PRIMARY[2:])
    register = ("huji", "451", "韦家琴", "2008-03-22", "")
    first, second = follow([(register, 0), (JUNIOR, 0), (PRIMARY, 1)], [(register, 0), (mistyped, 0)])
    assert second == ([first[0][0]] * 2, [("merged", first[0][2], first[0][0])])


def test_a_description_that_two_had_does_not_move_where_one_of_them_is_corrected() -> None:
    twice, other = (("huji", number, "韦家丽", "2008-03-22", "") for number in ("451", "452"))
    corrected = ("huji", "451", "韦家美", "2008-03-22", "")
    assert follow([(twice, 0)], [(twice, 0), (other, 1)], [(corrected, 0), (other, 1)])[2][1] == []


def test_rows_that_were_away_for_a_night_are_told_by_their_description() -> None:
    first, _, back = follow([(HUJI, 0), (JUNIOR, 1)], [(HUJI, 0)], [(HUJI, 0), (JUNIOR, 0)])
    assert back[1] == [("merged", first[0][1], first[0][0])]


@pytest.mark.parametrize(
    ("before", "mistyped"),
    [
        pytest.param(("451", "韦家丽", None), ("456", "韦家丽", None), id="a number, of a child without birthdate"),
        pytest.param(("451", "韦家丽", "2008-03-22"), ("456", "韦家琴", "2008-03-22"), id="number and name on one night"),
        pytest.param(("451", "韦家丽", "2008-03-22"), ("456", "韦家丽", "2009-03-22"), id="number and birthdate on one night"),
        pytest.param(
            ("451228201311188710", "韦家丽", "2013-11-18"),
            ("451224201311188710", "韦家琴", "2413-11-18"),
            id="a digit, name and birthdate",
        ),
    ],
)
def test_an_id_stays_when_guardian_and_village_tell_who_it_is(before: tuple, mistyped: tuple) -> None:
    """A year of nights: the case of the child was closed (各系统已无此人) and another opened."""
    sister: Cells = ("huji", "458", "韦家美", "2011-07-01", "")
    first, second = follow(*([(("huji", *cells, ""), 0), (sister, 1)] for cells in (before, mistyped)))
    assert second == (first[0], [("known_again", first[0][0], first[0][0])])


def test_a_child_of_whom_all_is_another_is_another() -> None:
    (first, _), (second, happened) = follow(
        [(("huji", "451228201311188710", "韦家丽", "2013-11-18", ""), 0)],
        [(("huji", "451224201311187710", "韦家琴", "2012-11-18", ""), 0)],
    )
    assert first != second and not happened


def test_a_twin_is_not_taken_for_the_other() -> None:
    twin: Cells = ("huji", "452", "韦家美", "2008-03-22", "")
    stranger: Cells = ("huji", "459", "韦家宁", "2008-03-22", "")
    both, second = follow([(HUJI, 0), (twin, 1)], [(twin, 0), (stranger, 1)])
    assert second[0][0] == both[0][1] and second[0][1] not in both[0]
    assert not second[1]


def test_a_merged_id_is_still_explained(tmp_path: Path, begun: Begun) -> None:
    begun(good)
    current = tmp_path / "curated" / "current"
    (person,) = duckdb.sql(f"select min(person_id) from '{current}/persons.parquet'").fetchall()[0]
    row = pd.DataFrame(
        {"as_of": [NIGHT], "event": ["merged"], "person_id": ["P9999999"], "other_person_id": [person], "keys": [1]}
    )
    row.to_parquet(current / "person_events.parquet", index=False)
    assert any(f"P9999999 并入 {person}" in line for line in explain(tmp_path, ["P9999999"]))
    with pytest.raises(ExplainError, match="没有编号"):
        list(explain(tmp_path, ["P8888888"]))


def test_absences_are_published_and_told(tmp_path: Path, begun: Begun) -> None:
    begun(good)
    current = tmp_path / "curated" / "current"
    rows = duckdb.sql(
        f"""select u.person_id, a.missed_probability from '{current}/unaccounted.parquet' u
        left join '{current}/absences.parquet' a using (person_id)"""
    ).fetchall()
    without_student_record = [r for r in rows if r[1] is not None]
    assert without_student_record
    said = "\n".join(explain(tmp_path, [without_student_record[0][0]]))
    assert "有而未找到的可能为" in said


def test_a_pair_is_drawn_and_the_picture_is_private(tmp_path: Path, begun: Begun) -> None:
    begun(good)
    link = duckdb.sql(f"select record_id_l, record_id_r from '{tmp_path}/curated/current/links.parquet' limit 1").fetchall()[0]
    for ending in (".svg", ".png"):
        chart = tmp_path / f"pair{ending}"
        said = list(explain(tmp_path, link, chart))
        assert f"  图在：{chart}" in said and chart.stat().st_mode & 0o077 == 0
        assert ("没有中文字体" in said[-1]) is not has_words(chart)
    assert "姓名" in (tmp_path / "pair.svg").read_text("utf-8")
    with pytest.raises(ExplainError, match="两行"):
        list(explain(tmp_path, ["P0000001"], tmp_path / "one.svg"))
    with pytest.raises(ValueError, match=r"\.svg"):
        list(explain(tmp_path, link, tmp_path / "pair.docx"))


def test_a_reviewed_model_is_used_and_a_broken_one_stops_the_run(tmp_path: Path, begun: Begun) -> None:
    begun(good)
    learned = (tmp_path / "curated/current/model.json").read_text("utf-8")
    (tmp_path / "model.json").write_text(learned.replace('"without_id": 0.', '"without_id": 0.1'), "utf-8")
    whole_nights.night(tmp_path)
    assert '"without_id": 0.1' in (tmp_path / "curated/current/model.json").read_text("utf-8")
    (tmp_path / "model.json").write_text("{}", "utf-8")
    with pytest.raises(NothingPublished, match="模型文件"):
        whole_nights.night(tmp_path)


def test_ids_do_not_depend_on_the_order_of_rows() -> None:
    clusters = {f"k{i}": i % 7 for i in range(40)}
    shuffled = dict(sorted(clusters.items(), key=lambda item: item[0][::-1]))
    assert ids(night(None, clusters, NIGHT)) == ids(night(None, shuffled, NIGHT))


def test_every_state_of_an_id_has_its_words() -> None:
    assert set(ID_STATUS_NAME) == {*STATUSES, "borrowed"}


def test_those_paid_and_those_recognised_as_due_are_two_lists_of_the_aid_systems() -> None:
    nothing = {column: pd.Series([None] * 3, dtype="str") for column in (*PEOPLE, "birthdate_from", "hardship", "aid_item")}
    rows = pd.DataFrame(nothing).assign(
        registry="zizhu", aid_item=["生活补助", None, "生活补助"], hardship=[None, "困难", "困难"]
    )
    assert list(linkable_records(rows)["source"]) == ["zizhu", "zizhu:recognised", "zizhu"]
