"""Timeouts for providers, and pauses between two attempts."""

from __future__ import annotations

DEFAULT_TIMEOUT = 180.0
"""Seconds for the first byte and between any two reads, unless the deployment configures a timeout."""

CONNECT_TIMEOUT = 20.0
"""Seconds to connect to the host; independent of the model's thinking time."""

DEFAULT_RETRIES = 3
LONGEST_PAUSE = 10.0
"""Seconds. If the provider asks for a longer wait, the client gets the error immediately, with its Retry-After."""

LONGEST_CLIENT_PAUSE = 60.0
"""Seconds. After a longer Retry-After, the SDKs of OpenAI and Anthropic retry within a second or two instead (openai 2,
anthropic 0.84, ``_calculate_retry_timeout``)."""

PATIENCE = 120.0
"""Seconds after which a failed attempt is not retried: a 504 that took 15 minutes would take another 15."""

OPEN_AFTER = 10.0
"""Seconds to wait for a first event before a stream begins without one, so that pings keep the client connected."""

BEGIN_AFTER = 50.0
"""Seconds to wait for a response before a stream of LiteLLM's begins without one: web servers and load balancers in
between time out after 60 by default."""

PING_AFTER = 15.0
"""Seconds of silence before a ping to the client: Claude Code, opencode and others time out after 300."""


def pause(attempt: int, retry_after: float | None) -> float | None:
    """Seconds to wait before a retry; None if the provider asks for too long a wait.

    Args:
        attempt: how many attempts of the call have failed, from 1.
        retry_after: the provider's wait in seconds; it overrides our own 1, 2, 4, ...
    """
    if retry_after is not None:
        return retry_after if retry_after <= LONGEST_PAUSE else None
    return min(2.0 ** (attempt - 1), 8.0)
