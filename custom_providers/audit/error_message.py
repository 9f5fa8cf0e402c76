"""An exception as the one sentence that is stored in its row. Pure."""

from __future__ import annotations

from custom_providers.audit.record import clean_name
from custom_providers.failures import verdict
from custom_providers.failures.cause import cause

LONGEST = 200
"""Characters."""


def error_message(error: BaseException) -> str:
    """The client's message without control characters, cut to ``LONGEST``."""
    failure = verdict.of(error)
    words = clean_name(failure.message if failure else cause(verdict.said(error))) or type(error).__name__
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
