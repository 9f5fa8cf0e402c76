"""The proxy's master key: generated on the first run, and stored in the ``.env`` next to the registry."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from custom_providers.environment.text import cleaned
from custom_providers.keys.redaction import last4
from pointsman.console.refusal import RefusalError, reason
from pointsman.sources import env_file
from pointsman.sources.sources import Sources

REMEDY = "unset it, and remove its line from .env: `pointsman serve` makes a strong one"

SHORTEST = 16
"""The minimum length in characters; LiteLLM itself refuses only the keys that its documentation uses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterKey:
    """The key, and a sentence about where it is stored, without the key."""

    value: str = field(repr=False)
    whereabouts: str


def new() -> str:
    """A key that cannot be guessed."""
    return f"sk-{secrets.token_urlsafe(32)}"


def ensure(sources: Sources) -> MasterKey:
    """The master key; the first time, a new one, which is stored in the ``.env`` file.

    Raises:
        RefusalError: the existing key is too weak, or the file cannot hold a new one.
        UnreadableKeyError: the file cannot be read.
    """
    name = sources.registry.gateway.master_key_env
    value = cleaned(sources.env.get(name, ""), name)
    if not value:
        value = new()
        try:
            env_file.store(sources.env_path, name, value)
        except OSError as error:
            message = f"{name}: not set, and {sources.env_path} cannot hold a new one: {reason(error)}"
            raise RefusalError(message, f"set {name} for the proxy, or let this user write the file") from None
        return MasterKey(value=value, whereabouts=f"new, {name} in {sources.env_path} (...{last4(value)})")
    if problem := flaw(value):
        raise RefusalError(f"{name}: {problem}", REMEDY)
    where = f"${name} in .env" if name in sources.filed else f"${name}"
    return MasterKey(value=value, whereabouts=f"{where} (...{last4(value)})")


def flaw(value: str) -> str:
    """Why a master key is too weak; empty if it is not."""
    if value.startswith("sk-") and len(value) >= SHORTEST:
        return ""
    return f'the master key must begin with "sk-" and have {SHORTEST} characters or more'
