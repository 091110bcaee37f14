"""The answers so far and tonight's, each checked: where the ledger begins, and what is worked out before it (``early_states``)."""

from collections.abc import Sequence

import pandas as pd

from pipelines.answers.answer_doubts import doubt_of
from pipelines.answers.answer_needs import Background, refusal_of
from pipelines.answers.received import ReceivedAnswer, answers_table
from schemas.answers import ANSWER_REFUSAL_WORDS

_CHECKED_AGAIN = ANSWER_REFUSAL_WORDS.keys() - {"accepted_unseen"}
_ABOUT_A_CASE = ("whereabouts", "discrepancy")
_OF_ITS_FIRST_NIGHT = ("received_on", "file", "sheet", "row")


def known_answers(received: Sequence[ReceivedAnswer], earlier: pd.DataFrame, known: Background) -> pd.DataFrame:
    """The table answers with tonight's ``received``, refusal and doubt filled in. ``earlier``: the table so far. One that was refused is checked
    again while its row still lies in the inbox, but for what no later night can mend, and where another answer about the case came after it:
    its sender has mended it otherwise."""
    before = earlier.set_index("answer_id", drop=False)
    stored = before["refusal"].to_dict()
    replaced = _replaced(received, earlier)
    rows: dict[str, dict[str, object]] = {}
    for answer in received:
        answer_id = str(answer.values["answer_id"])
        if answer_id in rows or answer_id in replaced or (answer_id in stored and stored[answer_id] not in _CHECKED_AGAIN):
            continue
        row = dict(answer.values) | {"refusal": refusal_of(answer.values, known), "doubt": doubt_of(answer.values, known)}
        if answer_id in stored:
            # Nobody has said since it came that what was to be done on that day was done.
            if stored[answer_id] == "day_ahead" or before.at[answer_id, "doubt"] == "signed_ahead":
                row["doubt"] = "signed_ahead"
            row |= {key: before.at[answer_id, key] for key in _OF_ITS_FIRST_NIGHT}
        rows[answer_id] = row
    new = answers_table(list(rows.values()))
    kept = earlier[~earlier["answer_id"].isin(list(rows))]
    return pd.concat([kept, new], ignore_index=True) if len(kept) and len(new) else kept if len(kept) else new


def _replaced(received: Sequence[ReceivedAnswer], earlier: pd.DataFrame) -> set[str]:
    """The answers so far about a case, refused, after which another about the case came, tonight or before."""
    about = earlier[earlier["kind"].isin(_ABOUT_A_CASE) & earlier["case_id"].notna()]
    known = set(about["answer_id"])
    tonight = {
        (a.values["kind"], a.values["case_id"])
        for a in received
        if a.values["kind"] in _ABOUT_A_CASE and a.values["answer_id"] not in known
    }
    subject = pd.Series(list(zip(about["kind"], about["case_id"], strict=True)), index=about.index, dtype="object")
    taken = about["received_on"].where(about["state"] != "refused").groupby(subject).transform("max")
    later = pd.to_datetime(taken) > pd.to_datetime(about["received_on"])
    return set(about["answer_id"][about["state"].eq("refused") & (later | subject.isin(tonight))])
