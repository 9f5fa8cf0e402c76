"""The shape of a proof: questions that truly authenticate and spend nothing, and how their replies are judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pointsman.upstream.endpoint import Endpoint
from pointsman.upstream.proofs.verdicts import Verdict
from pointsman.upstream.questions import Question, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How one provider's keys are proven."""

    questions: Callable[[Endpoint], Mapping[str, Question]]
    """By name, asked at the same time."""
    judge: Callable[[Endpoint, Mapping[str, Reply]], Verdict]
    """Their replies, by the same names."""


def secret(place: Endpoint) -> str:
    """The key's value, to keep it out of what is shown; empty for a provider that needs none."""
    return place.key.value if place.key else ""
