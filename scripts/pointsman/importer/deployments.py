"""The entries of a config's ``model_list``: each as a deployment, or as a problem that says why it cannot be one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from custom_providers.json_parts import listed, mapping
from custom_providers.registry.problems import Problem
from custom_providers.registry.shapes import Path
from pointsman.importer.document import Document
from pointsman.importer.parameters import CREDENTIAL, credential, parameters
from pointsman.importer.prefixes import BARE, PREFIXES, Prefix

PARAMETERS = frozenset(
    {
        *("temperature", "top_p", "top_k", "max_tokens", "max_completion_tokens", "reasoning_effort", "thinking"),
        *("num_ctx", "stop", "seed", "presence_penalty", "frequency_penalty", "response_format", "extra_body"),
        *("verbosity", "logit_bias", "user", "keep_alive", "think", "parallel_tool_calls", "service_tier"),
    }
)
"""Request parameters that a deployment may set for all of its requests."""

_FACTS = {
    "max_input_tokens": "context_window",
    "max_output_tokens": "max_output_tokens",
    "supports_vision": "vision",
    "supports_reasoning": "reasoning",
}
_PRICES = {
    "input_cost_per_token": "input_price",
    "output_cost_per_token": "output_price",
    "cache_read_input_token_cost": "cached_input_price",
}
_READ = {"model", "api_key", "api_base", "base_url", "timeout", "request_timeout", "stream_timeout", "num_retries",
         "max_retries", "extra_headers", "headers", "custom_llm_provider"}  # fmt: skip
_NOT_NEEDED = {"drop_params", "use_chat_completions_api", "stream", "additional_drop_params"}
"""Parameters that the generated config sets itself."""
_INSTEAD = {
    **dict.fromkeys(
        ("rpm", "tpm", "max_budget", "budget_duration", "max_parallel_requests"),
        "limit the virtual keys that call it, in the admin UI",
    ),
    "weight": "name the others as fallbacks: the first one that works answers",
    CREDENTIAL: "credential_list has none with this name; write its api_key and api_base into the entry, import again",
    "order": "name the others as fallbacks, in that order",
}
_INFO_INSTEAD = {
    "access_groups": "grant the models themselves to the virtual keys, in the admin UI",
    "team_id": "grant the model to the team, in the admin UI",
}
_NUMBERS = {*_PRICES, "timeout", "request_timeout", "stream_timeout"}
_OTHER_PROTOCOL = {
    "azure": 'add the resource by hand: kind = "openai" and base_url = "https://NAME.openai.azure.com/openai/v1"',
}
"""For protocols without a kind, what the vendor offers besides.

https://learn.microsoft.com/en-us/azure/developer/ai/how-to/switching-endpoints, read 2026-11-28.
"""
_OTHER_VENDOR = (
    'if it is compatible with OpenAI or Anthropic, add it by hand, with kind = "openai" or "anthropic" and base_url; '
    "otherwise keep the model in LiteLLM's admin UI"
)
_NO_COUNTERPART = "there is no counterpart; leave it out, or keep this model in LiteLLM's admin UI"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One entry of ``model_list``."""

    path: Path
    name: str
    """The name that clients send."""
    wire: Prefix
    prefix: str
    model: str
    """The provider's model id."""
    base_url: str
    key_env: str
    """The variable that holds its key; empty if it needs none, or if the key is in the config itself."""
    key: str = field(default="", repr=False)
    """A key that is in the config itself."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """The facts about the model that the registry can express."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    timeouts: Mapping[str, float] = field(default_factory=dict)
    """Seconds."""
    retries: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def deployments(document: Document) -> tuple[list[Deployment], list[Problem]]:
    """The deployments in ``model_list``, and what is lost."""
    found: list[Deployment] = []
    lost: list[Problem] = []
    for position, entry in enumerate(listed(document.data.get("model_list"))):
        path: Path = ("model_list", position)
        made = _deployment(document, path, mapping(entry))
        if isinstance(made, Problem):
            lost.append(made)
        else:
            found.append(made)
            lost += _lost(document, path, entry)
    return found, lost


