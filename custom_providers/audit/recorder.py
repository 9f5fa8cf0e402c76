"""When a call's row is written: at its first attempt, before the last byte of its answer, and when it is complete."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from custom_providers.audit.call import CurrentCall
from custom_providers.audit.record import CallRecord

_GRACE = 30.0
"""Seconds to wait for an answer's tokens after it has ended; LiteLLM usually reports them within milliseconds."""

_log = logging.getLogger("pointsman")


class Outlet(Protocol):
    """Takes records; ``delivery.Delivery`` is one."""

    def put(self, record: CallRecord, *, final: bool) -> None:
        """Takes a record, which replaces those of the same call before it."""


class Recorder:
    """Writes the rows of calls. Runs on the event loop and never raises: no row is worth a request."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        """The calls that have ended and lack their details."""

    def attempted(self, call: CurrentCall) -> None:
        """A provider is about to be called: from now on there is a row even if the process dies."""
        if len(call.attempts) == 1:
            self._put(call, final=False)

    def ended(self, call: CurrentCall) -> None:
        """The client has its answer, or has left."""
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
