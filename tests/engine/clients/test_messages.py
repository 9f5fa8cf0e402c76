"""Messages streams: what Anthropic's own API accepts when a conversation moves there."""

from __future__ import annotations

from custom_providers.engine.clients.messages import MessagesWriter
from custom_providers.engine.provider_call import Batch


def test_ids_of_calls_are_those_of_a_whole_answer():
    writer = MessagesWriter()
    assert writer.begin(b'event: message_start\ndata: {"type": "message_start", "message": {"model": "m"}}\n\n')
    calls = [
        {"index": index, "id": call_id, "function": {"name": "f", "arguments": "{}"}}
        for index, call_id in enumerate(["functions.f:0", "toolu_01-a"])
    ]

    data = writer.write(Batch(id="1", deltas=[{"tool_calls": calls}], events=[]))

    assert b'"id":"functions_f_0"' in data.replace(b": ", b":")
    assert b'"id":"toolu_01-a"' in data.replace(b": ", b":")
