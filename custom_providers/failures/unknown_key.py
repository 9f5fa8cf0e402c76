"""A key that nobody knows; without a database, LiteLLM calls that 400 "No connected db". Pure."""

from __future__ import annotations

WORDS = "this key is not the master key, and without a database there are no others"


def is_unknown_key(error: BaseException) -> bool:
    """Whether ``error`` is how LiteLLM refuses such a key."""
    return getattr(error, "type", None) == "no_db_connection" and str(getattr(error, "code", "")) == "400"
