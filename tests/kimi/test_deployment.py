"""The URL, key, identity and timeout of a call, read from LiteLLM's arguments."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from custom_providers.engine.errors.failure import UpstreamError
from custom_providers.engine.facts import FACTS, response_headers
from custom_providers.engine.streaming.open_before_response import MARK, open_early
from custom_providers.engine.wires.images import inlined, public_urls
from custom_providers.kimi import deployment
from custom_providers.kimi.deployment import KimiDeployment
from custom_providers.kimi.request.upstream_headers import headers
from custom_providers.kimi.request_facts import of_request
from custom_providers.registry import loading


def read(options: Any = None, **call: Any) -> KimiDeployment:
    """Reads the deployment of a call."""
    params = {"model_info": {"kimi": options or {}}}
    arguments = {"model": "k3", "api_key": "sk-kimi-x", "api_base": "", "litellm_params": params, **call}
    return deployment.read(arguments, timeout=None, env={})


@pytest.mark.parametrize(
    ("key", "base_url", "url"),
    [
        ("sk-kimi-x", "", "https://api.kimi.com/coding/v1/messages"),
        ("sk-x", "", "https://api.moonshot.ai/v1/chat/completions"),
        ("sk-x", "http://127.0.0.1:1/kimi/coding/v1", "http://127.0.0.1:1/kimi/coding/v1/messages"),
        ("odd", "https://gateway.example/v1", "https://gateway.example/v1/chat/completions"),
    ],
)
def test_the_endpoint_follows_key_base_and_identity(key: str, base_url: str, url: str):
    """The base URL decides; without one, the key does."""
    assert read(api_key=key, api_base=base_url).url == url


@pytest.mark.parametrize(("key", "says"), [(None, "there is none"), ("odd", "neither account system")])
def test_nowhere_to_send_is_said_before_sending(key: str | None, says: str):
    """The error comes before any attempt if the key is missing, or is ambiguous without a base URL."""
    with pytest.raises(UpstreamError, match=says):
        read(api_key=key)


@pytest.mark.parametrize(
    ("configured", "override", "asked", "seconds"),
    [
        (None, None, None, 600.0),
        (30, None, None, 30.0),
        ("30", None, None, 600.0),
        (30, 900.0, None, 900.0),
        (30, 900.0, 5, 5.0),
        (httpx.Timeout(7.0), None, None, 7.0),
        (0, None, None, 600.0),
    ],
)
def test_the_timeout_is_the_requests_then_the_variables_then_the_deployments(
    configured: Any, override: float | None, asked: Any, seconds: float
):
    """Timeouts in any form are converted to seconds."""
    arguments = {
        "model": "k3",
        "api_key": "sk-kimi-x",
        "timeout": configured,
        "litellm_params": {"proxy_server_request": {"body": {"timeout": asked}}},
    }
    assert deployment.read(arguments, timeout=override, env={}).timeout == seconds


@pytest.mark.parametrize("name", ["kimi", "moonshot"])
def test_what_a_deployment_does_not_say_is_what_the_registry_would(name: str):
    """The floor, the number of retries and the timeout have the same defaults in the proxy and in LiteLLM's SDK."""
    row = f'name = "{name}"\nbase_url = "auto"\nauth = "bearer"\nauth_env = "KEY"\ndefault_model = "m"'
    text = f'[[provider]]\n{row}\n[gateway]\ndefault_provider = "{name}"\n'
    (provider,) = loading.parse(text.encode(), "providers.toml").providers
    silent = read()
    assert (silent.floor, silent.retries) == (provider.max_tokens_floor, provider.retries)
    assert silent.timeout == provider.timeout == provider.stream_timeout


def test_options_have_defaults():
    """The defaults are conservative."""
    assert (read().floor, read().retries, read().identity.mode) == (1500, 3, "honest")
    told = read(options={"max_tokens_floor": 0, "retries": 1, "user_agent": "claude-code/1.0.0"})
    assert (told.floor, told.retries, told.identity.mode) == (0, 1, "honest")


