"""Streams that are opened before LiteLLM answers the client.

LiteLLM starts a custom provider's stream only when the client's answer is already begun: an overload or a bad key then
arrives as an error event under a 200, without headers, on ``/v1/messages`` and ``/v1/responses``. It also knows streams
that come out of a call made without ``stream``, and those it awaits. So the deployment hook asks for one of those.
"""

from __future__ import annotations

from typing import Any

MARK = "pointsman_stream"
"""An extra parameter, from the hook to the handler and no further."""


def open_early(kwargs: dict[str, Any], call_type: str) -> dict[str, Any]:
    """Turn a streaming call of the handler into one that waits for its first chunk.

    For LiteLLM's ``async_pre_call_deployment_hook``, with its ``kwargs`` and the value of its ``call_type``, for
    deployments that the engine serves. Other call types end in an ``acompletion`` of their own, for which the hook
    runs again.
    """
    kwargs.pop(MARK, None)
    if call_type == "acompletion" and kwargs.get("stream") is True:
        return {**kwargs, "stream": False, MARK: True}
    return kwargs
