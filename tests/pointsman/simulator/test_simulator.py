"""The simulator as a server: scripts, faults, recorded requests, HTTP control, standalone use."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import jsonschema  # type: ignore[import-untyped]
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.simulator import Answer, Simulator
from pointsman.simulator.answers import FAULTS
from pointsman.simulator.catalogue import UPSTREAMS
from pointsman.simulator.conversation import instance, pieces
from pointsman.simulator.upstream import Upstream
from tests.patience import SECONDS

# Plain http, since loading certificates would take most of the time.
post = partial(httpx.post, verify=False)
get = partial(httpx.get, verify=False)

EMBEDDING = {"model": "nomic-embed-text:latest", "prompt": "hi"}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def test_scripted_answers_come_in_order_and_then_the_faithful_ones_again(upstreams: Simulator):
    upstreams.script("ollama", "overloaded", Answer(status=418))
    upstreams.script_probe("ollama", "server_error")
    base = upstreams.environ()["OLLAMA_BASE_URL"]
    generated = [post(f"{base}/api/embeddings", json=EMBEDDING).status_code for _ in range(3)]
    probed = [get(f"{base}/api/tags").status_code for _ in range(2)]
    assert (generated, probed) == ([503, 418, 200], [500, 200])


def test_a_script_for_a_name_that_is_not_catalogued_is_refused(upstreams: Simulator):
    with pytest.raises(KeyError, match="no_such_answer"):
        upstreams.script("openai", "no_such_answer")


def test_the_control_over_http_is_the_same_as_in_process(upstreams: Simulator):
    with httpx.Client(base_url=upstreams.url, verify=False) as control:
        answers = ["overloaded", {"status": 418, "json": {"tea": True}}, {"name": "overloaded", "status": 402}]
        queued = control.post("/_simulator/script", json={"provider": "ollama", "answers": answers})
        refused = control.post("/_simulator/script", json={"provider": "ollama", "answers": [{"colour": 1}]})
        statuses = [control.post("/ollama/api/embeddings", json=EMBEDDING).status_code for _ in range(4)]
        received = control.get("/_simulator/received").json()
        names = control.get("/_simulator/answers").json()
        control.post("/_simulator/reset")
    assert (queued.json(), refused.status_code) == ({"queued": 3}, 400)
    assert statuses == [503, 418, 402, 200]
    assert [(entry["path"], entry["json"]) for entry in received] == [("/api/embeddings", EMBEDDING)] * 4
    assert "rate_limit" in names["openai"]
    assert upstreams.received == []


@pytest.mark.parametrize(
    ("upstream", "name"),
    [(upstream, name) for upstream in UPSTREAMS for name, answer in upstream.answers.items() if not answer.faithful],
    ids=lambda part: part if isinstance(part, str) else part.name,
)
def test_a_catalogued_answer_reaches_the_client_byte_by_byte(upstreams: Simulator, upstream: Upstream, name: str):
    """For any route, status, headers and body equal the catalogue's."""
    answer = upstream.answers[name]
    route = next(route for route in upstream.routes if route.method == "POST")
    upstreams.script(upstream.name, name)
    upstreams.script_probe(upstream.name, name)
    path = route.path.replace("{model}", "any")
    response = post(f"{upstreams.url}/{upstream.name}{path}", json={})
    assert response.status_code == answer.status
    assert response.content == (b"".join(answer.stream) if answer.stream is not None else answer.body)
    assert {name: response.headers[name] for name in answer.headers} == answer.headers


def test_every_upstream_has_the_shared_faults_and_the_errors_that_all_share():
    for upstream in UPSTREAMS:
        assert {*FAULTS, "server_error", "overloaded", "in_band_error"} <= set(upstream.answers), upstream.name
        if upstream.key:
            assert {"bad_key", "rate_limit", "quota"} <= set(upstream.answers), upstream.name


def chat_client(upstreams: Simulator) -> openai.OpenAI:
    environ = upstreams.environ()
    return openai.OpenAI(
        base_url=environ["OPENAI_BASE_URL"], api_key=environ["OPENAI_API_KEY"], max_retries=0, timeout=SECONDS
    )


