"""Defaults of the registry, translated to each protocol."""

from __future__ import annotations

from typing import Any

import pytest

from custom_providers.request.fields.defaults import with_defaults

DEFAULTS = {"temperature": 0, "reasoning_effort": "low", "max_completion_tokens": 9}


@pytest.mark.parametrize(
    ("call_type", "sent"),
    [
        ("acompletion", {"temperature": 0, "reasoning_effort": "low", "max_completion_tokens": 9}),
        ("aresponses", {"temperature": 0, "reasoning": {"effort": "low"}, "max_output_tokens": 9}),
        ("anthropic_messages", {"temperature": 0, "output_config": {"effort": "low"}, "max_tokens": 9}),
    ],
)
def test_each_protocol_has_words_of_its_own(call_type: str, sent: dict[str, Any]):
    data: dict[str, Any] = {}

    with_defaults(data, DEFAULTS, call_type)

    assert data == sent


@pytest.mark.parametrize(
    "said",
    [{"thinking": {"type": "disabled"}}, {"reasoning": {"effort": "high"}}, {"output_config": {"effort": "max"}}],
)
def test_what_the_request_says_in_any_words_stays(said: dict[str, Any]):
    data = {**said, "temperature": 1}

    with_defaults(data, DEFAULTS, "anthropic_messages")

    assert data == {**said, "temperature": 1, "max_tokens": 9}
