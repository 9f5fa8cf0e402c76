"""The measured routes: model name, provider, and the API used upstream."""

from __future__ import annotations

from dataclasses import dataclass

from bench.protocols import CLIENTS

PLAIN = "plain"
"""An OpenAI-compatible provider with chat completions only, which is what most registries add."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way from a client to an upstream API."""

    name: str
    model: str
    """The name that clients send, to this project and to plain LiteLLM."""
    litellm: str
    """Plain LiteLLM: the ``model`` of the deployment that ``model`` matches."""
    base: str = ""
    """The path of the API base that LiteLLM expects."""
    chat_only: bool = False
    """Plain LiteLLM uses chat completions for the Responses API too, as this project does."""


# Models with a price in LiteLLM where there is one: without a price LiteLLM does more work.
ROUTES = (
    Route(name=PLAIN, model="plain/gpt-4o-mini", litellm="openai/*", base="/v1", chat_only=True),
    Route(name="openai", model="openai/gpt-4o-mini", litellm="openai/*", base="/v1"),
    Route(name="kimi", model="kimi/kimi-for-coding", litellm="openai/*", base="/coding/v1", chat_only=True),
    Route(name="kimi-messages", model="kimi_messages/kimi-for-coding", litellm="anthropic/*", base="/coding"),
    Route(name="claude", model="claude/claude-haiku-4-5", litellm="anthropic/*"),
    Route(name="ollama", model="ollama/llama3.2", litellm="ollama_chat/*"),
    Route(name="opencode-chat", model="opencode/glm-5.3", litellm="openai/glm-*", base="/zen/v1", chat_only=True),
    Route(name="opencode-messages", model="opencode/claude-haiku-4-5", litellm="anthropic/claude-*", base="/zen"),
    Route(name="opencode-responses", model="opencode/gpt-5-mini", litellm="openai/responses/gpt-*", base="/zen/v1"),
    Route(name="opencode-gemini", model="opencode/gemini-2.5-flash", litellm="gemini/gemini-*", base="/zen/v1"),
)

REGISTRY = """\
[[provider]]
name = "plain"
kind = "openai"
base_url = "{upstream}/v1"
auth = "none"
default_model = "gpt-4o-mini"
headers = {{ User-Agent = "bench" }}
models = [{models}]

[[provider]]
name = "openai"
base_url = "{upstream}/v1"
auth = "bearer"
auth_env = "BENCH_KEY"
default_model = "gpt-4o-mini"

[[provider]]
name = "kimi"
base_url = "{upstream}/coding/v1"
auth = "bearer"
auth_env = "BENCH_KIMI_KEY"
default_model = "kimi-for-coding"
user_agent = "caller"
protocol = "openai"

[[provider]]
name = "kimi_messages"
kind = "kimi"
base_url = "{upstream}/coding/v1"
auth = "bearer"
auth_env = "BENCH_KIMI_KEY"
default_model = "kimi-for-coding"
protocol = "anthropic"

[[provider]]
name = "claude"
base_url = "{upstream}/v1"
auth = "x_api_key"
auth_env = "BENCH_KEY"
default_model = "claude-haiku-4-5"

[[provider]]
name = "ollama"
base_url = "{upstream}"
auth = "none"
default_model = "llama3.2"

[[provider]]
name = "opencode"
base_url = "{upstream}/zen/v1"
auth = "bearer"
auth_env = "BENCH_KEY"
default_model = "glm-5.3"

[gateway]
default_provider = "plain"
"""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Line:
    """One line of a table: a client protocol, a route, and the gateway that serves it."""

    client: str
    route: str
    gateway: str


def lines(gateway: str) -> tuple[Line, ...]:
    """Every protocol over every route, through ``gateway``."""
    return tuple(Line(client=client, route=route.name, gateway=gateway) for client in CLIENTS for route in ROUTES)
