"""Items of a Responses conversation that only OpenAI has are removed and named, or refused."""

from __future__ import annotations

from typing import Any

import pytest

from custom_providers.request.fields import response_items
from custom_providers.request.fields.lost_fields import lost

USER = {"type": "message", "role": "user", "content": "first"}
LAST = {"role": "user", "content": "last"}
CALL = {"type": "function_call", "call_id": "1", "name": "f", "arguments": "{}"}
RESULT = {"type": "function_call_output", "call_id": "1", "output": "x"}
CUSTOM = {"type": "custom_tool_call", "call_id": "2", "name": "g", "input": "x"}
CUSTOM_RESULT = {"type": "custom_tool_call_output", "call_id": "2", "output": "x"}
THOUGHT = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]}
BRIDGED = {"model": "pointsman/m", "input": []}


@pytest.mark.parametrize(
    "item", [USER, LAST, CALL, RESULT, CUSTOM, CUSTOM_RESULT, THOUGHT], ids=lambda i: i.get("type")
)
def test_what_every_provider_has_stays(item: dict[str, Any]):
    call = {**BRIDGED, "input": [USER, item, LAST]}
    assert response_items.without_records(call) is call
    assert response_items.refusal(call["input"], "acme") is None
    assert not [*response_items.left_out(call["input"])]


@pytest.mark.parametrize("name", [*response_items.NAMES, "input.new_in_2027"])
def test_a_record_of_a_hosted_tool_is_removed_and_named(name: str):
    item = {"type": name.removeprefix("input."), "id": "1"}
    written = {"input": [USER, item, LAST]}
    assert response_items.without_records({**BRIDGED, **written})["input"] == [USER, LAST]
    assert lost(written, {"messages": []}) == (name,)
    assert lost(written, written) == ()
    assert response_items.refusal(written["input"], "acme") is None


@pytest.mark.parametrize("kind", ["local_shell_call_output", "shell_call_output", "computer_call_output"])
def test_a_result_that_the_model_has_to_answer_is_refused(kind: str):
    found = response_items.refusal([USER, {"type": kind, "call_id": "1"}], "acme")
    assert found == f'input[1].type "{kind}" is the result of a tool that acme does not have'


@pytest.mark.parametrize("kind", ["compaction", "compaction_summary", "context_compaction"])
def test_an_encrypted_conversation_is_refused(kind: str):
    found = response_items.refusal([{"type": kind, "encrypted_content": "gAAAAAB"}, USER], "acme")
    assert found == "input[0] is encrypted for OpenAI: send the conversation itself to acme"


def test_a_compaction_that_litellm_wrote_is_litellms():
    items = [{"type": "compaction", "encrypted_content": '{"type": "compaction"}'}, USER]
    assert response_items.refusal(items, "acme") is None
    assert response_items.without_records({**BRIDGED, "input": items})["input"] == items


@pytest.mark.parametrize("items", ["hi", None, [], ["hi"], [[1, 2]], [{"content": "x"}]])
def test_other_inputs_pass(items: Any):
    assert response_items.refusal(items, "acme") is None
    assert not [*response_items.left_out(items)]
    call = {**BRIDGED, "input": items}
    assert response_items.without_records(call) is call


@pytest.mark.parametrize(
    ("call", "translated"),
    [
        ({"model": "openai/gpt-6"}, False),
        ({"model": "openai/responses/gpt-6", "use_chat_completions_api": True}, False),
        ({"model": "openai/m", "use_chat_completions_api": True}, True),
        ({"model": "m", "custom_llm_provider": "gemini"}, True),
        ({"model": "anthropic/m"}, True),
    ],
)
def test_only_openais_own_api_takes_every_item(call: dict[str, Any], translated: bool):
    assert response_items.is_translated(call) is translated
