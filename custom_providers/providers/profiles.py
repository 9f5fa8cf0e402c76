"""One row per known provider: how its names look, what it speaks, and the quirks worth a flag.

Adding a provider that speaks a known wire format is adding a row. A quirk is a named field with its
reason; only what no field can express (today: Kimi) has code of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["openai", "anthropic", "ollama", "gemini", "kimi"]
"""The wire family a provider speaks."""

Auth = Literal["none", "bearer", "x_api_key", "api_key_query"]

AUTHS_OF_KIND: dict[str, tuple[Auth, ...]] = {
    "openai": ("bearer", "none"),
    "anthropic": ("x_api_key",),
    "ollama": ("none", "bearer"),
    "gemini": ("api_key_query", "x_api_key"),
    "kimi": ("bearer", "x_api_key"),
}
"""What LiteLLM can send for each kind. Gemini's key always travels in the ``x-goog-api-key`` header,
also for ``api_key_query``: a URL ends up in logs."""

Wire = Literal["openai", "openai/responses", "anthropic", "gemini"]
"""LiteLLM's provider prefix for one API family of a gateway that offers several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is known about a provider before its registry row is read."""

    kind: Kind
    litellm: str
    """LiteLLM's provider prefix."""
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    timeout: float = 180
    """Seconds."""
    unattended: bool = True
    max_tokens_floor: int = 0
    key_shapes: tuple[str, ...] = ()
    """Regular expressions; a key that fits none is worth a warning, never a refusal: vendors change shapes."""
    families: tuple[tuple[str, Wire], ...] = ()
    """For a gateway with several API families: which upstream models are served by which, the rest by ``litellm``.

    A glob is an exact id or ends in its only ``*``, so that LiteLLM's unanchored matcher reads it exactly."""
    responses_api: bool = False
    """It has OpenAI's Responses API; of others that speak "openai" only chat completions are certain."""
    session_header: str = ""
    """A header that has to hold one stable id per conversation."""
    own_user_agent: bool = False
    """Its firewall refuses HTTP libraries' default User-Agents."""
    source: str = ""
    """Where the facts of this row come from."""


_OPENCODE_KEYS = (r"^sk-[A-Za-z0-9]{64}$", r"^oc_sk_[0-9a-f]{12}_[A-Za-z0-9_-]+$")

