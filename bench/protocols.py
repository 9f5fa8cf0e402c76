"""The three client protocols, with one request of each as bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from bench import conversations

CLIENTS = ("chat", "messages", "responses")
_PATHS = {"chat": "/v1/chat/completions", "messages": "/v1/messages", "responses": "/v1/responses"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What the upstream must answer."""

    words: int = 1
    pause_ms: int = 0
    """Delay between two words of a stream, and before a whole answer."""
    stream: bool = False
    agent: bool = False
    """Whether the request is a coding agent's, with a long conversation and tools."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request, encoded once and sent many times."""

    host: str
    port: int
    wire: bytes = field(repr=False)
    prompt: Prompt
    """What the answer must contain."""


def ask(client: str, model: str, port: int, headers: Mapping[str, str], prompt: Prompt) -> Ask:
    """A request to a gateway on this machine."""
    body = orjson.dumps({"model": model, **_body(client, prompt)})
    sent = {
        "host": f"127.0.0.1:{port}",
        "content-type": "application/json",
        "anthropic-version": "2023-06-01",
        "content-length": str(len(body)),
        **headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    wire = f"POST {_PATHS[client]} HTTP/1.1\r\n{lines}\r\n".encode() + body
    return Ask(host="127.0.0.1", port=port, wire=wire, prompt=prompt)


def _body(client: str, prompt: Prompt) -> dict[str, Any]:
    text = f"Say {prompt.words} words, one every {prompt.pause_ms} ms"
    talk = conversations.of(client, text) if prompt.agent else {}
    if client == "responses":
        return {"input": text, "stream": prompt.stream, "store": False, **talk}
    said = {"messages": [{"role": "user", "content": text}], "max_tokens": 4096, "stream": prompt.stream, **talk}
    return {**said, "stream_options": {"include_usage": True}} if client == "chat" and prompt.stream else said
