"""Tool calls of Ollama and of servers that speak its API have an id each, streamed and whole."""

from __future__ import annotations

from typing import Any

from custom_providers.engine.wires import ollama


def test_calls_with_the_same_id_get_one_each():
    calls = [{"id": "c", "function": {"name": name, "arguments": {}}} for name in ("f", "g")]
    last: dict[str, Any] = {"done": True, "message": {"role": "assistant", "content": "", "tool_calls": calls}}
    whole = ollama.answer(last, {})
    reader = ollama.OllamaReader({})
    streamed = [call for delta in reader.feed(last) for call in delta["tool_calls"]]

    assert [call["id"] for call in whole.tool_calls] == ["c", "c_1"]
    assert [(call["index"], call["id"]) for call in streamed] == [(0, "c"), (1, "c_1")]
    assert reader.finish == whole.finish == "tool_calls"
