"""Ollama's answers, and those of servers that speak its API, say the same streamed and whole."""

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


def test_log_probabilities_have_openais_form():
    found = [{"token": "a", "logprob": -0.5, "bytes": [97], "top_logprobs": []}]
    last: dict[str, Any] = {"done": True, "message": {"role": "assistant", "content": "a"}, "logprobs": found}
    expected = {"content": found, "refusal": None}

    assert ollama.answer(last, {}).logprobs == expected
    assert ollama.OllamaReader({}).feed(last) == [{"content": "a", "logprobs": expected}]
