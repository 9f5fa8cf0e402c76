"""Maps the tools of a Responses request to the plain functions of chat completions and back.

LiteLLM turns a ``custom`` tool of a request into a function with one text, ``content``, and flattens namespaces.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from custom_providers.json_parts import mappings, parsed_object


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The tools behind the function names of one request."""

    custom: frozenset[str] = frozenset()
    namespaced: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """From function name to namespace and tool name."""

    @classmethod
    def of(cls, tools: object) -> Tools:
        """Read the ``tools`` of a request."""
        top = mappings(tools)
        namespaces = [tool for tool in top if tool.get("type") == "namespace"]
        nested = [(str(space.get("name")), tool) for space in namespaces for tool in mappings(space.get("tools"))]
        both = (*top, *(tool for _, tool in nested))
        return cls(
            custom=frozenset(str(tool.get("name")) for tool in both if tool.get("type") == "custom"),
            namespaced=_namespaced(top, nested),
        )

    def item(self, call_id: str, name: str) -> dict[str, Any]:
        """The output item of a newly started tool call."""
        if name in self.custom:
            return {
                "id": f"ctc_{call_id}",
                "type": "custom_tool_call",
                "status": "in_progress",
                "call_id": call_id,
                "name": name,
                "input": "",
            }
        namespace, own = self.namespaced.get(name, ("", name))
        return {
            "id": f"fc_{call_id}",
            "type": "function_call",
            "status": "in_progress",
            "call_id": call_id,
            "name": own,
            "arguments": "",
            **({"namespace": namespace} if namespace else {}),
        }

    def given(self, arguments: str) -> str:
        """The input of a custom tool: the text inside the function's arguments."""
        content = (parsed_object(arguments) or {}).get("content")
        return content if isinstance(content, str) else arguments


def _namespaced(
    top: Iterable[Mapping[str, Any]], nested: Iterable[tuple[str, Mapping[str, Any]]]
) -> dict[str, tuple[str, str]]:
    """A nested function's qualified name, and also its bare name unless another function has it."""
    functions = [(space, str(tool.get("name"))) for space, tool in nested if tool.get("type") == "function"]
    taken = {str(tool.get("name")) for tool in top if tool.get("type") == "function"}
    times = Counter(name for _, name in functions)
    named: dict[str, tuple[str, str]] = {f"{space}__{name}": (space, name) for space, name in functions}
    alone = [(space, name) for space, name in functions if times[name] == 1 and name not in taken]
    return named | {name: (space, name) for space, name in alone}
