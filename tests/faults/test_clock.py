"""The proxy survives a jump of the wall clock by ten years (libfaketime; the monotonic clock is unchanged)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from pointsman.simulator import Simulator
from tests.faults.conftest import config_in
from tests.observability.audit.recorded import Recorded
from tests.patience import eventually
from tests.running import litellm

pytestmark = pytest.mark.proxy

CHAT = "/v1/chat/completions"


@dataclass(kw_only=True)
class Clocked:
    """A proxy whose clock is set through a file."""

    recorded: Recorded
    file: Path

    def jump(self, offset: str) -> None:
        """Sets the clock to the real time plus ``offset``."""
        self.file.write_text(offset)

    def call(self, model: str, *, stream: bool = False) -> httpx.Response:
        """Sends one chat request."""
        hello = [{"role": "user", "content": "Reply PONG"}]
        body = {"model": model, "messages": hello, "max_tokens": 50, "stream": stream, "disable_fallbacks": True}
        return self.recorded.post(CHAT, body)


@pytest.fixture(scope="module")
def clocked(upstreams: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clocked]:
    """The proxy, with its clock at the real time."""
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if library is None:
        pytest.skip("libfaketime is not installed (Debian: apt-get install faketime)")
    folder = tmp_path_factory.mktemp("clock")
    file = folder / "offset"
    file.write_text("+0")
    simulated = upstreams.environ()
    env = {
        **simulated,
        "RAW_BASE_URL": simulated["OPENAI_BASE_URL"],
        "HASTY_KIMI_BASE_URL": simulated["KIMI_BASE_URL"],
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with litellm(config_in(folder), env, folder / "proxy.log") as proxy:
        yield Clocked(recorded=Recorded(proxy=proxy, state=folder / ".pointsman"), file=file)


@pytest.mark.parametrize(("offset", "year"), [("+3650d", 10), ("-3650d", -10)])
def test_calls_go_on_with_their_timeouts_and_true_durations(
    clocked: Clocked, simulator: Simulator, offset: str, year: int
):
    clocked.jump(offset)
    answers = [clocked.call("openai/gpt-4o-mini"), clocked.call("kimi/kimi-for-coding", stream=True)]
    simulator.script("kimi", "hang")
    hung = clocked.call("hasty_kimi/kimi-for-coding")

    assert [answer.status_code for answer in answers] == [200, 200]
    assert "PONG" in answers[1].text
    assert (hung.status_code, "nothing came for 5 s" in hung.text) == (504, True)
    calls = {answer.headers["x-litellm-call-id"] for answer in answers}
    eventually(lambda: calls <= {row["call_id"] for row in clocked.recorded.rows()})
    rows = [row for row in clocked.recorded.rows() if row["call_id"] in calls]
    assert len(rows) == 2
    for row in rows:
        assert abs(int(row["time"][:4]) - time.gmtime().tm_year - year) <= 1
        assert 0 < row["duration_seconds"] < 60


def test_a_jump_forward_ends_a_cooldown_and_one_back_prolongs_it(clocked: Clocked, simulator: Simulator):
    """LiteLLM stores the ends of cooldowns as wall-clock times; only a provider with fallbacks has cooldowns."""
    clocked.jump("+120m")
    simulator.script("openai", *["server_error"] * 50)
    eventually(lambda: _rests(clocked))
    for half_an_hour_later_each in ("+60m", "+90m"):
        clocked.jump(half_an_hour_later_each)
        assert _rests(clocked)
    clocked.jump("+180m")
    assert not _rests(clocked)


def _rests(clocked: Clocked) -> bool:
    return "No deployments available" in clocked.call("raw/any").text
