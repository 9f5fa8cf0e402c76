"""One LiteLLM proxy for these tests, with a deployment for each identity and protocol of Kimi."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import anthropic
import httpx
import openai
import pytest
import yaml

from custom_providers.kimi.account.catalogue import model_info
from custom_providers.kimi.request.prepare import OPENAI_PARAMETERS
from custom_providers.providers import moonshot
from custom_providers.providers.kimi_system import KimiModel
from pointsman.simulator import Simulator
from pointsman.simulator.providers.kimi import CODING_KEY, PLATFORM_KEY
from pointsman.simulator.upstream import Received
from tests.kimi.silent_upstream import SilentUpstream
from tests.patience import eventually, whole_lines
from tests.running import MASTER_KEY, Proxy, litellm

AGENT = "claude-code/1.0.0"
ACCEPTED = {"user_agent": AGENT, "user_agent_risk_accepted": "the test suite, 2026-11-21"}
HELLO: list[Any] = [{"role": "user", "content": "hi"}]

ENTRY = """
import asyncio
import json
import time
from pathlib import Path
from litellm.integrations.custom_logger import CustomLogger
from litellm.proxy import proxy_server
from custom_providers import garbage_collection
from custom_providers.engine.streaming.open_before_response import open_early
from custom_providers.engine.streaming.exchange import Takeover
from custom_providers.engine.facts import FACTS, response_headers
from custom_providers.kimi.handler import KimiHandler

LOG = Path(__file__).with_name("calls.jsonl")


class Watcher(CustomLogger):
    async def async_pre_call_deployment_hook(self, kwargs, call_type):
        return open_early(kwargs, getattr(call_type, "value", ""))

    async def async_post_call_response_headers_hook(self, data, user_api_key_dict, response, request_headers=None):
        return response_headers(data)

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        usage = getattr(response_obj, "usage", None)
        self.write(kwargs, cost=kwargs.get("response_cost"), usage=usage and usage.model_dump(exclude_none=True))

    async def async_log_failure_event(self, kwargs, response_obj, start_time, end_time):
        self.write(kwargs, failed=type(kwargs.get("exception")).__name__)

    def write(self, kwargs, **more):
        row = {"facts": kwargs.get(FACTS), "call_id": kwargs.get("litellm_call_id"), **more}
        with LOG.open("a") as log:
            log.write(json.dumps(row) + "\\n")


proxy_server.app.middleware_stack = Takeover(
    proxy_server.app.middleware_stack or proxy_server.app.build_middleware_stack()
)
if not garbage_collection.SAFE:
    garbage_collection.between_turns(asyncio.get_running_loop())
