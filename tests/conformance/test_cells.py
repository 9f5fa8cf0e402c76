"""Each cell of docs/conformance.md, through one running proxy."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest

from pointsman.simulator import Simulator
from pointsman.simulator.answers import Answer
from pointsman.simulator.conversation import REASONING, pieces
from tests.conformance import requests
from tests.conformance.cells import LIMITS, Cell, cells, limit_of
from tests.conformance.failing import BUSY, REASON, inside
from tests.engine.answers import PATHS, Said, events, said
from tests.observability.audit.recorded import Recorded
from tests.patience import SECONDS, eventually
from tests.running import MASTER_KEY

pytestmark = pytest.mark.proxy

_STOPPED = {"chat": "stop", "messages": "end_turn", "responses": "completed"}
_CALLED = {"chat": "tool_calls", "messages": "tool_use", "responses": "completed"}


def _asked(recorded: Recorded, cell: Cell) -> httpx.Response:
    return recorded.post(PATHS[cell.protocol], requests.body(cell))


def _said(recorded: Recorded, cell: Cell) -> Said:
    answer = _asked(recorded, cell)
    assert answer.status_code == 200, answer.text
    return said(cell.protocol, answer)


def _text(recorded: Recorded, simulator: Simulator, cell: Cell) -> None:
    answer = _said(recorded, cell)
    assert (answer.text, answer.calls, answer.end) == (requests.SAY, (), _STOPPED[cell.protocol])


def _reasoning(recorded: Recorded, simulator: Simulator, cell: Cell) -> None:
    answer = _said(recorded, cell)
    assert (answer.thought, answer.text) == (REASONING, requests.SAY)


def _calls(recorded: Recorded, simulator: Simulator, cell: Cell) -> None:
    answer = _said(recorded, cell)
    assert answer.calls == tuple(("get_weather", {"city": city}) for city in requests.CITIES)
    assert len(set(answer.ids)) == len(answer.calls)
    assert all(answer.ids)
    assert answer.end == _CALLED[cell.protocol]


def _empty(recorded: Recorded, simulator: Simulator, cell: Cell) -> None:
    answer = _said(recorded, cell)
    assert (answer.calls, answer.end) == ((("get_time", {}),), _CALLED[cell.protocol])


def _image(recorded: Recorded, simulator: Simulator, cell: Cell) -> None:
    assert _said(recorded, cell).text == requests.SAY
    assert requests.IMAGE in simulator.attempts[-1].body.decode()


def _before(recorded: Recorded, simulator: Simulator, cell: Cell) -> None:
    simulator.script(cell.route.upstream, BUSY)
    answer = _asked(recorded, cell)
    assert (answer.status_code, answer.headers["x-should-retry"]) == (503, "true"), answer.text
    error = answer.json()["error"]
    assert REASON in error["message"]
    if cell.protocol == "messages":
        assert (answer.json()["type"], error["type"]) == ("error", "overloaded_error")
    assert len(simulator.attempts) == 1
    row = recorded.row_for(answer)
    assert (row["outcome"], row["status"], row["retries"]) == ("failure", 503, 0)


def _inside(recorded: Recorded, simulator: Simulator, cell: Cell) -> None:
    _asked(recorded, cell)
    simulator.script(cell.route.upstream, inside(simulator.attempts[-1].path))
    asked_before = len(simulator.attempts)
    answer = _asked(recorded, cell)
    assert answer.status_code == 200
    sent = list(events(answer))
    last = sent[-1]
    error = last["response"]["error"] if cell.protocol == "responses" else last["error"]
    assert REASON in error["message"]
    if cell.protocol == "chat":
        assert "[DONE]" not in answer.text
        assert not [choice for event in sent for choice in event.get("choices", ()) if choice.get("finish_reason")]
    else:
        assert last["type"] == {"messages": "error", "responses": "response.failed"}[cell.protocol]
    assert len(simulator.attempts) == asked_before + 1
    assert recorded.row_for(answer)["outcome"] == "failure"


def _usage(recorded: Recorded, simulator: Simulator, cell: Cell) -> None:
    answer = _asked(recorded, cell)
    assert answer.status_code == 200, answer.text
    counted, row = said(cell.protocol, answer), recorded.row_for(answer)
    words = len(pieces(requests.SAY))
    assert counted.prompt == words
    assert counted.completion in {words, words + len(pieces(REASONING))}
    assert (row["prompt_tokens"], row["completion_tokens"]) == (counted.prompt, counted.completion)


def _cancel(recorded: Recorded, simulator: Simulator, cell: Cell) -> None:
    # Behind the first words, in whichever API they are.
    silent = Answer(faithful=True, fault="hang", after=6 if cell.stream else None)
    simulator.script(cell.route.upstream, silent)
    with _sent(recorded, cell) as connection:
        eventually(lambda: simulator.attempts)
        if cell.stream:
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    eventually(lambda: simulator.left)


def _sent(recorded: Recorded, cell: Cell) -> socket.socket:
    """A connection on which a cell's request has been sent."""
    at, body = urlsplit(recorded.proxy.url), json.dumps(requests.body(cell)).encode()
    connection = socket.create_connection((at.hostname, at.port), timeout=SECONDS)
    head = (
        f"POST {PATHS[cell.protocol]} HTTP/1.1\r\nHost: proxy\r\nAuthorization: Bearer {MASTER_KEY}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    connection.sendall(head.encode() + body)
    return connection


_TRIES: dict[str, Callable[[Recorded, Simulator, Cell], None]] = {
    "text": _text,
    "reasoning": _reasoning,
    "calls": _calls,
    "empty": _empty,
    "image": _image,
    "before": _before,
    "inside": _inside,
    "usage": _usage,
    "cancel": _cancel,
}


@pytest.mark.parametrize("cell", [*cells()], ids=str)
def test_a_cell(recorded: Recorded, simulator: Simulator, cell: Cell):
    """Each feature's function above makes the calls and asserts what comes back; nobody else may be asked."""
    if (limit := limit_of(cell)) is not None:
        pytest.skip(f"not supported: {LIMITS[limit].why}")

    _TRIES[cell.feature](recorded, simulator, cell)

    assert {request.provider for request in simulator.attempts} == {cell.route.upstream}
