"""OpenAI's error events in the form that LiteLLM reads; all other bytes of a stream pass unchanged."""

from __future__ import annotations

import json

import pytest

from custom_providers.litellm_patches.streams.error_events import readable

ERROR = {"type": "error", "code": "rate_limit_exceeded", "message": "Slow down", "param": None, "sequence_number": 3}


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n"])
def test_code_and_message_are_in_an_error_object_too(end: bytes):
    line = b"event: error" + end[: len(end) // 2] + b"data:" + json.dumps(ERROR).encode() + end
    rewritten = readable(line)
    assert rewritten.endswith(end)
    name, data = rewritten.splitlines()[:2]
    assert name == b"event: error"
    assert json.loads(data[5:]) == {
        **ERROR,
        "error": {"type": "rate_limit_exceeded", "code": "rate_limit_exceeded", "message": "Slow down", "param": None},
    }


@pytest.mark.parametrize(
    "line",
    [
        b'data: {"type": "error", "error": {"message": "Overloaded"}}\n\n',
        b'data: {"error": {"message": "no"}}\n\n',
        b'data: {"type":"response.output_text.delta","delta":"\\"error\\""}\n\n',
        b'data: "error"\n\n',
        b'data: {"type": "error", "message": {"a": 1}}\n\n',
        b': "error"\n\n',
        b'data: {"type": "error"',
    ],
)
def test_anything_else_is_unchanged(line: bytes):
    assert readable(line) == line
