"""Whatever stands in the cells of a file, nothing raises and no row is lost. All persons are made up (虚构)."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.intake.accept import accept
from pipelines.intake.exports import Export
from pipelines.intake.reading import read_files
from schemas.registry import declared
from tests.lib.nights import AS_OF
from tests.lib.plan_county import PLACES
from tests.lib.small_exports import KIDS

_CELL = st.one_of(
    st.none(),
    st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=40),
    st.from_regex(r"[0-9０-９xXＸ.\-/年月日 E+'=\"]{0,24}", fullmatch=True),
    st.sampled_from(["", " ", "无", "合计", "姓名", "在读", KIDS[0][1], "4.51228E+17", "20100115", "\u200b", "\ufeff韦", "#N/A"]),
)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(sorted(declared())), st.lists(st.lists(_CELL, min_size=12, max_size=12), min_size=1, max_size=6))
def test_no_value_raises_and_every_row_is_accounted_for(key: str, cells: list[list[str | None]]) -> None:
    registry = declared()[key]
    headings = [c.headings[0] for c in registry.columns if c.required or c.kind in ("date", "code", "village", "phone", "amount")]
    headings += [c.headings[0] for c in registry.columns if c.field in registry.signature]
    headings = list(dict.fromkeys(headings))
    rows = [[(row[i % 12] if i < 24 else None) for i in range(len(headings))] for row in cells]
    quoted = [",".join('"' + (c or "").replace('"', '""').replace("\0", "") + '"' for c in row) for row in [headings, *rows]]
    exports = read_files([Export("值.csv", registry, "\n".join(quoted).encode("utf-8"), 0.0)], declared())
    if not exports.sheets:
        assert exports.refused
        return
    tables = accept(exports, PLACES, AS_OF)
    read_rows = int(tables.files.loc[tables.files["status"] == "read", "rows"].sum())
    assert read_rows == len(tables.records) + int(tables.quarantine["row"].notna().sum())
