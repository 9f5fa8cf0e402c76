"""A failed call as the LiteLLM exception that its router and its clients understand."""

from __future__ import annotations

from typing import Any

import httpx  # noqa: TID253 -- LiteLLM imports this module, and it is made of httpx
import litellm  # noqa: TID253 -- as above

from custom_providers.kimi.failure import Failure, Kind

PROVIDER = "kimi"

_BY_KIND = {
    Kind.CONTENT_FILTER: litellm.ContentPolicyViolationError,
    Kind.CONTEXT_WINDOW: litellm.ContextWindowExceededError,
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


def exception(failure: Failure, model: str) -> Any:
    """Return the exception to raise.

    Its ``num_retries`` is 0: what repeating can help was repeated here, before the first byte and with Kimi's own
    Retry-After, which the router cannot do for streams; it must not multiply that.
    """
    error = _exception(failure, model)
    # LiteLLM's classes set it only from their arguments, and not all of them have one.
    error.num_retries = 0
    return error


def _exception(failure: Failure, model: str) -> Any:
    names = {"message": failure.message, "model": model, "llm_provider": PROVIDER}
    if failure.status in {408, 504}:
        return litellm.Timeout(**names, exception_status_code=failure.status)
    kind = _BY_KIND.get(failure.kind) or _BY_STATUS.get(failure.status)
    if kind is None and failure.status >= 500:
        kind = litellm.ServiceUnavailableError
    if kind is None:
        return litellm.APIError(status_code=failure.status, **names)
    return kind(**names, response=_response(failure))


def _response(failure: Failure) -> httpx.Response:
    """A response that carries how long to wait, for the router.

    Zero where waiting is not the point: it cools a deployment down for 401 and 404, and Kimi has but one, so the next
    caller would read "429 no deployments available" where the reason should stand.
    """
    wait = failure.retry_after if failure.transient else 0
    return httpx.Response(
        failure.status,
        headers={} if wait is None else {"retry-after": f"{wait:g}"},
        request=httpx.Request("POST", "https://kimi.invalid"),
    )
