"""Kimi's classification of failures, bound to one call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from custom_providers.engine.errors.failure import ErrorReply, Failure, FailureKind
from custom_providers.kimi.errors import classify
from custom_providers.kimi.errors.meanings import FailedCall, failure


@dataclass(frozen=True, slots=True, kw_only=True)
class KimiJudge:
    """Classifies the failures of one call to Kimi."""

    call: FailedCall

    def answered(self, status: int, body: bytes, headers: Mapping[str, str]) -> Failure:
        """Classify an HTTP error answer."""
        return classify.classify(status, body, headers, self.call)

    def in_band(self, error: object) -> Failure:
        """Classify an error that arrived after a 200."""
        return classify.classify_in_band(error, self.call)

    def seen(self, kind: FailureKind, text: str) -> Failure:
        """Describe what happened instead of an answer."""
        return failure(kind, self.call, ErrorReply(text=text))

    def trace_id(self, headers: Mapping[str, str]) -> str:
        """Return Kimi's trace id."""
        return classify.trace_id(headers)
