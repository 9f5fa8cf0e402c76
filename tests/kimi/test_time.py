"""Waiting for Kimi through the proxy: a late first byte, a stalled stream, a client that disconnects."""

from __future__ import annotations

import subprocess
from pathlib import Path

import openai
import pytest

from pointsman.simulator import Answer
from tests.kimi.conftest import ENTRY, HELLO, Gateway
from tests.kimi.silent_upstream import SilentUpstream
from tests.patience import SECONDS
from tests.running import BIN, MASTER_KEY, clean_environment

pytestmark = pytest.mark.proxy

HANG = Answer(faithful=True, fault="hang")
HANG_MID_STREAM = Answer(faithful=True, fault="hang", after=2)


def test_a_first_byte_that_is_late_is_waited_for(gateway: Gateway):
    """The deployment's timeout of 600 s allows for a model that thinks before it answers."""
    gateway.upstreams.script("kimi", "slow_first_byte")
    assert gateway.chat("fixed/k3").status_code == 200


def test_chunks_that_come_slowly_are_waited_for(gateway: Gateway):
    """The timeout applies between bytes: a stream may take longer in total."""
    gateway.upstreams.script("kimi", Answer(faithful=True, chunk_delay=0.3))
    answer = gateway.chat("once/k3", stream=True)
    assert answer.status_code == 200
    assert "[DONE]" in answer.text
    assert "error" not in answer.text


@pytest.mark.parametrize("model", ["once/k3", "once-anthropic/k3"])
@pytest.mark.parametrize("stream", [False, True])
def test_silence_before_the_answer_ends_in_a_timeout(gateway: Gateway, model: str, stream: bool):
    """The client gets a 504 that names the timeout; there is no retry, since the full time has passed."""
    gateway.upstreams.script("kimi", HANG)
    answer = gateway.chat(model, stream=stream)
    assert answer.status_code == 504
    assert "nothing came for 1.5 s" in answer.json()["error"]["message"]
    assert len(gateway.received()) == 1


def test_silence_within_a_stream_ends_in_a_timeout(gateway: Gateway):
    """The timeout also applies after the first content."""
    gateway.upstreams.script("kimi", HANG_MID_STREAM)
    stream = gateway.openai.chat.completions.create(model="once/k3", messages=HELLO, stream=True)
    with pytest.raises(openai.APIError, match=r"nothing came for 1\.5 s"):
        list(stream)


def test_a_timeout_that_the_client_asks_for_is_its_own(gateway: Gateway):
    """A request's `timeout` overrides the deployment's."""
    gateway.upstreams.script("kimi", HANG)
    answer = gateway.chat("fixed/k3", timeout=0.7)
    assert answer.status_code == 504
    assert "nothing came for 0.7 s" in answer.json()["error"]["message"]


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages", "/v1/responses"])
@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_leaves_cancels_the_upstream_call(
    gateway: Gateway, silent: SilentUpstream, path: str, stream: bool
):
    """The attempt is cancelled; otherwise it would use quota and one of the account's concurrent requests."""
    said = {"input": "hi"} if path == "/v1/responses" else {"messages": HELLO, "max_tokens": 2000}
    with gateway.proxy.unfinished(path, {"model": "silent/k3", "stream": stream, **said}, begun=stream):
        assert silent.asked()
    assert silent.left()


def test_a_bad_timeout_variable_stops_the_start(tmp_path: Path):
    """The proxy does not start with a value that it would have to ignore, and its log names the variable."""
    (tmp_path / "kimi_entry.py").write_text(ENTRY)
    config = tmp_path / "config.yaml"
    config.write_text(
        "litellm_settings: {custom_provider_map: [{provider: kimi, custom_handler: kimi_entry.handler}]}\n"
    )
    started = subprocess.run(  # noqa: PLW1510 -- its status is the point
        [BIN / "litellm", "--config", config, "--port", "0"],
        env={**clean_environment(), "LITELLM_MASTER_KEY": MASTER_KEY, "KIMI_TIMEOUT_SECS": "ten minutes"},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS,
    )
    assert started.returncode != 0
    assert b'KIMI_TIMEOUT_SECS: "ten minutes" is not a positive number of seconds' in started.stdout
