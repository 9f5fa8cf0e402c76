"""Test cases for every provider: how to send a request to each generating endpoint, and how to read its answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

import httpx

from pointsman.simulator.simulator import Simulator

WEATHER = "What is the weather in Paris?"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


_FUNCTION = {"name": "get_weather", "description": "The weather in a city", "parameters": SCHEMA}


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One wire family from the client's side: the request to send, and the parts of the answer."""

    ask: Callable[[str], dict[str, Any]]
    """Makes the request body, without the model, from the user's text."""
    tools: list[Any]
    """The value of `tools` that offers get_weather."""
    text: Callable[[Any], str]
    call: Callable[[Any], tuple[str, Any]]
    """Reads the name and the decoded arguments of the tool call."""


def _user(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


def _openai_call(function: Any) -> tuple[str, Any]:
    return function["name"], json.loads(function["arguments"])


CHAT = Family(
    ask=lambda text: {"messages": _user(text)},
    tools=[{"type": "function", "function": _FUNCTION}],
    text=lambda answer: answer["choices"][0]["message"]["content"],
    call=lambda answer: _openai_call(answer["choices"][0]["message"]["tool_calls"][0]["function"]),
)
OLLAMA = Family(
    ask=lambda text: {"messages": _user(text), "stream": False},
    tools=CHAT.tools,
    text=lambda answer: answer["message"]["content"],
    call=lambda answer: itemgetter("name", "arguments")(answer["message"]["tool_calls"][0]["function"]),
)
RESPONSES = Family(
    ask=lambda text: {"input": text},
    tools=[{"type": "function", **_FUNCTION}],
    text=lambda answer: answer["output"][-1]["content"][0]["text"],
    call=lambda answer: _openai_call(answer["output"][-1]),
)
MESSAGES = Family(
    ask=lambda text: {"messages": _user(text), "max_tokens": 50},
    tools=[{"name": "get_weather", "input_schema": SCHEMA}],
    text=lambda answer: answer["content"][-1]["text"],
    call=lambda answer: itemgetter("name", "input")(answer["content"][-1]),
)
GOOGLE = Family(
    ask=lambda text: {"contents": [{"role": "user", "parts": [{"text": text}]}]},
    tools=[{"functionDeclarations": [_FUNCTION]}],
    text=lambda answer: answer["candidates"][0]["content"]["parts"][-1]["text"],
    call=lambda answer: itemgetter("name", "args")(answer["candidates"][0]["content"]["parts"][-1]["functionCall"]),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One endpoint that generates."""

    provider: str
    path: str
    """Below the provider's base URL."""
    model: str
    family: Family = CHAT
    key_header: str = "Authorization"
    key_env: str | None = None
    unknown_status: int = 404
    """The status of the answer to an unknown model."""
    bad_key_status: int = 401

    def headers(self, key: str) -> dict[str, str]:
        """Returns the headers for the key, and others that some endpoints require."""
        value = f"Bearer {key}" if self.key_header == "Authorization" else key
        return {self.key_header: value, "anthropic-version": "2023-06-01", "x-opencode-session": "one"}

    def body(self, text: str, *, tools: bool = False) -> dict[str, Any]:
        """Returns a request body with the user's text; with `tools`, it offers get_weather."""
        model = {} if "{model}" in self.path else {"model": self.model}
        return {**model, **self.family.ask(text), **({"tools": self.family.tools} if tools else {})}


GEMINI = Case(
    provider="gemini",
    path="/models/{model}:generateContent",
    model="gemini-2.5-flash",
    key_header="x-goog-api-key",
    family=GOOGLE,
    key_env="GEMINI_API_KEY",
    bad_key_status=400,
)
OPENCODE = Case(
    provider="opencode",
    path="/chat/completions",
    model="kimi-k2.6",
    key_env="OPENCODE_API_KEY",
    unknown_status=401,
)
CASES = {
    "ollama": Case(provider="ollama", path="/api/chat", model="llama3.2:latest", family=OLLAMA),
    "ollama /v1": Case(provider="ollama", path="/v1/chat/completions", model="llama3.2:latest"),
    "ollama_cloud": Case(
        provider="ollama_cloud", path="/api/chat", model="glm-5.2", family=OLLAMA, key_env="OLLAMA_CLOUD_KEY"
    ),
    "openrouter": Case(
        provider="openrouter", path="/chat/completions", model="openai/gpt-oss-120b:free", key_env="OPENROUTER_API_KEY"
    ),
    "opencode chat": OPENCODE,
    "opencode responses": replace(OPENCODE, path="/responses", model="gpt-5.6", family=RESPONSES),
    "opencode messages": replace(
        OPENCODE, path="/messages", model="claude-sonnet-4-5", family=MESSAGES, key_header="x-api-key"
    ),
    "opencode google": replace(
        OPENCODE,
        path="/models/{model}:generateContent",
        model="gemini-3.1-pro",
        family=GOOGLE,
        key_header="x-goog-api-key",
    ),
    "opencode_go": replace(OPENCODE, provider="opencode_go"),
    "kimi messages": Case(
        provider="kimi",
        path="/messages",
        model="kimi-for-coding",
        family=MESSAGES,
        key_env="KIMI_API_KEY",
        unknown_status=401,
    ),
    "moonshot": Case(provider="moonshot", path="/chat/completions", model="kimi-k2.6", key_env="MOONSHOT_API_KEY"),
    "gemini": GEMINI,
    "claude": Case(
        provider="claude",
        path="/messages",
        model="claude-opus-4-8",
        key_header="x-api-key",
        family=MESSAGES,
        key_env="ANTHROPIC_API_KEY",
    ),
    "openai": Case(provider="openai", path="/chat/completions", model="gpt-5.6", key_env="OPENAI_API_KEY"),
    "openai responses": Case(
        provider="openai", path="/responses", model="gpt-5.6", family=RESPONSES, key_env="OPENAI_API_KEY"
    ),
}


def ask(
    upstreams: Simulator,
    case: Case,
    body: dict[str, Any],
    *,
    key: str | None = None,
    model: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """Sends a body to the case's endpoint, by default with the right key and the case's model."""
    environ = upstreams.environ()
    url = environ[f"{case.provider.upper()}_BASE_URL"] + case.path.replace("{model}", model or case.model)
    sent = {**body, "model": model} if model and "model" in body else body
    usual = case.headers(key or environ.get(case.key_env or "", "none"))
    return httpx.post(url, json=sent, headers={**usual, **(headers or {})}, verify=False)
