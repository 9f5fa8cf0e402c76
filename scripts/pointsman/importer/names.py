"""The names that clients use, as the registry's prefixes, bare globs and aliases. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from custom_providers.providers.known import KNOWN
from custom_providers.registry.problems import Problem
from pointsman.importer.deployments import Deployment
from pointsman.importer.document import Document, Path
from pointsman.importer.providers import Group


@dataclass(slots=True, kw_only=True)
class Names:
    """The routing that sends every name where the config sent it."""

    prefixes: dict[str, list[str]] = field(default_factory=dict)
    """By provider, prefixes in addition to its name."""
    bare: dict[str, list[str]] = field(default_factory=dict)
    aliases: dict[str, dict[str, Any]] = field(default_factory=dict)
    default_provider: str = ""
    lost: list[Problem] = field(default_factory=list)


def names(document: Document, groups: Sequence[Group]) -> Names:
    """The names of all deployments, of ``model_group_alias`` and of ``fallbacks``."""
    found = Names()
    owners: dict[str, list[tuple[Group, Deployment]]] = {}
    for group in groups:
        for item in group.deployments:
            owners.setdefault(item.name, []).append((group, item))
    for name, members in owners.items():
        _take(found, document, name, members)
    _aliases(found, document)
    _fallbacks(found, document)
    return found


def _take(found: Names, document: Document, name: str, members: Sequence[tuple[Group, Deployment]]) -> None:
    (group, item), *others = sorted(members, key=lambda member: member[1].path)
    if "*" in item.model:
        _pattern(found, document, name, group, item)
        return
    target = f"{group.name}/{item.model}"
    alias: dict[str, Any] = {"model": target}
    if item.defaults:
        alias["defaults"] = dict(item.defaults)
    if others:
        rest = [f"{owner.name}/{other.model}" for owner, other in others]
        alias["fallbacks"] = [other for other in dict.fromkeys(rest) if other != target]
        found.lost.append(
            document.lost(
                (*others[0][1].path, "model_name"),
                f'"{name}" was balanced over {len(members)} deployments',
                "the first one is asked now, the others are its fallbacks",
            )
        )
    if name != target or len(alias) > 1:
        found.aliases[name] = alias


def _pattern(found: Names, document: Document, name: str, group: Group, item: Deployment) -> None:
    start, star, end = name.partition("*")
    own = KNOWN[group.name].bare if group.known else ()
    if name == "*":
        found.default_provider = group.name
    elif star and not end and start.endswith("/"):
        if start != f"{group.name}/":
            found.prefixes.setdefault(group.name, []).append(start)
    elif star and "/" not in name and name == item.model:
        if name not in own:
            found.bare.setdefault(group.name, []).append(name)
    else:
        found.lost.append(
            document.lost(
                (*item.path, "model_name"),
                f'"{name}" renames what its star matches',
                f"add a prefix or a bare glob to provider {group.name}, or an alias for each name",
            )
        )


def _aliases(found: Names, document: Document) -> None:
    for path in (("router_settings", "model_group_alias"), ("litellm_settings", "model_group_alias")):
        for alias, target in document.table(*path).items():
            name = target.get("model") if isinstance(target, Mapping) else target
            if isinstance(name, str):
                found.aliases[str(alias)] = {"model": name}


def _fallbacks(found: Names, document: Document) -> None:
    for section in ("router_settings", "litellm_settings"):
        listed = document.table(section).get("fallbacks")
        for path, name, targets in _pairs((section, "fallbacks"), listed):
            if name == "*" or name not in found.aliases:
                hint = "set fallbacks on the provider, on a model or on an alias"
                found.lost.append(document.lost(path, f'the fallbacks of "{name}" are not carried over', hint))
            else:
                known = found.aliases[name].setdefault("fallbacks", [])
                known += [target for target in targets if target not in known]


def _pairs(path: Path, listed: object) -> Iterator[tuple[Path, str, list[str]]]:
    for position, entry in enumerate(listed if isinstance(listed, list) else ()):
        for name, targets in entry.items() if isinstance(entry, Mapping) else ():
            sound: Iterable[object] = targets if isinstance(targets, list) else ()
            yield (*path, position, str(name)), str(name), [target for target in sound if isinstance(target, str)]
