"""An exception as the one sentence that is stored in its row. Pure."""

from __future__ import annotations

from custom_providers.observability.audit.record import clean_name
from custom_providers.server.failures import unknown_key, verdict
from custom_providers.server.failures.cause import cause

LONGEST = 200
"""Characters."""


def error_message(error: BaseException) -> str:
    """The client's message without control characters, cut to ``LONGEST``."""
    failure = verdict.of(error)
    said = unknown_key.WORDS if unknown_key.is_unknown_key(error) else verdict.said(error)
    words = clean_name(failure.message if failure else cause(said)) or type(error).__name__
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
