"""Reports of townships among the records that are linked: whose each is, and where it joins nobody. A county of strangers stands around each.
All persons are made up (虚构)."""

from matching import COST_RATIO, Linkage
from matching.ids import with_check_digit
from pipelines.persons.link_records import link_records
from schemas.registries.xiangzhen import REGISTRY as REPORTS
from tests.lib.linkable_people import A, decision, frame, linked, person, strangers

_OTHER = with_check_digit("45122820110305003")
# A child whom the police have, a pupil of another birthdate under another number, and a report of the child under the pupil's number.
_ELSEWHERE = {"kin": "韦大海|陆一妹", "township": "高岭镇", "village": "五峒村"}
_CHILD, _PUPIL = person("police", "韦家九"), person("school", "韦家九", _OTHER, "2011-03-05", **_ELSEWHERE)
_MIXED = person(REPORTS.key, "韦家九", _OTHER)


def _told(*rows: dict[str, object]) -> Linkage:
    people = frame([*rows, *strangers()])
    records = people.assign(registry=people["source"], birthdate_from="column", hardship=None, aid_item=None)
    return link_records(records, None, COST_RATIO, None)


def test_a_report_that_fits_two_persons_joins_them_not_and_is_asked_about() -> None:
    rows = (_CHILD, _PUPIL, _MIXED)
    assert decision(linked(*rows)) == "match"  # what a source of its own right does
    result = _told(*rows)
    assert [decision(result, *pair) for pair in (("r0", "r1"), ("r0", "r2"), ("r1", "r2"))] == ["no", "possible", "possible"]


def test_a_report_of_one_person_stays_with_it_though_another_report_joins_that_person_with_a_second() -> None:
    result = _told(_CHILD, _PUPIL, _MIXED, person(REPORTS.key, "韦家九", A))
    assert decision(result, "r0", "r3") == "match" and decision(result, "r0", "r1") == "no"
    assert decision(result, "r1", "r2") != decision(result, "r0", "r2")  # the other report is the pupil's


def test_two_reports_that_fit_the_same_two_persons_are_one() -> None:
    result = _told(_CHILD, _PUPIL, _MIXED, _MIXED)
    assert decision(result, "r2", "r3") == "match"
    assert {decision(result, a, b) for a in ("r2", "r3") for b in ("r0", "r1")} == {"possible"}


def test_a_report_of_a_child_without_number_finds_its_person_of_two_registers() -> None:
    result = _told(_CHILD, person("school", "韦家九"), person(REPORTS.key, "韦家九", None))
    assert {decision(result, "r0", other) for other in ("r1", "r2")} == {"match"}
