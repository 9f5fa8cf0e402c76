"""Detects unknown keys; without a database, LiteLLM answers 400 "No connected db" for them. Pure."""

from __future__ import annotations

WORDS = "this key is not the master key, and without a database there are no others"


def is_unknown_key(error: BaseException) -> bool:
    """Whether LiteLLM raised ``error`` for an unknown key."""
    return getattr(error, "type", None) == "no_db_connection" and str(getattr(error, "code", "")) == "400"
