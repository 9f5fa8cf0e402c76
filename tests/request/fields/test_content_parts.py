"""Content parts that cannot be sent are named with their place; all others pass."""

from __future__ import annotations

from typing import Any

import pytest
from litellm.types.llms.openai import ValidUserMessageContentTypes

from custom_providers.request.fields.content_parts import USER_TYPES
from custom_providers.request.fields.field_types import flaw

TEXT = {"type": "text", "text": "hi"}

INVALID: dict[str, tuple[dict[str, Any], str]] = {
    "of responses": ({"type": "input_image", "image_url": "x"}, '.type "input_image" is not one of text, image_url, '),
    "of messages": ({"type": "image", "source": {}}, '.type "image" is not one of text'),
    "unknown": ({"type": "x\ny"}, '.type "x?y" is not one of text'),
    "no image": ({"type": "image_url"}, ".image_url must be an object with a url"),
    "no url": ({"type": "image_url", "image_url": {"detail": "low"}}, ".image_url must be an object with a url"),
    "an empty url": ({"type": "image_url", "image_url": {"url": ""}}, ".image_url must be an object with a url"),
    "a number": ({"type": "video_url", "video_url": 5}, ".video_url must be an object with a url"),
    "no sound": ({"type": "input_audio"}, ".input_audio must be an object"),
    "sound without data": ({"type": "input_audio", "input_audio": {"format": "wav"}}, ".input_audio must be an object"),
    "sound in no format": ({"type": "input_audio", "input_audio": {"data": "AAAA"}}, ".input_audio must be an object"),
    "no file": ({"type": "file", "file": {}}, ".file must be an object with file_data or a file_id"),
    "a number as a file": ({"type": "file", "file": {"file_data": 5}}, ".file must be an object with file_data"),
    "a file as text": ({"type": "file", "file": "x"}, ".file must be an object"),
}
VALID: dict[str, dict[str, Any]] = {
    "text": TEXT,
    "an image": {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
    "an image's url alone": {"type": "image_url", "image_url": "data:image/png;base64,AAAA"},
    "sound": {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
    "a file": {"type": "file", "file": {"file_id": "file-1"}},
}


def _request(part: dict[str, Any], role: str = "user") -> dict[str, Any]:
    result = {"tool_call_id": "c"} if role == "tool" else {}
    return {"messages": [{"role": "user", "content": "hi"}, {"role": role, "content": [TEXT, part], **result}]}


@pytest.mark.parametrize(("part", "says"), INVALID.values(), ids=INVALID)
def test_an_invalid_part_is_named_with_its_place(part: dict[str, Any], says: str):
    found = flaw(_request(part), "acompletion")
    assert found is not None
    assert found.startswith(f"messages[1].content[1]{says}")


@pytest.mark.parametrize("part", VALID.values(), ids=VALID)
@pytest.mark.parametrize("role", ["user", "assistant", "tool"])
def test_valid_parts_pass(part: dict[str, Any], role: str):
    assert flaw(_request(part, role), "acompletion") is None


@pytest.mark.parametrize("kind", ["refusal", "thinking", "tool_use"])
def test_other_roles_may_have_other_types(kind: str):
    assert flaw(_request({"type": kind}, "assistant"), "acompletion") is None


@pytest.mark.parametrize("role", ["system", "developer", "user", "tool"])
def test_only_an_assistant_may_say_nothing(role: str):
    for message in ({"role": role, "content": None}, {"role": role}):
        found = flaw({"messages": [{"role": "user", "content": "hi"}, message]}, "acompletion")
        assert found == "messages[1].content must be text, or a list of objects"
    assert flaw({"messages": [{"role": "assistant", "content": None}]}, "acompletion") is None


@pytest.mark.parametrize("content", [{"a": 1}, [{"type": "text"}], [{"type": "text", "text": None}]], ids=repr)
def test_a_content_without_its_text_is_refused(content: Any):
    found = flaw({"messages": [{"role": "user", "content": content}]}, "acompletion")
    assert str(found).startswith("the content of a message must be text, or a list of objects")


SAID = {"role": "assistant", "content": "hi"}
CONVERSATIONS: dict[str, tuple[str, dict[str, Any], str]] = {
    "no role": ("acompletion", {"content": "hi"}, ".role must be one of system, developer, user, assistant, "),
    "a capital": ("acompletion", {"role": "User", "content": "hi"}, ".role must be one of system, developer, user"),
    "Google's role": ("acompletion", {"role": "model", "content": "hi"}, ".role must be one of system, developer"),
    "no role of a message": ("anthropic_messages", {"content": "hi"}, ".role must be one of user, assistant, system"),
    "OpenAI's role": ("anthropic_messages", {"role": "tool", "content": "hi"}, ".role must be one of user, assistant"),
    "silence": ("anthropic_messages", {"role": "user"}, ".content must be text, or a list of objects"),
    "an item's role": ("aresponses", {"role": "tool", "content": "hi"}, ".role must be one of user, assistant, system"),
    "no role of an item": ("aresponses", {"type": "message", "content": "hi"}, ".role must be one of user, assistant"),
    "an item's silence": ("aresponses", {"role": "user", "content": None}, ".content must be text, or a list of"),
    "bare text": ("aresponses", {"role": "user", "content": ["hi"]}, ".content must be text, or a list of objects"),
}


@pytest.mark.parametrize(("call_type", "message", "says"), CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_a_message_without_its_role_or_content_is_named(call_type: str, message: dict[str, Any], says: str):
    field = "input" if call_type == "aresponses" else "messages"
    assert str(flaw({field: [SAID, message]}, call_type)).startswith(f"{field}[1]{says}")
    assert flaw({field: [SAID]}, call_type) is None


def test_reasoning_is_text_and_blocks_of_it_have_a_type():
    for field, value in (("reasoning_content", 5), ("reasoning_content", ["hm"]), ("thinking_blocks", [{}])):
        assert str(flaw({"messages": [{**SAID, field: value}]}, "acompletion")).startswith(f"messages: {field} must be")


SOURCES: dict[str, tuple[Any, str]] = {
    "none": (None, ".source must be an object with a type"),
    "text": ("x", ".source must be an object with a type"),
    "without a type": ({"data": "AAAA"}, ".source must be an object with a type"),
    "without data": ({"type": "base64", "media_type": "image/png"}, ".source.data must be text"),
    "a number as data": ({"type": "base64", "data": 5}, ".source.data must be text"),
    "without a URL": ({"type": "url"}, ".source.url must be text"),
    "without an id": ({"type": "file", "file_id": None}, ".source.file_id must be text"),
}


@pytest.mark.parametrize("kind", ["image", "document"])
@pytest.mark.parametrize(("source", "says"), SOURCES.values(), ids=SOURCES)
def test_a_source_has_what_its_type_says(kind: str, source: Any, says: str):
    block = {"type": kind, "source": source}
    result = {"type": "tool_result", "tool_use_id": "c", "content": [block]}
    for content in ([block], [result]):
        found = flaw({"messages": [{"role": "user", "content": content}]}, "anthropic_messages")
        assert found == f"messages[0].content[0]{says}"


def test_types_of_sources_that_are_new_pass():
    block = {"type": "document", "source": {"type": "content", "content": "x"}}
    assert flaw({"messages": [{"role": "user", "content": [block]}]}, "anthropic_messages") is None


@pytest.mark.parametrize(
    "part", [{"type": "input_image"}, {"type": "input_image", "image_url": {"url": "x"}}], ids=repr
)
def test_an_image_of_an_item_has_a_url(part: dict[str, Any]):
    items = [{"role": "user", "content": [part]}]
    assert flaw({"input": items}, "aresponses") == "input[0].content[0].image_url must be text"


def test_the_types_are_those_that_litellm_accepts():
    assert {*USER_TYPES} == {*ValidUserMessageContentTypes}


def test_the_content_of_an_item_is_text_or_a_list():
    items: list[dict[str, Any]] = [{"role": "user", "content": "hi"}, {"role": "user", "content": 5}]
    assert flaw({"input": items}, "aresponses") == "input[1].content must be text, or a list of objects"
    assert flaw({"input": [*items[:1], {"role": "user", "content": [TEXT]}]}, "aresponses") is None


@pytest.mark.parametrize("kind", ["input_text", "output_text", "text"])
@pytest.mark.parametrize("text", [None, 5])
def test_the_text_of_an_item_is_text(kind: str, text: Any):
    items = [{"role": "user", "content": [{"type": "input_image", "image_url": "x"}, {"type": kind, "text": text}]}]
    assert flaw({"input": items}, "aresponses") == "input[0].content[1].text must be text"
