"""Receives every attempt from LiteLLM, and sends alerts."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from litellm.constants import LITELLM_LOGGING_NO_UPSTREAM_LLM_CALL  # noqa: TID253 -- LiteLLM imports this module
from litellm.integrations.custom_logger import CustomLogger  # noqa: TID253 -- as above
from litellm.router_utils.cooldown_handlers import is_caller_timeout_408  # noqa: TID253 -- as above

from custom_providers.engine.errors.failure import FailureKind
from custom_providers.engine.facts import FACTS
from custom_providers.observability.alerts import webhooks
from custom_providers.observability.alerts.incident import (
    IN_A_ROW,
    INCIDENTS,
    FailedAttempt,
    incident_of,
    recovered,
    text,
)
from custom_providers.observability.alerts.open_incidents import Quiet
from custom_providers.routing.resolver import ProviderRoute


class AlertLogger(CustomLogger):  # type: ignore[misc]  # LiteLLM is treated as untyped
    """Reports exhausted quotas, rejected keys and failing providers, once each, and when they are over."""

    def __init__(self, providers: Mapping[str, ProviderRoute], hooks: Sequence[str], quiet: Quiet) -> None:
        super().__init__()
        self._providers = providers
        self._hooks = hooks
        self._quiet = quiet
        self._in_a_row: Counter[str] = Counter()
        self._going_on = quiet.going_on()
        self._sending: set[asyncio.Task[None]] = set()

    async def async_log_success_event(
        self,
        kwargs: dict[str, Any],
        response_obj: object,  # noqa: ARG002 -- LiteLLM's signature, here and below
        start_time: object,  # noqa: ARG002
        end_time: object,  # noqa: ARG002
    ) -> None:
        """Called after a successful attempt: reported incidents may be over."""
        if kwargs.get(LITELLM_LOGGING_NO_UPSTREAM_LLM_CALL):
            return
        provider, _, model = _deployment(kwargs).partition("/")
        self._in_a_row.pop(provider, None)
        for incident in INCIDENTS if self._going_on else ():
            name = f"{provider}.{incident}"
            # A quota may belong to one model: an answer of another one does not show that it is available again.
            same = incident != "quota" or self._going_on.get(name) in ("", model)
            if name in self._going_on and same and self._quiet.is_over(name):
                self._send(recovered(provider, incident, model))

    async def async_log_failure_event(
        self,
        kwargs: dict[str, Any],
        response_obj: object,  # noqa: ARG002
        start_time: object,  # noqa: ARG002
        end_time: object,  # noqa: ARG002
    ) -> None:
        """Called after a failed attempt; its retries count as the same failure."""
        attempt = None if kwargs.get(LITELLM_LOGGING_NO_UPSTREAM_LLM_CALL) else _failed_attempt(kwargs)
        if attempt is None or attempt.provider not in self._providers or (incident := incident_of(attempt)) is None:
            return
        if incident == "failing":
            self._in_a_row[attempt.provider] += 1
            if self._in_a_row[attempt.provider] < IN_A_ROW:
                return
        name = f"{attempt.provider}.{incident}"
        self._going_on[name] = attempt.model
        if self._quiet.is_new(name, attempt.model):
            self._send(text(attempt, incident, self._providers[attempt.provider]))

    def _send(self, message: str) -> None:
        task = asyncio.create_task(webhooks.send(self._hooks, message))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)


def _failed_attempt(kwargs: Mapping[str, Any]) -> FailedAttempt | None:
    error = kwargs.get("exception")
    if not isinstance(error, Exception):
        return None
    provider, _, model = _deployment(kwargs).partition("/")
    noted = _facts(kwargs)
    kind = str((noted.get("error") or {}).get("kind", ""))
    status = getattr(error, "status_code", None)
    if _is_clients_timeout(kwargs, kind, status):
        return None
    return FailedAttempt(
        provider=provider,
        model=model,
        status=status if isinstance(status, int) else None,
        error=type(error).__name__,
        kind=kind,
        said=f"{error} {getattr(error, 'body', None)}",
    )


def _is_clients_timeout(kwargs: Mapping[str, Any], kind: str, status: object) -> bool:
    """Whether the client's own timeout expired, and not the deployment's."""
    if kind == FailureKind.TIMEOUT:
        return bool((kwargs.get("litellm_params") or {}).get("client_side_timeout"))
    return status == 408 and is_caller_timeout_408(kwargs, 408)


def _facts(kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
    """The engine's facts about this attempt; empty if they are about an earlier one, as after a fallback."""
    facts = kwargs.get(FACTS) or {}
    return facts if facts.get("handler") == kwargs.get("custom_llm_provider") else {}


def _deployment(kwargs: Mapping[str, Any]) -> str:
    """``<provider>/<upstream model>``."""
    payload = kwargs.get("standard_logging_object") or {}
    return str(payload.get("model_group") or "")
