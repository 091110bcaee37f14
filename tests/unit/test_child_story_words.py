"""What the page 一生一案 says of an answer that was refused reads as a sentence."""

import pytest

from pipelines.ask.child_story import _words
from schemas.answers import ANSWER_REFUSAL_WORDS


@pytest.mark.parametrize("refusal", ANSWER_REFUSAL_WORDS)
def test_why_an_answer_was_refused(refusal: str) -> None:
    answer = dict.fromkeys(("detail", "answered_by", "note", "evidence", "decided_by", "decided_on", "decided_why"))
    said = _words({**answer, "value": "仍未找到", "state": "refused", "refusal": refusal})
    begun = said.removeprefix("仍未找到；未采用：")
    assert begun != said and begun and not begun.startswith(("的", "所填的行"))
