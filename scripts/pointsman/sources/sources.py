"""The command's inputs: the registry, the environment, the ``.env`` next to it, key files and 1Password."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from custom_providers.environment import admission
from custom_providers.environment.base_urls import BaseUrl
from custom_providers.environment.listener import Listener
from custom_providers.environment.text import cleaned
from custom_providers.keys import lookup
from custom_providers.keys.lookup import Search
from custom_providers.keys.unreadable_key import UnreadableKeyError
from custom_providers.kimi.account import identity
from custom_providers.registry import loading
from custom_providers.registry.model import Provider, Registry
from custom_providers.state import state_directory
from pointsman.console.refusal import reason
from pointsman.sources import one_password

ENV_FILE = ".env"
"""Next to the registry; read after the environment, before a provider's own files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """A registry with the environment and the files that belong to it."""

    path: Path
    registry: Registry
    env: Mapping[str, str] = field(repr=False)
    """The environment and the ``.env`` file; a variable of the environment wins unless it is blank."""
    filed: frozenset[str] = frozenset()
    """The variables of ``env`` that come from the ``.env`` file."""
    listens: Listener | None = None
    """The address from the options of ``serve``, which overrides the registry's."""

    @property
    def config_path(self) -> Path:
        """The generated file, next to the registry."""
        return self.path.with_name("litellm_config.yaml")

    @property
    def env_path(self) -> Path:
        """The file that holds this machine's keys, next to the registry."""
        return self.path.with_name(ENV_FILE)

    @property
    def state_directory(self) -> Path:
        """The state directory: next to the registry, unless a variable sets another."""
        return state_directory(self.env, self.path.parent).absolute()

    def searches(self) -> Mapping[str, Search]:
        """The key search of every enabled provider that needs a key."""
        wanted = [provider for provider in self.registry.providers if provider.enabled and provider.auth != "none"]
        found = self._at_once(wanted) if any(provider.auth_ref for provider in wanted) else map(self.search, wanted)
        return {provider.name: search for provider, search in zip(wanted, found, strict=True)}

    def _at_once(self, providers: Sequence[Provider]) -> Iterable[Search]:
        """Searches concurrently, so that a locked vault costs its timeout only once."""
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(max_workers=len(providers)) as threads:
            return list(threads.map(self.search, providers))

    def search(self, provider: Provider) -> Search:
        """Looks for one provider's key."""
        found = lookup.find_key(provider, self.env, lambda file: read_key_file(self.key_file(file)), one_password.read)
        if found.key and found.key.source == f"${provider.auth_env}" and provider.auth_env in self.filed:
            return replace(found, key=replace(found.key, source=f"{found.key.source} in {ENV_FILE}"))
        return found

    def key_file(self, file: str) -> Path:
        """The path of an entry of ``auth_fallback_files``, relative to the registry; ``~`` is the home directory.

        Raises:
            UnreadableKeyError: there is no such home directory.
        """
        try:
            return self.path.parent / Path(file).expanduser()
        except RuntimeError:
            raise UnreadableKeyError("there is no such home directory") from None

    def risk_accepted(self, provider: Provider) -> str:
        """Who accepted the risk of another product's User-Agent, and when: "name, date"; empty if not accepted.

        The registry says so, or ``<NAME>_USER_AGENT_RISK_ACCEPTED`` in the environment, ``.env`` or a key file.
        """
        if provider.user_agent_risk_accepted:
            return provider.user_agent_risk_accepted
        places = (self.env, *(self._variables(file) for file in provider.auth_fallback_files))
        return next(filter(None, (identity.accepted_in(place, provider.name) for place in places)), "")

    def _variables(self, file: str) -> Mapping[str, str]:
        """The NAME=value lines of a key file; empty if it cannot be read, which the key search reports."""
        try:
            return lookup.variables(read_key_file(self.key_file(file)) or "")
        except UnreadableKeyError:
            return {}

    def base_url(self, provider: Provider) -> str:
        """The effective base URL: the override, else the registry's."""
        return self.override(provider).value or provider.base_url

    def override(self, provider: Provider) -> BaseUrl:
        """The override from ``<NAME>_BASE_URL``."""
        own = self.listens or self.registry.gateway.listener
        return admission.override(provider.name, provider.wire_family, self.env, own)


def load(path: Path, environ: Mapping[str, str]) -> Sources:
    """The registry at ``path`` with its surroundings.

    Raises:
        ConfigError: the registry is not valid.
        OSError: it cannot be read.
        UnreadableKeyError: the ``.env`` file next to it cannot be read.
    """
    loaded = loading.load(path)
    try:
        text = read_key_file(path.with_name(ENV_FILE))
    except UnreadableKeyError as error:
        raise UnreadableKeyError(f"{path.with_name(ENV_FILE)}: {error}") from None
    variables = lookup.variables(text or "")
    around = {name: value for name, value in environ.items() if name not in variables or cleaned(value, name)}
    return Sources(
        path=path, registry=loaded, env={**variables, **around}, filed=frozenset(variables.keys() - around.keys())
    )


def read_key_file(path: Path) -> str | None:
    """The text of a key file; None if it does not exist.

    Raises:
        UnreadableKeyError: it is there and cannot be read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnreadableKeyError("is not a regular file")
        with path.open("rb") as file:
            data = file.read(lookup.MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        if path.is_symlink():
            raise UnreadableKeyError(f"is a link to {path.readlink()}, which does not exist") from None
        return None
    except OSError as error:
        raise UnreadableKeyError(reason(error)) from None
    except ValueError:
        raise UnreadableKeyError("is not a valid file name") from None
    if len(data) > lookup.MAX_FILE_BYTES:
        raise UnreadableKeyError("is larger than 1 MB, too large for a key file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableKeyError("is not UTF-8") from None
