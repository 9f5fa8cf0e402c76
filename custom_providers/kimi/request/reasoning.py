"""The reasoning effort that a request asks for, and how each model and protocol expresses it.

Clients send ``reasoning_effort`` as a string or an object, or ``thinking`` with a type, a budget or an effort. Kimi
accepts one of the two, depending on the model; both, an object or any other value is a 400.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from custom_providers.json_parts import mapping, mappings, unwrapped
from custom_providers.kimi.account.catalogue import Traits

PLACEHOLDER = " "
"""For a turn whose reasoning the caller lost: Kimi refuses a missing one and an empty string."""

OFF = "off"
_WORDS = {
    **dict.fromkeys(("ultra", "max", "xhigh"), "max"),
    **dict.fromkeys(("high", "medium"), "high"),
    **dict.fromkeys(("low", "minimal", "minimum", "light"), "low"),
    **dict.fromkeys(("none", "off", "disabled"), OFF),
}
"""Kimi Code's own mapping of other providers' levels (its models page), and OpenAI's "minimal"."""

_SMALL_BUDGET = 5_000
"""Below this many thinking tokens a budget, Anthropic's older form, means "low"; from it on, "high"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinking:
    """The reasoning of one request, as the model allows it."""

    level: str | None
    """An effort, ``OFF``, or None for the model's own default."""
    enabled: bool = False
    """Whether to switch thinking on, for a model that has only a switch."""
    keep: Any = None
    """``thinking.keep`` of the platform, passed on."""
    adjusted: tuple[str, ...] = ()
    """The parameters that could not be met exactly."""

    @property
    def off(self) -> bool:
        """Whether the model answers without thinking."""
        return self.level == OFF


def settle(params: Mapping[str, Any], traits: Traits) -> Thinking:
    """Match the request's reasoning parameters to what the model supports."""
    source, wish, level = _asked(params)
    keep = mapping(params.get("thinking")).get("keep")
    if wish is None:
        return Thinking(level=None, enabled=source == "thinking", keep=keep)
    if level == OFF:
        possible = traits.switchable
        return Thinking(level=OFF if possible else None, adjusted=() if possible else (source,))
    if level in traits.efforts:
        return Thinking(level=level, keep=keep, adjusted=() if level == wish else (source,))
    # A model without efforts: it can only be switched on, and only if it is not always on.
    return Thinking(
        level=None, enabled=level is not None, keep=keep, adjusted=(source,) if source != "thinking" else ()
    )


def openai_fields(thinking: Thinking, traits: Traits) -> dict[str, Any]:
    """The setting for the OpenAI wire: ``reasoning_effort`` or ``thinking``, never both."""
    if thinking.off:
        return {"thinking": {"type": "disabled"}}
    if thinking.level is not None:
        return {"reasoning_effort": thinking.level}
    if traits.switchable and not traits.efforts and (thinking.enabled or thinking.keep is not None):
        return {"thinking": {"type": "enabled", **({"keep": thinking.keep} if thinking.keep is not None else {})}}
    return {}


def anthropic_fields(thinking: Thinking) -> dict[str, Any]:
    """The setting for the Anthropic wire."""
    if thinking.off:
        return {"thinking": {"type": "disabled"}}
    if thinking.level is not None:
        return {"thinking": {"type": "adaptive"}, "output_config": {"effort": thinking.level}}
    return {}


def of_message(message: Mapping[str, Any]) -> str | None:
    """The reasoning in an assistant message, under any of the names that clients use; None if it is missing."""
    specific = mapping(message.get("provider_specific_fields"))
    for value in (message.get("reasoning_content"), specific.get("reasoning_content"), message.get("reasoning")):
        if isinstance(value, str) and value:
            return value
    texts = [block.get("thinking") for block in mappings(message.get("thinking_blocks"))]
    return "".join(text for text in texts if isinstance(text, str)) or None


def _asked(params: Mapping[str, Any]) -> tuple[str, str | None, str | None]:
    """The parameter that sets the effort, its value, and our level for it (None: an unknown value)."""
    word = unwrapped(params.get("reasoning_effort"), "effort")
    if isinstance(word, str):
        return "reasoning_effort", word, _WORDS.get(word.lower())
    thinking = mapping(params.get("thinking"))
    if thinking.get("type") == "disabled":
        return "thinking", OFF, OFF
    if isinstance(thinking.get("effort"), str):
        return "thinking", thinking["effort"], _WORDS.get(thinking["effort"].lower())
    budget = thinking.get("budget_tokens")
    if isinstance(budget, int):
        level = "low" if budget < _SMALL_BUDGET else "high"
        return "thinking", level, level
    return ("thinking" if thinking else ""), None, None
