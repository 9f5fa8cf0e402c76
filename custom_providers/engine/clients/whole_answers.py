"""Fixes whole answers that LiteLLM translates, where their form is not that of the client's protocol."""

from __future__ import annotations

from typing import Any

import orjson

from custom_providers.json_parts import listed, mapping, parsed_object

_UNSIGNED = b'"signature":null'
_NO_ARGUMENTS = b'"arguments":""'
"""Only as a field: within a text, the quotation marks have backslashes."""


def of_chat(body: bytes) -> bytes:
    """The body of a chat completion whose tool calls without arguments have an empty object, as clients parse them."""
    return body.replace(_NO_ARGUMENTS, b'"arguments":"{}"')


def of_messages(body: bytes) -> bytes:
    """The body of a message whose thinking has a signature, even an empty one: Anthropic's is always text."""
    if _UNSIGNED not in body or (message := parsed_object(body)) is None:
        return body
    return orjson.dumps({**message, "content": [_signed(block) for block in listed(message.get("content"))]})


def _signed(block: Any) -> Any:
    is_unsigned = mapping(block).get("type") == "thinking" and block.get("signature") is None
    return {**block, "signature": ""} if is_unsigned else block
