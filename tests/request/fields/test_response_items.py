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
    assert response_items.translatable(call) is call
    assert response_items.refusal(call["input"], "acme") is None
    assert not [*response_items.left_out(call["input"])]


@pytest.mark.parametrize("name", [*response_items.NAMES, "input.new_in_2027"])
def test_a_record_of_a_hosted_tool_is_removed_and_named(name: str):
    item = {"type": name.removeprefix("input."), "id": "1"}
    written = {"input": [USER, item, LAST]}
    assert response_items.translatable({**BRIDGED, **written})["input"] == [USER, LAST]
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
    assert response_items.translatable({**BRIDGED, "input": items})["input"] == items


@pytest.mark.parametrize("items", ["hi", None, [], ["hi"], [[1, 2]], [{"content": "x"}]])
def test_other_inputs_pass(items: Any):
    assert response_items.refusal(items, "acme") is None
    assert not [*response_items.left_out(items)]
    call = {**BRIDGED, "input": items}
    assert response_items.translatable(call) is call


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


IMAGE = "data:image/png;base64,AAAA"
PDF = "data:application/pdf;base64,AAAA"
PARTS: dict[str, tuple[dict[str, Any], str]] = {
    "of chat completions": ({"type": "image_url", "image_url": {"url": IMAGE}}, '.type "image_url" cannot be sent to'),
    "sound": ({"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}, '.type "input_audio" cannot be'),
    "unknown": ({"type": "x\ny"}, '.type "x?y" cannot be sent to acme'),
    "no image": ({"type": "input_image"}, ".image_url must be text"),
    "a stored image": (
        {"type": "input_image", "file_id": "file-1"},
        " is a file that OpenAI stores, and acme does not",
    ),
    "a stored file": ({"type": "input_file", "file_id": "file-1"}, " is a file that OpenAI stores, and acme does not"),
    "a file by URL": ({"type": "input_file", "file_url": "https://e.com/a.pdf"}, ": acme takes files as file_data"),
}


@pytest.mark.parametrize(("part", "says"), PARTS.values(), ids=PARTS)
def test_a_part_that_would_be_lost_is_refused(part: dict[str, Any], says: str):
    text = {"type": "input_text", "text": "hi"}
    found = response_items.refusal([USER, {"role": "user", "content": [text, part]}], "acme")
    assert str(found).startswith(f"input[1].content[1]{says}")


def test_a_file_in_a_result_is_refused():
    result = {**RESULT, "output": [{"type": "input_file", "file_data": PDF}]}
    found = response_items.refusal([USER, CALL, result], "acme")
    assert found == 'input[2].output[0].type "input_file" cannot be sent to acme'


def test_parts_that_other_apis_have_pass():
    parts = [
        {"type": "input_text", "text": "hi"},
        {"type": "input_image", "image_url": IMAGE},
        {"type": "input_file", "file_data": PDF},
    ]
    assert response_items.refusal([{"role": "user", "content": parts}, {**RESULT, "output": parts[:2]}], "acme") is None
    by_url = {"type": "input_file", "file_url": "https://e.com/a.pdf"}
    assert response_items.refusal([{"role": "user", "content": [by_url]}], "acme", fetches=True) is None


def test_a_refusal_becomes_the_text_that_it_is():
    said = {"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]}
    sent = response_items.translatable({**BRIDGED, "input": [USER, said, LAST]})["input"]
    assert sent == [USER, {**said, "content": [{"type": "output_text", "text": "no"}]}, LAST]
