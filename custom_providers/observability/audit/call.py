"""A running client call: what the boundary and the callbacks have recorded so far."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from itertools import pairwise, takewhile
from typing import Any, NamedTuple

from custom_providers.engine.facts import FACTS
from custom_providers.observability.audit.details import Details
from custom_providers.observability.audit.record import CallRecord, Names, Outcome, clean_name, clean_text, instant
from custom_providers.routing.resolver import Route

CURRENT: ContextVar[CurrentCall | None] = ContextVar("pointsman_call", default=None)
"""The call that the running code serves; LiteLLM's logging keeps a request's context."""

LONGEST_TEXT = 256 * 1024
"""Maximum characters of a stored prompt or answer."""

_CONVERSATION = ("system", "instructions", "messages", "input", "prompt")


class Attempt(NamedTuple):
    """One request to one deployment."""

    name: str
    """LiteLLM's name for the group of deployments that it chose this one from."""
    deployment: str
    """``<provider>/<upstream model>``."""
    handler: str
    """LiteLLM's name for the provider's handler, as in ``ollama_chat``."""


class CurrentCall:
    """Mutable; used by the event loop only."""

    def __init__(self, endpoint: str) -> None:
        self.id = uuid.uuid4().hex
        self.endpoint = endpoint
        self.began = time.time()
        self._clock = time.perf_counter()
        self.first_byte: float | None = None
        """Seconds since the start, like ``duration``."""
        self.duration: float | None = None
        """None until the answer ends."""
        self.status: int | None = None
        self.disconnected = False
        self.streamed = False
        """Whether the answer is a stream of events."""
        self.call_id: str | None = None
        self.route: Route | None = None
        self.model: str | None = None
        self.wants_stream = False
        self.key_alias: str | None = None
        self.team: str | None = None
        self.attempts: list[Attempt] = []
        self.details: Details | None = None
        self.error_class: str | None = None
        """The class name of the client's exception. (The exception itself would keep frames and the request alive.)"""
        self.error_message: str | None = None
        """From the last failed attempt, or from the refusal."""
        self.conversation: Mapping[str, Any] | None = None
        """The request, if its text is stored."""
        self.api: Any = None
        """Which of LiteLLM's APIs makes the attempts."""
        self.litellm: Any = None
        """LiteLLM's logging object, which carries the engine's facts."""
        self.over = False
        """Whether its last row has been written; later events are ignored."""

    def end(self) -> None:
        """Drops large values: connections opened during a request keep its context alive, and with it the call."""
        self.over = True
        self.details = self.conversation = self.litellm = None

    def elapsed(self) -> float:
        """Seconds since the request came in."""
        return time.perf_counter() - self._clock

    @property
    def settled(self) -> bool:
        """Whether all details have arrived: an answer's tokens and cost come after its last byte."""
        if self.duration is None:
            return False
        refused = self.status is not None and self.status >= 400
        return refused or self.details is not None or self.error_class is not None or not self.attempts

    @property
    def outcome(self) -> Outcome:
        """How it ended, or would end if the process died now."""
        if self.duration is None:
            return "lost"
        if self.disconnected:
            return "cancelled"
        return "success" if self.error_class is None and self.status is not None and self.status < 400 else "failure"

    def record(self) -> CallRecord:
        """The record as it is now."""
        deployment = self.attempts[-1].deployment if self.attempts else (self.route and self.route.deployment) or ""
        provider, _, upstream = deployment.partition("/")
        known = self.details or Details()
        facts = self._facts()
        asked = [attempt.deployment for attempt in self.attempts]
        steps = list(pairwise(asked))
        return CallRecord(
            id=self.id,
            time=instant(datetime.fromtimestamp(self.began, UTC)),
            call_id=_name(self.call_id),
            endpoint=clean_name(self.endpoint),
            model=_name((self.route and self.route.model) or self.model),
            provider=_name(provider or (self.route and self.route.provider)),
            upstream_model=_name(upstream),
            rule=self._rule(),
            key_alias=_name(self.key_alias),
            team=_name(self.team),
            stream=self.streamed or self.wants_stream,
            outcome=self.outcome,
            status=self.status,
            # LiteLLM reports "stop" for a stream that the client left early.
            finish_reason=None if self.wants_stream and self.disconnected else _name(known.finish_reason),
            error_class=self.error_class,
            error_kind=_name((facts.get("error") or {}).get("kind")),
            error_message=self.error_message,
            first_provider=_name(_provider(asked[0]) if asked else None),
            first_attempts=_before_another(asked),
            attempts=tuple(map(clean_name, asked)) if len(set(asked)) > 1 else None,
            retries=sum(one == other for one, other in steps) + len(facts.get("repeated", ())),
            fallbacks=sum(one != other for one, other in steps),
            prompt_tokens=known.prompt_tokens,
            completion_tokens=known.completion_tokens,
            reasoning_tokens=known.reasoning_tokens,
            cached_tokens=known.cached_tokens,
            cost=known.cost,
            first_token_seconds=_rounded(self.first_byte) if self.streamed else None,
            duration_seconds=_rounded(self.duration),
            tool_calls=known.tool_calls,
            adjustments=_adjustments(facts),
            prompt=self._prompt(),
            answer=None if self.conversation is None or not known.text else clean_text(known.text, LONGEST_TEXT),
        )

    def _rule(self) -> str | None:
        """The routing rule that matched; None for a model of that name added in the admin UI."""
        if self.route is None or (self.attempts and self.attempts[0].name != self.route.deployment):
            return None
        return self.route.rule

    def _facts(self) -> Mapping[str, Any]:
        """The engine's facts; they stay with the request even when a fallback answered."""
        facts = self.litellm.model_call_details.get(FACTS) if self.attempts else None
        if not isinstance(facts, Mapping) or facts.get("handler") != self.attempts[-1].handler:
            return {}
        return facts

    def _prompt(self) -> str | None:
        if self.conversation is None:
            return None
        said = {part: self.conversation[part] for part in _CONVERSATION if part in self.conversation}
        return clean_text(json.dumps(said, default=str, ensure_ascii=False), LONGEST_TEXT) if said else None


def _provider(deployment: str) -> str:
    return deployment.partition("/")[0]


def _before_another(asked: Sequence[str]) -> int | None:
    """How many attempts went to the first provider before another one was asked."""
    first = list(takewhile(lambda deployment: _provider(deployment) == _provider(asked[0]), asked))
    return len(first) or None


def under_way() -> CurrentCall | None:
    """The call that the running code serves, until its last row is written."""
    call = CURRENT.get()
    return None if call is None or call.over else call


def note_route(route: Route) -> Route:
    """Records the resolver's route for the running call, or its refusal."""
    if call := under_way():
        call.route = route
    return route


def _adjustments(facts: Mapping[str, Any]) -> Names | None:
    raised = facts.get("max_tokens")
    noted = (
        *facts.get("adjusted", ()),
        *((f"max_tokens raised {raised['asked']} -> {raised['sent']}",) if raised else ()),
        *((facts["finish"],) if facts.get("finish") else ()),
    )
    return tuple(clean_name(str(note)) for note in noted) or None


def _name(value: object) -> str | None:
    return clean_name(value) if isinstance(value, str) and value else None


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 6)
