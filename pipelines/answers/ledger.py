"""The ledger of answers: what came back tonight joined to what came before, checked, and what of it is in effect."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from matching.name_text import clean_name
from pipelines.answers.answer_needs import Background, accepted_schools, cases_of, only_reported, published_answers
from pipelines.answers.judgements import RefusedJudgement
from pipelines.answers.known_answers import known_answers
from pipelines.answers.merged_persons import mergers_of, with_present_numbers
from pipelines.answers.overtaken import listed_as
from pipelines.answers.received import ReceivedAnswer, answers_table, by_answer
from pipelines.answers.schools import Schools
from pipelines.answers.states import answer_states
from pipelines.files.refusal import Refusal
from schemas.answers import ACCEPTED, ANSWER_REFUSAL_WORDS, OFF_THE_LIST, SAME_PERSON, asker_of, refusal_words
from schemas.whereabouts import ANSWERS

_WHEREABOUTS = ["person_id", "whereabouts", "answer", "school", "answered_on", "listed_as"]
_HANDLED = ["case_id", "person_id", "said", "answer", "right_value", "answered_on"]


@dataclass(frozen=True, slots=True)
class AnswerLedger:
    """``table``: the table answers. Of it ``whereabouts``: person_id, whereabouts (null where the answer changes none, or waits), answer,
    school, answered_on, listed_as (why the child was on the list on that day), one row a person; ``handled``: case_id, person_id, said (in
    words), answer, right_value, answered_on, one row a case of a discrepancy. ``refused``: the rows of tonight's workbooks whose answers
    are refused."""

    table: pd.DataFrame
    whereabouts: pd.DataFrame
    handled: pd.DataFrame
    refused: list[Refusal]


def ledger_of(
    received: Sequence[ReceivedAnswer],
    earlier: pd.DataFrame,
    log: pd.DataFrame,
    records: pd.DataFrame,
    events: pd.DataFrame,
    schools: Schools,
    as_of: date,
    acceptance: bool,
) -> AnswerLedger:
    """The ledger of the night ``as_of``. ``earlier``: the table answers so far; ``log``: the table case_log so far; ``records``: person_id, name,
    id_number, registry, township, register_state, one row a record of tonight; ``events``: the table person_events; ``acceptance``: whether the
    county accepts answers before they take a child off the list."""
    mergers = mergers_of(events, set(records["person_id"]))
    cases = cases_of(log, {str(answer.values["case_id"]) for answer in received}, mergers)
    background = Background(as_of, cases, schools, published_answers(earlier), accepted_schools(earlier), only_reported(records))
    known, merged = with_present_numbers(known_answers(received, earlier, background), log, records, mergers)
    table = answer_states(known, as_of, others=_of_others(known, records), acceptance=acceptance, merged=merged)
    so_far = table[table["received_on"] <= as_of]
    return AnswerLedger(table, _whereabouts(so_far, log), _handled(so_far), _refused(received, table))


def with_judgements(ledger: AnswerLedger, refused: Iterable[RefusedJudgement]) -> AnswerLedger:
    """The ledger after the judgements of two records were applied: those that could not be (``refused``) are refused in it, too."""
    rules = {(refusal.file, refusal.row, str(refusal.said_on)): refusal.rule for refusal in refused}
    table = ledger.table.copy()
    answers = zip(table["file"], table["row"], pd.to_datetime(table["answered_on"]).dt.strftime("%Y-%m-%d"), strict=True)
    rule = pd.Series([rules.get(answer) for answer in answers], index=table.index, dtype="object")
    rule = rule.where((table["kind"] == "pair") & table["refusal"].isna())
    table["refusal"] = table["refusal"].where(rule.isna(), rule)
    table["state"] = table["state"].mask(rule.notna(), "refused")
    return replace(ledger, table=table)


def _of_others(answers: pd.DataFrame, names: pd.DataFrame) -> Collection[str]:
    """The answers about a child whose person_id no record of that name or ID has tonight, though others have the number: an old workbook, or
    a folder begun anew, must not hide another child. A register may correct a name while an answer waits."""
    about = answers[answers["kind"] == "whereabouts"]
    wanted = names[names["person_id"].isin(about["person_id"])]
    there = set(wanted["person_id"])
    named = {(person, clean_name(name or "")) for person, name in zip(wanted["person_id"], wanted["name"], strict=True)}
    numbered = set(zip(wanted["person_id"], wanted["id_number"], strict=True))
    told = zip(*(_plain(about[key]) for key in ("answer_id", "person_id", "name", "id_number")), strict=True)
    return [
        answer
        for answer, person, name, number in told
        if person in there
        and (person, clean_name(str(name or ""))) not in named
        and (number is None or (person, number) not in numbered)
    ]


def _whereabouts(table: pd.DataFrame, log: pd.DataFrame) -> pd.DataFrame:
    """The last answer of each child that is in effect. Where a later one waits for the county, that is the answer shown, and the
    whereabouts stay those that are in effect."""
    live = table[(table["kind"] == "whereabouts") & table["state"].isin(["accepted", "waiting"])]
    live = live.sort_values(["person_id", "answered_on", "received_on", "answer_id"])
    accepted, waiting = (
        live[live["state"] == state].drop_duplicates("person_id", keep="last") for state in ("accepted", "waiting")
    )
    decided = accepted.set_index("person_id")["value"].map(ANSWERS)
    shown = waiting[~waiting["person_id"].map(decided).isin(OFF_THE_LIST)]
    shown = pd.concat([accepted[~accepted["person_id"].isin(shown["person_id"])], shown])
    return pd.DataFrame(
        {
            "person_id": shown["person_id"],
            "whereabouts": shown["person_id"].map(decided),
            "answer": shown["value"],
            "school": shown["detail"],
            "answered_on": shown["answered_on"],
            "listed_as": shown["answer_id"].map(listed_as(shown, log)),
        },
        columns=_WHEREABOUTS,
    ).astype("str").sort_values("person_id", ignore_index=True)  # fmt: skip


def _handled(table: pd.DataFrame) -> pd.DataFrame:
    """The last answer of each case of a discrepancy. It closes nothing: a case is closed when the registries no longer contradict."""
    live = table[(table["kind"] == "discrepancy") & (table["state"] == "accepted")]
    # Several offices may have answered about one case.
    live = live.sort_values(["answered_on", "received_on", "answer_id"]).drop_duplicates("case_id", keep="last")
    said = [
        "，".join([value or "已填正确值", *([f"正确值 {right}"] if right else []), day.isoformat()])
        for value, right, day in zip(*(_plain(live[key]) for key in ("value", "detail", "answered_on")), strict=True)
    ]
    handled = live.rename(columns={"value": "answer", "detail": "right_value"}).assign(said=said)
    return handled[_HANDLED].astype("str").sort_values("case_id", ignore_index=True)


def calibration_of(table: pd.DataFrame) -> pd.DataFrame:
    """The table calibration: of the pairs that were said to be so likely one person, how many were judged to be one."""
    judged = table[
        (table["kind"] == "pair")
        & table["state"].isin(["accepted", "waiting"])
        & table["value"].map(SAME_PERSON).isin(["same", "different"])
    ]
    same = judged["value"].map(SAME_PERSON).eq("same")
    counts = (
        same.groupby(judged["detail"].fillna("?"))
        .agg(["size", "sum"])
        .reset_index()
        .set_axis(["likelihood", "judged", "same"], axis=1)
    )
    return counts.assign(share=counts["same"] / counts["judged"])


def _plain(column: pd.Series) -> list:
    return column.astype("object").where(column.notna(), None).tolist()


def _refused(received: Sequence[ReceivedAnswer], table: pd.DataFrame) -> list[Refusal]:
    refused = table[table["refusal"].isin(list(ANSWER_REFUSAL_WORDS))].set_index("answer_id")
    rules = refused["refusal"].to_dict()
    askers = {
        answer: asker_of(kind, about)
        for answer, kind, about in zip(refused.index, refused["kind"], refused["about"], strict=True)
    }
    return [
        row.refused(rules[answer_id], refusal_words(rules[answer_id], askers[answer_id]))
        for answer_id, row in by_answer(received)
        if answer_id in rules
    ]


def answers_of_log(log: pd.DataFrame) -> pd.DataFrame:
    """The answers that a version without the table answers took, from the table case_log, each accepted: it was in effect then."""
    taken = log[(log["event"] == "answered") & (log["kind"] == "list") & log["answer"].isin(list(ANSWERS))]
    shown = [json.loads(content) for content in taken["content"]]
    rows = [
        {
            "answer_id": f"A{entry:012d}",
            "kind": "whereabouts",
            "case_id": case,
            "person_id": person,
            **{key: content.get(key) for key in ("name", "id_number", "birthdate")},
            "township": place,
            "value": answer,
            "detail": detail,
            "answered_on": day,
            "source": "workbook",
            "file": "case_log",
            "sheet": "",
            "row": 1,
            "received_on": known,
        }
        for entry, case, person, content, place, answer, detail, day, known in zip(
            *(_plain(taken[key]) for key in ("entry", "case_id", "person_id")), shown,
            *(_plain(taken[key]) for key in ("township", "answer", "answer_detail", "answered_on", "as_of")), strict=True,
        )
    ]  # fmt: skip
    accepted = [
        {
            "answer_id": f"AX{row['answer_id'][2:]}",
            "kind": "acceptance",
            "about": row["answer_id"],
            "value": ACCEPTED,
            "answered_by": "（升级前已生效）",
        }
        | {key: row[key] for key in ("answered_on", "source", "file", "sheet", "row", "received_on")}
        for row in rows
    ]
    return answers_table(rows + accepted)