def test_headers_hold_one_name_and_one_credential():
    """Other headers of the call do not add a second one."""
    extra = {"user-agent": "evil", "AUTHORIZATION": "x", "X-Stainless-OS": "x", "X-Msh-Version": "x", "X-Team": "a"}
    assert headers(user_agent="u/1", protocol="openai", key="k", extra=extra) == {
        "X-Team": "a",
        "User-Agent": "u/1",
        "Content-Type": "application/json",
        "Authorization": "Bearer k",
    }
    anthropic = headers(user_agent="u/1", protocol="anthropic", key="k", extra={})
    assert (anthropic["x-api-key"], anthropic["anthropic-version"]) == ("k", "2023-06-01")
    assert "Authorization" not in anthropic


def test_only_streaming_chat_calls_are_opened_early():
    """The outer calls of /v1/messages and /v1/responses remain streams, and no other code can set the mark."""
    chat = {"model": "kimi/k3", "stream": True}
    assert open_early(dict(chat), "acompletion") == {"model": "kimi/k3", "stream": False, MARK: True}
    assert open_early(dict(chat), "anthropic_messages") == chat
    assert open_early({"stream": False, MARK: True}, "acompletion") == {"stream": False}


class _Logging:
    """The part of LiteLLM's logging object that the hook reads."""

    def __init__(self, details: Any) -> None:
        self.model_call_details = details


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"adjusted": [], "system": "kimi_code"}, {}),
        ({"adjusted": ["temperature", "tools"]}, {"x-pointsman-adjusted": "temperature, tools"}),
        ({"max_tokens": {"asked": 10, "sent": 1500}}, {"x-pointsman-max-tokens": "raised 10 -> 1500"}),
        ({"finish": "budget spent on reasoning"}, {"x-pointsman-finish": "budget spent on reasoning"}),
    ],
)
def test_facts_become_headers(facts: Any, expected: dict[str, str]):
    """Only the facts that a client can use become headers."""
    assert response_headers({"litellm_logging_obj": _Logging({FACTS: facts})}) == expected


def test_a_field_is_named_if_apis_have_it_and_counted_if_not():
    """The client may choose a name with any length and any characters, which could break the response's headers."""
    fields = ("stop", "stop", "seed", "x\r\nSet-Cookie: pwned=1", "\u2192", *(f"field-{n}" for n in range(1000)))
    facts = of_request(read(), fields, None)
    assert facts["adjusted"] == ["stop", "seed", "1002 unknown"]
    headers = response_headers({"litellm_logging_obj": _Logging({FACTS: facts})})
    assert headers == {"x-pointsman-adjusted": "stop, seed, 1002 unknown"}


@pytest.mark.parametrize("data", [{}, {"litellm_logging_obj": None}, {"litellm_logging_obj": _Logging({})}])
def test_calls_of_other_providers_get_no_headers(data: Any):
    """The hook runs for every call."""
    assert response_headers(data) == {}


def test_public_images_are_found_once_and_replaced():
    """Images may be objects or strings; data URLs and uploaded files are unchanged."""

    def image(url: Any) -> dict[str, Any]:
        return {"type": "image_url", "image_url": url}

    parts = [
        image({"url": "https://a/b.png"}),
        image("https://a/b.png"),
        image({"url": "ms://1"}),
        image({"url": "data:x"}),
    ]
    messages: list[dict[str, Any]] = [
        {"role": "user", "content": parts},
        {"role": "user", "content": "https://not/an.image"},
    ]
    assert public_urls(messages) == ("https://a/b.png",)
    replaced = inlined(messages, {"https://a/b.png": "data:y"})
    assert [part["image_url"] for part in replaced[0]["content"]] == [
        {"url": "data:y"},
        {"url": "data:y"},
        {"url": "ms://1"},
        {"url": "data:x"},
    ]
    assert replaced[1] == messages[1]
