"""docs/notebook.md: every snippet runs, and gives the output that stands below it."""

from pathlib import Path

import pytest

from pipelines.lists.list_columns import LIST_FIELDS
from tests.lib.notebook_page import PAGE, make_county, page_with_outputs


@pytest.mark.long
def test_the_snippets_have_the_outputs_of_the_page(tmp_path: Path) -> None:
    make_county(tmp_path)
    page = PAGE.read_text(encoding="utf-8")
    assert page.count("```python") == 10
    assert [field.key for field in LIST_FIELDS if f"`{field.key}` ({field.title})" not in page] == []
    assert page_with_outputs(tmp_path) == page
