"""The client's error names fields of the wrong type, and they never cause an error in a handler."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from custom_providers.engine.wires import images
from custom_providers.kimi.account import catalogue
from custom_providers.kimi.account.systems import PLATFORM
from custom_providers.kimi.request import messages_body, prepare
from custom_providers.kimi.request.messages_body import UnsupportedContentError
from custom_providers.request.fields.field_types import flaw

USER = {"role": "user", "content": "hi"}
TOOL = {"type": "function", "function": {"name": "f"}}
JUNK: list[Any] = [5, 1.5, "x", True, ["x"], [5], [None], {"a": 1}, {"type": "function"}, [{"type": "function"}], [{}]]

FIELDS = (
    *("stop", "extra_body", "thinking", "reasoning_effort", "temperature", "max_tokens", "max_completion_tokens"),
    *("tools", "user", "response_format", "parallel_tool_calls", "functions", "n", "top_p", "models", "stream"),
)
OF_ASSISTANTS = (
    *("tool_calls", "tool_call_id", "thinking_blocks", "reasoning_content", "reasoning", "role", "content", "name"),
    *("provider_specific_fields", "function_call"),
)


def _requests(junk: Any) -> list[dict[str, Any]]:
    turns = [{"messages": [USER, {"role": "assistant", "content": "a", name: junk}, USER]} for name in OF_ASSISTANTS]
    calls = [{"id": junk}, {"function": junk}, {"function": {"name": junk}}, {"function": {"arguments": junk}}]
    return [
        *({"messages": [USER], name: junk} for name in FIELDS),
        *({"messages": [USER], "extra_body": {name: junk}} for name in (*FIELDS, "tool_choice", "messages", "model")),
        *turns,
        *({"messages": [USER, {"role": "assistant", "tool_calls": [call]}]} for call in calls),
        {"messages": [USER], "tools": [TOOL], "tool_choice": junk},
        {"messages": [USER], "tools": [{"type": "function", "function": junk}]},
        {"messages": [USER], "tools": [{"type": "function", "function": {"name": "f", "parameters": junk}}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": junk}]}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": junk}]}]},
        {"messages": [{"role": "system", "content": [{"type": "text", "text": junk}]}, USER]},
    ]


@pytest.mark.parametrize("wire", ["openai", "anthropic"])
@pytest.mark.parametrize("model", ["kimi-k2.6", "kimi-k3"])
@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_what_is_let_through_can_be_sent_to_kimi(junk: Any, model: str, wire: str):
    """A TypeError there would count as the provider's failure, with fallbacks and an alert to the operator."""
    sent = []
    for asked in _requests(junk):
        if flaw(asked):
            continue
        messages, params = asked["messages"], {name: value for name, value in asked.items() if name != "messages"}
        fitted = prepare.prepare(model, messages, params, traits=catalogue.traits(model, PLATFORM), floor=1500)
        images.public_urls(fitted.messages)
        try:
            if wire == "openai":
                sent.append(orjson.dumps(prepare.openai_body(fitted, stream=False)))
            else:
                messages_body.left_out(fitted)
                sent.append(orjson.dumps(messages_body.body(fitted, stream=False)))
        except UnsupportedContentError:
            continue
    assert len(sent) > 5, "most junk is refused, and some has to get through for this to test anything"


@pytest.mark.parametrize("name", ["stop", "extra_body", "tool_choice", "timeout", "max_tokens", "extra_headers"])
def test_null_is_the_same_as_absent(name: str):
    assert flaw({"messages": [USER], name: None}) is None
