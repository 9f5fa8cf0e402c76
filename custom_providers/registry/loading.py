"""From the text of ``providers.toml`` to a frozen ``Registry``, or to all of its problems."""

from __future__ import annotations

import copy
import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields as dataclass_fields
from pathlib import Path as FilePath
from typing import Any

from custom_providers.environment import base_urls
from custom_providers.json_parts import mapping
from custom_providers.keys import redaction
from custom_providers.providers.known import profile_of
from custom_providers.providers.profile import Profile
from custom_providers.registry import fields, rules
from custom_providers.registry.model import Alerts, Alias, Audit, Gateway, Model, Provider, Registry
from custom_providers.registry.positions import Positions
from custom_providers.registry.problems import ConfigError, MissingError, Problem
from custom_providers.registry.shapes import Violation
from custom_providers.registry.toml_lines import lines_of
from custom_providers.routing.resolver import Options
from custom_providers.routing.table import with_tuples
from custom_providers.server.gate.bounds import NAMES, from_settings

MAX_BYTES = 4 * 1024 * 1024
"""A registry of 1,000 models has 0.1 MB; a larger file is probably not a registry."""


_TOML_HINT = "fix that line: strings need quotes, tables need brackets"
_TOML_HINTS = {
    "Cannot declare": "this table is already in the file: merge the two; another provider begins with [[provider]]",
    "Cannot overwrite": "this key is already in its table: remove one of the two",
    "Unclosed": "close the bracket that was opened",
    "Unterminated string": "end the string with the quotes that it begins with; a string of several lines needs three",
    "maximum recursion depth": "tables or arrays are nested hundreds of levels deep: is this the registry?",
}
"""By the start of ``tomllib``'s message."""


