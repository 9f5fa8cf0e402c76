"""Reasoning in OpenRouter's format: https://openrouter.ai/docs/use-cases/reasoning-tokens, 2026-11-27. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custom_providers.json_parts import mapping

_HIGHEST = {"max": "xhigh", "ultra": "xhigh"}
"""Other vendors' names for efforts above OpenRouter's highest."""
_ASKING = ("thinking", "output_config", "reasoning_effort")


def with_reasoning(body: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """``body`` with Anthropic's thinking as OpenRouter's ``reasoning``.

    Args:
        body: the request to send.
        written: the client's body, whose thinking is the most specific: it can set a budget or turn thinking off.
    """
    thinking = mapping(written.get("thinking") or body.get("thinking"))
    if not thinking or body.get("reasoning") is not None:
        return dict(body)
    effort = mapping(written.get("output_config")).get("effort") or thinking.get("effort")
    rest = {name: value for name, value in body.items() if name not in _ASKING}
    return {**rest, "reasoning": _reasoning(thinking, effort)}


def _reasoning(thinking: Mapping[str, Any], effort: Any) -> dict[str, Any]:
    if thinking.get("type") == "disabled":
        return {"enabled": False}
    if isinstance(budget := thinking.get("budget_tokens"), int):
        return {"max_tokens": budget}
    return {"effort": _HIGHEST.get(effort, effort)} if isinstance(effort, str) else {"enabled": True}