def streamed(client: openai.OpenAI, text: str) -> Iterator[str]:
    messages: list[Any] = [{"role": "user", "content": text}]
    for chunk in client.chat.completions.create(model="gpt-5.6", messages=messages, stream=True):
        yield from (choice.delta.content or "" for choice in chunk.choices)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("cut", httpx.RemoteProtocolError),
        ("cut_before_headers", openai.APIConnectionError),
        ("html_504", openai.InternalServerError),
        ("rate_limit", openai.RateLimitError),
        ("in_band_error", openai.APIError),
    ],
)
def test_a_fault_is_an_error_to_the_openai_sdk(upstreams: Simulator, name: str, error: type[Exception]):
    upstreams.script("openai", name)
    with chat_client(upstreams) as client, pytest.raises(error):
        list(streamed(client, "one two three four five"))


def test_a_truncated_stream_looks_complete_to_the_sdk(upstreams: Simulator):
    upstreams.script("openai", "truncated")
    with chat_client(upstreams) as client:
        assert "".join(streamed(client, "one two three four five")) == "one two"


@pytest.mark.parametrize("name", ["hang", "hang_mid_stream", "slow_first_byte", "slow_chunks"])
def test_a_client_that_waits_too_briefly_times_out(upstreams: Simulator, name: str):
    patient = replace(FAULTS[name], delay=FAULTS[name].delay * 30, chunk_delay=FAULTS[name].chunk_delay * 120)
    upstreams.script("openai", patient)
    impatient = chat_client(upstreams).with_options(timeout=0.2)
    with impatient as client, pytest.raises((openai.APITimeoutError, httpx.ReadTimeout)):
        list(streamed(client, "hi"))


def test_a_slow_answer_is_the_faithful_one(upstreams: Simulator):
    upstreams.script("openai", Answer(faithful=True, delay=0.01, chunk_delay=0.001))
    with chat_client(upstreams) as client:
        assert "".join(streamed(client, "hello you")) == "hello you"


def test_a_cut_hits_an_answer_in_one_piece_too(upstreams: Simulator):
    upstreams.script("ollama", "cut")
    with pytest.raises(httpx.RemoteProtocolError):
        post(f"{upstreams.url}/ollama/api/embeddings", json=EMBEDDING)


@given(st.text())
def test_the_pieces_of_a_text_are_the_text(text: str):
    assert "".join(pieces(text)) == text


@pytest.mark.parametrize(
    "schema",
    [
        {},
        SCHEMA,
        {"type": "object", "properties": {"n": {"type": "integer"}, "ok": {"type": ["boolean", "null"]}}},
        {"type": "array", "items": {"enum": ["a", "b"]}},
        {"properties": {"x": {"$ref": "#/$defs/X"}}, "$defs": {"X": {"anyOf": [{"type": "number"}, {"type": "null"}]}}},
    ],
)
def test_what_it_says_in_json_mode_fits_the_schema(schema: dict[str, Any]):
    validator = jsonschema.validators.validator_for(schema)(schema)

    assert list(validator.iter_errors(instance(schema, "said"))) == []


def run_alone(*arguments: str, stdin: int | None = subprocess.PIPE) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pointsman.simulator", *arguments]
    root = Path(__file__).parent.parent
    return subprocess.Popen(command, cwd=root, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_it_runs_alone_and_ends_with_its_parent():
    with run_alone("--port", "0", "--exit-with-stdin") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        first, *providers, last = [process.stdout.readline().rstrip() for _ in range(len(UPSTREAMS) + 2)]
        _, _, url = first.partition(": ")
        assert get(f"{url}/ollama/api/version").status_code == 200
        process.stdin.close()
        assert (process.wait(), process.stdout.read(), process.stderr.read()) == (0, "", "")
    assert last == "ready"
    assert f"OPENAI_BASE_URL={url}/openai/v1 OPENAI_API_KEY=sk-proj-" in providers[-1]


def test_a_signal_ends_it_quietly_while_it_watches_stdin():
    with run_alone("--port", "0", "--exit-with-stdin") as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.terminate()
        assert process.wait() == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_a_busy_port_is_one_clear_line(upstreams: Simulator):
    port = upstreams.url.rpartition(":")[2]
    with run_alone("--port", port) as process:
        _, errors = process.communicate()
    assert process.returncode == 3
    assert errors == f"simulator: 127.0.0.1:{port}: Address already in use\n"
