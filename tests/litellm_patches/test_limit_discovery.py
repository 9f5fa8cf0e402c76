"""Token limits that providers tell: asked for where the registry is silent, and never for long at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import litellm
import pytest

from custom_providers.litellm_patches import limit_discovery

CARDS = b'{"data": [{"id": "silent", "max_model_len": 4096}, {"id": "told", "max_model_len": 4096}]}'


class Provider(BaseHTTPRequestHandler):
    """Lists its models."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-length", str(len(CARDS)))
        self.end_headers()
        self.wfile.write(CARDS)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def _provider() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Provider) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "_arefresh_deployment_model_info"
    monkeypatch.setattr(litellm.Router, name, getattr(litellm.Router, name))
    monkeypatch.setattr(litellm, "model_cost", dict(litellm.model_cost))
    limit_discovery.install()


def _deployment(model: str, url: str, **told: int) -> dict[str, Any]:
    params = {"model": f"openai/{model}", "api_base": url, "api_key": "none"}
    return {"model_name": model, "litellm_params": params, "model_info": {"id": model, **told}}


def test_only_what_nobody_has_told_is_asked_for():
    with _provider() as url:
        told = _deployment("told", url, max_input_tokens=1000, max_output_tokens=100)
        router = litellm.Router(model_list=[_deployment("silent", url), told])

        asyncio.run(router.arefresh_model_info())

        assert router.get_discovered_model_info("silent")["max_input_tokens"] == 4096
        assert not router._discovered_model_info_cache.get_cache("told")


def test_others_have_their_turn_between_two_deployments():
    deployments = [_deployment(f"model-{number}", "http://127.0.0.1:9/v1") for number in range(40)]
    for deployment in deployments:
        deployment["litellm_params"]["model"] = "anthropic/claude-3-haiku-20240307"
    router = litellm.Router(model_list=deployments)

    async def turns() -> int:
        refresh, count = asyncio.create_task(router.arefresh_model_info()), 0
        while not refresh.done():
            await asyncio.sleep(0)
            count += 1
        return count

    # Eight at a time.
    assert asyncio.run(turns()) >= 40 / 8
