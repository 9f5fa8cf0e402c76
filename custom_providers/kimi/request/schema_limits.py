"""Fits a tool's schema into Kimi's limits: above them, Kimi answers 400 to every call with the tool.

``schema_depth`` limits the depth. For the size, repeated subschemas move to ``$defs``; if that is not enough, nested
descriptions are shortened, then removed.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from custom_providers.kimi.request import schema_depth
from custom_providers.kimi.request.schema_depth import Schema, parts, with_parts
from custom_providers.providers.kimi import SCHEMA_BYTES, SCHEMA_DEPTH

_LEAST_SHARED = 64
"""Bytes; a reference takes about 30."""
_DESCRIPTIONS = (None, 200, 60, 0)
"""The lengths to cut nested descriptions to, tried in order; None: uncut."""


def fitted(schema: Schema) -> Schema:
    """``schema`` itself if it is within the limits, else the least changed form that is.

    A schema that is too large even without descriptions is returned like that; Kimi's error then explains it.
    """
    shallow = schema_depth.cut(schema, SCHEMA_DEPTH)
    if _size(shallow) <= SCHEMA_BYTES:
        return shallow
    forms = (_shared(_described(shallow, longest)) for longest in _DESCRIPTIONS)
    small = shallow
    for small in forms:
        if _size(small) <= SCHEMA_BYTES:
            break
    return small


def _size(schema: Any) -> int:
    return len(orjson.dumps(schema))


def _described(schema: Schema, longest: int | None) -> Schema:
    """``schema`` with nested descriptions cut to ``longest`` characters."""
    if longest is None:
        return schema

    def trimmed(node: Schema, _levels: int = 0) -> dict[str, Any]:
        new = with_parts(node, trimmed)
        if isinstance(new.get("description"), str):
            new["description"] = new["description"][:longest]
            if not new["description"]:
                del new["description"]
        return new

    root = with_parts(schema, trimmed)
    for name in ("$defs", "definitions"):
        if isinstance(root.get(name), Mapping):
            root[name] = {key: trimmed(part) for key, part in root[name].items() if isinstance(part, Mapping)}
    return root


def _shared(schema: Schema) -> Schema:
    """``schema`` with repeated subschemas moved to ``$defs``, the largest first."""
    counts: Counter[bytes] = Counter()

    def counted(node: Schema) -> None:
        for _, part in parts(node):
            counts[_text(part)] += 1
            counted(part)

    counted(schema)
    taken = schema.get("$defs") if isinstance(schema.get("$defs"), Mapping) else {}
    definitions: dict[str, Any] = dict(taken or {})
    names: dict[bytes, str] = {}

    def shared(node: Schema, _levels: int = 0) -> dict[str, Any]:
        text = _text(node)
        if counts[text] < 2 or len(text) < _LEAST_SHARED:
            return with_parts(node, shared)
        if text not in names:
            name = names[text] = next(name for name in _names() if name not in definitions)
            definitions[name] = {}
            definitions[name] = with_parts(node, shared)
        return {"$ref": f"#/$defs/{names[text]}"}

    root = with_parts(schema, shared)
    return {**root, "$defs": definitions} if definitions else root


def _names() -> Iterator[str]:
    return (f"s{number}" for number in itertools.count(1))


def _text(node: Schema) -> bytes:
    return orjson.dumps(node)
