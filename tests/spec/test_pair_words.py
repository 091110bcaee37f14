"""What is said of a pair: it adds up, names the first source first, and is worded for the script."""

import pytest

from matching import explain_pair, link
from matching.describe import worded
from matching.levels.record_levels import compare_records
from matching.records import encode_records
from tests.lib.linkable_people import A, frame, person, strangers


def test_explanation_adds_up_to_the_weight() -> None:
    one_off = A[:9] + str((int(A[9]) + 1) % 10) + A[10:]
    result = link(frame([person("police", "韦家乐", A), person("school", "韦佳乐", one_off), *strangers()]))
    comparison = explain_pair(result.people, "r0", "r1", result.model)
    assert sum(line.bits for line in comparison.fields) + comparison.prior == pytest.approx(comparison.weight)
    said = "；".join(line.words for line in comparison.fields)
    assert said.startswith("姓名同音：韦家乐/韦佳乐；身份证号第10位不同；出生日期一致")
    told = result.links.set_index(["record_id_l", "record_id_r"])["evidence_text"]
    assert said in told.to_list()  # whichever of the two came first in blocking: the first source's value stands first


def test_what_agrees_of_names_in_letters_is_worded_as_such() -> None:
    rows = [person("police", "Ana Maria Smith", None), person("school", "Maria Jones", None)]
    ready = encode_records(frame(rows))
    left, right = (ready.compared.slice(i, 1) for i in (0, 1))
    assert worded(compare_records(left, right), left, right)["name"].to_pylist()[0].startswith("姓名有相同的词：")


@pytest.mark.parametrize(
    ("masked", "words"),
    [
        (A[:14], "身份证号前14位一致、顺序码看不到"),
        (f"{A[:6]}********0000", "身份证号看得见的几位不同"),
    ],
)
def test_of_a_masked_id_nothing_is_said_to_be_valid(masked: str, words: str) -> None:
    rows = frame([person("police", "韦家乐", A), person("school", "韦家乐", None)]).assign(id_known=[None, masked])
    ready = encode_records(rows)
    left, right = (ready.compared.slice(i, 1) for i in (0, 1))
    assert worded(compare_records(left, right), left, right)["id"].to_pylist() == [words]
