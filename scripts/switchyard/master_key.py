"""The proxy's master key: made strong on the first run, kept in the ``.env`` beside the registry."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from custom_providers.secrets import last4
from switchyard.output import write_atomically
from switchyard.refusal import RefusalError
from switchyard.sources import Sources, read_key_file

SHORTEST = 16
"""Characters; LiteLLM itself refuses only the ones that its documentation uses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterKey:
    """The key and a sentence that says where it is, without showing it."""

    value: str = field(repr=False)
    whereabouts: str


def new() -> str:
    """A key that nobody can guess."""
    return f"sk-{secrets.token_urlsafe(32)}"


def ensure(sources: Sources) -> MasterKey:
    """The master key; the first time, a new one, appended to the ``.env`` file with mode 0600.

    Raises:
        RefusalError: there is one, and it can be guessed.
        OSError: the file cannot be written.
        UnreadableError: the file cannot be read.
    """
    name = sources.registry.gateway.master_key_env
    value = sources.env.get(name, "").strip()
    if not value:
        value = new()
        _append(sources.env_path, name, value)
        return MasterKey(value=value, whereabouts=f"new, {name} in {sources.env_path} (...{last4(value)})")
    if len(value) < SHORTEST or not value.startswith("sk-"):
        raise RefusalError(
            f'{name}: the master key has to begin with "sk-" and have {SHORTEST} characters or more',
            "unset it, and remove its line from .env, to have a strong one made",
        )
    return MasterKey(value=value, whereabouts=f"${name} (...{last4(value)})")


def _append(path: Path, name: str, value: str) -> None:
    text = read_key_file(path) or ""
    if text and not text.endswith("\n"):
        text += "\n"
    write_atomically(path, f"{text}{name}={value}\n", mode=0o600)
