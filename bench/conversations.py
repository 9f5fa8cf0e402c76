"""A coding agent's conversation in the three client protocols: 20 tools, and 40 turns with a tool call each."""

from __future__ import annotations

from typing import Any

TURNS, TOOLS = 40, 20

_RULES = "You are a coding agent. " * 200
_TASK = "Fix the bug."
_SAID = "Let me look."
_READ = "def f(x):\n    return x + 1  # a line of a file that a tool has read\n" * 20
_USE = "What the tool does, and when to call it. " * 8
_PATH = {"path": "a/b/c.py"}
_SCHEMA = {
    "type": "object",
    "properties": {
        name: {"type": "string", "description": "What this parameter is for, in a sentence or two. " * 2}
        for name in ("path", "pattern", "start", "end", "glob", "text")
    },
    "required": ["path"],
}


def of(client: str, text: str) -> dict[str, Any]:
    """The conversation, which ends with ``text``, as fields of a request; about 95 KB."""
    return {"chat": _chat, "messages": _messages, "responses": _responses}[client](text)


def _tool(turn: int) -> str:
    return f"tool_{turn % TOOLS}"


def _chat(text: str) -> dict[str, Any]:
    said: list[dict[str, Any]] = [{"role": "system", "content": _RULES}, {"role": "user", "content": _TASK}]
    for turn in range(TURNS):
        called = {"name": _tool(turn), "arguments": '{"path": "a/b/c.py"}'}
        call = {"id": f"call_{turn}", "type": "function", "function": called}
        said.append({"role": "assistant", "content": _SAID, "tool_calls": [call]})
        said.append({"role": "tool", "tool_call_id": f"call_{turn}", "content": _READ})
    functions = [{"name": _tool(number), "description": _USE, "parameters": _SCHEMA} for number in range(TOOLS)]
    tools = [{"type": "function", "function": function} for function in functions]
    return {"messages": [*said, {"role": "user", "content": text}], "tools": tools}


def _messages(text: str) -> dict[str, Any]:
    kept = {"cache_control": {"type": "ephemeral"}}
    said: list[dict[str, Any]] = [{"role": "user", "content": _TASK}]
    for turn in range(TURNS):
        call = {"type": "tool_use", "id": f"toolu_{turn}", "name": _tool(turn), "input": _PATH}
        said.append({"role": "assistant", "content": [{"type": "text", "text": _SAID}, call]})
        result = {"type": "tool_result", "tool_use_id": f"toolu_{turn}", "content": _READ}
        said.append({"role": "user", "content": [result]})
    said.append({"role": "assistant", "content": _SAID})
    return {
        "system": [{"type": "text", "text": _RULES, **kept}],
        "messages": [*said, {"role": "user", "content": [{"type": "text", "text": text, **kept}]}],
        "tools": [{"name": _tool(number), "description": _USE, "input_schema": _SCHEMA} for number in range(TOOLS)],
    }


def _responses(text: str) -> dict[str, Any]:
    said: list[dict[str, Any]] = [{"role": "user", "content": _TASK}]
    for turn in range(TURNS):
        called = {"name": _tool(turn), "arguments": '{"path": "a/b/c.py"}'}
        said.append({"type": "function_call", "call_id": f"call_{turn}", **called})
        said.append({"type": "function_call_output", "call_id": f"call_{turn}", "output": _READ})
    functions = [{"name": _tool(number), "description": _USE, "parameters": _SCHEMA} for number in range(TOOLS)]
    tools = [{"type": "function", **function} for function in functions]
    return {"instructions": _RULES, "input": [*said, {"role": "user", "content": text}], "tools": tools}
