"""The declared registries hold together, and a new one is one more file."""

from pipelines.intake.headings import plain
from schemas.registry import declared
from schemas.tables import RECORDS_TABLE

# Fields that are read to recognise a registry or to see a row whole, and that no record keeps.
_NOT_KEPT = {
    "id_type", "school_code", "class_name", "in_class_support", "hukou_division", "address", "guardian_2", "father", "mother",
    "guardian_id", "student_type", "study_form", "enrolment_form", "county", "hamlet", "member_number", "health", "poverty_exit",
    "issued", "police_station", "hardship", "aid_standard", "aid_date",
}  # fmt: skip


def test_every_column_fills_a_field_of_the_record_or_says_why_not() -> None:
    for registry in declared().values():
        fields = [column.field for column in registry.columns]
        assert len(fields) == len(set(fields)), registry.key
        assert {"name", "id_number"} <= set(fields)
        assert set(fields) <= set(RECORDS_TABLE.names) | _NOT_KEPT, registry.key
        assert set(registry.signature) | set(registry.source_key) <= set(fields)


def test_no_heading_means_two_things_in_one_registry() -> None:
    for registry in declared().values():
        spelled = [plain(heading) for column in registry.columns for heading in column.headings]
        assert len(spelled) == len(set(spelled)), registry.key
        assert not set(spelled) & {plain(heading) for heading in registry.ignored}, registry.key


def test_core_registries_come_first() -> None:
    assert [r.core for r in declared().values()] == sorted((r.core for r in declared().values()), reverse=True)
    assert {r.key for r in declared().values() if r.core} == {"xueji", "guofu", "canlian"}
