"""Kimi's request checks, which answer 400, 401 or 403 with Kimi's error texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pointsman.simulator.answers import Answer, json_answer
from pointsman.simulator.upstream import Check, Received

LISTED = ("claude-cli/", "claude-code/", "KimiCLI/", "kimi-code-cli/", "RooCode/", "Kilo-Code/", "HermesAgent/", "pi/")
FIXED = {"temperature": 1, "top_p": 0.95, "n": 1, "presence_penalty": 0, "frequency_penalty": 0}
EFFORTS = ("low", "high", "max")
NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_-]{0,127}")
ANTHROPIC_ID = re.compile(r"[a-zA-Z0-9_-]+")
LARGEST_SCHEMA, DEEPEST_SCHEMA = 15_000, 10
"""In bytes, and in levels of properties."""
BLOCKS = ("text", "image", "thinking", "redacted_thinking", "tool_use", "tool_result")


def error(status: int, kind: str, message: str, *, headers: Mapping[str, str] | None = None) -> Answer:
    """Returns an error in the shape of Kimi's OpenAI protocol."""
    return json_answer({"error": {"message": message, "type": kind}}, status=status, headers=headers)


def anthropic_error(status: int, kind: str, message: str) -> Answer:
    """Returns an error in the shape of Kimi's Anthropic protocol."""
    return json_answer({"error": {"type": kind, "message": message}, "type": "error"}, status=status)


def invalid(message: str) -> Answer:
    """Returns the answer to an invalid request."""
    return error(400, "invalid_request_error", message)


NOT_LISTED = error(
    403,
    "access_terminated_error",
    "Kimi For Coding is currently only available for Coding Agents such as Kimi CLI, Claude Code, Roo Code, Kilo Code,"
    " etc.",
)


def listed_agent(request: Received) -> Answer | None:
    """Accepts only agents on the whitelist."""
    return None if request.headers.get("User-Agent", "").startswith(LISTED) else NOT_LISTED


def size(limit: int) -> Check:
    """Refuses messages that are larger than the limit."""

    def check(request: Received) -> Answer | None:
        total = len(json.dumps(request.fields.get("messages")))
        return invalid(f"total message size {total} exceeds limit {limit}") if total > limit else None

    return check


def sampling(request: Received) -> Answer | None:
    """Refuses sampling parameters with values other than the fixed ones."""
    for name, only in FIXED.items():
        if request.fields.get(name) not in (None, only):
            return invalid(f"invalid {name}: only {only} is allowed for this model")
    stops = request.fields.get("stop") or []
    stops = [stops] if isinstance(stops, str) else stops
    if len(stops) > 5 or any(len(stop.encode()) > 32 for stop in stops):
        return invalid("invalid stop: at most 5 strings of at most 32 bytes are allowed")
    return None


def thinking(request: Received) -> Answer | None:
    """Refuses an effort of another type or name, and two conflicting settings."""
    effort, setting = request.fields.get("reasoning_effort"), request.fields.get("thinking")
    if effort is not None and setting is not None:
        return invalid("thinking and reasoning_effort cannot both be set")
    if effort is not None and effort not in EFFORTS:
        return invalid(f"invalid reasoning_effort: {effort}")
    if setting is not None and setting.get("type") not in ("enabled", "disabled"):
        return invalid(f"invalid thinking type: {setting.get('type')}")
    return None


def tools(request: Received) -> Answer | None:
    """Refuses too many tools, bad or repeated names, and schemas that are not MFJS."""
    listed = request.fields.get("tools") or []
    if len(listed) > 128:
        return invalid("Invalid request: a max of 128 tools are allowed")
    names = [(tool.get("function") or {}).get("name", "") for tool in listed]
    for tool, name in zip(listed, names, strict=True):
        if tool.get("type") == "builtin_function":
            continue
        if not NAME.fullmatch(name):
            return invalid("Invalid request: function name is invalid, must start with a letter")
        if names.count(name) > 1:
            return invalid(f"Invalid request: function name {name} is duplicated")
        parameters = tool["function"].get("parameters") or {"type": "object"}
        flaw = over_limits(parameters) or next(flaws(parameters), None)
        if flaw:
            return invalid(
                f"Invalid request: tools.function.parameters is not a valid moonshot flavored json schema, {flaw}"
            )
    return _choice(request)


def _choice(request: Received) -> Answer | None:
    choice = request.fields.get("tool_choice")
    model = str(request.fields.get("model"))
    if choice is not None and not request.fields.get("tools"):
        return invalid("tool_choice is set but no tools are given")
    if isinstance(choice, dict) and thinks(request.fields):
        return invalid("tool_choice 'specified' is incompatible with thinking enabled")
    if choice == "required" and ("k2" in model or model == "kimi-for-coding-highspeed"):
        return invalid("tool_choice 'required' is not supported by this model")
    return None


def over_limits(schema: Mapping[str, Any]) -> str | None:
    """Returns Kimi's error text for a schema that is too large or too deep, else None."""
    if len(json.dumps(schema, separators=(",", ":"), ensure_ascii=False).encode()) > LARGEST_SCHEMA:
        return "At path 'root': schema exceeds maximum allowed size"
    if levels(schema, schema) > DEEPEST_SCHEMA:
        return f"At path 'root': schema depth exceeds maximum limit of {DEEPEST_SCHEMA}"
    return None