def load(path: FilePath) -> Registry:
    """Reads and validates the registry at ``path``.

    Raises:
        ConfigError: it is not valid; every problem is in it.
        MissingError: it is not there.
        OSError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return parse(file.read(MAX_BYTES + 1), str(path))
    except FileNotFoundError as error:
        if path.is_symlink():
            what = f"is a link to {path.readlink()}, which does not exist"
            raise FileNotFoundError(error.errno, what, str(path)) from None
        raise MissingError(error.errno, error.strerror, str(path)) from None


def parse(data: bytes, file: str) -> Registry:
    """The registry in ``data``; ``file`` is its name in messages.

    Raises:
        ConfigError: it is not valid; every problem is in it, in the order of the lines.
    """
    text, raw = _decode(data, file)
    positions = Positions(file=file, lines=lines_of(text), provider_names=_names(raw))
    leaked = [
        Problem(file=file, line=number, where="", message=message, hint=redaction.HINT)
        for number, message in redaction.inlined(text)
    ]
    violations = list(_unsound(raw))
    sound = _without(raw, violations) if violations else raw
    # Rules between providers are checked on what is valid; but not where a message could repeat a key.
    if not leaked and not (violations and any(_unsound(sound))):
        registry = _build(sound, _meaning(sound), positions)
        violations += rules.between_providers(registry)
        if not violations:
            return registry
    problems = leaked + [positions.problem(violation) for violation in violations]
    raise ConfigError(sorted(problems, key=lambda problem: problem.line or 0))


def _decode(data: bytes, file: str) -> tuple[str, dict[str, Any]]:
    def refusal(message: str, hint: str, line: int | None = None) -> ConfigError:
        return ConfigError([Problem(file=file, line=line, where="", message=message, hint=hint)])

    if len(data) > MAX_BYTES:
        raise refusal(f"is larger than {MAX_BYTES // 1024**2} MB", "is this the registry? that is a short TOML file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        broken = data[: error.start].count(b"\n") + 1
        raise refusal("is not UTF-8", "save the file as UTF-8", broken) from None
    if not text.strip():
        raise refusal("is empty", "run `pointsman init` to write a registry")
    try:
        return text, tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        # The message never repeats the line itself, which may hold a key.
        message, _, place = str(error).partition(" (at line ")
        line = int(place.split(",")[0]) if place else None
        hint = next((hint for start, hint in _TOML_HINTS.items() if message.startswith(start)), _TOML_HINT)
        raise refusal(f"is not TOML: {message}", hint, line) from None


def _names(raw: Mapping[str, Any]) -> list[object]:
    tables = raw.get("provider")
    return [mapping(table).get("name") for table in tables] if isinstance(tables, list) else []


def _unsound(raw: Mapping[str, Any]) -> Iterable[Violation]:
    """The problems of single values and single providers."""
    wrong = list(fields.ROOT.violations(raw, ()))
    yield from wrong
    broken = {
        violation.path[1] for violation in wrong if violation.path[:1] == ("provider",) and len(violation.path) > 1
    }
    tables = raw.get("provider")
    for position, table in enumerate(tables if isinstance(tables, list) else ()):
        if position not in broken:
            yield from rules.within_provider(table, ("provider", position))


def _without(raw: dict[str, Any], violations: Iterable[Violation]) -> dict[str, Any]:
    """``raw`` without the values that have violations."""
    rest = copy.deepcopy(raw)
    for path in sorted({violation.path for violation in violations}, reverse=True):
        owner: Any = rest
        try:
            for part in path[:-1]:
                owner = owner[part]
            del owner[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue
    return rest


def _meaning(raw: Mapping[str, Any]) -> str:
    """A hash of what the file says; comments, layout and the order of keys have no part in it."""
    return hashlib.sha256(json.dumps(raw, sort_keys=True, default=str).encode()).hexdigest()


def _build(raw: Mapping[str, Any], sha256: str, positions: Positions) -> Registry:
    gateway = dict(raw.get("gateway", {}))
    aliases = {name: _alias(value) for name, value in raw.get("aliases", {}).items()}
    names = [table["name"] for table in raw["provider"]]
    if "ollama" not in names:
        gateway.setdefault("default_provider", names[0] if names else "")
    return Registry(
        sha256=sha256,
        providers=tuple(_provider(table) for table in raw["provider"]),
        aliases={name: alias.model for name, alias in aliases.items()},
        alias_options={
            name: Options(defaults=alias.defaults, fallbacks=alias.fallbacks)
            for name, alias in aliases.items()
            if alias.defaults or alias.fallbacks
        },
        gateway=Gateway(
            bounds=from_settings(gateway), **{name: value for name, value in gateway.items() if name not in NAMES}
        ),
        audit=Audit(**raw.get("audit", {})),
        alerts=Alerts(**raw.get("alerts", {})),
        positions=positions,
    )


_IN_BOTH = {field.name for field in dataclass_fields(Profile)} & {field.name for field in dataclass_fields(Provider)}
"""Fields whose default comes from the profile."""


def _provider(table: Mapping[str, Any]) -> Provider:
    profile = profile_of(table["name"], table.get("kind"))
    values: dict[str, Any] = {
        **{name: getattr(profile, name) for name in _IN_BOTH},
        **{name: value for name, value in with_tuples(table).items() if name != "kind"},
    }
    values.setdefault("stream_timeout", values["timeout"])
    values["base_url"] = base_urls.judged(values["base_url"], profile.wire_family).value
    values["models"] = tuple(
        Model(id=model) if isinstance(model, str) else _model(model, profile) for model in values.get("models", ())
    )
    return Provider(profile=profile, **values)


def _model(model: Mapping[str, Any], profile: Profile) -> Model:
    values = with_tuples(model)
    if "base_url" in values:
        values["base_url"] = base_urls.judged(values["base_url"], profile.wire_family).value
    return Model(**values)


def _alias(value: str | Mapping[str, Any]) -> Alias:
    return Alias(model=value) if isinstance(value, str) else Alias(**with_tuples(value))
