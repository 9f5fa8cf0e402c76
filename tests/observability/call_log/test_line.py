"""The log line of a call."""

from __future__ import annotations

from typing import Any

import pytest

from custom_providers.observability.call_log.line import line
from tests.observability.audit.rows import call_record

START = "2026-11-21T09:30:00Z"
REFUSED: dict[str, Any] = {"provider": None, "upstream_model": None, "prompt_tokens": None, "completion_tokens": None}
FAILED: dict[str, Any] = {**REFUSED, "outcome": "failure", "status": 404, "error_message": "no such provider"}


@pytest.mark.parametrize(
    ("different", "text"),
    [
        ({}, "200 fast -> openai/gpt-4o-mini, 1.50 s, 12 + 34 tokens"),
        ({"model": "openai/gpt-4o-mini"}, "200 openai/gpt-4o-mini, 1.50 s, 12 + 34 tokens"),
        (FAILED, "404 fast, 1.50 s: no such provider"),
        ({**FAILED, "model": None}, "404 /v1/chat/completions, 1.50 s: no such provider"),
        ({**FAILED, "error_message": None, "error_class": "HTTPException"}, "404 fast, 1.50 s: HTTPException"),
        (
            {"outcome": "failure", "error_message": "cut off"},
            "200 failure fast -> openai/gpt-4o-mini, 1.50 s, 12 + 34 tokens: cut off",
        ),
        ({**REFUSED, "outcome": "cancelled"}, "200 cancelled fast, 1.50 s"),
        ({**REFUSED, "outcome": "cancelled", "status": None}, "cancelled fast, 1.50 s"),
        (
            {"first_provider": "kimi", "error_message": "overloaded"},
            "200 fast -> openai/gpt-4o-mini, 1.50 s, 12 + 34 tokens: kimi failed: overloaded",
        ),
        (
            {"error_message": "reset"},
            "200 fast -> openai/gpt-4o-mini, 1.50 s, 12 + 34 tokens: an earlier attempt failed: reset",
        ),
        ({"model": "x" * 512, **REFUSED}, f"200 {'x' * 100}…, 1.50 s"),
    ],
)
def test_what_it_says(different: dict[str, Any], text: str):
    assert line(call_record("a", **different)) == f"{START} {text}"


@pytest.mark.parametrize("field", ["model", "upstream_model", "error_message"])
def test_a_key_in_any_place_is_not_in_it(field: str):
    key = "sk-canary-Wx4Tq9Zr7Lm2Kp8"

    assert key not in line(call_record("a", **{field: f"about {key}"}))
