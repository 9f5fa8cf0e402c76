"""Where a provider's key comes from: the environment, then fallback files, then a secret reference.

Pure: the environment, a file reader and a reference reader are passed in.
"""

from __future__ import annotations

import io
import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from custom_providers.environment.text import cleaned, key_flaws
from custom_providers.json_parts import mapping
from custom_providers.keys.redaction import last4
from custom_providers.keys.unreadable_key import UnreadableKeyError
from custom_providers.registry.model import Provider

MAX_FILE_BYTES = 1024 * 1024
"""The largest file that is read as a key file."""


ReadText = Callable[[str], str | None]
"""The text at a path or behind a reference; None when there is no such file. Raises ``UnreadableKeyError``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key and where it was found; its repr does not show it."""

    value: str = field(repr=False)
    source: str

    @property
    def last4(self) -> str:
        """The only part that is ever shown; unprintable characters become "?"."""
        return last4("".join(character if "!" <= character <= "~" else "?" for character in self.value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The outcome of looking for one provider's key."""

    key: Key | None
    looked: tuple[str, ...]
    """The places that were tried, in order, with what was missing in each."""
    problems: tuple[str, ...] = ()
    """Places that could not be read."""
    flaws: tuple[str, ...] = ()
    """Why the text that was found cannot be a key."""


def find_key(provider: Provider, env: Mapping[str, str], read_file: ReadText, read_ref: ReadText) -> Search:
    """Looks for the key of ``provider``; the first place with a non-blank one wins."""
    looked: list[str] = []
    problems: list[str] = []
    for source, missing, read in _places(provider, env, read_file, read_ref):
        try:
            value = cleaned(read() or "", provider.auth_env)
        except UnreadableKeyError as error:
            problems.append(f"{source}: {error}")
            looked.append(f"{source} (unreadable)")
            continue
        if value:
            return _found(value, source, looked, problems)
        looked.append(missing)
    return Search(key=None, looked=tuple(looked), problems=tuple(problems))


def in_environment(variable: str, env: Mapping[str, str]) -> Search:
    """The same search when the environment is the only place, as it is inside the proxy."""
    value = cleaned(env.get(variable, ""), variable)
    return _found(value, f"${variable}") if value else Search(key=None, looked=(_unset(variable),))


def _found(value: str, source: str, looked: Iterable[str] = (), problems: Iterable[str] = ()) -> Search:
    return Search(
        key=Key(value=value, source=source),
        looked=tuple(looked),
        problems=tuple(problems),
        flaws=key_flaws(value),
    )


def _unset(variable: str) -> str:
    return f"${variable} (not set)"


def _places(
    provider: Provider, env: Mapping[str, str], read_file: ReadText, read_ref: ReadText
) -> Iterator[tuple[str, str, Callable[[], str | None]]]:
    """Each place: its name, the text for a missing key, and how to read it."""
    if provider.auth == "none":
        return
    variable = provider.auth_env
    yield f"${variable}", _unset(variable), lambda: env.get(variable)
    for file in provider.auth_fallback_files:
        yield file, f"{file} (no {_members(provider, file)})", lambda file=file: _in_file(provider, file, read_file)  # type: ignore[misc]
    if provider.auth_ref:
        yield provider.auth_ref, f"{provider.auth_ref} (empty)", lambda: read_ref(provider.auth_ref)


def _members(provider: Provider, file: str) -> str:
    alternative = f" or {provider.name}.api_key" if PurePath(file).suffix in {".json", ".toml"} else ""
    return f"{provider.auth_env}{alternative}, or no file"


def _in_file(provider: Provider, file: str, read_file: ReadText) -> str | None:
    text = read_file(file)
    if text is None:
        return None
    suffix = PurePath(file).suffix
    if suffix not in {".json", ".toml"}:
        return variables(text).get(provider.auth_env)
    try:
        values = json.loads(text) if suffix == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError):
        # The parser's own message may quote the file.
        raise UnreadableKeyError(f"is not {suffix[1:].upper()}") from None
    return _member(values, provider.auth_env) or _member(mapping(values).get(provider.name), "api_key")


def variables(text: str) -> dict[str, str]:
    """The variables of a ``.env`` text (KEY=value), without interpolation: a ``$`` in a key is a ``$``."""
    from dotenv import dotenv_values

    values = dotenv_values(stream=io.StringIO(text), interpolate=False)
    return {name: value for name, value in values.items() if value is not None}


def _member(values: object, name: str) -> str | None:
    value = mapping(values).get(name)
    return value if isinstance(value, str) else None
