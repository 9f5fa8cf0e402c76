"""A whole answer over Anthropic's protocol is a message, or a failure with the status of the error in it."""

from __future__ import annotations

from typing import Any

import pytest

from custom_providers.engine.errors.failure import FailureKind
from custom_providers.server.failures.errors_under_200 import failure

ERRORS: dict[str, tuple[dict[str, Any], FailureKind, int, str]] = {
    "Anthropic's": (
        {"type": "error", "error": {"type": "overloaded_error", "message": "Busy"}},
        FailureKind.OVERLOADED,
        529,
        "acme answered 529: Busy",
    ),
    "with a status": ({"error": {"code": 429, "message": "Slow down"}}, FailureKind.RATE_LIMIT, 429, "Slow down"),
    "a text": ({"error": "Busy"}, FailureKind.SERVER, 502, "acme answered 502: Busy"),
    "quoted by LiteLLM": (
        {"error": {"message": 'litellm.APIError: OpenAIException - {"error": {"message": "Busy"}}'}},
        FailureKind.SERVER,
        502,
        "acme answered 502: Busy",
    ),
    "nothing": ({"_hidden_params": {"a": 1}}, FailureKind.MALFORMED, 502, "cannot be read: it begins: {}"),
    "no message": ({"detail": "Busy"}, FailureKind.MALFORMED, 502, 'it begins: {"detail": "Busy"}'),
}


@pytest.mark.parametrize(("answer", "kind", "status", "says"), ERRORS.values(), ids=ERRORS)
def test_what_is_not_a_message_is_a_failure(answer: dict[str, Any], kind: FailureKind, status: int, says: str):
    found = failure(answer, "acme")
    assert found is not None
    assert (found.kind, found.status) == (kind, status)
    assert says in found.message


@pytest.mark.parametrize("content", [[], [{"type": "text", "text": "error"}]])
def test_a_message_is_none(content: list[Any]):
    assert failure({"type": "message", "content": content, "error": None}, "acme") is None


def test_an_answer_that_cannot_be_read_is_not_worth_another_call():
    found = failure({}, "")
    assert found is not None
    assert not found.worth_asking_again
    assert found.message.startswith("the provider sent an answer that cannot be read")
