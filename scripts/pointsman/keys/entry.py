"""Reads a key from a person or from stdin and validates it; never shows it."""

from __future__ import annotations

import sys

import click

from custom_providers.environment.text import cleaned, key_flaws
from custom_providers.kimi.account import systems
from custom_providers.registry.model import Provider
from custom_providers.registry.problems import ConfigError, Problem
from pointsman.keys import key_shapes

_MOST_BYTES = 64 * 1024


def on_terminal() -> bool:
    """Whether the command runs on a terminal, so that a person can answer."""
    return sys.stdin is not None and sys.stdin.isatty()


def from_person(variable: str, hint: str = "") -> str:
    """Asks for a key without echo; empty if none is given."""
    prompt = f"{variable}{f' ({hint})' if hint else ''}"
    return str(click.prompt(prompt, default="", show_default=False, hide_input=True, err=True))


def from_stdin() -> str:
    """All of stdin.

    Raises:
        ConfigError: it is not text that could contain keys.
    """
    data = sys.stdin.buffer.read(_MOST_BYTES + 1) if sys.stdin is not None else b""
    if len(data) > _MOST_BYTES:
        raise refused("stdin", "is longer than any key", "pipe only the key")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refused("stdin", "is not UTF-8", "pipe only the key") from None


def sound(variable: str, text: str) -> str:
    """The key in ``text``.

    Raises:
        ConfigError: there is none, or it cannot be a key.
    """
    value = cleaned(text, variable)
    if not value:
        raise refused(variable, "the key is empty", "nothing was changed; copy the whole key again")
    if flaws := key_flaws(value):
        raise refused(variable, f"the key {' and '.join(flaws)}", "nothing was changed; copy only the key")
    return value


def refused(what: str, message: str, hint: str) -> ConfigError:
    """The error for an answer that is not valid; ``what`` comes first, once."""
    place = "" if message.startswith(what) else what
    return ConfigError([Problem(file=place, line=None, where="", message=message, hint=hint)])


def saved(provider: Provider, base_url: str, key: str) -> str:
    """One sentence about a stored key: whose it is, by its shape, and the endpoint that it will be sent to."""
    if provider.wire_family != "kimi":
        return f"{provider.name} API key saved (endpoint: {base_url})"
    system = systems.system_for_key(key)
    if system is None:
        return f"Kimi API key saved; it has the shape of neither Kimi system ({provider.name}: {base_url})"
    name = "Kimi Coding" if system is systems.KIMI_CODE else "Moonshot platform"
    return f"Kimi API key saved ({name} endpoint: {system.base_url if base_url == 'auto' else base_url})"


def doubt(provider: Provider, base_url: str, key: str) -> str | None:
    """Why ``key`` looks wrong, as a sentence; None if it looks like the provider's keys."""
    if base_url == "auto" and systems.system_for_key(key):
        return None  # a key of either system will do
    clause = key_shapes.doubt(provider, key)
    return f"{provider.name}: check this key: {clause}" if clause else None
