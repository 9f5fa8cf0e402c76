"""Writes a call's row at its first attempt, before the last byte of its answer, and when its details are complete."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from custom_providers.observability.audit.call import CurrentCall
from custom_providers.observability.audit.record import CallRecord

_GRACE = 30.0
"""Seconds to wait for token counts after an answer has ended; LiteLLM usually reports them within milliseconds."""

_log = logging.getLogger("pointsman")


class Outlet(Protocol):
    """Accepts records; ``storage.delivery.Delivery`` is one."""

    def put(self, record: CallRecord, *, final: bool) -> None:
        """Accepts a record, which replaces earlier ones of the same call."""


class Recorder:
    """Writes rows. Runs on the event loop and never raises: an audit error must not fail a request."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        """Calls that have ended and still lack their details."""

    def attempted(self, call: CurrentCall) -> None:
        """A provider is about to be called: writes a row in case the process dies."""
        if len(call.attempts) == 1:
            self._put(call, final=False)

    def ended(self, call: CurrentCall) -> None:
        """The client has received its answer, or has left."""
        if call.settled:
            self._put(call, final=True)
        else:
            self._put(call, final=False)
            self._waiting[call.id] = asyncio.get_running_loop().call_later(_GRACE, self._settle, call)

    def detailed(self, call: CurrentCall) -> None:
        """LiteLLM has reported the answer's tokens and cost, or the failure."""
        if timer := self._waiting.get(call.id):
            timer.cancel()
            self._settle(call)

    def _settle(self, call: CurrentCall) -> None:
        del self._waiting[call.id]
        self._put(call, final=True)

    def _put(self, call: CurrentCall, *, final: bool) -> None:
        try:
            self._outlet.put(call.record(), final=final)
        except Exception:  # noqa: BLE001 -- the promise above
            _log.exception("pointsman: audit: no row for call %s", call.call_id)
        if final:
            call.end()
