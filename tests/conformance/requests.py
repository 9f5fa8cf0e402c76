"""What a client sends to try a feature, in any of the three protocols."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

from tests.conformance.cells import Cell
from tests.engine.answers import request

SAY = "Say: one two three"
CITIES = ("Paris", "Rome")

_SCHEMAS: dict[str, dict[str, Any]] = {
    "get_weather": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    "get_time": {"type": "object", "properties": {}},
}
_PROMPTS = {
    "calls": f"What is the weather in {' and '.join(CITIES)}?",
    "empty": "Please call get_time",
}


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


_PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
    + _chunk(b"IEND", b"")
)
IMAGE = base64.b64encode(_PNG).decode()
"""One red pixel."""


def body(cell: Cell) -> dict[str, Any]:
    """The body of a request for a cell."""
    built = request(cell.protocol, cell.route.model, _PROMPTS.get(cell.feature, SAY), stream=cell.stream)
    if cell.feature in _PROMPTS:
        built["tools"] = [_tool(cell.protocol, "get_time" if cell.feature == "empty" else "get_weather")]
    elif cell.feature == "reasoning":
        built |= _REASONING[cell.protocol]
    elif cell.feature == "image":
        message = {"role": "user", "content": _with_image(cell.protocol)}
        built["input" if cell.protocol == "responses" else "messages"] = [message]
    return {**built, "disable_fallbacks": True}


_REASONING: dict[str, dict[str, Any]] = {
    "chat": {"reasoning_effort": "low"},
    "messages": {"thinking": {"type": "enabled", "budget_tokens": 1024}},
    "responses": {"reasoning": {"effort": "low", "summary": "auto"}},
}


def _tool(protocol: str, name: str) -> dict[str, Any]:
    described = {"name": name, "description": f"What {name} says."}
    if protocol == "messages":
        return {**described, "input_schema": _SCHEMAS[name]}
    function = {**described, "parameters": _SCHEMAS[name]}
    return {"type": "function", **function} if protocol == "responses" else {"type": "function", "function": function}


def _with_image(protocol: str) -> list[dict[str, Any]]:
    url = f"data:image/png;base64,{IMAGE}"
    if protocol == "messages":
        source = {"type": "base64", "media_type": "image/png", "data": IMAGE}
        return [{"type": "image", "source": source}, {"type": "text", "text": SAY}]
    if protocol == "responses":
        return [{"type": "input_image", "image_url": url}, {"type": "input_text", "text": SAY}]
    return [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": SAY}]
