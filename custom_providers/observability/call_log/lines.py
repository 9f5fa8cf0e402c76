"""Writes the lines to standard error, one per final record."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from custom_providers.keys.censor import CENSOR
from custom_providers.observability.audit.record import CallRecord
from custom_providers.observability.audit.recorder import Outlet
from custom_providers.observability.call_log.line import line

LEVEL = "LITELLM_LOG"
"""LiteLLM's variable for the log level."""
_WITHOUT_CALLS = frozenset({"ERROR", "CRITICAL"})

_log = logging.getLogger("pointsman.calls")


class CallLines:
    """An outlet that logs each call, and forwards its records to the next outlet, if any."""

    def __init__(self, rows: Outlet | None) -> None:
        self._rows = rows

    def put(self, record: CallRecord, *, final: bool) -> None:
        """Take a record; the final one of a call is logged."""
        if final:
            _log.info("%s", CENSOR.clean_text(line(record)))
        if self._rows is not None:
            self._rows.put(record, final=final)


def begin(env: Mapping[str, str]) -> None:
    """Start logging calls, unless ``LITELLM_LOG`` is set to errors only."""
    if not _log.handlers:
        _log.addHandler(logging.StreamHandler())
        _log.propagate = False
    _log.setLevel(logging.WARNING if env.get(LEVEL, "").strip().upper() in _WITHOUT_CALLS else logging.INFO)