def levels(node: Any, root: Mapping[str, Any], refs: int = 0) -> int:
    """Counts the levels of properties in a schema, following references; a recursive schema has too many."""
    if refs > DEEPEST_SCHEMA:
        return DEEPEST_SCHEMA + 1
    if isinstance(node, list):
        return max((levels(item, root, refs) for item in node), default=0)
    if not isinstance(node, dict):
        return 0
    if isinstance(node.get("$ref"), str):
        target: Any = root
        for step in node["$ref"].split("/")[1:]:
            target = target.get(step) or {}
        return levels(target, root, refs + 1)
    properties = node.get("properties") or {}
    inside = [1 + levels(part, root, refs) for part in properties.values()]
    inside += [levels(node[name], root, refs) for name in ("items", "anyOf", "additionalProperties") if name in node]
    return max(inside, default=0)


def flaws(schema: Any, path: str = "") -> Iterator[str]:
    """Yields the reasons why a schema is not MFJS."""
    if not isinstance(schema, dict):
        return
    if "$schema" in schema:
        yield f"At path '{path}': $schema is not allowed"
    if isinstance(schema.get("items"), list):
        yield f"At path '{path}.items': must be an object"
    if "type" in schema and "anyOf" in schema:
        yield f"At path '{path}': type beside anyOf"
    if "$ref" in schema and len(schema.keys() - {"$ref", "$defs", "definitions"}):
        yield f"At path '{path}': keywords beside $ref"
    for name, part in (schema.get("properties") or {}).items():
        place = f"{path}.properties.{name}".lstrip(".")
        if not {"type", "anyOf", "oneOf", "allOf", "$ref"} & part.keys():
            yield f"At path '{place}': type is not defined"
        yield from flaws(part, place)
    yield from flaws(schema.get("items"), f"{path}.items")


def thinks(body: Mapping[str, Any]) -> bool:
    """Returns whether the model will think, as it does unless the request disables it."""
    return (body.get("thinking") or {}).get("type") != "disabled"


def messages(request: Received) -> Answer | None:
    """Refuses empty messages, tool calls without reasoning, too long ids, and image URLs."""
    listed = request.fields.get("messages") or []
    if not listed:
        return invalid("Invalid request: messages must not be empty")
    known = {call["id"] for message in listed for call in message.get("tool_calls") or []}
    for index, message in enumerate(listed):
        flaw = _message_flaw(message, index, thinks(request.fields), known)
        if flaw:
            return invalid(flaw)
    return None


def _message_flaw(message: Mapping[str, Any], index: int, thinking_on: bool, known: set[str]) -> str | None:
    content, calls = message.get("content"), message.get("tool_calls") or []
    parts = content if isinstance(content, list) else []
    if any(part.get("type") == "text" and not part.get("text") for part in parts):
        return "Invalid request: text content is empty"
    if message.get("role") == "assistant" and not content and not calls:
        return f"Invalid request: the message at position {index} with role 'assistant' must not be empty"
    if calls and "content" in message and not content:
        return "Invalid request: text content is empty"
    if calls and thinking_on and not message.get("reasoning_content"):
        return f"thinking is enabled but reasoning_content is missing in assistant tool call message at index {index}"
    if not thinking_on and message.get("reasoning_content"):
        return "Extra inputs are not permitted"
    if any(len(call["id"]) > 64 for call in calls):
        return "Invalid request: tool_call id is too long"
    if message.get("role") == "tool" and message.get("tool_call_id") not in known:
        return f"Invalid request: tool_call_id {message.get('tool_call_id')} is not found"
    urls = [part["image_url"]["url"] for part in parts if part.get("type") == "image_url"]
    if any(not url.startswith(("data:", "ms://")) for url in urls):
        return "Invalid request: unsupported image url"
    return None


def anthropic_messages(request: Received) -> Answer | None:
    """Refuses content blocks that Kimi's Anthropic protocol does not have, and tool use without its thinking block."""
    for tool in request.fields.get("tools") or []:
        if flaw := over_limits(tool.get("input_schema") or {}):
            return anthropic_error(400, "invalid_request_error", flaw)
    for index, message in enumerate(request.fields.get("messages") or []):
        blocks = message["content"] if isinstance(message["content"], list) else []
        for block in blocks:
            if block["type"] not in BLOCKS:
                kind = block["type"]
                return anthropic_error(
                    400, "invalid_request_error", f"unsupported content type in ContentBlockParamUnion: {kind}"
                )
            identifier = block.get("id") or block.get("tool_use_id") or "x"
            if not ANTHROPIC_ID.fullmatch(identifier):
                return anthropic_error(400, "invalid_request_error", f"invalid tool_use id: {identifier}")
        kinds = [block["type"] for block in blocks]
        if "tool_use" in kinds and "thinking" not in kinds and thinks(request.fields):
            missing = (
                f"thinking is enabled but reasoning_content is missing in assistant tool call message at index {index}"
            )
            return anthropic_error(400, "invalid_request_error", missing)
    return None


def no_sampling(request: Received) -> Answer | None:
    """Refuses sampling parameters, which are fixed, on the Anthropic protocol."""
    given = [name for name in ("temperature", "top_p", "top_k") if name in request.fields]
    return anthropic_error(400, "invalid_request_error", f"invalid {given[0]}") if given else None
