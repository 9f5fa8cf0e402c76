"""Performance guarantees: the tests count imports, listings and copies, and measure no time."""

from __future__ import annotations

import asyncio
import shutil
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import Any

import pytest

from custom_providers.engine.connection.transport import Post, Sessions, answered
from custom_providers.kimi.account.systems import PLATFORM
from custom_providers.kimi.errors.judge import KimiJudge
from custom_providers.kimi.errors.meanings import FailedCall
from custom_providers.registry import loading
from custom_providers.registry.model import Registry
from custom_providers.routing.resolver import RouteTable
from custom_providers.routing.table import compile_table
from pointsman.config.render import config, render
from pointsman.serve import generation
from pointsman.sources import sources
from tests.conftest import REGISTRY
from tests.patience import SECONDS


def _with_models(count: int) -> Registry:
    models = ", ".join(f'"model-{number}"' for number in range(count))
    text = f"""
        [[provider]]
        name = "house"
        kind = "openai"
        base_url = "https://house.example/v1"
        auth = "none"
        default_model = "model-0"
        models = [{models}]
    """
    return loading.parse(text.encode(), "many.toml")


def test_what_litellm_scans_does_not_grow_with_the_declared_models():
    few, many = config(_with_models(1)), config(_with_models(2000))

    assert few["model_list"] == many["model_list"]
    assert few["router_settings"] == many["router_settings"]


def _table(providers: int, models: int) -> RouteTable:
    declared = ", ".join(f'"model-{number}"' for number in range(models))
    text = "".join(
        f"""
        [[provider]]
        name = "house_{number:03}"
        kind = "openai"
        base_url = "https://house.example/v1"
        auth = "none"
        default_model = "model-0"
        suffixes = [":s{number:03}"]
        bare = ["b{number:03}-*"]
        models = [{declared}]
        """
        for number in range(providers)
    )
    found = loading.parse(text.encode(), "many.toml")
    return compile_table(found, frozenset(provider.name for provider in found.providers))


def _steps(table: RouteTable, name: str) -> int:
    """The number of Python lines that the resolver executes for a name."""
    lines = 0

    def count(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        table.resolve(name)
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize("name", ["house_003/model-5", "model:s003", "b003-large", "vendor/unknown:free", "unknown"])
def test_a_name_is_resolved_in_as_many_steps_among_hundreds_of_providers_as_among_ten(name: str):
    assert _steps(_table(200, 50), name) == _steps(_table(10, 1), name) > 0


class _Upstream(BaseHTTPRequestHandler):
    """An upstream that keeps its connections open and counts them."""

    protocol_version = "HTTP/1.1"
    connections = 0

    def setup(self) -> None:
        super().setup()
        type(self).connections += 1

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Logs nothing."""


def test_kimis_calls_share_a_connection():
    async def ten_calls(url: str) -> list[bytes]:
        sessions = Sessions()
        call = FailedCall(system=PLATFORM, model="kimi-k2", base_url=url, key="sk-none")
        post = Post(url=url, headers={}, body=b"{}", timeout=SECONDS, judge=KimiJudge(call=call))
        bodies = []
        for _ in range(10):
            async with answered(sessions, post) as response:
                bodies.append(await response.read())
        await sessions.close()
        return bodies

    with ThreadingHTTPServer(("127.0.0.1", 0), _Upstream) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        bodies = asyncio.run(ten_calls(f"http://127.0.0.1:{server.server_port}/"))
        server.shutdown()

    assert bodies == [b"{}"] * 10
    assert _Upstream.connections == 1


def test_a_declared_model_is_one_line_of_the_generated_config():
    # LiteLLM's YAML parser takes 0.3 ms for a model of several lines, but 0.04 ms for one line of text.
    few, many = (render(_with_models(count), "many.toml").splitlines() for count in (10, 30))

    assert len(many) - len(few) == 20


def test_prices_are_where_litellm_reads_them_once(example_registry: Registry):
    # In litellm_params, they would update LiteLLM's price map and its index on every request.
    for deployment in config(example_registry)["model_list"]:
        assert not [name for name in deployment["litellm_params"] if "cost" in name]


def test_serve_keeps_litellm_off_the_network_at_start_and_off_the_log_for_each_request(tmp_path: Path):
    shutil.copy(REGISTRY, tmp_path / "providers.toml")
    around = sources.load(tmp_path / "providers.toml", {})
    launch = generation.prepared(around, 1, tmp_path / "config.yaml").launch

    fetched = {"MODEL_COST_MAP", "ANTHROPIC_BETA_HEADERS", "BLOG_POSTS", "AUTOROUTER_PRESETS", "POLICY_TEMPLATES"}
    assert {launch.env[f"LITELLM_LOCAL_{name}"] for name in fetched} == {"True"}
    assert launch.env["LITELLM_LOG"] == "WARNING"


@pytest.mark.parametrize(("wanted", "count"), [(1, 1), (3, 3)])
def test_serve_starts_so_many_workers(wanted: int, count: int):
    assert generation.worker_count(wanted) == count


def test_auto_is_at_least_one_worker():
    assert generation.worker_count("auto") >= 1
