"""Where the command reads from: the registry, the environment, the ``.env`` beside it, key files and 1Password."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from custom_providers import keys, registry
from custom_providers.keys import Search, UnreadableError
from custom_providers.registry import Provider, Registry

OP_SECONDS = 10
"""How long 1Password's command may take."""

ENV_FILE = ".env"
"""Beside the registry; read after the environment, before a provider's own files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """One registry and everything around it that a command may look at."""

    path: Path
    registry: Registry
    env: Mapping[str, str] = field(repr=False)
    """The environment, over the variables of the ``.env`` file."""

    @property
    def config_path(self) -> Path:
        """The generated file, beside the registry."""
        return self.path.with_name("litellm_config.yaml")

    @property
    def env_path(self) -> Path:
        """The file that holds this machine's keys, beside the registry."""
        return self.path.with_name(ENV_FILE)

    def searches(self) -> Mapping[str, Search]:
        """For every enabled provider that needs a key, where it was looked for and what was found."""
        return {
            provider.name: self.search(provider)
            for provider in self.registry.providers
            if provider.enabled and provider.auth != "none"
        }

    def search(self, provider: Provider) -> Search:
        """Looks for one provider's key."""
        return keys.find_key(
            provider,
            self.env,
            lambda file: read_key_file(self.path.parent / Path(file).expanduser()),
            read_reference,
        )

    def base_url(self, provider: Provider) -> str:
        """The provider's base URL as ``<NAME>_BASE_URL`` has it, else as the registry does."""
        return self.env.get(f"{provider.name.upper()}_BASE_URL", "").strip().rstrip("/") or provider.base_url


def load(path: Path, environ: Mapping[str, str]) -> Sources:
    """The registry at ``path`` with its surroundings.

    Raises:
        ConfigError: the registry is not valid.
        OSError: it cannot be read.
        UnreadableError: the ``.env`` file beside it cannot be read.
    """
    loaded = registry.load(path)
    try:
        text = read_key_file(path.with_name(ENV_FILE))
    except UnreadableError as error:
        raise UnreadableError(f"{path.with_name(ENV_FILE)}: {error}") from None
    return Sources(path=path, registry=loaded, env={**keys.variables(text or ""), **environ})


def read_key_file(path: Path) -> str | None:
    """The text of a key file, None when there is none.

    Raises:
        UnreadableError: it is there and cannot be read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnreadableError("is not a regular file")
        with path.open("rb") as file:
            data = file.read(keys.MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        if path.is_symlink():
            raise UnreadableError(f"is a link to {path.readlink()}, which is not there") from None
        return None
    except OSError as error:
        raise UnreadableError(os.strerror(error.errno or 0).lower()) from None
    if len(data) > keys.MAX_FILE_BYTES:
        raise UnreadableError("is larger than 1 MB: no key file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableError("is not UTF-8") from None


def read_reference(reference: str) -> str | None:
    """What stands behind ``op://vault/item/field``, by way of 1Password's ``op`` command.

    Raises:
        UnreadableError: it could not be read; the text says whose fault that is.
    """
    try:
        done = subprocess.run(  # noqa: S603 -- the reference has passed the registry's pattern
            ["op", "read", "--no-newline", reference],  # noqa: S607 -- wherever the operator has installed it
            capture_output=True,
            text=True,
            timeout=OP_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise UnreadableError("the 1Password command `op` is not installed") from None
    except subprocess.TimeoutExpired:
        raise UnreadableError(f"`op` did not answer within {OP_SECONDS} s; is the vault locked?") from None
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.lower()
    if (
        "isn't an item" in said
        or "isn't a vault" in said
        or "does not have a field" in said
        or "could not find" in said
    ):
        raise UnreadableError("1Password has no such vault, item or field")
    if "sign" in said or "session" in said or "locked" in said or "authoriz" in said:
        raise UnreadableError("1Password is locked or not signed in; run `op signin`")
    raise UnreadableError(f"`op read` failed with status {done.returncode}; run it by hand to see why")
