"""Unsupported features get a clear error, and a valid answer in an unusual form is never rejected."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from pointsman.simulator import Simulator
from pointsman.simulator.answers import json_answer
from tests.faults.asking import PATHS
from tests.faults.raw import RawUpstream

pytestmark = pytest.mark.proxy

RESPONSES = "/v1/responses"


@pytest.mark.parametrize("model", ["kimi/kimi-for-coding", "ollama/qwen3.5:latest", "claude-haiku-4-5"])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_an_earlier_response_needs_a_database(client: httpx.Client, simulator: Simulator, model: str, stream: bool):
    """Without the conversation, the model would see only the last message."""
    body = {"model": model, "input": "what is my name?", "previous_response_id": "resp_1", "stream": stream}
    response = client.post(RESPONSES, json=body)
    assert response.status_code == 400, response.text
    assert response.json()["error"]["message"].startswith("previous_response_id needs a database")
    assert simulator.attempts == []


def test_openai_goes_on_from_its_own_responses(client: httpx.Client, simulator: Simulator):
    body = {"model": "openai/gpt-4o-mini", "input": "Reply PONG", "previous_response_id": "resp_1"}
    assert client.post(RESPONSES, json=body).status_code == 200
    assert simulator.attempts[-1].fields["previous_response_id"] == "resp_1"


def test_compaction_and_stored_responses_are_a_404(client: httpx.Client, simulator: Simulator):
    made = client.post(RESPONSES, json={"model": "kimi/kimi-for-coding", "input": "Reply PONG"}).json()["id"]
    asked = len(simulator.attempts)
    answers = [
        client.post(
            f"{RESPONSES}/compact", json={"model": "kimi/kimi-for-coding", "input": [{"role": "user", "content": "hi"}]}
        ),
        client.get(f"{RESPONSES}/{made}"),
        client.delete(f"{RESPONSES}/{made}"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404], [answer.text for answer in answers]
    assert {answer.json()["error"]["type"] for answer in answers} == {"not_found_error"}
    assert all("is not supported for kimi" in answer.json()["error"]["message"] for answer in answers)
    assert len(simulator.attempts) == asked


GOOD: dict[str, Any] = {
    "openai/gpt-4o-mini": {
        "id": "x",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "hello"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
    },
    "claude-haiku-4-5": {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [{"type": "text", "text": "hello"}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 1, "output_tokens": 1},
    },
}


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
@pytest.mark.parametrize("model", GOOD)
@pytest.mark.parametrize("note", ["\u4f59\u989d".encode(), b"caf\xe9"], ids=["UTF-8", "Latin-1"])
def test_a_header_beyond_ascii_spoils_no_answer(
    client: httpx.Client, simulator: Simulator, path: str, model: str, note: bytes
):
    answer = json_answer(GOOD[model], headers={"X-Note": note.decode("latin-1")})
    simulator.script("openai" if "gpt" in model else "claude", answer, answer)
    response = client.post(path, json={"model": model, **PATHS[path]})
    assert response.status_code == 200, response.text
    assert "hello" in response.text
    assert len(simulator.attempts) == 1


@pytest.mark.parametrize("control", [b"\x01", b"\x0b", b"\x1b", b"\x7f"])
def test_nor_does_a_control_character_in_one(client: httpx.Client, raw_upstream: RawUpstream, control: bytes):
    body = json.dumps(GOOD["openai/gpt-4o-mini"]).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nX-Note: a%bb\r\n" % control
    raw_upstream.plays(head + b"Content-Length: %d\r\n\r\n%b" % (len(body), body), "wait")

    response = client.post("/v1/chat/completions", json={"model": "raw/any", **PATHS["/v1/chat/completions"]})

    assert response.status_code == 200, response.text
    assert "hello" in response.text
    assert response.headers.get("llm_provider-x-note", "a?b") == "a?b"
    assert raw_upstream.asked == 1


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages", RESPONSES])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_models_name_may_be_in_any_script(client: httpx.Client, simulator: Simulator, path: str, stream: bool):
    body = {"model": "ollama/deepseek-r1-\u6ee1\u8840\u7248", **PATHS[path], "stream": stream}
    response = client.post(path, json=body)
    assert response.status_code == 200, response.text
    assert len(simulator.attempts) == 1


def test_every_listed_model_can_be_retrieved(client: httpx.Client):
    listed = client.get("/v1/models").json()["data"]
    assert listed
    for model in listed:
        for name in {model["id"], quote(model["id"], safe="")}:
            assert client.get(f"/v1/models/{name}").json() == model
            found = client.get(f"/v1/models/{name}", headers={"anthropic-version": "2023-06-01"}).json()
            assert (found["type"], found["id"]) == ("model", model["id"])
            assert {"display_name", "created_at"} <= set(found)


@pytest.mark.parametrize("name", ["nowhere", "no/where", "gpt-4o-mini%2Fx"])
def test_any_other_model_is_a_404_in_the_clients_protocol(client: httpx.Client, name: str):
    plain = client.get(f"/v1/models/{name}")
    assert (plain.status_code, plain.json()["error"]["type"]) == (404, "not_found_error")
    spoken = client.get(f"/v1/models/{name}", headers={"anthropic-version": "2023-06-01"})
    assert (spoken.status_code, spoken.json()["type"]) == (404, "error")


def test_a_model_is_shown_to_no_stranger(client: httpx.Client):
    stranger = {"Authorization": "Bearer sk-nobody"}
    assert client.get("/v1/models/openai/gpt-4o-mini", headers=stranger).status_code == 401
