"""Converts a failed call to the LiteLLM exception that the router and clients understand."""

from __future__ import annotations

import math
from typing import Any

import httpx  # noqa: TID253 -- LiteLLM imports this module, and it is made of httpx
import litellm  # noqa: TID253 -- as above

from custom_providers.engine.errors.failure import Failure, FailureKind, attach
from custom_providers.engine.facts import Watching

_BY_KIND = {
    FailureKind.CONTENT_FILTER: litellm.ContentPolicyViolationError,
    FailureKind.CONTEXT_WINDOW: litellm.ContextWindowExceededError,
}
_BY_STATUS = {
    400: litellm.BadRequestError,
    401: litellm.AuthenticationError,
    402: litellm.exceptions.PaymentRequiredError,
    403: litellm.PermissionDeniedError,
    404: litellm.NotFoundError,
    429: litellm.RateLimitError,
    500: litellm.InternalServerError,
    502: litellm.BadGatewayError,
}


def exception(failure: Failure, model: str, watching: Watching, provider: str, *, repeated: bool = True) -> Any:
    """Note the failure in the call's facts, and return the exception to raise.

    With ``repeated``, ``num_retries`` is 0 so that the router does not retry again: the engine has already retried
    before the first byte, with the provider's Retry-After, which the router cannot do for streams. ``headers`` are
    those that the proxy adds to the client's response.
    """
    watching.failed(failure)
    error = _exception(failure, model, provider)
    attach(error, failure)
    # LiteLLM's classes only set these from their arguments, and some classes accept only one of them.
    if repeated:
        error.num_retries = 0
    if failure.words:
        # OpenAI's exceptions hold the provider's error fields here.
        error.body = {"type": failure.words}
    error.headers = _headers(failure, repeated=repeated)
    return error


def _exception(failure: Failure, model: str, provider: str) -> Any:
    names = {"message": failure.message, "model": model, "llm_provider": provider}
    if failure.status in {408, 504}:
        return litellm.Timeout(**names, exception_status_code=failure.status)
    kind = _BY_KIND.get(failure.kind) or _BY_STATUS.get(failure.status)
    if kind is None and failure.status >= 500:
        kind = litellm.ServiceUnavailableError
    if kind is None:
        return litellm.APIError(status_code=failure.status, **names)
    # LiteLLM's router waits for this time.
    wait = {} if failure.retry_after is None else {"retry-after": f"{math.ceil(failure.retry_after)}"}
    request = httpx.Request("POST", "https://provider.invalid")
    response = httpx.Response(failure.status, headers=wait, request=request)
    return kind(**names, response=response)


def _headers(failure: Failure, *, repeated: bool) -> dict[str, str]:
    # The SDKs of OpenAI and Anthropic retry 429 and 5xx unless this header forbids it.
    headers = {"x-pointsman-error": str(failure.kind), "x-should-retry": str(failure.worth_asking_again).lower()}
    if failure.retry_after is not None:
        headers["retry-after"] = f"{math.ceil(failure.retry_after)}"
    elif repeated and failure.status in {401, 404}:
        # On these two statuses the router puts the deployment on cooldown for this time. Kimi has only one deployment,
        # and the next caller would get "429 no deployments available" instead of the reason.
        headers["retry-after"] = "0"
    return headers
