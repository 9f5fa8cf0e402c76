"""The requests that reach Kimi, from a table, over every entry path and both protocols, with and without streaming."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.kimi.conftest import Gateway
from tests.kimi.wire_cases import CASES, SIGNATURE, Case

pytestmark = pytest.mark.proxy

ENTRIES = {"chat": "/v1/chat/completions", "messages": "/v1/messages", "responses": "/v1/responses"}
WIRES = {"openai": "fixed", "anthropic": "honest"}


def _rows() -> Iterator[Any]:
    for name, case in CASES.items():
        for entry in ENTRIES:
            if getattr(case, entry) is not None:
                for wire in WIRES:
                    for stream in (False, True):
                        how = "stream" if stream else "whole"
                        yield pytest.param(case, entry, wire, stream, id=f"{name}-{entry}-{wire}-{how}")


def _signed(value: Any, signature: str) -> Any:
    """The expected body with a signature in its thinking blocks."""
    if isinstance(value, dict):
        return {key: signature if key == "signature" else _signed(part, signature) for key, part in value.items()}
    return [_signed(part, signature) for part in value] if isinstance(value, list) else value


def _expected(case: Case, entry: str, wire: str, stream: bool) -> dict[str, Any]:
    body = {"model": case.model, **getattr(case, wire)}
    if stream:
        body["stream"] = True
        if wire == "openai":
            body["stream_options"] = {"include_usage": True}
    sent = case.messages or {}
    signed = _signed(body, SIGNATURE if entry == "messages" and SIGNATURE in repr(sent) else "")
    return dict(signed)


@pytest.mark.parametrize(("case", "entry", "wire", "stream"), tuple(_rows()))
def test_a_request_reaches_kimi_as_kimi_takes_it(gateway: Gateway, case: Case, entry: str, wire: str, stream: bool):
    """The body is exactly the table's, and the simulated Kimi, with all its checks, accepts it."""
    body = {"model": f"{WIRES[wire]}/{case.model}", **getattr(case, entry), **({"stream": True} if stream else {})}
    answer = gateway.post(ENTRIES[entry], **body)
    assert answer.status_code == 200, answer.text
    assert gateway.wire() == _expected(case, entry, wire, stream)
    if entry == "chat" and wire == "openai":
        assert answer.headers.get("x-pointsman-adjusted", "") == case.adjusted
    raised = gateway.wire()["max_tokens"] == 1500
    assert answer.headers.get("x-pointsman-max-tokens") == ("raised 10 -> 1500" if raised else None)
