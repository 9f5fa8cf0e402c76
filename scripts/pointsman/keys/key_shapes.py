"""Whose key a string looks like, and whether it stands where such a key can work."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from custom_providers.kimi.account import systems
from custom_providers.providers.known import KNOWN
from custom_providers.registry.model import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A shape that only one vendor's keys have."""

    pattern: re.Pattern[str]
    title: str
    """As a sentence names it, with its article."""
    providers: frozenset[str] = frozenset()
    """The known providers that take such a key; none: it opens no model anywhere."""
    hosts: tuple[str, ...] = ()
    """Where it is at home under any provider's name."""
    caveat: str = ""
    """What is wrong with it even at its own provider."""


def _shape(pattern: str, title: str, *providers: str, hosts: tuple[str, ...] = (), caveat: str = "") -> Shape:
    return Shape(pattern=re.compile(pattern), title=title, providers=frozenset(providers), hosts=hosts, caveat=caveat)


SHAPES = (
    _shape(r"sk-or-", "an OpenRouter key", "openrouter", hosts=("openrouter.ai",)),
    _shape(
        r"sk-ant-oat",
        "an OAuth token of a Claude subscription",
        caveat="Anthropic's API refuses it: make an API key at https://platform.claude.com",
    ),
    _shape(
        r"sk-ant-admin",
        "an Anthropic admin key",
        caveat="it cannot call models: make an API key at https://platform.claude.com",
    ),
    _shape(r"sk-ant-", "an Anthropic key", "claude", hosts=("api.anthropic.com",)),
    _shape(r"sk-kimi-", "a Kimi Code key", "kimi", "moonshot", hosts=systems.KIMI_CODE.hosts),
    _shape(
        r"sk-admin-",
        "an OpenAI admin key",
        caveat="it cannot call models: make a project key at https://platform.openai.com/api-keys",
    ),
    _shape(r"sk-(?:proj|svcacct)-|sk-.*T3BlbkFJ", "an OpenAI key", "openai", hosts=("api.openai.com",)),
    _shape(r"oc_sk_", "an OpenCode key", "opencode", "opencode_go", hosts=("opencode.ai",)),
    _shape(
        r"AIza[\w-]{35}$",
        "a Gemini key",
        "gemini",
        hosts=("generativelanguage.googleapis.com",),
        caveat="it is of the old kind (AIza...), which Google has been switching off since September 2026:"
        " make a new one at https://aistudio.google.com/api-keys",
    ),
    _shape(r"AQ\.", "a Gemini key", "gemini", hosts=("generativelanguage.googleapis.com",)),
    _shape(
        r"ya29\.|eyJ[\w-]+\.",
        "an OAuth access token",
        caveat="it is no API key, and runs out within the hour",
    ),
    _shape(r"[0-9a-f]{32}\.[\w-]{16,}$", "an Ollama Cloud key", "ollama_cloud", hosts=("ollama.com",)),
)
"""The first that fits from the start decides. A plain ``sk-`` is left out: several vendors share it."""


def shape_of(key: str) -> Shape | None:
    """The vendor's shape that ``key`` has, None when it could be anybody's."""
    return next((shape for shape in SHAPES if shape.pattern.match(key)), None)


def misplaced(provider: Provider, base_url: str, key: str, stands_in: str) -> str | None:
    """One sentence when ``key`` is another vendor's, or of the other Kimi system; the key is not in it.

    A provider that is not known by name may be anything, a relay too: it is judged only by Kimi's systems.
    """
    shape = shape_of(key)
    stranger = shape is not None and provider.name in KNOWN and provider.name not in shape.providers
    if shape and stranger and urlsplit(base_url).hostname not in shape.hosts:
        caveat = f"; {shape.caveat}" if not shape.providers else ""
        return f"this is {shape.title}; it stands in {stands_in}{caveat}"
    if provider.wire_family != "kimi" or base_url == "auto":
        return None
    return systems.mismatch(key, base_url)


def doubt(provider: Provider, key: str) -> str | None:
    """Why ``key`` may not work at its own provider, as one clause; None when it looks as usual."""
    shape = shape_of(key)
    if shape and shape.caveat:
        return shape.caveat
    shapes = provider.profile.key_shapes
    if shapes and not any(re.match(pattern, key) for pattern in shapes):
        return f"it does not have the shape of the keys that {provider.name} gives out"
    return None


def unclean(key: str) -> str | None:
    """Why ``key`` cannot be sent in a header, as one clause."""
    if any(character.isspace() for character in key):
        return "it has white space inside"
    if not key.isascii():
        return "it has a character that is not ASCII, such as a typographic dash or quote"
    return None if key.isprintable() else "it has a control character inside"
