"""docs/conformance.md is what the cells say."""

from __future__ import annotations

from tests.conformance.cells import LIMITS, cells, limit_of
from tests.conformance.page import PAGE, text


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == text(), "run `python -m tests.conformance`"


def test_every_limit_belongs_to_a_cell():
    assert {limit_of(cell) for cell in cells()} - {None} == {*range(len(LIMITS))}
