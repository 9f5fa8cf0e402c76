"""Converts tool schemas to MFJS, the subset of JSON Schema that Kimi accepts.

Kimi's validator answers 400 "At path 'properties.X': type is not defined" to schemas that OpenAI and Anthropic
accept, and refuses ``$schema``, tuples in ``items``, keywords next to ``$ref`` and a ``type`` next to ``anyOf``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_BRANCHES = ("anyOf", "oneOf", "allOf")
_LISTS = (*_BRANCHES, "prefixItems")
_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_SINGLES = ("items", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else")
_SHAPED = frozenset({*_BRANCHES, "not", "if", "then", "else", "$ref", "type"})

_HINTS = {
    "object": ("properties", "additionalProperties", "patternProperties", "propertyNames", "required", "minProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"),
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"),
}
_JSON_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "string"),
    (dict, "object"),
    (list, "array"),
    (type(None), "null"),
)


def normalise(parameters: Schema) -> dict[str, Any]:
    """Return a tool's ``parameters`` as MFJS; valid MFJS is returned unchanged."""
    root = _node(parameters)
    return root if "type" in root or "$ref" in root else {"type": "object", **root}


def _subschema(value: Any) -> Any:
    """A nested schema, which requires a ``type``; booleans are schemas too."""
    if not isinstance(value, Mapping):
        return value
    node = _node(value)
    return node if _SHAPED & node.keys() else {"type": _implied_type(node), **node}


def _node(schema: Schema) -> dict[str, Any]:
    if isinstance(schema.get("$ref"), str):
        # Kimi expands references first and then refuses keywords next to them; definitions belong to the root.
        return {
            "$ref": schema["$ref"],
            **{key: _mapped(schema[key]) for key in ("$defs", "definitions") if key in schema},
        }
    node: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "$schema":
            continue
        if key == "items" and isinstance(value, list):
            node["prefixItems"] = [_subschema(item) for item in value]
        elif key in _LISTS and isinstance(value, list):
            node[key] = [_subschema(item) for item in value]
        elif key in _MAPS:
            node[key] = _mapped(value)
        elif key in _SINGLES:
            node[key] = _subschema(value)
        else:
            node[key] = value
    return _type_into_branches(node)


def _mapped(value: Any) -> Any:
    return {name: _subschema(part) for name, part in value.items()} if isinstance(value, Mapping) else value


def _type_into_branches(node: dict[str, Any]) -> dict[str, Any]:
    if "type" not in node or not isinstance(node.get("anyOf"), list):
        return node
    shared = node.pop("type")
    node["anyOf"] = [
        {"type": shared, **branch} if isinstance(branch, Mapping) and not _SHAPED & branch.keys() else branch
        for branch in node["anyOf"]
    ]
    return node


def _implied_type(node: Schema) -> str:
    """The implied type of a schema without one, from its values or its keywords."""
    values = node["enum"] if isinstance(node.get("enum"), list) else [node["const"]] if "const" in node else []
    types = {_type_of(value) for value in values}
    if types:
        return "number" if types == {"integer", "number"} else types.pop() if len(types) == 1 else "string"
    return next((name for name, hints in _HINTS.items() if any(hint in node for hint in hints)), "string")


def _type_of(value: Any) -> str:
    return next((name for kind, name in _JSON_TYPES if isinstance(value, kind)), "string")
