"""Lists what a reload changes, one line per change: ``+ vllm``, ``- openai``, ``~ openrouter: fallbacks``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from custom_providers.registry.model import Registry
from pointsman.sources.registration import Registration


def changes(
    before: Registry, had: Sequence[Registration], after: Registry, has: Sequence[Registration]
) -> Iterator[str]:
    """Compares two registries and the providers registered with each.

    Args:
        before: the registry in force until now.
        had: the providers of ``before``, with the keys that were found then.
        after: the new registry.
        has: the providers of ``after``, with the keys that are found now.
    """
    yield from _providers({item.provider.name: item for item in had}, {item.provider.name: item for item in has})
    yield from _entries("alias ", before.aliases, after.aliases)
    for table in ("gateway", "audit", "alerts"):
        if names := _differing(getattr(before, table), getattr(after, table)):
            yield f"~ [{table}]: {', '.join(names)}"


def _providers(had: Mapping[str, Registration], has: Mapping[str, Registration]) -> Iterator[str]:
    for name, item in has.items():
        earlier = had.get(name)
        if item.registered and not (earlier and earlier.registered):
            yield f"+ {name}"
        elif earlier and earlier.registered and not item.registered:
            yield f"- {name}: {'switched off' if not item.provider.enabled else 'no key'}"
        elif earlier and (names := _of_provider(earlier, item)):
            yield f"~ {name}: {', '.join(names)}"
    yield from (f"- {name}" for name, item in had.items() if name not in has and item.registered)


def _of_provider(earlier: Registration, item: Registration) -> list[str]:
    names = _differing(earlier.provider, item.provider)
    if earlier.base_url != item.base_url and "base_url" not in names:
        names.append("base_url")
    if (earlier.key and earlier.key.value) != (item.key and item.key.value):
        names.append(f"key ...{item.key.last4}" if item.key else "key")
    if earlier.risk_accepted != item.risk_accepted:
        names.append("User-Agent risk")
    return names


def _differing(before: Any, after: Any) -> list[str]:
    """The names of the fields in which two instances of a dataclass differ."""
    return [field.name for field in fields(before) if getattr(before, field.name) != getattr(after, field.name)]


def _entries(what: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    yield from (f"+ {what}{name}" for name in after if name not in before)
    yield from (f"~ {what}{name}" for name in after if before.get(name, after[name]) != after[name])
    yield from (f"- {what}{name}" for name in before if name not in after)
