"""The imported registry as the text of ``providers.toml``, validated by the registry's own rules. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from custom_providers.registry import loading
from custom_providers.registry.problems import ConfigError, Problem
from pointsman.importer import sections
from pointsman.importer.deployments import deployments
from pointsman.importer.document import Document, read
from pointsman.importer.includes import ReadFile, with_includes
from pointsman.importer.names import Names, names
from pointsman.importer.providers import Group, groups

_HEAD = """\
# Imported from {file}. Check it with `pointsman check`, then run `pointsman render` and `pointsman serve`.
# Keys are in the environment or in the .env next to this file, never in here.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A registry made from a LiteLLM config."""

    text: str
    variables: Mapping[str, str] = field(repr=False)
    """Keys and other values that were written in the config, for ``.env``."""
    providers: int
    aliases: int
    lost: Sequence[Problem]
    """What could not be carried over, in the order of the files and lines."""


def imported(text: str, file: str, read_file: ReadFile) -> Imported:
    """The registry that is equivalent to the LiteLLM config in ``text``, as far as possible.

    Args:
        text: the config.
        file: its name, for messages.
        read_file: reads the files that it includes.

    Raises:
        ConfigError: it is not a LiteLLM config, or has no model that a registry can serve.
    """
    document, unread = with_includes(read(text, file), read_file)
    found, lost = deployments(document)
    lost = [*unread, *lost]
    if not found:
        hint = "a registry needs at least one model of a provider that it can ask"
        raise ConfigError(lost or [document.lost(("model_list",), "has no entry", hint)])
    members = groups(found)
    named = names(document, members)
    settings = sections.sections(document)
    lost += [*named.lost, *sections.lost(document), *_unnamed(document, members)]
    text, refused = _sound(document, members, named, settings)
    keys = {group.key_env: group.key for group in members if group.key}
    return Imported(
        text=text,
        variables={**settings.variables, **keys},
        providers=len(members),
        aliases=len(named.aliases),
        lost=sorted([*lost, *refused], key=lambda problem: (problem.file != file, problem.file, problem.line or 0)),
    )


def _unnamed(document: Document, members: Sequence[Group]) -> list[Problem]:
    return [
        document.lost(
            group.deployments[0].path,
            f'no model of provider "{group.name}" is named',
            'its default_model is "default" until you write one',
        )
        for group in members
        if not group.default_model
    ]


def _sound(
    document: Document, members: Sequence[Group], named: Names, settings: sections.Sections
) -> tuple[str, list[Problem]]:
    """The text without the aliases that the registry's rules refuse, and a problem for each of those."""
    lost: list[Problem] = []
    while True:
        text = _text(document, members, named, settings)
        try:
            loading.parse(text.encode(), "providers.toml")
        except ConfigError as error:
            refused = {name for name in named.aliases for problem in error.problems if _about(problem, name)}
            if not refused:
                raise
            for name in refused:
                why = next(problem for problem in error.problems if _about(problem, name))
                if why.where.startswith(f"aliases.{name}.fallbacks"):
                    target = _without_fallback(named.aliases[name], why.where)
                    message = f'a fallback of "{name}", "{target}": {why.message}'
                    lost.append(document.lost(("model_list",), message, "add it, or another fallback, by hand"))
                else:
                    del named.aliases[name]
                    lost.append(document.lost(("model_list",), f'the name "{name}" {why.message}', why.hint))
        else:
            return text, lost


def _without_fallback(alias: dict[str, Any], where: str) -> str:
    """Removes the fallback that ``where`` names, as in ``aliases.fast.fallbacks[1]``, and returns it."""
    number = re.search(r"\[(\d+)\]$", where)
    target = alias["fallbacks"].pop(int(number[1]) if number else -1)
    if not alias["fallbacks"]:
        del alias["fallbacks"]
    return str(target)


def _about(problem: Problem, alias: str) -> bool:
    return problem.where == f"aliases.{alias}" or problem.where.startswith(f"aliases.{alias}.")


def _text(document: Document, members: Sequence[Group], named: Names, settings: sections.Sections) -> str:
    import tomlkit

    text = tomlkit.document()
    providers = tomlkit.aot()
    for group in members:
        providers.append(tomlkit.item(_table(group, named, settings)))
    text["provider"] = providers
    aliases = {name: _alias(alias) for name, alias in named.aliases.items()}
    default = named.default_provider or ("ollama" if any(group.name == "ollama" for group in members) else False)
    tables: dict[str, dict[str, Any]] = {
        "aliases": aliases,
        "gateway": {"default_provider": default, **settings.gateway},
        "alerts": settings.alerts,
    }
    for name, table in tables.items():
        if table:
            text[name] = table
    return _HEAD.format(file=document.file) + "\n" + tomlkit.dumps(text)


def _table(group: Group, named: Names, settings: sections.Sections) -> dict[str, Any]:
    table = {**settings.provider, **group.table()}
    if prefixes := named.prefixes.get(group.name):
        table["prefixes"] = list(dict.fromkeys([f"{group.name}/", *prefixes]))
    if bare := named.bare.get(group.name):
        table["bare"] = list(dict.fromkeys(bare))
    if "models" in table:
        table["models"] = [_model(model, named.models, group.name) for model in table["models"]]
    order = ["name", "kind", "base_url", "auth", "auth_env", "default_model"]
    return {name: table[name] for name in sorted(table, key=lambda name: order.index(name) if name in order else 99)}


def _model(model: Any, fallbacks: Mapping[str, Sequence[str]], provider: str) -> Any:
    """A model, in the short form unless something is known of it, with its fallbacks."""
    known = dict(model) if isinstance(model, Mapping) else {"id": model}
    if own := fallbacks.get(f"{provider}/{known['id']}"):
        return {**known, "fallbacks": list(own)}
    return model


def _alias(alias: Mapping[str, Any]) -> Any:
    """An alias, in the short form if it only names its target."""
    import tomlkit

    if set(alias) == {"model"}:
        return alias["model"]
    table = tomlkit.inline_table()
    table.update(alias)
    return table
