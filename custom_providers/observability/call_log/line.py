"""Formats a call's line: time, status, model, duration, tokens, and the cause if an attempt failed. Pure."""

from __future__ import annotations

from custom_providers.keys.redaction import redacted
from custom_providers.observability.audit.record import CallRecord

_LONGEST_NAME = 100
"""The most characters of a name."""


def line(record: CallRecord) -> str:
    """Format ``record`` as one line without keys; clients and providers choose parts of it."""
    known = (_model(record), _seconds(record.duration_seconds), _tokens(record))
    facts = ", ".join(filter(None, known))
    cause = _cause(record)
    return redacted(f"{record.time[:19]}Z {_status(record)} {facts}{f': {cause}' if cause else ''}")


def _status(record: CallRecord) -> str:
    """The client's status, and the outcome if the status hides it: a broken or abandoned stream has 200."""
    refused = record.status is not None and record.status >= 400
    ended = "" if record.outcome == "success" or (record.outcome == "failure" and refused) else record.outcome
    return " ".join(filter(None, (str(record.status or ""), ended)))


def _model(record: CallRecord) -> str:
    """The client's model name, and the deployment if that differs; the path if the request names no model."""
    deployment = "/".join(filter(None, (record.provider, record.upstream_model)))
    model = record.model or record.endpoint
    shown = [_short(name) for name in dict.fromkeys((model, deployment or model))]
    return " -> ".join(shown)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"


def _seconds(duration: float | None) -> str:
    return "" if duration is None else f"{duration:.2f} s"


def _tokens(record: CallRecord) -> str:
    if record.prompt_tokens is None and record.completion_tokens is None:
        return ""
    return f"{record.prompt_tokens or 0} + {record.completion_tokens or 0} tokens"


def _cause(record: CallRecord) -> str:
    """Why the call failed, or why an earlier attempt did."""
    message = record.error_message or record.error_class or ""
    if record.outcome != "success" or not message:
        return message
    failed = record.first_provider if record.first_provider != record.provider else ""
    return f"{failed or 'an earlier attempt'} failed: {message}"
