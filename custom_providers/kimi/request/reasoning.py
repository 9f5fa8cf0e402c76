"""How much reasoning a request asks for, and how that is expressed for each model and protocol.

Clients say it in many ways: ``reasoning_effort`` as a word or an object, ``thinking`` with a type, a budget or an
effort. Kimi takes one of two, by model; both at once, an object, or another word is a 400.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from custom_providers.engine.json_parts import mapping
from custom_providers.kimi.account.catalogue import Traits

PLACEHOLDER = " "
"""For a turn whose reasoning the caller lost: Kimi refuses its absence, and an empty string too."""

OFF = "off"
_WORDS = {
    **dict.fromkeys(("ultra", "max", "xhigh"), "max"),
    **dict.fromkeys(("high", "medium"), "high"),
    **dict.fromkeys(("low", "minimal", "minimum", "light"), "low"),
    **dict.fromkeys(("none", "off", "disabled"), OFF),
}
"""Kimi Code's own mapping of other providers' levels (its models page), and OpenAI's "minimal"."""

_SMALL_BUDGET = 5_000
"""Thinking tokens under which a budget, Anthropic's older way to say it, means "low"; above, "high"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinking:
    """What one request gets, after model and wish were reconciled."""

    level: str | None
    """An effort, ``OFF``, or None for the model's own default."""
    enabled: bool = False
    """Thinking is asked for on a model that can only switch it."""
    keep: Any = None
    """``thinking.keep`` of the platform, passed on."""
    adjusted: tuple[str, ...] = ()
    """The parameters whose wish could not be met to the letter."""

    @property
    def off(self) -> bool:
        """Whether the model answers without thinking."""
        return self.level == OFF


def settle(params: Mapping[str, Any], traits: Traits) -> Thinking:
    """Reconcile what the request asks for with what the model can do."""
    source, wish, level = _asked(params)
    keep = mapping(params.get("thinking")).get("keep")
    if wish is None:
        return Thinking(level=None, enabled=source == "thinking", keep=keep)
    if level == OFF:
        possible = traits.switchable
        return Thinking(level=OFF if possible else None, adjusted=() if possible else (source,))
    if level in traits.efforts:
        return Thinking(level=level, keep=keep, adjusted=() if level == wish else (source,))
    # A model without efforts: on is all that can be said, and then only where it is not always on.
    return Thinking(
        level=None, enabled=level is not None, keep=keep, adjusted=(source,) if source != "thinking" else ()
    )


def openai_fields(thinking: Thinking, traits: Traits) -> dict[str, Any]:
    """The setting as the OpenAI wire carries it: ``reasoning_effort`` or ``thinking``, never both."""
    if thinking.off:
        return {"thinking": {"type": "disabled"}}
    if thinking.level is not None:
        return {"reasoning_effort": thinking.level}
    if traits.switchable and not traits.efforts and (thinking.enabled or thinking.keep is not None):
        return {"thinking": {"type": "enabled", **({"keep": thinking.keep} if thinking.keep is not None else {})}}
    return {}


def anthropic_fields(thinking: Thinking) -> dict[str, Any]:
    """The setting as the Anthropic wire carries it."""
    if thinking.off:
        return {"thinking": {"type": "disabled"}}
    if thinking.level is not None:
        return {"thinking": {"type": "adaptive"}, "output_config": {"effort": thinking.level}}
    return {}


def of_message(message: Mapping[str, Any]) -> str | None:
    """The reasoning that an assistant message carries, under any of the names clients keep it; None when lost."""
    specific = mapping(message.get("provider_specific_fields"))
    for value in (message.get("reasoning_content"), specific.get("reasoning_content"), message.get("reasoning")):
        if isinstance(value, str) and value:
            return value
    blocks = message.get("thinking_blocks")
    texts = [mapping(block).get("thinking") for block in blocks] if isinstance(blocks, list) else []
    return "".join(text for text in texts if isinstance(text, str)) or None


def _asked(params: Mapping[str, Any]) -> tuple[str, str | None, str | None]:
    """Which parameter asks, the word it uses, and our level for it (None: an unknown word)."""
    effort = params.get("reasoning_effort")
    word = mapping(effort).get("effort") if isinstance(effort, Mapping) else effort
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
