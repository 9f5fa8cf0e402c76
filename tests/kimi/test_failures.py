"""The errors that clients get for Kimi's errors through the proxy, with and without streaming."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import openai
import pytest

from pointsman.simulator.providers.kimi import CODING_KEY, PLATFORM_KEY
from tests.kimi.conftest import HELLO, Gateway
from tests.kimi.failure_cases import CODING, PLATFORM_ROWS, ROWS, Row

pytestmark = pytest.mark.proxy

MODELS = {CODING: "k3", "once-moonshot": "kimi-k3"}
UPSTREAMS = {CODING: "kimi", "once-moonshot": "moonshot"}


def _rows() -> Iterator[Any]:
    for table in (ROWS, PLATFORM_ROWS):
        for answer, row in table.items():
            for deployment in row.to:
                yield pytest.param(answer, row, deployment, id=f"{answer}-{deployment}")


ALL = pytest.mark.parametrize(("answer", "row", "deployment"), tuple(_rows()))


@ALL
def test_a_whole_answer_fails_as_the_table_says(gateway: Gateway, answer: str, row: Row, deployment: str):
    """Status, kind, message and retry header match the table, after one attempt."""
    gateway.upstreams.script(UPSTREAMS[deployment], answer)
    response = gateway.chat(f"{deployment}/{MODELS[deployment]}")
    message = response.json()["error"]["message"]
    assert (response.status_code, response.headers["x-pointsman-error"]) == (row.status, row.kind)
    assert row.says in message
    assert response.headers["x-should-retry"] == str(row.transient).lower()
    assert len(gateway.received()) == 1
    for secret in ("org-simulated", "ak-simulated", CODING_KEY, PLATFORM_KEY):
        assert secret not in response.text


@ALL
def test_a_stream_that_fails_before_it_begins_is_a_plain_error(
    gateway: Gateway, answer: str, row: Row, deployment: str
):
    """A streaming client gets the same status and message, not an empty stream with status 200."""
    gateway.upstreams.script(UPSTREAMS[deployment], answer)
    response = gateway.chat(f"{deployment}/{MODELS[deployment]}", stream=True)
    assert response.status_code == row.status, response.text
    assert row.says in response.json()["error"]["message"]
    assert len(gateway.received()) == 1


@ALL
def test_loggers_get_the_exception_of_the_table(gateway: Gateway, answer: str, row: Row, deployment: str):
    """LiteLLM's failure loggers get the exception class that its router and metrics know, with our facts."""
    gateway.upstreams.script(UPSTREAMS[deployment], answer)
    logged = gateway.logged(gateway.chat(f"{deployment}/{MODELS[deployment]}"))
    assert logged["failed"] == row.exception
    assert logged["facts"]["error"]["kind"] == row.kind


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/responses"])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("answer", ["quota", "overloaded", "unknown_model", "server_error"])
def test_other_entry_paths_fail_with_the_same_status(gateway: Gateway, answer: str, path: str, stream: bool):
    """Clients of /v1/messages and /v1/responses get the same error."""
    gateway.upstreams.script("kimi", answer)
    said = {"input": "hi"} if path == "/v1/responses" else {"messages": HELLO, "max_tokens": 2000}
    response = gateway.post(path, model="once/k3", stream=stream, **said)
    assert response.status_code == ROWS[answer].status, response.text
    assert ROWS[answer].says in response.text.replace('\\"', '"')
    assert len(gateway.received()) == 1


def test_a_bad_model_id_does_not_close_the_deployment(gateway: Gateway):
    """After a 404 the next call goes through, instead of "no deployments available"."""
    with pytest.raises(openai.NotFoundError, match=r'Kimi Code calls it \\?"k3'):
        gateway.openai.chat.completions.create(model="fixed/kimi-k3", messages=HELLO)
    assert gateway.openai.chat.completions.create(model="fixed/k3", messages=HELLO).choices


def test_a_bad_key_says_so_every_time(gateway: Gateway):
    """The second call gets the reason too."""
    for _ in range(2):
        with pytest.raises(openai.AuthenticationError, match="refused the key"):
            gateway.openai.chat.completions.create(model="bad-key/k3", messages=HELLO)


@pytest.mark.parametrize(
    ("model", "shaped", "belongs"),
    [("wrong-system/k3", "a key of the Moonshot platform", "Kimi Code"),
     ("other-wrong-system/kimi-k3", "a key of Kimi Code", "the Moonshot platform")],
)  # fmt: skip
def test_a_key_of_the_other_system_is_told_as_such(gateway: Gateway, model: str, shaped: str, belongs: str):
    """The 401 names both systems."""
    with pytest.raises(openai.AuthenticationError) as caught:
        gateway.openai.chat.completions.create(model=model, messages=HELLO)
    assert shaped in str(caught.value)
    assert f"belongs to {belongs}" in str(caught.value)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("answer", ["overloaded_wait", "in_band_overloaded", "html_502", "cut_before_headers"])
def test_what_passes_is_repeated_unseen(gateway: Gateway, answer: str, stream: bool):
    """A transient failure before the first content is retried, and the client sees only the final answer."""
    if not stream and answer == "in_band_overloaded":
        answer = "error_under_200"
    gateway.upstreams.script("moonshot", answer)
    response = gateway.chat("moonshot/kimi-k3", stream=stream)
    assert response.status_code == 200, response.text
    assert len(gateway.received()) == 2
    assert gateway.logged(response)["facts"]["repeated"]


def test_overload_that_stays_is_given_up_after_three_repeats(gateway: Gateway):
    """There are four attempts, with Kimi's pauses, regardless of the router's number of retries."""
    gateway.upstreams.script("moonshot", *["overloaded_wait"] * 5)
    with pytest.raises(openai.RateLimitError) as caught:
        gateway.openai.chat.completions.create(model="moonshot/kimi-k3", messages=HELLO)
    assert len(gateway.received()) == 4
    assert caught.value.response.headers["x-should-retry"] == "true"


@pytest.mark.parametrize("stream", [False, True])
def test_exhausted_quota_is_never_repeated(gateway: Gateway, stream: bool):
    """Neither the handler nor the router retries it, although Kimi sends a Retry-After."""
    gateway.upstreams.script("moonshot", "quota")
    with pytest.raises(openai.RateLimitError):
        gateway.openai.chat.completions.create(model="moonshot/kimi-k3", messages=HELLO, stream=stream)
    assert len(gateway.received()) == 1


@pytest.mark.parametrize("answer", ["in_band_error", "cut_in_reasoning", "truncated", "cut", "hang_mid_stream"])
def test_a_stream_that_breaks_off_ends_in_an_error(gateway: Gateway, answer: str):
    """After the first content there is no retry, and the client gets an error for the incomplete answer."""
    gateway.upstreams.script("kimi", answer)
    stream = gateway.openai.chat.completions.create(model="once/k3", messages=HELLO, stream=True)
    assert next(stream).choices
    with pytest.raises(openai.APIError, match="once "):
        list(stream)
    assert len(gateway.received()) == 1


@pytest.mark.parametrize("answer", ["empty_stream", "not_json_event", "in_band_quota"])
def test_a_stream_of_nothing_is_an_error(gateway: Gateway, answer: str):
    """A response with status 200 and no content is an error, not an empty answer."""
    gateway.upstreams.script("kimi", answer)
    with pytest.raises(openai.APIStatusError) as caught:
        list(gateway.openai.chat.completions.create(model="once/k3", messages=HELLO, stream=True))
    assert caught.value.status_code == (403 if answer == "in_band_quota" else 502)
