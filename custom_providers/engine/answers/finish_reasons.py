"""Why an answer ended, in OpenAI's terms. Pure."""

from __future__ import annotations

from collections.abc import Mapping

STOP_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
"""From Anthropic's stop reason to OpenAI's finish reason."""
_FINISHES = frozenset({"stop", "length", "tool_calls", "content_filter", "function_call"})
"""OpenAI's finish reasons; clients may fail on others."""
_OTHER_FINISHES: Mapping[str, str] = {
    **STOP_REASONS,
    **dict.fromkeys(("model_length", "max_length", "max_output_tokens", "max_new_tokens"), "length"),
    **dict.fromkeys(("sensitive", "safety", "recitation", "blocklist", "prohibited_content", "spii"), "content_filter"),
}
"""Other vendors': Mistral's, Zhipu's, Gemini's."""
FAILED = frozenset({"error", "network_error", "insufficient_system_resource", "abort", "aborted"})
"""Finish reasons of answers that failed halfway: OpenRouter's, Zhipu's, DeepSeek's, those of vLLM and SGLang."""


def finish_of(reason: str, *, called: bool) -> str:
    """OpenAI's finish reason; many servers say "stop" where a call has to be answered, and clients then end their loop.

    Some send other reasons, such as Anthropic's, in capitals, or "function_call" for tool calls.
    """
    reason = reason.lower()
    reason = reason if reason in _FINISHES else _OTHER_FINISHES.get(reason, "stop")
    return "tool_calls" if called and reason in {"stop", "function_call"} else reason


def is_spent(finish: str | None, *, said: bool, thought: bool) -> bool:
    """Whether an answer reached its token limit with reasoning and nothing else."""
    return finish == "length" and thought and not said
