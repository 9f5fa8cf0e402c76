"""The memory that a call uses while it runs, and that all of it is freed afterwards."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from litellm.proxy._types import UserAPIKeyAuth

from custom_providers.observability.audit.call import CURRENT, CurrentCall
from custom_providers.observability.audit.logger import AuditLogger
from custom_providers.observability.audit.record import CallRecord
from custom_providers.observability.audit.recorder import Recorder

MASTER = UserAPIKeyAuth(api_key="sk-any")
ANSWER = {"response": {"choices": [{"message": {"content": "an answer"}}]}, "total_tokens": 9}


class Rows:
    """Collects the final rows."""

    def __init__(self) -> None:
        self.final: list[CallRecord] = []

    def put(self, record: CallRecord, *, final: bool) -> None:
        self.final += [record] * final


class Large(dict[str, Any]):
    """Stands for a request, logging object or other large object; unlike a dict, it supports weak references."""

    model_call_details: Mapping[str, Any] = MappingProxyType({})


def _failed(request: Large) -> Exception:
    """An exception whose frames hold ``request``."""
    with pytest.raises(KeyError) as caught:
        request["no such field"]
    return caught.value


async def _events(logger: AuditLogger, request: Large) -> None:
    """Sends all of LiteLLM's logging events of one call."""
    deployed = {"model": "openai/m", "litellm_logging_obj": Large(request)}
    told = {"standard_logging_object": ANSWER}
    await logger.async_pre_call_hook(MASTER, None, request, "acompletion")
    await logger.async_pre_call_deployment_hook(deployed, "acompletion")
    await logger.async_log_failure_event(told, None, None, None)
    await logger.async_post_call_failure_hook(request, _failed(request), MASTER)
    await logger.async_log_success_event(told, None, None, None)


async def _served(logger: AuditLogger, recorder: Recorder, call: CurrentCall) -> list[weakref.ref[Large]]:
    """Runs one call to its last row, and LiteLLM's later events; returns references to its large objects."""
    CURRENT.set(call)
    requests = [Large(messages=["a prompt"]), Large(messages=["a prompt"])]
    await _events(logger, requests[0])
    call.duration, call.status = 1.0, 500
    recorder.ended(call)
    await _events(logger, requests[1])
    return [weakref.ref(request) for request in requests]


def test_a_call_whose_last_row_is_written_holds_nothing_of_its_request_or_answer():
    """Connections opened for a request keep its context, and so the call, alive for hours."""
    rows, call = Rows(), CurrentCall("/v1/chat/completions")
    recorder = Recorder(rows)
    requests = asyncio.run(_served(AuditLogger(recorder, store_text=True), recorder, call))
    assert [(row.answer, row.error_class) for row in rows.final] == [("an answer", "KeyError")]
    assert "a prompt" in str(rows.final[0].prompt)
    gc.collect()
    assert [request() for request in requests] == [None, None]
    assert call.details is None
    assert call.litellm is None
