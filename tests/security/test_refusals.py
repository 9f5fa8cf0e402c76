"""The operator can see refusals: a row for a known key, and a counted line in the log for any client."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from custom_providers.server.gate.refused_log import QUIET_SECONDS, RefusedLog
from tests.observability.audit.recorded import Recorded
from tests.running import MASTER_KEY
from tests.security.keys import ALIASES, ONE, OWNED_BY_AN_ADMIN
from tests.security.raw import exchange, status, written

PONG: list[Any] = [{"role": "user", "content": "canary of the body"}]


def _row(attacked: Recorded, key: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
    with attacked.proxy.client(key) as client:
        return attacked.row_of(lambda: client.request(method, path, json=body))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/batches"),
        ("GET", "/v1/files"),
        ("DELETE", "/v1/responses/resp_1"),
        ("GET", "/anthropic/v1/models"),
    ],
)
def test_a_route_that_a_key_may_not_call_leaves_a_row(attacked: Recorded, method: str, path: str):
    row = _row(attacked, ONE, method, path, {"model": "canary of the body"} if method == "POST" else None)

    assert (row["endpoint"], row["status"], row["outcome"]) == (path, 403, "failure")
    assert row["error_message"] == f"{method} {path} is open to the master key only"
    assert row["key_alias"] == ALIASES[ONE]
    assert "canary" not in str(row)


def test_a_key_without_an_alias_is_named_by_the_end_of_its_hash(attacked: Recorded):
    name = _row(attacked, OWNED_BY_AN_ADMIN, "GET", "/v1/files")["key_alias"]

    assert name.startswith("...")
    assert len(name) == len("...abcd")
    assert name.removeprefix("...") not in OWNED_BY_AN_ADMIN


WITHHELD = [{"model": "openai/gpt-5-mini"}, {"model": "openai/gpt-4o-mini", "fallbacks": ["openai/gpt-5-mini"]}]


@pytest.mark.parametrize("body", WITHHELD)
def test_a_model_that_a_key_may_not_call_leaves_a_row(attacked: Recorded, body: dict[str, Any]):
    row = _row(attacked, ONE, "POST", "/v1/chat/completions", {"messages": PONG, **body})

    assert (row["status"], row["outcome"]) == (403, "failure")
    assert "openai/gpt-5-mini" in row["error_message"]
    assert "canary" not in str(row)


def test_the_operator_leaves_none(attacked: Recorded):
    with attacked.proxy.client(MASTER_KEY) as client:
        assert client.get("/router/settings").status_code == 200
    _row(attacked, ONE, "GET", "/v1/files")

    assert "/router/settings" not in {row["endpoint"] for row in attacked.rows()}


def test_what_is_refused_before_authentication_is_in_the_log(unused: Recorded):
    request = written("POST", "/v1/chat\x1b[31m", "sk-nobody", b"", *((f"X-{number}", "x") for number in range(200)))

    assert status(exchange(unused.proxy.url, request.replace(b"\x1b", b"%1b"))) == 431

    (line,) = [line for line in unused.proxy.log().splitlines() if "refused with 431" in line]
    assert line.endswith("pointsman: refused with 431: POST /v1/chat?[31m, from 127.0.0.1")


def test_a_flood_is_one_line_a_minute_for_each_status(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(logging.getLogger("pointsman"), "propagate", True)
    now = 0.0
    log = RefusedLog(clock=lambda: now)
    with caplog.at_level(logging.WARNING, "pointsman"):
        for _ in range(1000):
            log.note(431, "GET /a", "192.0.2.7")
        log.note(403, "WebSocket /b", "192.0.2.8")
        now = QUIET_SECONDS
        log.note(431, "GET /c", "192.0.2.9")

    assert caplog.messages == [
        "pointsman: refused with 431: GET /a, from 192.0.2.7",
        "pointsman: refused with 403: WebSocket /b, from 192.0.2.8",
        "pointsman: refused with 431: GET /c, from 192.0.2.9, and 999 more with this status since the last such line",
    ]
