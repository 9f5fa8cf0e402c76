"""Opens streams before LiteLLM begins its response to the client.

LiteLLM starts a custom provider's stream only after it has begun the response: an overload or an invalid key then
arrives as an error event in a 200 response, without headers, on ``/v1/messages`` and ``/v1/responses``. LiteLLM awaits
calls made without ``stream``, and accepts a stream as their result. So the deployment hook makes the call without it.
"""

from __future__ import annotations

from typing import Any

MARK = "pointsman_stream"
"""An extra parameter from the hook to the handler; it is never sent."""


def open_early(kwargs: dict[str, Any], call_type: str) -> dict[str, Any]:
    """Turn a streaming call of the handler into one that waits for its first chunk.

    For LiteLLM's ``async_pre_call_deployment_hook``, with its ``kwargs`` and the value of its ``call_type``, for
    deployments that the engine serves. Other call types lead to an inner ``acompletion``, for which the hook runs
    again.
    """
    kwargs.pop(MARK, None)
    if call_type == "acompletion" and kwargs.get("stream") is True:
        return {**kwargs, "stream": False, MARK: True}
    return kwargs
