"""What a provider's module states about it: one ``Profile``, all of it data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

WireFamily = Literal["openai", "anthropic", "ollama", "gemini", "kimi"]
"""What a provider speaks."""

Auth = Literal["none", "bearer", "x_api_key", "api_key_query"]
"""How a provider takes its key."""

Api = Literal["openai", "openai/responses", "anthropic", "gemini"]
"""LiteLLM's provider prefix for one API of a gateway that offers several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is known about a provider before its registry row is read."""

    name: str
    wire_family: WireFamily
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
    families: tuple[tuple[str, Api], ...] = ()
    """For a gateway with several APIs: which upstream models are served by which, the rest by ``litellm``.

    A glob is an exact id or ends in its only ``*``, so that LiteLLM's unanchored matcher reads it exactly."""
    responses_api: bool = False
    """It has OpenAI's Responses API; of others that speak "openai" only chat completions are certain."""
    session_header: str = ""
    """A header that has to hold one stable id per conversation."""
    own_user_agent: bool = False
    """Its firewall refuses HTTP libraries' default User-Agents."""
    source: str = ""
    """Where the facts of this profile come from."""
