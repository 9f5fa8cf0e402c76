"""The timeout, and the pauses between attempts."""

from __future__ import annotations

import pytest

from custom_providers.engine.connection.timing import pause
from custom_providers.kimi.timeout import timeout_override


@pytest.mark.parametrize(("value", "seconds"), [("900", 900.0), (" 2.5 ", 2.5), ("", None)])
def test_the_variable_is_a_number_of_seconds(value: str, seconds: float | None):
    """An empty variable counts as unset."""
    assert timeout_override({"KIMI_TIMEOUT_SECS": value}) == seconds


@pytest.mark.parametrize("value", ["ten", "0", "-1", "nan", "inf", "10s"])
def test_a_bad_value_is_an_error_that_names_the_variable(value: str):
    """The error also quotes the value."""
    with pytest.raises(ValueError, match=f'^KIMI_TIMEOUT_SECS: "{value}" is not a positive number of seconds'):
        timeout_override({"KIMI_TIMEOUT_SECS": value})


def test_pauses_grow_and_the_servers_wish_wins():
    """Pauses are 1, 2 and 4 seconds, or the server's Retry-After; if that is too long, there is no retry."""
    assert [pause(attempt, None) for attempt in (1, 2, 3, 9)] == [1.0, 2.0, 4.0, 8.0]
    assert (pause(1, 0.0), pause(3, 7.0), pause(1, 11.0)) == (0.0, 7.0, None)
