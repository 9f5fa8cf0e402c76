"""Collects what happened to one call, for response headers and the audit row.

The handler keeps a plain dict under ``FACTS`` in LiteLLM's ``logging_obj.model_call_details``. Success and failure
loggers get it as ``kwargs[FACTS]``; proxy hooks find it through ``data["litellm_logging_obj"]``. Keys, all JSON:
``handler`` (LiteLLM's name for the provider), ``adjusted`` (list), ``max_tokens`` ({asked, sent}), ``finish`` (a
sentence), ``repeated`` (kinds of the failures after which the call was retried), ``trace_id`` (the provider's),
``error`` ({kind, status, upstream_status, transient}); for Kimi also ``system``, ``protocol``, ``identity``,
``user_agent``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custom_providers.engine.errors.failure import Failure
from custom_providers.request.fields.field_names import DOCUMENTED

FACTS = "pointsman_call"
SPENT = "budget spent on reasoning"

Facts = dict[str, Any]


def named(adjusted: tuple[str, ...]) -> list[str]:
    """The documented names, without duplicates, and a count of the others, whose names clients may choose freely."""
    names = dict.fromkeys(adjusted)
    known = [name for name in names if name in DOCUMENTED]
    others = len(names) - len(known)
    return [*known, f"{others} unknown"] if others else known


class Watching:
    """Notes the events of a call in its facts."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.headers: dict[str, str] = {}
        """The provider's response headers that are valid in our responses."""

    def answered(self, headers: Mapping[str, str], trace_id: str) -> None:
        """Note the response headers and the provider's trace id."""
        self.headers = {
            name.lower(): value for name, value in headers.items() if value.isascii() and value.isprintable()
        }
        self.traced(trace_id)

    def traced(self, trace_id: str) -> None:
        """Note the provider's trace id."""
        if trace_id:
            self.facts["trace_id"] = trace_id

    def repeated(self, failure: Failure) -> None:
        """Note a failure after which the call is retried."""
        self.facts.setdefault("repeated", []).append(str(failure.kind))

    def spent(self) -> None:
        """Note that reasoning used up the token budget."""
        self.facts["finish"] = SPENT

    def failed(self, failure: Failure) -> None:
        """Note the failure that the client gets."""
        self.traced(failure.trace_id)
        self.facts["error"] = {
            "kind": str(failure.kind),
            "status": failure.status,
            "upstream_status": failure.upstream_status,
            "transient": failure.transient,
        }


def response_headers(data: Mapping[str, Any]) -> dict[str, str]:
    """The headers to add to a client's response.

    For LiteLLM's ``async_post_call_response_headers_hook``, with its ``data``. A stream's headers are sent before the
    answer, so only whole answers have ``x-pointsman-finish``. Errors have different headers.
    """
    details = getattr(data.get("litellm_logging_obj"), "model_call_details", None)
    facts = details.get(FACTS) if isinstance(details, Mapping) else None
    if not isinstance(facts, Mapping):
        return {}
    headers: dict[str, str] = {}
    if budget := facts.get("max_tokens"):
        headers["x-pointsman-max-tokens"] = f"raised {budget['asked']} -> {budget['sent']}"
    if finish := facts.get("finish"):
        headers["x-pointsman-finish"] = finish
    if trace_id := facts.get("trace_id"):
        headers["x-trace-id"] = trace_id
    if adjusted := facts.get("adjusted"):
        headers["x-pointsman-adjusted"] = ", ".join(adjusted)
    return headers
