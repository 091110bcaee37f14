"""Breaks the rules of the published tables, each once: SQL made of the declaration, so that no rule is forgotten; and by hand for the
sums between tables."""

from collections.abc import Iterator

import pyarrow as pa

from schemas.tables import DECLARED
from schemas.tables.declaration import AS_OF, Constraint, DeclaredColumn, RuleKind

WRONG = "不是这里的值"  # stands in for any value: no message may quote it
_OTHER = {
    pa.string(): f"'{WRONG}'",
    pa.date32(): "date '1700-01-01'",
    pa.int32(): "987654321",
    pa.float64(): "0.5",
    pa.bool_(): "true",
}


def every_constraint() -> list[Constraint]:
    """Every rule of every table."""
    return [constraint for table in DECLARED.values() for constraint in table.constraints()]


def break_constraint(constraint: Constraint) -> list[str]:
    """Statements, each of which breaks the rule in the first row of its table; for a range each of its ends."""
    table, column = constraint.table, constraint.column
    if constraint.kind is RuleKind.KEY:
        return [f"insert into {table} from {table} limit 1"]
    if constraint.kind is RuleKind.REFERENCE:
        columns = {c.name: c for c in DECLARED[table].columns}
        values = ", ".join(f'"{name}" = {_OTHER[columns[name].type]}' for name in constraint.columns)
        return [_update(table, values)]
    assert column is not None
    wrong = {
        RuleKind.TYPE: lambda: [
            f'alter table {table} alter "{column.name}" type blob using null',
            f'alter table {table} drop "{column.name}"',
        ],
        RuleKind.NOT_NULL: lambda: [_update(table, f'"{column.name}" = null')],
        RuleKind.CODES: lambda: [_update(table, f"\"{column.name}\" = '{value}'") for value in _no_codes(column)],
        RuleKind.PATTERN: lambda: [_update(table, f"\"{column.name}\" = '{WRONG}'"), _update(table, f"\"{column.name}\" = ''")],
        RuleKind.RANGE: lambda: [_update(table, f'"{column.name}" = {value}') for value in _beyond(column)],
    }[constraint.kind]
    return wrong()


def _update(table: str, values: str) -> str:
    return f"update {table} set {values} where rowid = (select min(rowid) from {table})"


def _no_codes(column: DeclaredColumn) -> list[str]:
    assert column.codes is not None
    known = (column.codes.values or ("xueji",))[0]
    return [WRONG, f"{known},{WRONG}"] if column.several else [WRONG, f"{known} "]


def _beyond(column: DeclaredColumn) -> Iterator[str]:
    for limit, step in ((column.least, -1), (column.most, 1)):
        if limit == AS_OF:
            yield f"date '2020-04-15' + {step}"
        elif limit is not None:
            yield f"{limit} + {step}" if isinstance(limit, int | float) else f"date '{limit}' + {step}"


# Rows for the tables that one night of a made-up county leaves empty.
ROWS = (
    "insert into verdicts values ('[]', '[1]', 'same', 1, date '2020-04-01', '甲', null, '表.xlsx', 3)",
    "insert into calibration values ('可能', 2, 1, 0.5)",
    """insert into answers (answer_id, kind, source, file, sheet, row, received_on, state)
        values ('A000000000001', 'pair', 'workbook', '表.xlsx', '疑似同一人', 3, date '2020-04-15', 'accepted')""",
    "insert into drift values ('xueji', 'rows', null, null, 10, 12, 'warning', '学籍系统：由 10 行变为 12 行')",
    "insert into person_events values (date '2020-04-15', 'split', 'P0000001', 'P0000002', 1)",
)

# Cross check -> a statement that breaks it, every column still as declared.
BROKEN_SUMS = {
    "rows_of_a_file": _update("files", "rows = rows + 1"),
    "accepted_rows": _update("files", "accepted = accepted - 1, quarantined = quarantined + 1"),
    "refused_rows": "delete from quarantine where row is not null",
    "row_in_one_place": """insert into quarantine
        select registry, file, sheet, row, null, 'footer_row', '是合计行' from records limit 1""",
    "refused_file_has_a_reason": """insert into files values ('xueji', '坏.xlsx', '', null, 'refused', null, null, null, 0, 0, 0, '打不开')""",
    "read_file_is_known": _update("files", "sha256 = null"),
    "warnings_counted": "delete from warnings where rowid = (select min(rowid) from warnings)",
    "profiled_rows": "update profiles set amount = amount + 1 where measure = 'rows'",
    "birthdate_has_origin": "update records set birthdate_from = null where rowid = (select min(rowid) from records where birthdate is not null)",
    "sex_has_origin": "update records set sex = null where rowid = (select min(rowid) from records where sex is not null)",
    "identity_of_each_record": "delete from identities where rowid = (select min(rowid) from identities)",
    "records_of_each_person": _update("persons", "records = records + 1"),
    "keys_of_each_person": "delete from person_keys where person_id = (select min(person_id) from persons)",
    "linked_records_are_one_person": """update identities set person_id = (select max(person_id) from persons)
        where record_id = (select min(record_id_l) from links where decision = 'match')""",
    "whereabouts_of_each_child": """update persons set whereabouts = null, whereabouts_rule = null
        where person_id = (select min(person_id) from persons where in_cohort)""",
    "whereabouts_by_its_rule": """update persons set whereabouts = 'suspended'
        where person_id = (select min(person_id) from persons where whereabouts = 'enrolled')""",
    "first_condition_decides": """update persons set conditions = 'none_of_the_above'
        where person_id = (select min(person_id) from persons where whereabouts = 'enrolled')""",
    "listed_children": _update(
        "unaccounted", "whereabouts = case whereabouts when 'unaccounted' then 'dropped_out' else 'unaccounted' end"
    ),
    "townships_add_up": "update indicators set numerator = numerator + 1 where level = 'county' and code = 'listed'",
    "villages_add_up": """update indicators set numerator = numerator + 1
        where rowid = (select min(rowid) from indicators where level = 'village' and code = 'listed')""",
    "listed_per_township": """update indicators set numerator = numerator + 1
        where rowid = (select min(rowid) from indicators where level = 'township' and code = 'listed')""",
    "unaccounted_per_township": """update indicators set numerator = numerator + 1
        where rowid = (select min(rowid) from indicators where level = 'township' and code = 'unaccounted')""",
    "due_per_township": """update indicators set denominator = denominator + 1
        where rowid = (select min(rowid) from indicators where level = 'township' and code = 'enrolment')""",
    "shares": "update indicators set share = 0.123 where rowid = (select min(rowid) from indicators where share is not null)",
    "standings_tonight": _update("standings", "listed = listed + 1"),
    "standings_shares": _update("standings", "open_share = 0.123"),
    "listed_child_as_known": _update("unaccounted", "township = '别的乡'"),
    "finding_where_the_person_is": _update("findings", "township = '别的乡'"),
    "case_of_each_child": _update("unaccounted", "case_id = (select min(case_id) from cases where kind = 'finding')"),
    "case_of_each_finding": _update("findings", "case_id = null"),
    "one_finding_a_case": _update("findings", "case_id = (select max(case_id) from findings)"),
    "case_of_each_entry": "delete from cases where rowid = (select min(rowid) from cases)",
    "rule_of_each_entry": _update("case_log", "rule = 'no_such_rule'"),
    "closed_cases": _update("cases", "state = 'closed'"),
}
