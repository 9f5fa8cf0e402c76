"""Invalid requests, accidental or malicious, get a clear error and cause no attempt."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from pointsman.simulator import Simulator
from tests.deploy.reverse_proxy import needs_nginx, running_nginx, write_config
from tests.faults.asking import CHAT, HELLO, JSON, OPENAI, PATHS, body_with, refused, refused_anywhere
from tests.observability.audit.recorded import Recorded
from tests.patience import SECONDS
from tests.releases import litellm_is
from tests.running import MASTER_KEY, free_port

pytestmark = pytest.mark.proxy


def _nested(levels: int, **fields: Any) -> bytes:
    return body_with(metadata="@", **fields).replace(b'"@"', b'{"a":' + b"[" * levels + b"]" * levels + b"}")


def _called(arguments: Any, **call: Any) -> list[Any]:
    """Messages with one tool call and its result."""
    made = {"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}, **call}
    answered = {"role": "tool", "tool_call_id": "c", "content": "done"}
    return [*HELLO, {"role": "assistant", "content": None, "tool_calls": [made]}, answered]


CALL_ITEM = {"type": "function_call", "call_id": "c", "name": "f"}
USE = {"type": "tool_use", "id": "c", "name": "f"}

NO_OBJECT = "must be a JSON object"

UNREADABLE = {
    "empty": (b"", "names no model"),
    "cut off": (body_with()[:40], "Invalid JSON payload"),
    "no JSON": (b"{bad", "Invalid JSON payload"),
    "null": (b"null", NO_OBJECT),
    "a list": (b"[]", NO_OBJECT),
    "one digit": (b"5", NO_OBJECT),
    "bad UTF-8": (body_with().replace(b"PONG", b"\xff\xfe"), "not valid UTF-8"),
    "UTF-16": (body_with().decode().encode("utf-16"), "not valid UTF-8"),
    "half a surrogate pair": (body_with().replace(b"PONG", b"\\ud800"), "surrogate"),
    "not a number": (body_with(temperature=float("nan")), "Invalid JSON payload"),
    "too large a number": (body_with(seed=1).replace(b'"seed": 1', b'"seed": 1e999'), "infinity"),
    "5,000 digits": (body_with(seed=1).replace(b'"seed": 1', b'"seed": ' + b"9" * 5000), "infinity"),
    "260 levels": (_nested(258), "Recursion limit reached"),
    "1,000 levels": (_nested(998), "Recursion limit reached"),
    "100,000 levels": (_nested(100_000), "depth limit exceeded"),
    "2 MB of brackets": (b"[" * 1_000_000 + b"]" * 1_000_000, "depth limit exceeded"),
}


@pytest.mark.parametrize("path", [CHAT, "/v1/messages", "/v1/responses", "/v1/chat"])
@pytest.mark.parametrize(("content", "says"), UNREADABLE.values(), ids=UNREADABLE)
def test_an_unreadable_body_is_a_400_that_says_why(
    client: httpx.Client, simulator: Simulator, path: str, content: bytes, says: str
):
    assert refused_anywhere(client.post(path, content=content, headers=JSON), says)
    assert simulator.attempts == []


@pytest.mark.parametrize("path", ["/key/generate", "/v1/chat/providers", "/model/info"])
def test_no_other_path_falls_over_a_body_that_is_no_object(client: httpx.Client, path: str):
    assert client.request("POST", path, content=b"[]", headers=JSON).status_code in (400, 405)


def test_250_levels_pass(client: httpx.Client):
    assert client.post(CHAT, content=_nested(248), headers=JSON).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", "nonsense"])
def test_the_content_type_may_be_wrong(client: httpx.Client, kind: str):
    assert client.post(CHAT, content=body_with(), headers={"Content-Type": kind}).status_code == 200


def test_a_form_is_told_what_is_missing(client: httpx.Client):
    assert refused(client.post(CHAT, data={"model": OPENAI, "messages": "x"}), "messages must be a list of objects")


def test_of_two_equal_keys_the_last_counts_everywhere(client: httpx.Client, simulator: Simulator):
    twice = body_with().replace(b'"model"', b'"model": "retired/x", "model"', 1)
    assert client.post(CHAT, content=twice, headers=JSON).status_code == 200
    assert simulator.attempts[-1].fields["model"] == "gpt-4o-mini"


WRONG_FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    "messages, text": ({"messages": "hi"}, "messages must be a list of objects"),
    "messages, numbers": ({"messages": [1]}, "messages must be a list of objects"),
    "content, a number": ({"messages": [{"role": "user", "content": 5}]}, "the content of a message"),
    "content, of text": ({"messages": [{"role": "user", "content": ["x"]}]}, "the content of a message"),
    "content, without a type": ({"messages": [{"role": "user", "content": [{}]}]}, "the content of a message"),
    "tools": ({"tools": [1]}, "tools must be a list of objects"),
    "a tool without a type": (
        {"tools": [{"function": {"name": "f"}}]},
        "tools must be a list of objects with a type",
    ),
    "stream": ({"stream": "yes"}, "stream must be true or false"),
    "stream_options": ({"stream_options": "x"}, "stream_options must be an object"),
    "response_format": ({"response_format": "json"}, "response_format must be an object"),
    "max_tokens": ({"max_tokens": "many"}, "max_tokens must be a number"),
    "timeout, text": ({"timeout": "x"}, "timeout must be a positive number"),
    "timeout, negative": ({"timeout": -1}, "timeout must be a positive number"),
    "stop, a number": ({"stop": 5}, "stop must be text, or a list of texts"),
    "stop, numbers": ({"stop": [5]}, "stop must be text, or a list of texts"),
    "extra_body": ({"extra_body": "x"}, "extra_body must be an object"),
    "stop in extra_body": ({"extra_body": {"stop": 5}}, "extra_body: stop must be text"),
    "tool_choice": ({"tool_choice": ["x"]}, "tool_choice must be text or an object"),
    "thinking": ({"thinking": 5}, "thinking must be an object"),
    "retries": ({"num_retries": "x"}, "num_retries must be a whole number from 0 to 10"),
    "retries without end": ({"num_retries": 1_000_000}, "num_retries must be a whole number from 0 to 10"),
    "calls, a number": ({"messages": [{"role": "assistant", "tool_calls": 5}]}, "tool_calls must be a list"),
    "calls, text": ({"messages": [{"role": "assistant", "tool_calls": ["x"]}]}, "tool_calls must be a list"),
    "a call of text": (
        {"messages": [{"role": "assistant", "tool_calls": [{"function": "f"}]}]},
        "tool_calls must be a list of objects with a function",
    ),
    "arguments cut off": ({"messages": _called('{"a":')}, "arguments must be one JSON object as text"),
    "arguments doubled": ({"messages": _called('{"a":1}{"b":2}'), "stream": True}, "one JSON object as text"),
    "arguments, an object": ({"messages": _called({"a": 1})}, "one JSON object as text"),
    "arguments, empty": ({"messages": _called(""), "stream": True}, "one JSON object as text"),
    "a call without a type": ({"messages": _called("{}", type=None)}, "messages[1].tool_calls[0] has no type"),
    "thoughts": ({"messages": [{"role": "assistant", "thinking_blocks": ["x"]}]}, "thinking_blocks must be a list"),
    "headers": ({"extra_headers": "x"}, "extra_headers must be an object"),
    "headers with a line break": ({"extra_headers": {"X-A": "a\r\nX-Evil: 1"}}, "printable ASCII"),
    "a header's name": ({"extra_headers": {"X-A\nX-Evil": "1"}}, "printable ASCII"),
    "a header's name with a space": ({"extra_headers": {"X A": "1"}}, "printable ASCII"),
    "a header without a name": ({"extra_headers": {"": "1"}}, "printable ASCII"),
}


@pytest.mark.parametrize("model", [OPENAI, "claude-haiku-4-5", "local/m", "kimi/kimi-for-coding"])
@pytest.mark.parametrize(("fields", "says"), WRONG_FIELDS.values(), ids=WRONG_FIELDS)
def test_a_field_of_the_wrong_type_is_named_and_no_provider_blamed(
    client: httpx.Client, simulator: Simulator, model: str, fields: dict[str, Any], says: str
):
    assert refused(client.post(CHAT, content=body_with(model=model, **fields), headers=JSON), says)
    assert simulator.attempts == []


WRONG_ELSEWHERE: list[tuple[str, dict[str, Any], str]] = [
    ("/v1/messages", {"tool_choice": "auto"}, "tool_choice must be an object with a type"),
    ("/v1/messages", {"tool_choice": {}}, "tool_choice must be an object with a type"),
    ("/v1/messages", {"stop_sequences": 5}, "stop_sequences must be a list of texts"),
    ("/v1/messages", {"system": 5}, "system must be text, or a list of objects"),
    ("/v1/messages", {"context_management": "x"}, "context_management must be an object, or a list of objects"),
    ("/v1/responses", {"input": 5}, "input must be text, or a list of objects"),
    ("/v1/responses", {"input": ["x"]}, "input must be text, or a list of objects"),
    ("/v1/responses", {"reasoning": "high"}, "reasoning must be an object"),
    ("/v1/responses", {"text": "x"}, "text must be an object"),
    (
        "/v1/messages",
        {"messages": [{"role": "assistant", "content": [{**USE, "input": "{"}]}]},
        "input must be an object",
    ),
    (
        "/v1/messages",
        {"messages": [{"role": "assistant", "content": [USE]}], "stream": True},
        "input must be an object",
    ),
    ("/v1/responses", {"input": [{**CALL_ITEM, "arguments": "{"}]}, "input[0].arguments must be one JSON object"),
    ("/v1/responses", {"input": [{**CALL_ITEM, "arguments": ""}], "stream": True}, "must be one JSON object"),
    ("/v1/responses", {"text": {"format": "json"}}, "text must be an object, and its format an object"),
    ("/v1/responses", {"tools": [{"name": "f"}]}, "tools must be a list of objects with a type"),
    ("/v1/responses", {"input": [{"role": "user", "content": ["x"]}]}, "input[0].content must be text"),
    ("/v1/messages", {"messages": [{"role": "model", "content": "x"}]}, "messages[0].role must be one of user"),
    (
        "/v1/messages",
        {"messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "url"}}]}], "stream": True},
        "messages[0].content[0].source.url must be text",
    ),
    (CHAT, {"messages": [{"role": "User", "content": "x"}]}, "messages[0].role must be one of system"),
    (CHAT, {"messages": [{"content": "x"}], "stream": True}, "messages[0].role must be one of system"),
    (CHAT, {"functions": ["x"]}, "functions must be a list of objects"),
    (CHAT, {"allowed_openai_params": 5}, "allowed_openai_params must be a list of texts"),
    (CHAT, {"additional_drop_params": [5]}, "additional_drop_params must be a list of texts"),
]


@pytest.mark.parametrize("model", [OPENAI, "claude-haiku-4-5", "kimi/kimi-for-coding"])
@pytest.mark.parametrize(("path", "fields", "says"), WRONG_ELSEWHERE)
def test_so_is_a_field_of_one_api(
    client: httpx.Client, simulator: Simulator, model: str, path: str, fields: dict[str, Any], says: str
):
    response = client.post(path, json={"model": model, **PATHS[path], **fields})
    assert refused_anywhere(response, says)
    assert simulator.attempts == []


NAMES = {
    "a header": "openai/a\r\nX-Evil: 1",
    "NUL": "openai/a\0b",
    "an escape": "openai/a\x1b[2J",
    "an 8-bit escape": "openai/a\x9b2J",
    "a line of its own": "openai/a\u2028b",
    "backwards": "openai/\u202egnp",
    "a climb": "../../etc/passwd",
    "a climb behind a prefix": "openai/../../etc/passwd",
    "an encoded climb": "gemini/%2e%2e%2f%2e%2e%2ffiles",
    "half an encoded climb": "gemini/..%2f..%2ffiles",
    "a climb on Windows": "gemini/..\\..\\files",
    "a query": "gemini/x?key=mine",
    "a fragment": "gemini/x#",
    "1 MB": "openai/" + "x" * 1_000_000,
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_that_could_be_more_than_a_name_is_refused(client: httpx.Client, simulator: Simulator, name: str):
    for fields in ({"model": name}, {"fallbacks": [name]}):
        response = client.post(CHAT, content=body_with(**fields), headers=JSON)
        assert refused(response, "this is not a model name")
        assert len(response.text) < 1500
    assert simulator.attempts == []


def test_names_in_the_log_stay_in_their_lines(client: httpx.Client, recorded: Recorded):
    client.post(CHAT, content=body_with(model="x\r\nFORGED: all is well \x1b[2J"), headers=JSON)
    lines = recorded.proxy.log().splitlines()
    assert any("FORGED" in line for line in lines)
    assert not any(line.startswith("FORGED") or "\x1b[2J" in line for line in lines)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_provider_field_is_looked_up_and_nothing_else(client: httpx.Client, simulator: Simulator, name: str):
    response = client.post(CHAT, content=body_with(provider=name), headers=JSON)
    assert response.status_code == 404
    assert "no such provider" in response.json()["error"]["message"]
    assert len(response.text) < 500
    assert simulator.attempts == []


SESSIONS = {"plain": "s-1", "beyond ASCII": "s\xe9", "20 KB": "s" * 20_000}


@pytest.mark.parametrize("session", SESSIONS.values(), ids=SESSIONS)
def test_a_session_id_arrives_in_a_form_that_can_be_sent(client: httpx.Client, simulator: Simulator, session: str):
    headers = {b"Content-Type": b"application/json", b"X-OpenCode-Session": session.encode("latin-1")}
    for _ in range(2):
        response = client.post(CHAT, content=body_with(model="opencode/glm-5.3"), headers=headers)
        assert response.status_code == 200, response.text
    first, second = [request.headers["x-opencode-session"] for request in simulator.attempts]
    assert first == second
    assert (first == session) == (session == "s-1")
    assert len(first) <= 256


def test_line_breaks_in_metadata_reach_no_header(client: httpx.Client, simulator: Simulator):
    broken = "a\r\nX-Evil: 1"
    fields = {"metadata": {broken: broken, "session_id": broken, "tags": [broken]}, "user": broken}
    response = client.post(
        CHAT, content=body_with(litellm_session_id=broken, litellm_trace_id=broken, **fields), headers=JSON
    )
    assert response.status_code == 200, response.text
    (received,) = simulator.attempts
    assert "x-evil" not in {name.lower() for name in (*received.headers, *response.headers)}


def test_a_request_of_50_megabytes_is_served(client: httpx.Client, simulator: Simulator):
    long = [{"role": "user", "content": "x" * 50_000_000}]
    response = client.post(CHAT, content=body_with(messages=long, timeout=SECONDS), headers=JSON)
    assert response.status_code == 200, response.text
    assert len(simulator.attempts[-1].body) > 50_000_000


def test_50_megabytes_that_are_no_json_are_refused(client: httpx.Client):
    assert refused(client.post(CHAT, content=b"{" + b"x" * 50_000_000, headers=JSON), "Invalid JSON payload")


@needs_nginx
def test_nginx_takes_64_megabytes_and_no_more(recorded: Recorded, tmp_path: Path):
    """A body that nginx accepts gets the proxy's error, as it is not JSON."""
    behind, port = urlsplit(recorded.proxy.url).port or 0, free_port()
    tls = ssl.create_default_context()
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    headers = {**JSON, "Authorization": f"Bearer {MASTER_KEY}"}
    config = write_config(tmp_path, port, behind, behind)
    with running_nginx(config, port) as url, httpx.Client(base_url=url, verify=tls, headers=headers) as client:
        passed = client.post(CHAT, content=b"{" * (63 * 1024**2), timeout=SECONDS)
        stopped = client.post(CHAT, content=b"{" * (65 * 1024**2), timeout=SECONDS)
    assert refused(passed, "Invalid JSON payload")
    assert (stopped.status_code, "nginx" in stopped.text) == (413, True)