def _deployment(document: Document, path: Path, entry: Mapping[str, Any]) -> Deployment | Problem:
    params = parameters(document, entry)
    named, model = entry.get("model_name"), params.get("model")
    if not isinstance(named, str) or not named or not isinstance(model, str) or not model:
        return document.lost(path, "has no model_name or no litellm_params.model", "complete it, then import again")
    prefix, model = _split(model, params.get("custom_llm_provider"))
    wire = PREFIXES.get(prefix)
    where = (*path, "litellm_params", "model")
    if wire is None:
        hint = _OTHER_PROTOCOL.get(prefix, _OTHER_VENDOR)
        return document.lost(where, f'"{prefix}" is not a provider that import knows', hint)
    base = _text(params.get("api_base") or params.get("base_url"))
    if base.startswith("os.environ/"):
        # The registry has the URL itself; <NAME>_BASE_URL overrides it at run time.
        return document.lost(
            (*path, "litellm_params", "api_base"),
            f"the URL is in ${base.removeprefix('os.environ/')}, and the registry needs one to start from",
            "write the URL into the config, then import again; <NAME>_BASE_URL overrides it at run time",
        )
    base_url = _cleaned(base, wire) or wire.base_url
    if not base_url:
        return document.lost(where, f'"{prefix}" needs an api_base', "add it, then import again")
    key_env, key = _key(params.get("api_key"), wire, given=bool(base))
    return Deployment(
        path=path,
        name=named,
        wire=wire,
        prefix=prefix,
        model=model,
        base_url=base_url,
        key_env=key_env,
        key=key,
        facts=_facts({**mapping(entry.get("model_info")), **params}),
        defaults={name: value for name, value in params.items() if name in PARAMETERS and value is not None},
        timeouts=_timeouts(params),
        retries=_retries(params),
        headers=_headers(params),
    )


def _lost(document: Document, path: Path, entry: Mapping[str, Any]) -> Iterator[Problem]:
    """The remaining settings of a deployment."""
    known = _READ | _NOT_NEEDED | PARAMETERS | _FACTS.keys() | _PRICES.keys()
    own = mapping(entry.get("litellm_params"))
    for name, value in own.items():
        place = (*path, "litellm_params", str(name))
        if name == CREDENTIAL and credential(document, value) is not None:
            continue
        if name not in known:
            yield document.lost(place, "is not carried over", _INSTEAD.get(name, _NO_COUNTERPART))
        elif name in _NUMBERS and value is not None and _number(value) is None:
            yield document.lost(place, "is not a number", "write the number into the registry")
    for name in entry.keys() - {"model_name", "litellm_params", "model_info"}:
        yield document.lost((*path, str(name)), "is not carried over", "LiteLLM ignores it here; remove it")
    for name in mapping(entry.get("model_info")):
        if name in _INFO_INSTEAD:
            yield document.lost((*path, "model_info", name), "is not carried over", _INFO_INSTEAD[name])


def _split(model: str, provider: object) -> tuple[str, str]:
    """LiteLLM's prefix and the model behind it."""
    if isinstance(provider, str) and provider:
        return provider, model.removeprefix(f"{provider}/")
    prefix, slash, rest = model.partition("/")
    if slash and (prefix in PREFIXES or not _bare(model)):
        # "openai/responses/gpt-5": LiteLLM answers chat completions by way of this model's Responses API.
        return prefix, rest.removeprefix("responses/") if prefix == "openai" else rest
    return _bare(model) or prefix, model


def _bare(model: str) -> str:
    return next((prefix for start, prefix in BARE if model.startswith(start)), "")


def _cleaned(base_url: str, wire: Prefix) -> str:
    """The base URL in the registry's form."""
    url = base_url.strip().rstrip("/")
    if not url:
        return ""
    if wire.family == "ollama":
        return url.removesuffix("/api").removesuffix("/v1")
    if wire.family == "anthropic":
        url = url.removesuffix("/messages")
        return url if url.endswith("/v1") else f"{url}/v1"
    return url.removesuffix("/chat/completions")


def _key(value: object, wire: Prefix, *, given: bool) -> tuple[str, str]:
    """The key's variable and the key itself; at most one of them is set."""
    text = _text(value)
    if text.startswith("os.environ/"):
        return text.removeprefix("os.environ/"), ""
    if text and text.lower() not in {"none", "null", "dummy", "fake", "empty", "not-needed", "no-key", "anything"}:
        return "", text
    # To a custom host, LiteLLM does not send a vendor's key from the environment.
    return ("", "") if text or given else (wire.key_env, "")


def _facts(info: Mapping[str, Any]) -> dict[str, Any]:
    facts = {ours: info[name] for name, ours in _FACTS.items() if info.get(name) is not None}
    for name, ours in _PRICES.items():
        if (price := _number(info.get(name))) is not None:
            # LiteLLM's prices are per token; converted as text to avoid binary rounding.
            facts[ours] = float(f"{price * 1e6:.6g}")
    return facts


def _timeouts(params: Mapping[str, Any]) -> dict[str, float]:
    whole = params.get("timeout", params.get("request_timeout"))
    found = {"timeout": whole, "stream_timeout": params.get("stream_timeout")}
    numbers = {name: _number(value) for name, value in found.items()}
    return {name: value for name, value in numbers.items() if value is not None and value > 0}


def _retries(params: Mapping[str, Any]) -> int | None:
    value = params.get("num_retries", params.get("max_retries"))
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _headers(params: Mapping[str, Any]) -> dict[str, str]:
    return {
        str(name): str(value) for name, value in mapping(params.get("extra_headers") or params.get("headers")).items()
    }


def _number(value: object) -> int | float | None:
    """A number, also as text, as LiteLLM accepts it; None for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    try:
        number = float(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return int(number) if number is not None and number.is_integer() else number


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
