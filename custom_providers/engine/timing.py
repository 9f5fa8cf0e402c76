"""How long to wait for a provider, and how long between two attempts."""

from __future__ import annotations

DEFAULT_TIMEOUT = 180.0
"""Seconds for the first byte, and again between any two, where the deployment says nothing."""

CONNECT_TIMEOUT = 20.0
"""Seconds to reach the host at all; thinking takes no part in it."""

DEFAULT_RETRIES = 3
LONGEST_PAUSE = 10.0
"""Seconds. If the provider asks for a longer wait, its answer goes to the client immediately, with its Retry-After."""

LONGEST_CLIENT_PAUSE = 60.0
"""Seconds. A longer Retry-After makes the SDKs of OpenAI and Anthropic ask again after a second or two (openai 2,
anthropic 0.84, ``_calculate_retry_timeout``)."""

PATIENCE = 120.0
"""Seconds after which a failed attempt is not repeated: a 504 that took 15 minutes would take another 15."""

OPEN_AFTER = 10.0
"""Seconds without a first event after which a stream begins without one, so that pings keep its client."""

BEGIN_AFTER = 50.0
"""Seconds without an answer after which a stream of LiteLLM's begins without one: web servers and load balancers in
between give up at 60, by default."""

PING_AFTER = 15.0
"""Seconds of silence after which a client gets a ping: Claude Code, opencode and others give up at 300."""


def pause(attempt: int, retry_after: float | None) -> float | None:
    """Seconds to wait before repeating, or None when the server asks for longer than is sensible.

    Args:
        attempt: how many times the call has failed, from 1.
        retry_after: what the server asked for, in seconds; it wins over our own 1, 2, 4, ...
    """
    if retry_after is not None:
        return retry_after if retry_after <= LONGEST_PAUSE else None
    return min(2.0 ** (attempt - 1), 8.0)