handler = KimiHandler()
watcher = Watcher()
"""


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """The proxy, its upstreams, and three kinds of client."""

    proxy: Proxy
    upstreams: Simulator
    calls_path: Path

    @cached_property
    def openai(self) -> openai.OpenAI:
        """An OpenAI client without retries."""
        return openai.OpenAI(base_url=f"{self.proxy.url}/v1", api_key=MASTER_KEY, max_retries=0)

    @cached_property
    def anthropic(self) -> anthropic.Anthropic:
        """An Anthropic client without retries."""
        return anthropic.Anthropic(base_url=self.proxy.url, api_key=MASTER_KEY, max_retries=0)

    def post(self, path: str, **body: Any) -> httpx.Response:
        """Sends a plain HTTP request, to see what SDKs hide."""
        with self.proxy.client() as client:
            return client.post(path, json=body)

    def chat(self, model: str, **more: Any) -> httpx.Response:
        """Sends a short chat request."""
        return self.post("/v1/chat/completions", **{"model": model, "messages": HELLO, **more})

    def logged(self, answer: httpx.Response) -> dict[str, Any]:
        """Waits for the data that LiteLLM's loggers receive about a call, shortly after the client's response."""
        call_id = answer.headers["x-litellm-call-id"]
        mine = eventually(
            lambda: [row for row in map(json.loads, whole_lines(self.calls_path)) if row["call_id"] == call_id],
            otherwise=lambda: f"no log of the call; the proxy says:\n{self.proxy.log()[-2000:]}",
        )
        assert len(mine) == 1, "a call is logged once"
        row: dict[str, Any] = mine[0]
        return row

    def received(self) -> list[Received]:
        """The requests that the upstreams received, oldest first."""
        return self.upstreams.attempts

    def wire(self) -> dict[str, Any]:
        """The body of the last received request."""
        body = self.received()[-1].json
        assert isinstance(body, dict)
        return body


def _deployment(name: str, base: str, key: str, **options: Any) -> dict[str, Any]:
    # num_retries: the handler retries itself, and LiteLLM's /v1/messages streams respect no other setting.
    params: dict[str, Any] = {"timeout": 600, "stream_timeout": 600, "num_retries": 0, **options.pop("params", {})}
    return {
        "model_name": f"{name}/*",
        "litellm_params": {
            "model": "kimi/*",
            "api_base": base,
            "api_key": key,
            "allowed_openai_params": list(OPENAI_PARAMETERS),
            **params,
        },
        "model_info": {"provider": name, "kimi": options, "input_cost_per_token": 0.0, "output_cost_per_token": 0.0},
    }


def _declared(model: KimiModel, base: str, key: str) -> dict[str, Any]:
    """A deployment of one model, with its facts from the catalogue."""
    row = _deployment("declared", base, key)
    row["litellm_params"]["model"] = f"kimi/{model.id}"
    return {**row, "model_name": f"declared/{model.id}", "model_info": {**row["model_info"], **model_info(model)}}


def _config(upstreams: Simulator, silent: SilentUpstream) -> Mapping[str, Any]:
    coding, platform = f"{upstreams.url}/kimi/coding/v1", f"{upstreams.url}/moonshot/v1"
    impatient = {"timeout": 1.5, "stream_timeout": 1.5}
    return {
        "model_list": [
            _deployment("fixed", coding, CODING_KEY, **ACCEPTED),
            _deployment("fixed-anthropic", coding, CODING_KEY, **ACCEPTED, protocol="anthropic"),
            _deployment("unaccepted", coding, CODING_KEY, user_agent=AGENT),
            _deployment("unaccepted-openai", coding, CODING_KEY, user_agent=AGENT, protocol="openai"),
            _deployment("by_variable", coding, CODING_KEY, user_agent=AGENT),
            _deployment("honest", coding, CODING_KEY),
            _deployment("unlisted", coding, CODING_KEY, protocol="openai"),
            _deployment("caller", coding, CODING_KEY, user_agent="caller"),
            _deployment("moonshot", platform, PLATFORM_KEY),
            _deployment("moonshot-anthropic", platform, PLATFORM_KEY, protocol="anthropic"),
            _deployment("no-floor", coding, CODING_KEY, **ACCEPTED, max_tokens_floor=0),
            _deployment("once", coding, CODING_KEY, **ACCEPTED, retries=0, params=impatient),
            _deployment("once-anthropic", coding, CODING_KEY, retries=0, params=impatient),
            _deployment("once-moonshot", platform, PLATFORM_KEY, retries=0, params=impatient),
            *(_declared(model, platform, PLATFORM_KEY) for model in moonshot.MODELS),
            _deployment("silent", silent.url, CODING_KEY, **ACCEPTED),
            _deployment("bad-key", coding, "sk-kimi-wrong0123456789wrong", **ACCEPTED),
            _deployment("wrong-system", coding, PLATFORM_KEY, **ACCEPTED),
            _deployment("other-wrong-system", platform, CODING_KEY),
            _deployment(
                "headers", coding, CODING_KEY, params={"extra_headers": {"X-Team": "a", "User-Agent": "evil/1"}}
            ),
        ],
        "litellm_settings": {
            "custom_provider_map": [{"provider": "kimi", "custom_handler": "kimi_entry.handler"}],
            "callbacks": ["kimi_entry.watcher"],
            # The router's retries must not multiply the handler's.
            "num_retries": 2,
            "user_url_allowed_hosts": [upstreams.url.removeprefix("http://")],
        },
        "general_settings": {"master_key": "os.environ/LITELLM_MASTER_KEY", "cancel_on_disconnect": True},
    }


@pytest.fixture(scope="session")
def silent() -> Iterator[SilentUpstream]:
    """The upstream that never completes a response."""
    with SilentUpstream() as upstream:
        yield upstream


@pytest.fixture(scope="session")
def kimi_proxy(
    upstreams: Simulator, silent: SilentUpstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """The proxy, for the whole test session."""
    folder = tmp_path_factory.mktemp("kimi")
    config = folder / "config.yaml"
    config.write_text(yaml.safe_dump(dict(_config(upstreams, silent))))
    (folder / "kimi_entry.py").write_text(ENTRY)
    with litellm(
        config,
        {"PYTHONPATH": str(folder), "BY_VARIABLE_USER_AGENT_RISK_ACCEPTED": "a tester, 2026-11-27"},
        folder / "proxy.log",
    ) as proxy:
        gateway = Gateway(proxy=proxy, upstreams=upstreams, calls_path=folder / "calls.jsonl")
        with gateway.openai, gateway.anthropic:
            yield gateway


@pytest.fixture
def gateway(kimi_proxy: Gateway, simulator: Simulator) -> Gateway:
    """The proxy, with nothing scripted or received."""
    return kimi_proxy
