"""Taking a key from a person or from stdin, judging it, and saying where it will work; it is never shown."""

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
    """Whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def from_person(variable: str, hint: str = "") -> str:
    """Asks for a key without echo; empty when there is none."""
    prompt = f"{variable}{f' ({hint})' if hint else ''}"
    return str(click.prompt(prompt, default="", show_default=False, hide_input=True, err=True))


def from_stdin() -> str:
    """All of stdin.

    Raises:
        ConfigError: it is no text that could hold keys.
    """
    data = sys.stdin.buffer.read(_MOST_BYTES + 1) if sys.stdin is not None else b""
    if len(data) > _MOST_BYTES:
        raise refused("stdin", "is longer than any key", "pipe the key alone")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refused("stdin", "is not UTF-8", "pipe the key alone") from None


def sound(variable: str, text: str) -> str:
    """The key in ``text``.

    Raises:
        ConfigError: there is none, or it cannot be a key.
    """
    value = cleaned(text, variable)
    if not value:
        raise refused(variable, "the key is empty", "nothing was changed; copy the key again, whole")
    if flaws := key_flaws(value):
        raise refused(variable, f"the key {' and '.join(flaws)}", "nothing was changed; copy the key again, alone")
    return value


def refused(what: str, message: str, hint: str) -> ConfigError:
    """The error for an answer that cannot be taken."""
    return ConfigError([Problem(file=what, line=None, where="", message=message, hint=hint)])


def saved(provider: Provider, base_url: str, key: str) -> str:
    """One sentence for a key that has been stored: whose it is, by its shape, and the endpoint it will be sent to."""
    if provider.wire_family != "kimi":
        return f"{provider.name} API key saved (endpoint: {base_url})"
    system = systems.system_for_key(key)
    if system is None:
        return f"Kimi API key saved; it has the shape of neither Kimi system ({provider.name}: {base_url})"
    name = "Kimi Coding" if system is systems.KIMI_CODE else "Moonshot platform"
    return f"Kimi API key saved ({name} endpoint: {system.base_url if base_url == 'auto' else base_url})"


def doubt(provider: Provider, base_url: str, key: str) -> str | None:
    """Why to look at ``key`` again, as a sentence; None when it looks as the provider's keys do."""
    if base_url == "auto" and systems.system_for_key(key):
        return None  # a key of the platform is as good as one of Kimi Code
    clause = key_shapes.doubt(provider, key)
    return f"{provider.name}: look at this key again: {clause}" if clause else None
