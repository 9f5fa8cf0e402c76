"""Whether a failed attempt is the request's fault, and whether it is worth repeating."""

from __future__ import annotations

from json import JSONDecodeError

import httpx
import pytest
from litellm.exceptions import (
    APIConnectionError,
    ImageFetchError,
    InternalServerError,
    ServiceUnavailableError,
)
from litellm.llms.anthropic.common_utils import AnthropicError
from litellm.types.router import RouterRateLimitErrorBasic

from custom_providers.engine.errors.failure import Failure, FailureKind
from custom_providers.server.failures.verdict import judged


def _judged(cause: Exception, *, sent: bool) -> Failure:
    """The verdict on LiteLLM's exception for ``cause``."""
    raised = APIConnectionError(message=str(cause), llm_provider="openai", model="m")
    raised.__cause__ = cause
    return judged(raised, "acme", "https://acme.example/v1", sent=sent)


@pytest.mark.parametrize("cause", [ValueError("Invalid image URL: None"), TypeError("x"), KeyError("x")])
def test_a_request_that_could_not_be_built_is_a_400_and_not_repeated(cause: Exception):
    failure = _judged(cause, sent=False)
    assert (failure.kind, failure.status, failure.retries) == (FailureKind.UNSENDABLE, 400, 0)
    assert failure.message.startswith("acme cannot be sent this request: ")


def test_the_same_error_in_an_answer_is_the_providers():
    failure = _judged(ValueError("no choices"), sent=True)
    assert (failure.kind, failure.status) == (FailureKind.SERVER, 500)
    assert failure.retries > 0


@pytest.mark.parametrize("cause", [JSONDecodeError("Expecting value", "x", 0), AttributeError("no attribute 'data'")])
def test_an_answer_that_is_not_an_object_is_the_providers_and_not_paid_for_again(cause: Exception):
    failure = _judged(cause, sent=True)
    assert (failure.kind, failure.status, failure.retries) == (FailureKind.MALFORMED, 502, 0)
    assert failure.message.startswith("acme sent an answer that cannot be read: ")


@pytest.mark.parametrize(
    ("error", "kind", "status", "says"),
    [
        ({"type": "overloaded_error", "message": "Busy"}, FailureKind.OVERLOADED, 529, "acme answered 529: Busy"),
        (
            {"type": "rate_limit_error", "message": "It's full"},
            FailureKind.RATE_LIMIT,
            429,
            "acme answered 429: It's full",
        ),
        ({"type": "invalid_request_error", "message": "No"}, FailureKind.BAD_REQUEST, 400, "acme answered 400: No"),
    ],
)
def test_an_error_in_an_answer_with_status_200_has_its_own_status(
    error: dict[str, str], kind: FailureKind, status: int, says: str
):
    quoted = InternalServerError(message=f"AnthropicException - {error}", llm_provider="anthropic", model="m")
    quoted.__context__ = AnthropicError(message=str(error), status_code=200)

    failure = judged(quoted, "acme", "")

    assert (failure.kind, failure.status, failure.message) == (kind, status, says)
    assert bool(failure.retries) == (status != 400)


def test_an_image_that_cannot_be_fetched_is_not_the_providers_failure():
    error = ImageFetchError("Unable to fetch image from URL. url=https://nope.invalid/a.png")
    error.__context__ = httpx.ConnectError("refused")
    error.__context__.__cause__ = ConnectionRefusedError()
    failure = judged(error, "acme", "https://acme.example/v1")
    assert (failure.kind, failure.status, failure.retries) == (FailureKind.BAD_REQUEST, 400, 0)
    assert failure.message == "Unable to fetch image from URL. url=https://nope.invalid/a.png"


@pytest.mark.parametrize("cause", [OSError("no route"), TimeoutError("late"), httpx.ReadError("reset")])
def test_what_the_network_does_is_repeated(cause: Exception):
    assert _judged(cause, sent=False).retries > 0


def test_the_routers_state_is_not_the_requests_fault():
    assert judged(RouterRateLimitErrorBasic("m"), "acme", "", sent=False).kind is not FailureKind.UNSENDABLE


def test_a_providers_own_status_is_kept():
    error = ServiceUnavailableError(message="busy", llm_provider="openai", model="m")
    error.__cause__ = ValueError("busy")
    assert judged(error, "acme", "", sent=False).status == 503


UNREAD = "acme sent an answer that cannot be read: "


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        ("Expecting value: line 1 column 1 (char 0)", UNREAD + "it is not JSON"),
        ("Error converting to valid response block=Expecting value: line 1 column 1", UNREAD + "it is not JSON"),
        (
            "Unable to get json response - Expecting value: line 1 column 1 (char 0), Original Response: busy now",
            UNREAD + "it begins: busy now",
        ),
        (
            "Empty or invalid response from LLM endpoint. Received: 'busy now'. Check the reverse proxy or server.",
            UNREAD + "it begins: busy now",
        ),
        ("<html> <head><title>502 Bad Gateway</title></head> </html>", "acme answered 500: 502 Bad Gateway"),
        ("Expected value: a number", "Expected value: a number"),
        ("Error code: 502", "acme answered 500"),
    ],
)
def test_an_answer_that_litellm_cannot_read_is_named_with_its_provider(raised: str, said: str):
    error = InternalServerError(message=f"OpenAIException - {raised}", llm_provider="openai", model="m")

    assert judged(error, "acme", "", sent=True).message == said