KNOWN: dict[str, Profile] = {
    "ollama": Profile(
        kind="ollama",
        litellm="ollama_chat",
        prefixes=("ollama/",),
        source="https://docs.ollama.com/api",
    ),
    "ollama_cloud": Profile(
        kind="ollama",
        litellm="ollama_chat",
        prefixes=("ollama_cloud/", "cloud/"),
        suffixes=(":cloud", "-cloud"),
        key_shapes=(r"^[0-9a-f]{32}\.[A-Za-z0-9_-]{24}$",),
        source="https://docs.ollama.com/cloud",
    ),
    "openrouter": Profile(
        kind="openai",
        litellm="openrouter",
        prefixes=("openrouter/",),
        key_shapes=(r"^sk-or-v1-[0-9a-f]{64}$",),
        source="https://openrouter.ai/docs/api-reference/overview",
    ),
    # Which API serves which model: the model lists of both products, November 2026.
    "opencode": Profile(
        kind="openai",
        litellm="openai",
        prefixes=("opencode/",),
        key_shapes=_OPENCODE_KEYS,
        families=(
            ("claude-*", "anthropic"),
            ("qwen3.5-plus", "anthropic"),
            ("qwen3.6-plus", "anthropic"),
            ("qwen3.8-flash", "anthropic"),
            ("gemini-*", "gemini"),
            ("gpt-*", "openai/responses"),
            ("grok-*", "openai/responses"),
            ("muse-*", "openai/responses"),
        ),
        session_header="x-opencode-session",
        own_user_agent=True,
        source="https://opencode.ai/docs/zen",
    ),
    "opencode_go": Profile(
        kind="openai",
        litellm="openai",
        prefixes=("opencode_go/",),
        key_shapes=_OPENCODE_KEYS,
        families=(
            ("claude-haiku-5-5", "anthropic"),
            ("minimax-m3", "anthropic"),
            ("qwen3.7-plus", "anthropic"),
            ("qwen3.8-flash", "anthropic"),
            ("qwen3.8-max", "anthropic"),
            ("gemini-4-argon", "gemini"),
            ("gpt-5.6-luna", "openai/responses"),
            ("gpt-6-luna", "openai/responses"),
            ("grok-4.7", "openai/responses"),
            ("muse-spark-*", "openai/responses"),
        ),
        session_header="x-opencode-session",
        own_user_agent=True,
        source="https://opencode.ai/docs/go",
    ),
    "kimi": Profile(
        kind="kimi",
        litellm="kimi",
        prefixes=("kimi/",),
        bare=("kimi-for-coding*",),
        # Reasoning counts against max_tokens and answers take minutes.
        timeout=600,
        max_tokens_floor=1500,
        # Kimi's terms: personal, interactive use only.
        unattended=False,
        key_shapes=(r"^sk-kimi-\S{20,}$",),
        source="https://www.kimi.com/code/docs/en/",
    ),
    "moonshot": Profile(
        kind="kimi",
        litellm="kimi",
        prefixes=("moonshot/",),
        bare=("kimi-*", "moonshot-*"),
        timeout=600,
        max_tokens_floor=1500,
        key_shapes=(r"^sk-(?!kimi-|or-|ant-|proj-)\S{20,}$",),
        source="https://platform.kimi.ai/docs",
    ),
    "gemini": Profile(
        kind="gemini",
        litellm="gemini",
        prefixes=("gemini/",),
        bare=("gemini-*",),
        # AI Studio issues only AQ. keys since 2026; AIza ones are being cut off.
        key_shapes=(r"^AQ\.[\w-]{40,}$", r"^AIza[\w-]{35}$"),
        source="https://ai.google.dev/gemini-api/docs/api-key",
    ),
    "claude": Profile(
        kind="anthropic",
        litellm="anthropic",
        prefixes=("claude/",),
        bare=("claude-*",),
        key_shapes=(r"^sk-ant-api03-[\w-]{93}AA$",),
        source="https://platform.claude.com/docs/en/api/overview",
    ),
    "openai": Profile(
        kind="openai",
        litellm="openai",
        prefixes=("openai/",),
        # Not "gpt-*": gpt-oss belongs to whoever hosts it.
        responses_api=True,
        bare=("gpt-4*", "gpt-5*", "gpt-6*", "chatgpt-*", "o3*", "o4*", "text-embedding-3-*"),
        key_shapes=(r"^sk-(proj|svcacct|admin)-[\w-]+$", r"^sk-\w{20}T3BlbkFJ\w{20}$"),
        source="https://platform.openai.com/docs/api-reference",
    ),
}

_EXEMPLARS: dict[Kind, str] = {
    "openai": "openai",
    "anthropic": "claude",
    "ollama": "ollama",
    "gemini": "gemini",
    "kimi": "kimi",
}


def profile_of(name: str, kind: Kind | None) -> Profile:
    """The row for a provider: its own when known, else that of its wire family's exemplar without its names.

    Raises:
        KeyError: ``name`` is not known and ``kind`` is not given.
    """
    known = KNOWN.get(name)
    if known is not None and kind in (None, known.kind):
        return known
    if kind is None:
        raise KeyError(name)
    exemplar = KNOWN[_EXEMPLARS[kind]]
    return replace(exemplar, prefixes=(f"{name}/",), suffixes=(), bare=(), key_shapes=(), responses_api=False)


def api_base(base_url: str, wire: str) -> str:
    """``base_url`` as LiteLLM wants it for ``wire``.

    To an Anthropic base LiteLLM appends ``/v1/messages``; to the others, only the method's own path.
    """
    return base_url.removesuffix("/v1") if wire == "anthropic" else base_url
