from __future__ import annotations

from tests.observability.audit.columns import PAGE, with_table


def test_the_page_has_the_columns_that_rows_have():
    text = PAGE.read_text()
    assert text == with_table(text), "run `python -m tests.observability.audit.columns`"
