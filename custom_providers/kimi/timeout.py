"""How long to wait for Kimi."""

from __future__ import annotations

import math
from collections.abc import Mapping

from custom_providers.environment.text import cleaned
from custom_providers.keys.redaction import shown

TIMEOUT_VARIABLE = "KIMI_TIMEOUT_SECS"
DEFAULT_TIMEOUT = 600.0
"""Seconds to the first byte and between any two: K3 thinks for minutes, and Kimi's own clients wait 600-900."""


def timeout_override(env: Mapping[str, str]) -> float | None:
    """The timeout that ``KIMI_TIMEOUT_SECS`` sets, in seconds, or None when it is unset or empty.

    Raises:
        ValueError: the value is not a positive, finite number; the message is for the operator.
    """
    text = cleaned(env.get(TIMEOUT_VARIABLE, ""), TIMEOUT_VARIABLE)
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0):
        raise ValueError(f"{TIMEOUT_VARIABLE}: {shown(text)} is not a positive number of seconds, such as 600")
    return seconds
