"""How long to wait for Kimi, and how long between two tries."""

from __future__ import annotations

import math
from collections.abc import Mapping

TIMEOUT_VARIABLE = "KIMI_TIMEOUT_SECS"
DEFAULT_TIMEOUT = 600.0
"""Seconds for the first byte, and again between any two: K3 thinks for minutes, and Kimi's own clients wait 600-900."""

CONNECT_TIMEOUT = 20.0
"""Seconds to reach the host at all; thinking takes no part in it."""

DEFAULT_RETRIES = 3
LONGEST_PAUSE = 60.0
"""Seconds. A server that asks for more is not waited for: its answer goes to the client instead."""

PATIENCE = 120.0
"""Seconds after which a failed attempt is not repeated: a 504 that took 15 minutes would take another 15."""


def timeout_override(env: Mapping[str, str]) -> float | None:
    """The timeout that ``KIMI_TIMEOUT_SECS`` sets, in seconds, or None when it is unset or empty.

    Raises:
        ValueError: the value is no positive, finite number; the message says so for an operator.
    """
    text = env.get(TIMEOUT_VARIABLE, "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0):
        raise ValueError(f'{TIMEOUT_VARIABLE}: "{text}" is not a positive number of seconds, such as 600')
    return seconds


def pause(attempt: int, retry_after: float | None) -> float | None:
    """Seconds to wait before repeating, or None when the server asks for longer than is sensible.

    Args:
        attempt: how many times the call has failed, from 1.
        retry_after: what the server asked for, in seconds; it wins over our own 1, 2, 4, ...
    """
    if retry_after is not None:
        return retry_after if retry_after <= LONGEST_PAUSE else None
    return min(2.0 ** (attempt - 1), 8.0)
