"""On generated registries, LiteLLM's Router selects exactly the resolver's deployment."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import litellm
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litellm import CustomLLM
from litellm.utils import custom_llm_setup

from custom_providers.providers.known import KNOWN, api_base
from custom_providers.registry import loading
from custom_providers.registry.model import Registry
from custom_providers.registry.problems import ConfigError
from custom_providers.routing.table import compile_table
from pointsman.config.render import config

WORDS = [
    "kimi",
    "cloud",
    "gpt-oss",
    "claude-haiku",
    "qwen3",
    "openai",
    "vendor",
    "gemini-3",
    "minimax-m3",
    "k3",
    "a.b",
    "x+y",
]
TAGS = ["", ":cloud", ":120b", ":120b-cloud", ":free", ":cloudy", "-cloud", ":Q4_K_M", ":cloud:cloud"]

names = st.one_of(
    st.builds(
        lambda parts, tag: "/".join(parts) + tag,
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=4),
        st.sampled_from(TAGS),
    ),
    st.text(alphabet="abcku()[]+.^$|?/:-_ 0", min_size=1, max_size=24),
)


@st.composite
def registries(draw: st.DrawFn) -> Registry:
    """Registries of known and unknown providers, with overlapping prefixes, suffixes and models."""
    known = draw(st.lists(st.sampled_from(sorted(KNOWN)), unique=True, max_size=6))
    custom = draw(st.lists(st.sampled_from(["vllm", "k", "ki", "kimi_2", "open"]), unique=True, min_size=1, max_size=3))
    rows = []
    for name in [*custom, *known]:
        kind = (
            "" if name in KNOWN else f'kind = "{draw(st.sampled_from(["openai", "ollama", "anthropic", "gemini"]))}"\n'
        )
        auth = {"anthropic": "x_api_key", "gemini": "api_key_query", "kimi": "bearer"}
        family = KNOWN[name].wire_family if name in KNOWN else kind.split('"')[1]
        extra = draw(
            st.sampled_from(["", f'prefixes = ["{name[0]}/"]\n', f'suffixes = [":{name}"]\n', f'bare = ["{name}*"]\n'])
        )
        models = draw(st.lists(st.sampled_from(["a", "b/c", "d:free", "claude-x"]), unique=True, max_size=2))
        key = f'auth = "{auth[family]}"\nauth_env = "K_{name}"\n' if family in auth else 'auth = "none"\n'
        rows.append(
            f'[[provider]]\nname = "{name}"\n{kind}base_url = "https://{name.replace("_", "-")}.example/v1"\n{key}'
            f'custom_host = true\ndefault_model = "default-of-{name}"\n{extra}models = {models!r}\n'.replace("'", '"')
        )
    try:
        return loading.parse("\n".join(rows).encode(), "generated.toml")
    except ConfigError:
        # Two providers drew the same prefix; other tests cover the refusal of this registry.
        return draw(st.nothing())


@pytest.fixture(scope="module", autouse=True)
def _kimi_is_a_provider_of_ours() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(litellm, "custom_provider_map", [{"provider": "kimi", "custom_handler": CustomLLM()}])
        custom_llm_setup()
        yield


def _router(generated: Registry) -> Any:
    """The router that the proxy creates from the rendered config."""
    return litellm.Router(model_list=config(generated)["model_list"])


def _picked(router: Any, deployment: str) -> dict[str, Any]:
    pick = router.select if hasattr(router, "select") else router.async_get_available_deployment
    found: dict[str, Any] = asyncio.run(pick(model=deployment, request_kwargs={}))
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(generated=registries(), asked=st.lists(names, min_size=50, max_size=50))
def test_litellm_picks_the_resolvers_deployment_and_no_other(generated: Registry, asked: list[str]):
    router = _router(generated)
    table = compile_table(generated, frozenset(provider.name for provider in generated.providers))
    providers = {provider.name: provider for provider in generated.providers}

    for name in asked:
        route = table.resolve(name)
        if route.status != 200:
            assert route.rule == "invalid"
            continue
        assert route.deployment is not None
        assert route.provider is not None
        picked = _picked(router, route.deployment)
        provider = providers[route.provider]
        wire, _, sent = picked["litellm_params"]["model"].partition("/")
        if sent.startswith("responses/") and not str(route.upstream_model).startswith("responses/"):
            sent = sent.removeprefix("responses/")
        assert picked["model_info"]["provider"] == route.provider
        assert sent == route.upstream_model
        assert picked["litellm_params"]["api_base"] == api_base(provider.base_url, wire)
