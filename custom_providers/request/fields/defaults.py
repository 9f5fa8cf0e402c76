"""Applies the registry's ``defaults`` of an alias or a model, named as in the client's protocol. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_RENAMED: Mapping[str, Mapping[str, str]] = {
    "aresponses": {"max_tokens": "max_output_tokens", "max_completion_tokens": "max_output_tokens"},
    "anthropic_messages": {"max_completion_tokens": "max_tokens", "stop": "stop_sequences"},
}
"""By call type: this protocol's names for fields that the registry names as chat completions do."""


def with_defaults(data: dict[str, Any], defaults: Mapping[str, Any], call_type: str) -> None:
    """Add the defaults to ``data``, a request body, for fields that it does not set."""
    for name, value in defaults.items():
        if name == "reasoning_effort" and _says_how_to_think(data):
            continue
        if name == "reasoning_effort" and call_type == "aresponses":
            data["reasoning"] = {"effort": value}
        elif name == "reasoning_effort" and call_type == "anthropic_messages":
            data["output_config"] = {**(data.get("output_config") or {}), "effort": value}
        else:
            data.setdefault(_RENAMED.get(call_type, {}).get(name, name), value)


def _says_how_to_think(data: Mapping[str, Any]) -> bool:
    """Whether a request enables or disables reasoning, in any protocol's fields."""
    config = data.get("output_config")
    effort = isinstance(config, Mapping) and "effort" in config
    return effort or any(data.get(name) is not None for name in ("reasoning_effort", "reasoning", "thinking", "think"))
