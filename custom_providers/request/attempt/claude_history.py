"""Adapts a conversation from another model or protocol to what Claude accepts. Pure.

Anthropic refuses empty texts, unsigned thinking, a tool loop without its signed thinking, and thinking combined with a
forced tool or with a budget above ``max_tokens``. LiteLLM puts a placeholder sentence into empty texts and sends the
rest unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from custom_providers.json_parts import listed, mapping, unwrapped

_VERSION = re.compile(r"claude-[a-z]+-(\d+)(?:[-.](\d{1,2}))?(?![\d])")
_ADAPTIVE_SINCE = (4, 6)
"""From this version on, Claude chooses its thinking budget itself and accepts tool loops without thinking:
https://docs.anthropic.com/en/docs/build-with-claude/adaptive-thinking, 2026-11-27."""
_SYSTEM_SINCE = (4, 8)
"""From this version on, Claude accepts system messages within a conversation (LiteLLM's price map, 1.106 to 1.110)."""
_SYSTEM = frozenset({"system", "developer"})

_BUDGETS = {"minimal": 1024, "low": 1024, "medium": 2048, "high": 4096, "xhigh": 8192, "max": 16384}
"""Thinking budgets in tokens that LiteLLM requests (litellm/constants.py, 1.106 to 1.110)."""
_LEAST_BUDGET = 1024
"""Anthropic's minimum, in tokens."""


def of_messages(call: dict[str, Any]) -> dict[str, Any]:
    """Return a call over Anthropic's protocol without unsigned thinking, which other models produce."""
    messages = [_signed(message) for message in call["messages"]]
    changed = any(new is not old for new, old in zip(messages, call["messages"], strict=True))
    return {**call, "messages": messages} if changed else call


def of_chat(call: dict[str, Any]) -> dict[str, Any]:
    """Return a chat completions call without empty texts, and without thinking where Anthropic forbids it."""
    messages = [_filled(message) for message in _systems_first(call["messages"], str(call["model"]))]
    kept = [message for message in messages if not _says_nothing(message)]
    if _is_forced(call.get("tool_choice")):
        return {**_without_thinking(call), "messages": kept}
    if not _is_manual(str(call["model"])):
        return {**call, "messages": kept}
    if not _lacks_thinking(kept):
        return _within_budget({**call, "messages": kept})
    plain = [{name: part for name, part in message.items() if name != "thinking_blocks"} for message in kept]
    return {**_without_thinking(call), "messages": plain}


def _signed(message: Any) -> Any:
    content = mapping(message).get("content")
    if not isinstance(content, list) or message.get("role") != "assistant":
        return message
    kept = [block for block in content if not _is_unsigned(block)]
    return {**message, "content": kept} if kept and len(kept) < len(content) else message


def _is_unsigned(block: Any) -> bool:
    return mapping(block).get("type") == "thinking" and not block.get("signature")


def _systems_first(messages: Sequence[Mapping[str, Any]], model: str) -> list[Mapping[str, Any]]:
    """The messages, with system messages after the first turn as the user's; LiteLLM would put a note before each."""
    if _is_at_least(_SYSTEM_SINCE, model):
        return list(messages)
    roles = [message.get("role") for message in messages]
    start = next((index for index, role in enumerate(roles) if role not in _SYSTEM), len(roles))
    return [
        {**message, "role": "user"} if index > start and roles[index] in _SYSTEM else message
        for index, message in enumerate(messages)
    ]


def _filled(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a message without empty texts; its content is null if nothing remains."""
    content = message.get("content")
    if message.get("role") not in ("user", "assistant"):
        return message
    if isinstance(content, str):
        return message if content.strip() else {**message, "content": None}
    if not isinstance(content, list):
        return message
    kept = [part for part in content if mapping(part).get("type") != "text" or str(part.get("text") or "").strip()]
    return message if len(kept) == len(content) else {**message, "content": kept or None}


def _says_nothing(message: Mapping[str, Any]) -> bool:
    calls = message.get("tool_calls") or message.get("function_call") or message.get("thinking_blocks")
    return message.get("role") in ("user", "assistant") and message.get("content") is None and not calls


def _is_manual(model: str) -> bool:
    """Whether a model thinks only within a budget set by the request."""
    return not _is_at_least(_ADAPTIVE_SINCE, model)


def _is_at_least(version: tuple[int, int], model: str) -> bool:
    found = _VERSION.search(model)
    return found is not None and (int(found[1]), int(found[2] or 0)) >= version


def _within_budget(call: dict[str, Any]) -> dict[str, Any]:
    """Reduce the thinking budget, or drop it, if it is not below ``max_tokens``, as Anthropic requires."""
    most = call.get("max_completion_tokens") or call.get("max_tokens")
    effort = unwrapped(call.get("reasoning_effort"), "effort")
    if not isinstance(most, int) or not isinstance(effort, str) or most > _BUDGETS.get(effort, 0):
        return call
    asked = _without_thinking(call)
    if most < 2 * _LEAST_BUDGET:
        return asked
    return {**asked, "thinking": {"type": "enabled", "budget_tokens": most // 2}}


def _without_thinking(call: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in call.items() if name not in {"reasoning_effort", "thinking"}}


def _is_forced(choice: Any) -> bool:
    """Whether the model must call a tool; Anthropic does not accept that together with thinking."""
    return choice in ("required", "any") or mapping(choice).get("type") in ("function", "tool", "any", "required")


def _lacks_thinking(messages: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the conversation ends in results of tool calls whose signed thinking is missing."""
    last = next((message for message in reversed(messages) if message.get("role") != "tool"), None)
    if last is None or last.get("role") != "assistant" or not last.get("tool_calls"):
        return False
    blocks = [*(last.get("thinking_blocks") or ()), *listed(last.get("content"))]
    return not any(mapping(block).get("signature") or mapping(block).get("data") for block in blocks)
