"""Request bodies that cannot be served: refused with a 400 where LiteLLM reads them, before anything else happens."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import orjson
from litellm.proxy._types import ProxyException  # noqa: TID253 -- LiteLLM imports this module
from litellm.proxy.common_utils import http_parsing_utils as parsing  # noqa: TID253 -- as above

from custom_providers.request.amounts import excess
from custom_providers.routing.resolver import MAX_NAME

_ONE_BYTE = 2.0**-20
"""In megabytes."""


def flaw(body: object, most_messages: int) -> str | None:
    """What is wrong with a parsed body, for the client."""
    if not isinstance(body, dict):
        return "the body has to be a JSON object"
    name = body.get("model")
    if isinstance(name, str) and len(name) > MAX_NAME:
        # LiteLLM quotes it where it refuses a key, and searches what it quotes.
        return f"this is not a model name: it has more than {MAX_NAME} characters"
    try:
        # orjson reads 1,024 levels of lists and objects and writes 254; LiteLLM's recursion fails somewhere between.
        # Nothing else finds out as fast.
        orjson.dumps(body, default=str)
    except TypeError as error:
        return f"the body cannot be sent on: {error}"
    return excess(body, most_messages)


def refused_when_flawed(most_messages: int, original: Callable[..., None]) -> Callable[..., None]:
    """LiteLLM's note of a parsed body, which raises for one that has a flaw."""
    # A body that orjson refuses gets a second try with the lenient json below this size. Where that fails in a way of
    # its own (bad UTF-8, 100,000 levels, 5,000 digits), LiteLLM goes on with {}, and the client reads "no model".
    parsing.MAX_REQUEST_BODY_SIZE_TO_REPAIR_MB = _ONE_BYTE

    @functools.wraps(original)
    def checked(request: Any, parsed_body: Any) -> None:
        if problem := flaw(parsed_body, most_messages):
            raise ProxyException(message=problem, type="invalid_request_error", param="request_body", code=400)
        original(request, parsed_body)

    return checked
