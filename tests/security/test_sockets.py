"""No WebSocket is accepted with any key: each frame could name another model without an audit row."""

from __future__ import annotations

import json

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from pointsman.simulator import Simulator
from tests.observability.audit.recorded import Recorded
from tests.patience import SECONDS
from tests.running import MASTER_KEY
from tests.security.keys import EVERYTHING
from tests.security.target import Target

PATHS = [
    "/v1/responses",
    "/responses",
    "/v1/responses?model=openai/gpt-4o-mini",
    "/v1/realtime?model=openai/gpt-4o-mini",
    "/realtime",
    "/openai/v1/realtime",
    "/openai/v1/responses",
    "/openai_passthrough/v1/realtime",
    "/vertex_ai/live",
    "/deepgram/v1/listen",
    "//v1/responses",
]


@pytest.mark.parametrize("key", [EVERYTHING, MASTER_KEY, ""])
@pytest.mark.parametrize("path", PATHS)
def test_a_socket_is_refused_before_it_opens(
    attacked: Recorded, target: Target, simulator: Simulator, path: str, key: str
):
    url = attacked.proxy.url.replace("http://", "ws://") + path
    headers = {"Authorization": f"Bearer {key}"} if key else {}

    with pytest.raises(InvalidStatus) as refused:
        _ask_by_socket(url, headers)

    assert refused.value.response.status_code == 403
    assert target.arrivals == []
    assert simulator.attempts == []


def _ask_by_socket(url: str, headers: dict[str, str]) -> None:
    with connect(url, additional_headers=headers) as socket:
        socket.send(json.dumps({"type": "response.create", "model": "claude/claude-haiku-4-5", "input": "x"}))
        socket.recv(timeout=SECONDS)
