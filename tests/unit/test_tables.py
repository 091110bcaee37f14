"""The declaration of the published tables: whole, in two languages, and true to the code sets that other modules have."""

import ast
import re
from pathlib import Path

import pytest

import bidui
from matching.absence import REFUSAL_REASONS
from schemas import county_registries
from schemas.refusals import ANSWER_REFUSALS, FILE_REFUSALS, SHEET_NOTES
from schemas.tables import DECLARED, TABLES, code_sets
from schemas.tables.declaration import DeclaredColumn
from tests.lib.nights import Begun
from tests.lib.small_exports import good
from tests.lib.table_page import PAGE, page

PIPELINES = Path(__file__).resolve().parents[2] / "pipelines"
COLUMNS = [(table, column) for table in DECLARED.values() for column in table.columns]


def _chinese(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


def test_the_page_is_made_of_the_declaration() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.lib.table_page"


def test_every_table_and_column_says_what_it_means_in_two_languages() -> None:
    for described in [*DECLARED.values(), *(column for _, column in COLUMNS)]:
        assert _chinese(described.chinese) and described.english.strip(), described.name


def test_keys_and_references_name_columns_that_there_are() -> None:
    for table in DECLARED.values():
        assert set(table.key) <= set(TABLES[table.name].names)
        for constraint in table.constraints():
            if (reference := constraint.reference) is not None:
                assert set(reference.columns) <= set(TABLES[table.name].names)
                assert set(reference.to) <= set(TABLES[reference.table].names), constraint
                for own, other in zip(reference.columns, reference.to, strict=True):
                    assert TABLES[table.name].field(own).type == TABLES[reference.table].field(other).type


def test_code_sets_are_those_of_the_modules_that_write_the_codes() -> None:
    assert set(code_sets.REFUSED_CANDIDATES_CODES.values or ()) == set(REFUSAL_REASONS)
    records: dict[str, DeclaredColumn] = {column.name: column for column in DECLARED["records"].columns}
    for field, meanings in county_registries._MEANINGS.items():
        codes = records[field].codes
        assert codes is not None and set(codes.values or ()) == set(meanings.values()), field


def _codes_written() -> dict[str, set[str]]:
    """Code -> the modules under pipelines that refuse something under it, or note it of a sheet, as read off their source."""
    found: dict[str, set[str]] = {}
    for path in PIPELINES.rglob("*.py"):
        if "lists" in path.parts or "demo" in path.parts:  # what they refuse is in no table
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names: list[ast.expr] = []
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in ("FileRefused", "refused", "refuse"):
                    names = node.args[:1]
                elif called == "_refused":
                    names = node.args[1:2]
                elif called == "Refusal":
                    names = node.args[3:4]
            elif isinstance(node, ast.Tuple) and len(node.elts) in (2, 3):  # ("empty_file", "文件是空的…")
                sentence = node.elts[-1]
                parts = sentence.values if isinstance(sentence, ast.JoinedStr) else [sentence]
                if any(isinstance(part, ast.Constant) and isinstance(part.value, str) and _chinese(part.value) for part in parts):
                    names = [e for e in node.elts[:1] if isinstance(e, ast.Constant) and "_" in str(e.value)]
            for name in names:
                if (
                    isinstance(name, ast.Constant)
                    and isinstance(name.value, str)
                    and name.value.isidentifier()
                    and name.value.isascii()
                ):
                    found.setdefault(name.value, set()).add(path.name)
    return found


def test_every_code_under_which_something_is_refused_or_noted_is_declared() -> None:
    """A code that is not would stop a night at its audit."""
    written = _codes_written()
    assert len(written) > 30
    known = FILE_REFUSALS | ANSWER_REFUSALS | SHEET_NOTES | set(code_sets.CHECKS_CODES.values or ())
    assert {code: modules for code, modules in written.items() if code not in known} == {}


def test_views_and_columns_have_comments(tmp_path: Path, begun: Begun) -> None:
    con = bidui.tables(begun(good))
    views = dict(con.execute("select view_name, comment from duckdb_views() where not internal").fetchall())
    assert views["persons"] == f"{DECLARED['persons'].chinese} / {DECLARED['persons'].english}"
    columns = con.execute("select table_name, column_name, comment from duckdb_columns() where not internal").fetchall()
    assert {(table, column): comment for table, column, comment in columns} == {
        (table.name, column.name): f"{column.chinese} / {column.english}" for table, column in COLUMNS
    }


@pytest.mark.parametrize("name", ["records", "persons", "unaccounted"])
def test_the_declaration_keeps_the_contract(name: str) -> None:
    """The columns that the design promises to readers of the tables."""
    promised = {
        "records": "record_id registry file sheet row source_key name id_number birthdate sex township village guardian",
        "persons": "person_id name id_number birthdate sex hukou_county township village in_cohort whereabouts whereabouts_rule "
        "responsible_township",
        "unaccounted": "person_id township village reason hint first_listed",
    }
    assert set(promised[name].split()) <= set(TABLES[name].names)


def test_every_set_of_codes_too_long_for_a_cell_has_its_list() -> None:
    text = page()
    linked = set(re.findall(r"\(#codes-(\w+)\)", text))
    assert linked == set(re.findall(r"^### Codes: (\w+)$", text, flags=re.M)) and {"rules", "bases", "checks"} <= linked
    assert not re.search(r"\d+ codes \(", text)  # a number of codes that stand nowhere
