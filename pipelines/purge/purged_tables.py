"""Tables without the person: its rows stay as counts, for every sum between tables was published, and say nothing of it any more.

A row of the person loses every value that its declaration lets be null; what must be there and tells of the person is written over. What rows of
others say of the person (an ID number that two have, a name in a household) is replaced by a mark. Answers and judgements go as a whole, and of the keys
by which the person would be known again one is left that nothing matches, so that its number is never given to another.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.purge.subject import PurgedPerson
from schemas.tables import DECLARED

MARK = "（已清除）"
_PURGED_KEY = "purged:"


@dataclass(frozen=True, slots=True)
class Emptied:
    """``by``: the columns of which one names the person or a record of it; ``kept``: columns that may be null and stay, because sums, keys and
    references rest on them; ``written``: column that must not be null -> what it says instead."""

    by: tuple[str, ...]
    kept: Collection[str] = ()
    written: dict[str, str] = field(default_factory=dict)


_ROW = ("registry", "file", "sheet", "row")
_OF_PERSON, _OF_CASE = (
    ("person_id",),
    ("township", "reason", "whereabouts", "basis", "closed_on", "closed_reason", "closed_whereabouts"),
)
EMPTIED = {
    "records": Emptied(("record_id",), ("sheet",), {"source_key": MARK}),
    "persons": Emptied(_OF_PERSON, ("whereabouts", "whereabouts_rule", "evidence_record_id", "conditions", "responsible_township")),
    "findings": Emptied(_OF_PERSON, ("case_id", "township", "registry_b", "record_id_b", "address_b", "favoured", "kind"), {"why": MARK}),
    "unaccounted": Emptied(_OF_PERSON, ("case_id", "township", "candidate_record_id")),
    "case_log": Emptied(_OF_PERSON, _OF_CASE, {"content": "{}"}),
    "cases": Emptied(_OF_PERSON, _OF_CASE),
    "changes": Emptied(_OF_PERSON, _OF_CASE),
    "links": Emptied(("record_id_l", "record_id_r"), (), {"evidence_text": MARK}),
    "absences": Emptied(("person_id", "candidate_id"), ("rank", "candidate_id", "probability", "refused")),
    "repairs": Emptied(_ROW, ("sheet", "column")),
}  # fmt: skip


def without_person(name: str, table: pa.Table, subject: PurgedPerson) -> pa.Table:
    """The published table ``name`` without what it says of the person; columns and types are those of ``table``."""
    if name == "person_keys":
        return _keys(table, subject)
    if name == "answers":
        gone = _is_in(table["answer_id"], _answers(table, subject))
        return without_marks(table.filter(pc.invert(gone)), subject)
    if name == "verdicts":
        for mark in subject.marks:
            table = table.filter(pc.invert(pc.or_(_mentions(table["side_a"], mark), _mentions(table["side_b"], mark))))
        return table
    if name in EMPTIED:
        table = emptied(name, table, _own_rows(table, EMPTIED[name].by, subject))
    return without_marks(table, subject)


def emptied(name: str, table: pa.Table, rows: pa.ChunkedArray) -> pa.Table:
    """The table with those ``rows`` (a flag for each) emptied as ``EMPTIED`` says."""
    if not pc.any(rows).as_py():
        return table
    how, required = EMPTIED[name], {column.name for column in DECLARED[name].columns if column.required} | {*DECLARED[name].key}
    for place, column in enumerate(table.schema):
        if column.name in how.written:
            new = pc.if_else(rows, pa.scalar(how.written[column.name], column.type), table[column.name])
        elif column.name in required or column.name in how.kept:
            continue
        else:
            new = pc.if_else(rows, pa.scalar(None, column.type), table[column.name])
        table = table.set_column(place, column, new)
    return table


def without_marks(table: pa.Table, subject: PurgedPerson) -> pa.Table:
    """The table with each of the person's own numbers and names in any text of it replaced."""
    for place, column in enumerate(table.schema):
        if pa.types.is_string(column.type):
            values = table[column.name]
            for mark in subject.marks:
                if pc.any(_mentions(values, mark)).as_py():
                    values = pc.replace_substring(values, mark, MARK)
            table = table.set_column(place, column, values)
    return table


def _keys(table: pa.Table, subject: PurgedPerson) -> pa.Table:
    """The keys without those of the person, but one for each of its numbers."""
    own = _is_in(table["person_id"], subject.persons)
    had = sorted({*table["person_id"].filter(own).to_pylist()})
    before = pc.if_else(_is_in(table["before"], subject.persons), pa.scalar(None, pa.string()), table["before"])
    kept = table.set_column(table.schema.get_field_index("before"), table.schema.field("before"), before).filter(pc.invert(own))
    left = pa.table(
        {"key": [f"{_PURGED_KEY}{person}" for person in had], "person_id": had, "before": pa.nulls(len(had), pa.string())},
        table.schema,
    )
    return pa.concat_tables([kept, left]).sort_by("key")


def _answers(table: pa.Table, subject: PurgedPerson) -> set[str]:
    """The answers about the person, and those that accept one of them."""
    marked = _is_in(table["id_number"], subject.numbers)
    for mark in subject.marks:
        marked = pc.or_(marked, _mentions(table["about"], mark))
    own = pc.or_(marked, pc.or_(_is_in(table["person_id"], subject.persons), _is_in(table["case_id"], subject.cases)))
    ids = {*table["answer_id"].filter(own).to_pylist()}
    return ids | {*table["answer_id"].filter(_is_in(table["about"], ids)).to_pylist()}


def _own_rows(table: pa.Table, by: tuple[str, ...], subject: PurgedPerson) -> pa.ChunkedArray:
    """Which rows are of the person."""
    if by == _ROW:
        own = {*subject.rows}
        return pa.chunked_array(
            [[row in own for row in zip(*(table[name].to_pylist() for name in _ROW), strict=True)]], pa.bool_()
        )
    rows = pa.chunked_array([pa.array([False] * len(table), pa.bool_())])
    for name in by:
        rows = pc.or_(rows, _is_in(table[name], subject.persons if name == "person_id" else subject.records))
    return rows


def _is_in(column: pa.ChunkedArray, values: Collection[str]) -> pa.ChunkedArray:
    return pc.is_in(column, value_set=pa.array(sorted(values), pa.string()))


def _mentions(column: pa.ChunkedArray, mark: str) -> pa.ChunkedArray:
    return pc.fill_null(pc.match_substring(column, mark), False)
