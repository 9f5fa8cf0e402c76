"""The operator's log has one line with the cause for each failed call, for every failure and protocol."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pointsman.serve.generation import QUIET
from pointsman.simulator import Simulator
from pointsman.simulator.answers import json_answer
from tests.faults.asking import PATHS
from tests.faults.conftest import config_in
from tests.faults.raw import HEAD, WORD, RawUpstream
from tests.patience import eventually, whole_lines
from tests.running import Proxy, litellm

pytestmark = pytest.mark.proxy

PROTOCOLS = ("/v1/chat/completions", "/v1/messages", "/v1/responses")
MODELS = {
    "ollama": "ollama/qwen3.5:latest",
    "openai": "openai/gpt-4o-mini",
    "claude": "claude/claude-haiku-4-5",
    "gemini": "gemini/gemini-2.5-flash",
    "kimi": "kimi/kimi-for-coding",
}
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


class Log:
    """A proxy as ``serve`` starts it, and its new log lines."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self._read = len(whole_lines(proxy.log_path))

    def ask(self, path: str, model: str, *, key: str = "", **fields: Any) -> httpx.Response:
        """Sends one request, with the master key by default."""
        with self.proxy.client(*filter(None, (key,))) as client:
            return client.post(path, json={"model": model, **PATHS[path], "disable_fallbacks": True, **fields})

    def line(self) -> str:
        """The only line of the only call since the last use."""
        lines: list[str] = eventually(lambda: whole_lines(self.proxy.log_path)[self._read :])
        self._read += len(lines)
        assert len(lines) == 1, "\n".join(lines)
        (line,) = lines
        assert re.match(rf"{TIME} ", line), line
        return line[21:]


