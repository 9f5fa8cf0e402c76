"""Edits the ``models`` of a provider in the text of ``providers.toml`` in place. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from custom_providers.registry.model import Model
from custom_providers.registry.toml_lines import lines_of


def rewritten(text: str, provider: str, said: Iterable[Model], gone: Collection[str]) -> str:
    """``text`` less the ``gone`` models of ``provider`` and with what is ``said`` of others; the rest stays.

    A model that is not there yet comes last. Its existing facts are replaced by those given here, where None
    says nothing.

    Raises:
        StopIteration: there is no such provider.
    """
    import tomlkit

    facts = {model.id: _facts(model) for model in said}
    document: Any = tomlkit.parse(text)
    position = next(at for at, table in enumerate(document["provider"]) if table["name"] == provider)
    if facts and "models" not in document["provider"][position]:
        document = tomlkit.parse(_with_models(text, position))
    table = document["provider"][position]
    if facts:
        # Where the text has no line for it: [provider = {...}, {...}] in one.
        table.setdefault("models", tomlkit.array())
    if "models" in table:
        _change(table["models"], facts, gone)
    return tomlkit.dumps(document)


def _with_models(text: str, position: int) -> str:
    """``text`` with an empty ``models`` after the default model, before any comment that belongs to the next table."""
    line = lines_of(text).get(("provider", position, "default_model"))
    if line is None:
        return text
    lines = text.splitlines(keepends=True)
    ending = "\r\n" if lines[line - 1].endswith("\r\n") else "\n"
    lines[line - 1] = f"{lines[line - 1].rstrip()}{ending}"
    lines.insert(line, f"models = []{ending}")
    return "".join(lines)


def _change(models: Any, facts: Mapping[str, Mapping[str, Any]], gone: Collection[str]) -> None:
    """Changes an array of ids and tables, or ``[[provider.models]]`` tables."""
    from tomlkit.items import Array

    for at in reversed(range(len(models))):
        if _id(models[at]) in gone:
            del models[at]
    for at in range(len(models)):
        added = facts.get(_id(models[at]))
        if added and isinstance(models[at], Mapping):
            models[at].update(added)
        elif added:
            models[at] = _table(added, inline=True)
    present = {_id(item) for item in models}
    for name, added in facts.items():
        if name not in present:
            models.append(_table(added, inline=isinstance(models, Array)))
    if isinstance(models, Array) and facts and "\n" not in models.as_string():
        models.multiline(multiline=True)


def _facts(model: Model) -> dict[str, Any]:
    return {name: value for name, value in asdict(model).items() if value not in (None, "", {}, ())}


def _id(item: Any) -> str:
    return str(item["id"] if isinstance(item, Mapping) else item)


def _table(facts: Mapping[str, Any], *, inline: bool) -> Any:
    import tomlkit

    table = tomlkit.inline_table() if inline else tomlkit.table()
    table.update(facts)
    return table
