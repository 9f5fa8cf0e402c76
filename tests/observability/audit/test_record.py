from __future__ import annotations

import pytest

from custom_providers.observability.audit.record import COLUMNS, clean_name, clean_text, from_line, to_line
from tests.observability.audit.rows import call_record


def test_a_line_gives_back_the_row_it_was_made_of():
    read, final = from_line(to_line(call_record("a"), final=True))
    assert final
    assert list(read) == list(COLUMNS)
    assert (read["id"], read["cost"], read["tool_calls"]) == ("a", 0.25, {"get_weather": 2})
    assert read["adjustments"] == ["temperature"]


def test_a_line_of_an_older_version_has_none_in_the_columns_it_did_not_know():
    read, final = from_line(b'{"final": false, "row": {"id": "a", "status": 200, "gone": 1}}\n')
    assert not final
    assert set(read) == set(COLUMNS)
    assert (read["status"], read["cost"]) == (200, None)


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b"7", b'{"row": {}}', b'{"final": true, "row": {}}', b"\xff\xfe"])
def test_what_is_no_row_is_refused(line: bytes):
    with pytest.raises(ValueError, match=r"not a row|no id|unexpected|EOF|UTF|utf|expected|empty"):
        from_line(line)


def test_names_are_harmless_in_a_database_and_on_a_terminal():
    assert clean_name("a\0b\x1b[31mc\nd\ud800") == "ab?[31mc?d?"
    assert clean_name("ü/模型") == "ü/模型"
    assert len(clean_name("x" * 10_000)) == 512


def test_texts_keep_their_lines_and_lose_what_no_database_takes():
    assert clean_text("a\nb\0\udfff", 100) == "a\nb?"
    assert clean_text("abc", 2) == "ab"
