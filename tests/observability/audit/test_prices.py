"""A declared model has the registry's price for its provider, in the response's header and in the audit row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from custom_providers.registry import loading
from pointsman.config.render import render
from pointsman.simulator import Simulator
from tests.engine.answers import PATHS, request
from tests.observability.audit.recorded import Recorded
from tests.running import litellm

pytestmark = pytest.mark.proxy

COST_HEADER = "x-litellm-response-cost"


@dataclass(frozen=True, kw_only=True)
class Priced:
    """A provider with one declared model whose prices, in US dollars per million tokens, only the registry has."""

    model: str
    input: float
    output: float
    cached: float
    like: str = ""
    """The name of the simulated provider; empty: the same name."""
    fields: str = 'auth = "bearer"'

    def cost(self, row: dict[str, Any]) -> float:
        """The cost of the call in an audit row."""
        cached = row["cached_tokens"] or 0
        prompt = (row["prompt_tokens"] - cached) * self.input + cached * self.cached
        return float(prompt + row["completion_tokens"] * self.output) / 1e6


PROVIDERS = {
    "house": Priced(model="gpt-4o-mini", input=5, output=7, cached=3, like="openai", fields='kind = "openai"'),
    "openai": Priced(model="gpt-4o-mini", input=11, output=13, cached=2),
    "claude": Priced(model="claude-of-the-house", input=23, output=29, cached=5, fields='auth = "x_api_key"'),
    "gemini": Priced(model="gemini-of-the-house", input=31, output=37, cached=6, fields='auth = "api_key_query"'),
    "ollama_cloud": Priced(model="of-the-house:7b", input=41, output=43, cached=8),
    "moonshot": Priced(model="kimi-k3", input=47, output=53, cached=9),
}
"""Two have the same model, for which LiteLLM's price map has one price. OpenRouter reports the price in each answer."""

ROW = """
[[provider]]
name = "{name}"
{fields}
base_url = "http://127.0.0.1:9/v1"
auth_env = "{key}"
default_model = "{model}"
models = [{{ id = "{model}", input_price = {input}, output_price = {output}, cached_input_price = {cached} }}]
"""


def _registry() -> str:
    rows = (
        ROW.format(name=name, key=f"{name.upper()}_PRICED_KEY", **_fields(priced)) for name, priced in PROVIDERS.items()
    )
    return "".join(rows)


def _fields(priced: Priced) -> dict[str, Any]:
    fields = priced.fields if "auth" in priced.fields else f'{priced.fields}\nauth = "bearer"'
    prices = {"input": priced.input, "output": priced.output, "cached": priced.cached}
    return {"fields": fields, "model": priced.model, **prices}


def _environ(upstreams: Simulator) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, priced in PROVIDERS.items():
        variables = upstreams.environ_of(priced.like or name)
        (url,) = (value for variable, value in variables.items() if variable.endswith("_BASE_URL"))
        (key,) = (value for variable, value in variables.items() if not variable.endswith("_BASE_URL"))
        found |= {f"{name.upper()}_BASE_URL": url, f"{name.upper()}_PRICED_KEY": key}
    return found


@pytest.fixture(scope="module")
def priced(upstreams: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """A proxy in which every provider has a declared model with prices."""
    folder = tmp_path_factory.mktemp("prices")
    config = folder / "litellm_config.yaml"
    config.write_text(render(loading.parse(_registry().encode(), "priced.toml"), "priced.toml"))
    with litellm(config, _environ(upstreams), folder / "proxy.log") as proxy:
        yield Recorded(proxy=proxy, state=folder / ".pointsman")


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("protocol", PATHS)
@pytest.mark.parametrize("name", PROVIDERS)
def test_a_declared_model_costs_what_the_registry_says(
    priced: Recorded, simulator: Simulator, name: str, protocol: str, stream: bool
):
    provider = PROVIDERS[name]
    body = request(protocol, f"{name}/{provider.model}", "Say: one two three", stream=stream)
    answers: list[httpx.Response] = []

    row = priced.row_of(lambda: answers.append(priced.post(PATHS[protocol], body)))

    (answer,) = answers
    assert answer.status_code == 200, answer.text
    assert (row["provider"], row["upstream_model"]) == (name, provider.model)
    assert row["completion_tokens"] > 0
    assert row["cost"] == pytest.approx(provider.cost(row))
    if not stream:
        assert float(answer.headers[COST_HEADER]) == pytest.approx(row["cost"])
