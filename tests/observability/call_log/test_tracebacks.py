"""LiteLLM's log records have no tracebacks, and none repeats what a call's line reports."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator

import pytest
from fastapi import HTTPException

from custom_providers.observability.audit.call import CURRENT, CurrentCall
from custom_providers.observability.call_log.tracebacks import Brief

LITELLM = "LiteLLM Proxy"
HINT = "(LITELLM_LOG=DEBUG shows the traceback)"


@pytest.fixture
def level(request: pytest.FixtureRequest) -> Iterator[None]:
    """Sets LiteLLM's logger to the level that the test names."""
    logger = logging.getLogger(LITELLM)
    before = logger.level
    logger.setLevel(request.param)
    yield
    logger.setLevel(before)


def _logged(error: Exception, words: str, *, with_traceback: bool, call: CurrentCall | None = None) -> str | None:
    """Logs an error while handling it; returns the text that remains, or None."""
    token = CURRENT.set(call)
    try:
        raise error  # noqa: TRY301 -- the record must be made inside a handler
    except Exception:  # noqa: BLE001
        exc_info = sys.exc_info() if with_traceback else None
        record = logging.LogRecord(LITELLM, logging.ERROR, "x.py", 1, "%s", (words,), exc_info)
        passed = Brief().filter(record)
        return logging.Formatter().format(record) if passed else None
    finally:
        CURRENT.reset(token)


@pytest.mark.parametrize("with_traceback", [True, False])
@pytest.mark.parametrize("level", ["WARNING"], indirect=True)
def test_why_a_call_fails_is_in_its_own_line_only(level: None, with_traceback: bool):
    refused = HTTPException(404, "no such model")
    call = CurrentCall("/v1/chat/completions")

    assert _logged(refused, "it failed", with_traceback=with_traceback, call=call) is None
    call.end()
    assert str(_logged(refused, "it failed", with_traceback=with_traceback, call=call)).startswith("it failed")


@pytest.mark.parametrize("level", ["WARNING"], indirect=True)
def test_what_else_goes_wrong_is_one_line(level: None):
    call = CurrentCall("/v1/chat/completions")
    embedded = 'spend update failed: Traceback (most recent call last):\n  File "x.py"'

    assert (
        _logged(KeyError("x"), "spend update failed", with_traceback=True, call=call) == f"spend update failed {HINT}"
    )
    assert _logged(KeyError("x"), embedded, with_traceback=False, call=call) == f"spend update failed: {HINT}"
    assert _logged(HTTPException(500), "no database", with_traceback=True) == f"no database {HINT}"


@pytest.mark.parametrize("level", ["DEBUG"], indirect=True)
def test_at_debug_level_everything_stays(level: None):
    text = _logged(HTTPException(404), "it failed", with_traceback=True, call=CurrentCall("/v1/chat/completions"))

    assert text is not None
    assert text.startswith("it failed\nTraceback (most recent call last)")