_FIXED = pytest.mark.skipif(not litellm_is("1.106"), reason="LiteLLM accepts it since 1.108")
BEFORE_ANY_HOOK = [
    pytest.param({"X-LiteLLM-Timeout": "soon"}, {}, "could not convert string to float", id="timeout header"),
    pytest.param({}, {"web_search_options": "x"}, "must be a mapping", id="web search", marks=_FIXED),
    pytest.param({}, {"prompt_id": 5}, "is not iterable", id="prompt"),
    pytest.param({}, {"tags": [[]]}, "unhashable type", id="tags"),
]


@pytest.mark.parametrize(("headers", "fields", "says"), BEFORE_ANY_HOOK)
def test_a_python_error_of_litellm_about_a_request_is_a_400(
    client: httpx.Client, headers: dict[str, str], fields: dict[str, Any], says: str
):
    """LiteLLM alone answers 500: it fails before any hook runs."""
    response = client.post(CHAT, content=body_with(**fields), headers={**JSON, **headers})

    assert response.status_code == 400, response.text
    assert response.json()["error"]["type"] == "invalid_request_error"
    assert response.json()["error"]["message"].startswith("this request cannot be processed: ")
    assert says in response.json()["error"]["message"]
    assert response.headers["x-should-retry"] == "false"
