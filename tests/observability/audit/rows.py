"""Complete audit rows, with overrides."""

from __future__ import annotations

from typing import Any

from custom_providers.observability.audit.record import CallRecord, Row, from_line, to_line

_PLAIN: dict[str, Any] = {
    "time": "2026-11-21T09:30:00.000Z",
    "call_id": "call-1",
    "endpoint": "/v1/chat/completions",
    "model": "fast",
    "provider": "openai",
    "upstream_model": "gpt-4o-mini",
    "rule": "alias",
    "key_alias": "team-a",
    "team": "A",
    "stream": True,
    "outcome": "success",
    "status": 200,
    "finish_reason": "stop",
    "error_class": None,
    "error_kind": None,
    "error_message": None,
    "first_provider": "openai",
    "first_attempts": 2,
    "attempts": None,
    "retries": 1,
    "fallbacks": 0,
    "prompt_tokens": 12,
    "completion_tokens": 34,
    "reasoning_tokens": 5,
    "cached_tokens": 6,
    "cost": 0.25,
    "first_token_seconds": 0.5,
    "duration_seconds": 1.5,
    "tool_calls": {"get_weather": 2},
    "adjustments": ("temperature",),
    "prompt": None,
    "answer": None,
}


def call_record(row_id: str, **different: Any) -> CallRecord:
    """A record with default values and the given overrides."""
    return CallRecord(id=row_id, **{**_PLAIN, **different})


def row(row_id: str, **different: Any) -> Row:
    """The same as a row read from a spool."""
    return from_line(to_line(call_record(row_id, **different), final=True))[0]
