"""What happened to one call, for response headers and the audit row: one place for all of it.

The handler keeps a plain dict under ``FACTS`` in LiteLLM's ``logging_obj.model_call_details``. Success and failure
loggers get it as ``kwargs[FACTS]``; proxy hooks find it through ``data["litellm_logging_obj"]``. Keys, all JSON:
``handler`` (LiteLLM's name for the provider that made it), ``adjusted`` (list), ``max_tokens`` ({asked, sent}),
``finish`` (a sentence), ``repeated`` (kinds of the failures after which the call was repeated), ``trace_id`` (the
provider's name for the exchange), ``error`` ({kind, status, upstream_status, transient}); for Kimi also ``system``,
``protocol``, ``identity``, ``user_agent``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custom_providers.engine.errors.failure import Failure
from custom_providers.request.field_names import DOCUMENTED

FACTS = "pointsman_call"
SPENT = "budget spent on reasoning"

Facts = dict[str, Any]


def named(adjusted: tuple[str, ...]) -> list[str]:
    """Each once, by its name if it is documented; the others, which may be called anything, are counted."""
    names = dict.fromkeys(adjusted)
    known = [name for name in names if name in DOCUMENTED]
    others = len(names) - len(known)
    return [*known, f"{others} unknown"] if others else known


class Watching:
    """Notes in a call's facts what happens to it."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.headers: dict[str, str] = {}
        """Those of the provider's answer that can be headers of ours."""

    def answered(self, headers: Mapping[str, str], trace_id: str) -> None:
        """Note the headers of an answer, and the provider's name for the exchange."""
        self.headers = {
            name.lower(): value for name, value in headers.items() if value.isascii() and value.isprintable()
        }
        self.traced(trace_id)

    def traced(self, trace_id: str) -> None:
        """Note the provider's name for the exchange."""
        if trace_id:
            self.facts["trace_id"] = trace_id

    def repeated(self, failure: Failure) -> None:
        """Note a failure after which the call is made again."""
        self.facts.setdefault("repeated", []).append(str(failure.kind))

    def spent(self) -> None:
        """Note that the answer's budget went into reasoning."""
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
    """The headers to add to a client's answer.

    For LiteLLM's ``async_post_call_response_headers_hook``, with its ``data``. In a stream the headers go out before
    the answer, so ``x-pointsman-finish`` is only in whole answers. Errors carry headers of their own.
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
