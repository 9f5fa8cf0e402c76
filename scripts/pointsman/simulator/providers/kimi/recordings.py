"""Published recordings of Kimi's answers and streams, by name, each with a peculiarity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsman.simulator.answers import Answer, json_answer, stream_answer
from pointsman.simulator.wire.encoding import SSE_DONE, compact, sse

K3_USAGE = {
    "prompt_tokens": 89,
    "completion_tokens": 67,
    "total_tokens": 156,
    "completion_tokens_details": {"reasoning_tokens": 26},
}
CACHED_USAGE = {
    "prompt_tokens": 21,
    "completion_tokens": 60,
    "total_tokens": 81,
    "cached_tokens": 21,
    "completion_tokens_details": {"reasoning_tokens": 26},
    "prompt_tokens_details": {"cached_tokens": 21},
}
SPENT_USAGE = {
    "prompt_tokens": 87,
    "completion_tokens": 32,
    "total_tokens": 119,
    "cached_tokens": 87,
    "completion_tokens_details": {"reasoning_tokens": 29},
    "prompt_tokens_details": {"cached_tokens": 87},
}


def _chunk(delta: Mapping[str, Any], finish: str | None = None, **choice: Any) -> dict[str, Any]:
    return {
        "id": "chatcmpl-6a5aba7e3fbb8333b875d4a9",
        "object": "chat.completion.chunk",
        "created": 1784330879,
        "model": "kimi-k3",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish, **choice}],
        "system_fingerprint": "fpv0_25844b67",
    }


def _usage_chunk(usage: Mapping[str, Any]) -> dict[str, Any]:
    return {**_chunk({}), "choices": [], "usage": usage}


def _fragment(index: int, call_id: str | None, name: str | None, arguments: str) -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {"tool_calls": [{"index": index, "id": call_id, "type": "function", "function": function}]}


def _named(index: int, name: str, arguments: str = "") -> dict[str, Any]:
    return _fragment(index, f"functions.{name}:{index}", name, arguments)


def _stream(*payloads: Mapping[str, Any]) -> Answer:
    return stream_answer([*map(sse, payloads), SSE_DONE])


def _event(kind: str, **fields: Any) -> bytes:
    return sse({"type": kind, **fields}, event=kind)


_OPENING = _chunk({"role": "assistant", "content": ""})
_THOUGHT = _chunk({"reasoning_content": "The"})
_PARTS = (_OPENING, _THOUGHT, _chunk({"content": "?"}))
_CALLED = _chunk({}, "tool_calls", usage=K3_USAGE)

_SPENT = {
    "id": "chatcmpl-6a5aba1e3efb9c153e521886",
    "object": "chat.completion",
    "created": 1784330782,
    "model": "kimi-k3",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "",
                "reasoning_content": 'The user just said "say hi" - a simple, casual greeting request.',
            },
            "finish_reason": "length",
        }
    ],
    "usage": SPENT_USAGE,
}
_TOOL_CALL = {
    "id": "chatcmpl-6a5abb013efb9c153e521901",
    "object": "chat.completion",
    "created": 1784331009,
    "model": "kimi-k3",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "",
                "reasoning_content": "The user wants the weather in Paris.",
                "tool_calls": [
                    {
                        "index": 0,
                        "id": "get_weather_0",
                        "type": "function",
                        "function": {"name": "get_weather", "arguments": '{"city":"Paris"}'},
                    }
                ],
            },
            "finish_reason": "tool_calls",
        }
    ],
    "usage": {**K3_USAGE, "prompt_tokens": 158, "completion_tokens": 85, "total_tokens": 243},
}
_MESSAGE_USAGE = {
    "input_tokens": 1263,
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 0,
    "output_tokens": 0,
    "service_tier": "standard",
    "inference_geo": "not_available",
    "prompt_tokens": 1263,
    "cached_tokens": 0,
}
_MESSAGE: Mapping[str, Any] = {
    "id": "msg_iFEkPDty2KtvlbdThqOBsN25",
    "type": "message",
    "role": "assistant",
    "content": [],
    "model": "kimi-k2.5",
    "stop_reason": None,
    "stop_sequence": None,
    "usage": _MESSAGE_USAGE,
}

RECORDINGS: Mapping[str, Answer] = {
    # The same usage twice, which must be counted once.
    "k3_stream": _stream(*_PARTS, _chunk({}, "stop", usage=K3_USAGE), _usage_chunk(K3_USAGE)),
    "usage_in_choice": _stream(*_PARTS, _chunk({}, "stop", usage=CACHED_USAGE)),
    "usage_at_the_end": _stream(*_PARTS, _chunk({}, "stop"), _usage_chunk(CACHED_USAGE)),
    "spent": json_answer(_SPENT),
    "spent_stream": _stream(_OPENING, _THOUGHT, _chunk({}, "length", usage=SPENT_USAGE)),
    "tool_call": json_answer(_TOOL_CALL),
    "changing_ids": _stream(
        _chunk(_fragment(0, "functions.read:0", "read", "")),
        _chunk(_fragment(0, "chatcmpl-tool-a", None, '{"path":"README')),
        _chunk(_fragment(0, "chatcmpl-tool-b", None, '.md"}'), "tool_calls"),
    ),
    "late_name": _stream(
        _chunk(_fragment(0, "functions.read:0", None, '{"path":')),
        _chunk(_fragment(0, None, "read", '"a"}')),
        _CALLED,
    ),
    "interleaved": _stream(
        _THOUGHT,
        _chunk(_named(0, "read")),
        _chunk(_named(1, "list")),
        _chunk(_fragment(0, None, None, '{"path":')),
        _chunk(_fragment(1, None, None, '{"dir":')),
        _chunk(_fragment(0, None, None, '"a"}')),
        _chunk(_fragment(1, None, None, '"b"}')),
        _CALLED,
    ),
    "tool_then_text": _stream(_chunk(_named(0, "read", '{"path":"a"}')), _chunk({"content": " "}), _CALLED),
    "no_space": stream_answer(
        [*(b"data:" + compact(part) + b"\r\n\r\n" for part in (*_PARTS, _chunk({}, "stop", usage=K3_USAGE))), SSE_DONE]
    ),
    "comments": stream_answer(
        [
            b": keep-alive\n\n",
            sse(_OPENING),
            b":\n\n",
            sse(_PARTS[2]),
            sse(_chunk({}, "stop", usage=K3_USAGE)),
            SSE_DONE,
        ]
    ),
    "byte_by_byte": stream_answer(
        [bytes([byte]) for part in (*_PARTS, _chunk({}, "stop", usage=K3_USAGE)) for byte in sse(part)] + [SSE_DONE]
    ),
    "no_done": stream_answer(map(sse, (*_PARTS, _chunk({}, "stop", usage=K3_USAGE)))),
    "role_with_reasoning": _stream(
        _chunk({"role": "assistant", "reasoning_content": "The"}),
        _chunk({"content": "?"}),
        {**_chunk({}, "stop"), "usage": K3_USAGE},
    ),
    "messages_stream": stream_answer(
        [
            _event("message_start", message=_MESSAGE),
            _event("content_block_start", index=0, content_block={"type": "thinking", "thinking": "", "signature": ""}),
            _event("content_block_delta", index=0, delta={"type": "thinking_delta", "thinking": "Hm."}),
            _event("content_block_delta", index=0, delta={"type": "signature_delta", "signature": "c2lnbmVk"}),
            _event("content_block_stop", index=0),
            _event("ping"),
            _event("content_block_start", index=1, content_block={"type": "text", "text": ""}),
            _event("content_block_delta", index=1, delta={"type": "text_delta", "text": "Hi"}),
            _event("content_block_stop", index=1),
            _event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 9}),
            _event("message_stop"),
        ]
    ),
}