@pytest.fixture(scope="module")
def served(
    upstreams: Simulator, raw_upstream: RawUpstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    """A proxy that only these tests use, with the log level of ``pointsman serve``."""
    folder = tmp_path_factory.mktemp("log")
    hasty = {f"HASTY_{name}": url for name, url in upstreams.environ().items() if name.endswith("_BASE_URL")}
    env = {**upstreams.environ(), **hasty, **QUIET, "RAW_BASE_URL": raw_upstream.url}
    with litellm(config_in(folder), env, folder / "proxy.log") as proxy:
        yield proxy


@pytest.fixture
def log(served: Proxy, simulator: Simulator) -> Log:
    """Its log from now on, and upstreams that have received nothing."""
    return Log(served)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("path", PROTOCOLS)
@pytest.mark.parametrize("provider", MODELS)
def test_an_answer_has_time_status_model_duration_and_tokens(log: Log, provider: str, path: str, stream: bool):
    response = log.ask(path, MODELS[provider], stream=stream)

    assert response.status_code == 200, response.text
    assert re.fullmatch(rf"200 {re.escape(MODELS[provider])}, \d+\.\d\d s, \d+ \+ \d+ tokens", log.line())


BEFORE = json_answer({"error": {"type": "rate_limit_reached_error", "message": "max RPM: 20"}}, status=429)
REFUSED = json_answer({"error": {"type": "authentication_error", "message": "this key is unknown"}}, status=401)
FAILING = json_answer({"error": {"type": "api_error", "message": "the shard is on fire"}}, status=503)
MISSING = json_answer({"error": {"type": "not_found_error", "message": "there is no such model"}}, status=404)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("path", PROTOCOLS)
@pytest.mark.parametrize("provider", MODELS)
@pytest.mark.parametrize(
    ("answer", "status"),
    [(BEFORE, 429), (REFUSED, 401), (FAILING, 503), (MISSING, 404)],
    ids=["limit", "key", "failing", "missing"],
)
def test_a_refusal_of_the_provider_is_one_line_with_its_words(
    log: Log, simulator: Simulator, provider: str, path: str, stream: bool, answer: Any, status: int
):
    simulator.script(provider, *[answer] * 3)

    response = log.ask(path, MODELS[provider], stream=stream)

    line = log.line()
    message = response.json()["error"]["message"]
    assert response.status_code == status, response.text
    assert line.startswith(f"{status} {MODELS[provider]}, ")
    assert f" s: {message[:150]}" in line


@pytest.mark.parametrize("path", PROTOCOLS)
@pytest.mark.parametrize(
    ("provider", "answer"),
    [
        *(("openai", answer) for answer in ("cut_before_headers", "not_json", "empty_body", "html_502", "quota")),
        *(("claude", answer) for answer in ("cut_before_headers", "not_json", "html_502", "spend_limit")),
        *(("ollama", answer) for answer in ("not_json", "empty_body")),
        *(("gemini", answer) for answer in ("quota", "not_json")),
        *(("kimi", answer) for answer in ("cut_before_headers", "not_json", "empty_body")),
    ],
)
def test_an_answer_that_is_none_is_one_line(log: Log, simulator: Simulator, provider: str, answer: str, path: str):
    simulator.script(provider, *[answer] * 3)

    response = log.ask(path, MODELS[provider])

    line = log.line()
    assert response.status_code >= 400
    assert line.startswith(f"{response.status_code} {MODELS[provider]}, ")
    assert response.json()["error"]["message"][:100] in line


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("path", PROTOCOLS)
@pytest.mark.parametrize("kind", ["openai", "anthropic", "ollama"])
def test_a_provider_that_is_not_running_is_one_line(log: Log, kind: str, path: str, stream: bool):
    assert log.ask(path, f"gone_{kind}/any", stream=stream).status_code == 503
    line = log.line()
    assert line.startswith(f"503 gone_{kind}/any, ")
    assert f's: provider "gone_{kind}" does not answer at http://127.0.0.1:1' in line


@pytest.mark.parametrize("path", PROTOCOLS)
@pytest.mark.parametrize("provider", MODELS)
def test_a_provider_that_hangs_is_one_line_with_its_name(log: Log, simulator: Simulator, provider: str, path: str):
    simulator.script(provider, "hang")
    model = f"hasty_{MODELS[provider]}"

    response = log.ask(path, model)

    line = log.line()
    assert response.status_code in (408, 504), response.text
    assert line.startswith(f"{response.status_code} {model}, ")
    assert re.search(r"nothing (in time|came for 5 s)", line), line


@pytest.mark.parametrize("path", PROTOCOLS)
def test_a_stream_that_breaks_is_one_line(log: Log, raw_upstream: RawUpstream, path: str):
    raw_upstream.plays(HEAD + WORD, "half-close")

    assert log.ask(path, "raw/any", stream=True).status_code == 200
    line = log.line()
    assert line.startswith("200 failure raw/any, ")
    assert "before it was complete" in line


@pytest.mark.parametrize("path", PROTOCOLS)
def test_a_fallback_says_who_failed(log: Log, raw_upstream: RawUpstream, path: str):
    raw_upstream.plays(b"", "reset")

    response = log.ask(path, "raw/any", disable_fallbacks=False)

    assert response.status_code == 200, response.text
    assert re.match(r"200 raw/any -> openai/gpt-4o-mini, .* tokens: raw failed: ", log.line())


@pytest.mark.parametrize("path", PROTOCOLS)
@pytest.mark.parametrize(("model", "says"), [("openai/", "openai/"), ("a?b", "not a model name")])
def test_a_refusal_of_the_proxy_is_one_line(log: Log, path: str, model: str, says: str):
    assert log.ask(path, model).status_code == 400
    line = log.line()
    assert line.startswith(f"400 {model}, ")
    assert says in line


@pytest.mark.parametrize("path", PROTOCOLS)
def test_a_wrong_key_is_one_line_without_it(log: Log, path: str):
    key = "sk-canary-unknown-Zq7Wn3Lk"

    assert log.ask(path, MODELS["openai"], key=key).status_code == 401
    line = log.line()
    assert line.startswith("401 ")
    assert line.endswith(" s: this key is not the master key, and without a database there are no others")
    assert key not in line


def test_a_providers_words_about_its_key_are_logged_without_it(log: Log, simulator: Simulator, upstreams: Simulator):
    key = upstreams.environ()["OPENAI_API_KEY"]
    simulator.script("openai", json_answer({"error": {"message": f"no: {key} is not known"}}, status=401))

    assert log.ask(PROTOCOLS[0], MODELS["openai"]).status_code == 401
    line = log.line()
    assert "is not known" in line
    assert key not in line
