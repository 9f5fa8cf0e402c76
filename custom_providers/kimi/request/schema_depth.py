"""Limits the depth of a tool's schema, counted as Kimi counts it.

Kimi counts levels of properties and follows references. Schemas below the last level accept any value of their type;
so do recursive schemas, whose depth is unlimited.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Schema = Mapping[str, Any]

_ROOT = "#"
_MAPS = ("properties", "patternProperties")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_SINGLES = ("items", "additionalProperties")
_TABLES = ("$defs", "definitions")


def cut(schema: Schema, deepest: int) -> Schema:
    """``schema`` itself if it has at most ``deepest`` levels of properties, else a form that does.

    A definition is cut for the deepest place that refers to it, so that the work grows with the schema's text and not
    with its expanded references.
    """
    definitions = _definitions(schema)
    order, loops = _order(definitions)
    if not loops and _height(definitions, order) <= deepest:
        return schema
    room = {_ROOT: deepest}
    done = {name: _opened(definitions, name, room, loops) for name in order if name in room}
    tables: dict[str, dict[str, Schema]] = {}
    for reference in done.keys() - {_ROOT}:
        _, table, name = reference.split("/", 2)
        tables.setdefault(table, {})[name] = done[reference]
    root = {name: value for name, value in done[_ROOT].items() if name not in _TABLES}
    return {**root, **tables}


def parts(node: Schema) -> list[tuple[int, Schema]]:
    """The direct subschemas of ``node``, each with its added depth: 1 for properties, 0 for others."""
    maps = [(1, part) for name in _MAPS if isinstance(node.get(name), Mapping) for part in node[name].values()]
    lists = [(0, part) for name in _LISTS if isinstance(node.get(name), list) for part in node[name]]
    singles = [(0, node[name]) for name in _SINGLES if name in node]
    return [(levels, part) for levels, part in (*maps, *lists, *singles) if isinstance(part, Mapping)]


def with_parts(node: Schema, change: Callable[[Schema, int], Any]) -> dict[str, Any]:
    """``node`` with each direct subschema replaced by ``change``, which also gets its added depth."""

    def changed(part: Any, levels: int = 0) -> Any:
        return change(part, levels) if isinstance(part, Mapping) else part

    new = dict(node)
    for name in _MAPS:
        if isinstance(node.get(name), Mapping):
            new[name] = {key: changed(part, 1) for key, part in node[name].items()}
    for name in _LISTS:
        if isinstance(node.get(name), list):
            new[name] = [changed(part) for part in node[name]]
    for name in _SINGLES:
        if name in node:
            new[name] = changed(node[name])
    return new


def _definitions(schema: Schema) -> dict[str, Schema]:
    """The root and its definitions by reference, such as ``#`` and ``#/$defs/Node``."""
    found: dict[str, Schema] = {_ROOT: schema}
    for table in _TABLES:
        if isinstance(schema.get(table), Mapping):
            named = schema[table].items()
            found |= {f"#/{table}/{name}": part for name, part in named if isinstance(part, Mapping)}
    return found


def _references(node: Schema, definitions: Mapping[str, Schema]) -> list[str]:
    """The definitions that ``node`` refers to, each once."""
    found: dict[str, None] = {}
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if here.get("$ref") in definitions:
            found[here["$ref"]] = None
        waiting += [part for _, part in parts(here)]
    return list(found)


def _order(definitions: Mapping[str, Schema]) -> tuple[list[str], set[tuple[str, str]]]:
    """The definitions reachable from the root, each after all that refer to it; the references that close a loop."""
    after: list[str] = []
    loops: set[tuple[str, str]] = set()
    under_way = {_ROOT: iter(_references(definitions[_ROOT], definitions))}
    seen = {_ROOT}
    while under_way:
        name, references = next(reversed(under_way.items()))
        reference = next(references, None)
        if reference is None:
            after.append(name)
            del under_way[name]
        elif reference in under_way:
            loops.add((name, reference))
        elif reference not in seen:
            seen.add(reference)
            under_way[reference] = iter(_references(definitions[reference], definitions))
    return after[::-1], loops


def _height(definitions: Mapping[str, Schema], order: list[str]) -> int:
    """The levels of properties below the root, through references; none of them closes a loop."""
    heights: dict[str, int] = {}

    def height(node: Schema) -> int:
        reference = node.get("$ref")
        own = heights[reference] if isinstance(reference, str) and reference in heights else 0
        return max((levels + height(part) for levels, part in parts(node)), default=own)

    for name in reversed(order):
        heights[name] = height(definitions[name])
    return heights[_ROOT]


def _opened(
    definitions: Mapping[str, Schema], name: str, room: dict[str, int], loops: set[tuple[str, str]]
) -> dict[str, Any]:
    """A definition cut to its room; ``room`` is updated with what remains for those it refers to."""

    def opened(node: Schema, level: int) -> Schema:
        reference = node.get("$ref")
        if isinstance(reference, str) and reference in definitions:
            if (name, reference) in loops:
                return _any_value(definitions[reference])
            room[reference] = min(room[name] - level, room.get(reference, room[name]))
            return node
        if level == room[name] and any(levels for levels, _ in parts(node)):
            return _any_value(node)
        return with_parts(node, lambda part, levels: opened(part, level + levels))

    return dict(opened(definitions[name], 0))


def _any_value(node: Schema) -> dict[str, Any]:
    """A schema of the same type and description without further constraints."""
    return {"type": "object", **{name: node[name] for name in ("type", "description") if name in node}}
