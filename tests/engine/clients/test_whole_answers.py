"""Whole answers that LiteLLM translates: only what is wrong changes."""

from __future__ import annotations

import orjson
import pytest

from custom_providers.engine.clients.whole_answers import of_chat, of_messages

USE = {"type": "tool_use", "id": "t", "name": "f", "input": {"signature": None, "type": "thinking"}}


def test_thinking_gets_an_empty_signature():
    thought = {"type": "thinking", "thinking": "hm", "signature": None}
    body = orjson.dumps({"type": "message", "content": [thought, USE]})
    assert orjson.loads(of_messages(body)) == {"type": "message", "content": [{**thought, "signature": ""}, USE]}


@pytest.mark.parametrize("body", [orjson.dumps({"content": [USE]}), b'{"content":"x"}', b"", b'"signature":null'])
def test_any_other_message_stays(body: bytes):
    assert of_messages(body) == body


def test_a_call_without_arguments_gets_an_object():
    text = 'say "arguments":"" to it'
    calls = [{"function": {"name": "f", "arguments": arguments}} for arguments in ("", '{"arguments":""}')]
    body = orjson.dumps({"choices": [{"message": {"content": text, "tool_calls": calls}}]})
    message = orjson.loads(of_chat(body))["choices"][0]["message"]
    assert message["content"] == text
    assert [call["function"]["arguments"] for call in message["tool_calls"]] == ["{}", '{"arguments":""}']
