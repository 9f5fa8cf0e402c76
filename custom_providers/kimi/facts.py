"""What happened to one call, for response headers and the audit row: one place for all of it.

The handler keeps a plain dict under ``FACTS`` in LiteLLM's ``logging_obj.model_call_details``. Success and failure
loggers get it as ``kwargs[FACTS]``; proxy hooks find it through ``data["litellm_logging_obj"]``. Keys, all JSON:
``system``, ``protocol``, ``identity``, ``user_agent``, ``adjusted`` (list), ``max_tokens`` ({asked, sent}),
``finish`` (a sentence), ``repeated`` (kinds of the failures after which the call was repeated), ``trace_id`` (Kimi's
name for the exchange), ``error`` ({kind, status, upstream_status, transient}).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custom_providers.kimi.deployment import Deployment
from custom_providers.kimi.errors.failure import Failure
from custom_providers.kimi.request.prepare import OPENAI_PARAMETERS

FACTS = "pointsman_kimi"
SPENT = "budget spent on reasoning"

Facts = dict[str, Any]

_NAMED = frozenset(
    {
        *OPENAI_PARAMETERS,
        *("model", "messages", "system", "tools", "tool_choice", "stop", "stop_sequences", "response_format", "seed"),
        *("temperature", "top_p", "top_k", "min_p", "n", "presence_penalty", "frequency_penalty", "repetition_penalty"),
        *("max_tokens", "max_completion_tokens", "metadata", "prompt_cache_retention", "context_management"),
        *("output_config", "mcp_servers", "chat_template_kwargs", "extra_body", "extra_headers"),
    }
)
"""Fields of chat APIs. Any other's name is whatever the client sent, which no header and no row has to hold."""


def of_request(deployment: Deployment, adjusted: tuple[str, ...], raised: tuple[int, int] | None) -> Facts:
    """What is known before the call is made."""
    facts: Facts = {
        "system": deployment.system.name,
        "protocol": deployment.identity.protocol,
        "identity": deployment.identity.mode,
        "user_agent": deployment.identity.user_agent,
        "adjusted": _named(adjusted),
    }
    if raised is not None:
        facts["max_tokens"] = {"asked": raised[0], "sent": raised[1]}
    return facts


def _named(adjusted: tuple[str, ...]) -> list[str]:
    """Each once, by its name if it is a known one; the others are counted."""
    names = dict.fromkeys(adjusted)
    known = [name for name in names if name in _NAMED]
    others = len(names) - len(known)
    return [*known, f"{others} unknown"] if others else known


class Watching:
    """Notes in a call's facts what happens to it."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def traced(self, trace_id: str) -> None:
        """Kimi named the exchange."""
        if trace_id:
            self.facts["trace_id"] = trace_id

    def repeated(self, failure: Failure) -> None:
        """The call failed so, and is made again."""
        self.facts.setdefault("repeated", []).append(str(failure.kind))

    def spent(self) -> None:
        """The answer's budget went into reasoning."""
        self.facts["finish"] = SPENT

    def failed(self, failure: Failure) -> None:
        """This is the failure that the client gets."""
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
