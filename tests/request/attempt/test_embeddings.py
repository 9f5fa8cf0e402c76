"""Vectors as base64 and as floats."""

from __future__ import annotations

from typing import Any

import pytest

from custom_providers.request.attempt.embeddings import settle

FLOATS = [0.5, -1.0]
BASE64 = "AAAAPwAAgL8="


@pytest.mark.parametrize("given", [FLOATS, BASE64])
@pytest.mark.parametrize(("wanted", "expected"), [("base64", BASE64), ("float", FLOATS), (None, FLOATS)])
def test_an_embedding_takes_the_form_that_was_asked_for(given: Any, wanted: str | None, expected: Any):
    data = [{"embedding": given}]
    settle(data, wanted)
    assert data == [{"embedding": expected}]


def test_a_text_that_holds_no_numbers_stays():
    data = [{"embedding": "no base64"}]
    settle(data, "float")
    assert data == [{"embedding": "no base64"}]
