"""The reasoning effort of a request, and the fields sent for each model and protocol."""

from __future__ import annotations

from typing import Any

import pytest

from custom_providers.kimi.account.catalogue import traits
from custom_providers.kimi.account.systems import KIMI_CODE, PLATFORM, System
from custom_providers.kimi.request.reasoning import anthropic_fields, of_message, openai_fields, settle

ON, OFF = {"thinking": {"type": "enabled"}}, {"thinking": {"type": "disabled"}}
KEPT = {"thinking": {"type": "enabled", "keep": "all"}}


def effort(level: str) -> dict[str, Any]:
    """A reasoning effort."""
    return {"reasoning_effort": level}


@pytest.mark.parametrize(
    ("system", "model", "asked", "sent", "adjusted"),
    [
        # K3: one of three levels.
        (PLATFORM, "kimi-k3", {}, {}, ()),
        (PLATFORM, "kimi-k3", effort("max"), effort("max"), ()),
        (PLATFORM, "kimi-k3", effort("medium"), effort("high"), ("reasoning_effort",)),
        (PLATFORM, "kimi-k3", effort("minimal"), effort("low"), ("reasoning_effort",)),
        (PLATFORM, "kimi-k3", effort("XHigh"), effort("max"), ("reasoning_effort",)),
        (PLATFORM, "kimi-k3", effort("extreme"), {}, ("reasoning_effort",)),
        (PLATFORM, "kimi-k3", {"reasoning_effort": {"effort": "low", "summary": "auto"}}, effort("low"), ()),
        (PLATFORM, "kimi-k3", effort("none"), {}, ("reasoning_effort",)),
        (PLATFORM, "kimi-k3", OFF, {}, ("thinking",)),
        (PLATFORM, "kimi-k3", ON, {}, ()),
        (PLATFORM, "kimi-k3", {"thinking": {"type": "enabled", "effort": "high"}}, effort("high"), ()),
        (PLATFORM, "kimi-k3", {"thinking": {"type": "enabled", "budget_tokens": 1024}}, effort("low"), ()),
        (PLATFORM, "kimi-k3", {"thinking": {"type": "enabled", "budget_tokens": 31999}}, effort("high"), ()),
        (PLATFORM, "kimi-k3", {**effort("low"), **ON}, effort("low"), ()),
        # K2.7 Code: always on, without a setting.
        (PLATFORM, "kimi-k2.7-code", effort("high"), {}, ("reasoning_effort",)),
        (PLATFORM, "kimi-k2.7-code", ON, {}, ()),
        (PLATFORM, "kimi-k2.7-code", OFF, {}, ("thinking",)),
        # K2.6: on or off.
        (PLATFORM, "kimi-k2.6", OFF, OFF, ()),
        (PLATFORM, "kimi-k2.6", effort("none"), OFF, ()),
        (PLATFORM, "kimi-k2.6", effort("high"), ON, ("reasoning_effort",)),
        (PLATFORM, "kimi-k2.6", ON, ON, ()),
        (PLATFORM, "kimi-k2.6", KEPT, KEPT, ()),
        # Kimi Code.
        (KIMI_CODE, "k3", effort("none"), OFF, ()),
        (KIMI_CODE, "kimi-for-coding", effort("low"), effort("low"), ()),
        (KIMI_CODE, "kimi-for-coding-highspeed", effort("low"), {}, ("reasoning_effort",)),
        (KIMI_CODE, "k3.1-pro", effort("none"), {}, ("reasoning_effort",)),
        (KIMI_CODE, "k9", effort("max"), effort("max"), ()),
    ],
)  # fmt: skip
def test_what_the_openai_wire_is_told(
    system: System, model: str, asked: dict[str, Any], sent: dict[str, Any], adjusted: tuple[str, ...]
):
    """At most one setting is sent, in the model's terms, with a note if the request could not be satisfied."""
    model_traits = traits(model, system)
    settled = settle(asked, model_traits)
    assert openai_fields(settled, model_traits) == sent
    assert settled.adjusted == adjusted


@pytest.mark.parametrize(
    ("model", "asked", "sent"),
    [
        ("k3", effort("max"), {"thinking": {"type": "adaptive"}, "output_config": {"effort": "max"}}),
        ("k3", effort("none"), OFF),
        ("k3", {}, {}),
        ("kimi-for-coding-highspeed", effort("high"), {}),
        ("k3.1-pro", OFF, {}),
    ],
)
def test_what_the_anthropic_wire_is_told(model: str, asked: dict[str, Any], sent: dict[str, Any]):
    """The request has adaptive thinking with an effort, or none; never a token budget."""
    assert anthropic_fields(settle(asked, traits(model, KIMI_CODE))) == sent


@pytest.mark.parametrize(
    ("message", "reasoning"),
    [
        ({"reasoning_content": "a"}, "a"),
        ({"reasoning_content": "", "reasoning": "b"}, "b"),
        ({"provider_specific_fields": {"reasoning_content": "c"}}, "c"),
        ({"thinking_blocks": [{"type": "thinking", "thinking": "d"}, {"type": "redacted_thinking", "data": "x"}]}, "d"),
        ({"content": "e"}, None),
        ({"reasoning_content": None, "thinking_blocks": None}, None),
    ],
)
def test_reasoning_is_found_under_any_of_its_names(message: dict[str, Any], reasoning: str | None):
    """Clients and LiteLLM use different fields for it."""
    assert of_message(message) == reasoning
