"""Adapts a request's tools to Kimi: the list, names, schemas and the tool choice."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from custom_providers.json_parts import mapping
from custom_providers.kimi.account.catalogue import Traits
from custom_providers.kimi.request import schema, schema_limits

MOST_TOOLS = 128
LONGEST_ID = 64
SCHEMAS = "tools.parameters"
"""The name under which an adjusted schema is reported."""

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_-]{0,127}")
_NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9_-]")
_FUNCTION_FIELDS = ("name", "description", "parameters", "strict")


@dataclass(frozen=True, slots=True, kw_only=True)
class KimiTools:
    """A request's tools in the form that Kimi accepts."""

    tools: tuple[Mapping[str, Any], ...] = ()
    choice: Any = None
    adjusted: tuple[str, ...] = ()
    renamed: Mapping[str, str] | None = None
    """By name on the wire, the caller's name, for names that Kimi would refuse."""


def settle(params: Mapping[str, Any], traits: Traits, *, thinking: bool) -> KimiTools:
    """Return the tools and the choice in the form that Kimi accepts."""
    asked = [tool for tool in params.get("tools") or () if isinstance(tool, Mapping)]
    kept = _distinct([tool for tool in map(_tool, asked) if tool is not None])[:MOST_TOOLS]
    adjusted = ("tools",) if len(kept) < len(asked) else ()
    choice = params.get("tool_choice")
    if not kept:
        return KimiTools(adjusted=adjusted)
    fitted = [_fitted(tool) for tool in kept]
    if any(new is not old for new, old in zip(fitted, kept, strict=True)):
        adjusted = (*adjusted, SCHEMAS)
    tools, settled = _choice(fitted, choice, traits, thinking=thinking)
    return KimiTools(
        tools=tuple(tools),
        choice=settled,
        adjusted=(*adjusted, *(("tool_choice",) if settled != _plain(choice) else ())),
        renamed={wire: name for tool in asked if (name := _name_of(tool)) and (wire := wire_name(name)) != name},
    )


def wire_name(name: str) -> str:
    """A function name that Kimi accepts: unchanged, or a stable replacement if it does not match Kimi's pattern."""
    if _NAME.fullmatch(name) or name.startswith("$"):
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    cleaned = _NOT_IN_NAMES.sub("_", name)
    return f"{cleaned if cleaned[:1].isalpha() else f'_{cleaned}'}"[:119] + f"_{digest}"


def wire_id(call_id: str) -> str:
    """A tool call id of at most 64 characters; the same id always maps to the same one."""
    if len(call_id) <= LONGEST_ID:
        return call_id
    return f"call_{hashlib.sha256(call_id.encode()).hexdigest()[:32]}"


def _tool(tool: Mapping[str, Any]) -> dict[str, Any] | None:
    """One tool for the wire; None for a kind that Kimi lacks, such as Anthropic's hosted tools."""
    function = tool.get("function")
    if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
        return None
    if tool.get("type") == "builtin_function":
        return {"type": "builtin_function", "function": dict(function)}
    plain = {key: function[key] for key in _FUNCTION_FIELDS if function.get(key) is not None}
    plain["name"] = wire_name(plain["name"])
    if isinstance(plain.get("parameters"), Mapping):
        plain["parameters"] = schema.normalise(plain["parameters"])
    return {"type": "function", "function": plain}


def _fitted(tool: dict[str, Any]) -> dict[str, Any]:
    """The tool with its schema cut to Kimi's limits; the tool itself if it fits."""
    function = tool["function"]
    parameters = function.get("parameters")
    if not isinstance(parameters, Mapping) or (small := schema_limits.fitted(parameters)) is parameters:
        return tool
    return {**tool, "function": {**function, "parameters": small}}


def _distinct(tools: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Kimi: 400 "function name X is duplicated". The first of a name stays."""
    by_name: dict[str, dict[str, Any]] = {}
    for tool in tools:
        by_name.setdefault(tool["function"]["name"], tool)
    return list(by_name.values())


def _choice(
    tools: list[dict[str, Any]], choice: Any, traits: Traits, *, thinking: bool
) -> tuple[list[dict[str, Any]], Any]:
    """The closest choice that Kimi accepts, and the tools that it leaves.

    A named function while thinking is a 400, "tool_choice 'specified' is incompatible with thinking enabled", and
    "required" exists from K3 on. So on K3 a named function becomes "required" with only that tool, elsewhere "auto".
    """
    named = _name_of(choice) if isinstance(choice, Mapping) else None
    if named is not None and not thinking:
        return tools, {"type": "function", "function": {"name": wire_name(named)}}
    forced = named is not None or _plain(choice) == "required"
    if not forced:
        return tools, _plain(choice)
    if not traits.forced_tools:
        return tools, "auto"
    only = [tool for tool in tools if tool["function"]["name"] == wire_name(named)] if named else tools
    return only or tools, "required"


def _plain(choice: Any) -> Any:
    """Maps Anthropic's ``any`` to ``required``; some clients wrap either in an object."""
    word = choice.get("type") if isinstance(choice, Mapping) and _name_of(choice) is None else choice
    return "required" if word == "any" else word


def _name_of(tool: Mapping[str, Any]) -> str | None:
    function = tool.get("function")
    name = mapping(function).get("name")
    return name if isinstance(name, str) else None
