"""The names that clients use, as the registry's prefixes, bare globs and aliases. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from custom_providers.json_parts import unwrapped
from custom_providers.providers.known import KNOWN
from custom_providers.registry.problems import Problem
from custom_providers.registry.shapes import Path
from pointsman.importer.deployments import Deployment
from pointsman.importer.document import Document
from pointsman.importer.providers import Group


@dataclass(slots=True, kw_only=True)
class Names:
    """The routing that sends every name where the config sent it."""

    prefixes: dict[str, list[str]] = field(default_factory=dict)
    """By provider, prefixes in addition to its name."""
    bare: dict[str, list[str]] = field(default_factory=dict)
    aliases: dict[str, dict[str, Any]] = field(default_factory=dict)
    models: dict[str, list[str]] = field(default_factory=dict)
    """By deployment, the fallbacks of models that clients ask for without an alias."""
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
    _fallbacks(found, document, (f"{group.name}/{item.model}" for group in groups for item in group.deployments))
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
                f'"{name}" renames the models that its * matches',
                f"add a prefix or a bare glob to provider {group.name}, or an alias for each name",
            )
        )


def _aliases(found: Names, document: Document) -> None:
    for section in ("router_settings", "litellm_settings"):
        for alias, target in document.table(section, "model_group_alias").items():
            name = unwrapped(target, "model")
            if isinstance(name, str):
                found.aliases[str(alias)] = {"model": name}
            else:
                hint = "name one model, and the others as fallbacks of the alias"
                place = (section, "model_group_alias", str(alias))
                found.lost.append(document.lost(place, "does not name one model", hint))


def _fallbacks(found: Names, document: Document, targets: Iterable[str]) -> None:
    """Carries over ``fallbacks``; ``targets`` are the names that need no alias, as the deployments have them."""
    own = frozenset(targets)
    for section in ("router_settings", "litellm_settings"):
        listed = document.table(section).get("fallbacks")
        for path, name, wanted in _pairs((section, "fallbacks"), listed):
            sound = [target for target in wanted if isinstance(target, str)]
            if name not in found.aliases and name not in own:
                hint = "set fallbacks on the provider, on a model or on an alias"
                found.lost.append(document.lost(path, f'the fallbacks of "{name}" are not carried over', hint))
                continue
            if sound:
                alias = found.aliases.get(name)
                known = found.models.setdefault(name, []) if alias is None else alias.setdefault("fallbacks", [])
                known += [target for target in sound if target not in known]
            if len(sound) < len(wanted):
                hint = "add an alias with these parameters as its defaults, and name that"
                found.lost.append(document.lost(path, "a fallback is not a model name", hint))


def _pairs(path: Path, listed: object) -> Iterator[tuple[Path, str, list[object]]]:
    """Where fallbacks are set, for which name, and to what; LiteLLM's form is a list of mappings, others are common."""
    entries = enumerate(listed) if isinstance(listed, list) else [(0, listed)]
    for position, entry in entries:
        for name, targets in entry.items() if isinstance(entry, Mapping) else ():
            place = (*path, position, str(name)) if isinstance(listed, list) else (*path, str(name))
            yield place, str(name), targets if isinstance(targets, list) else [targets]
