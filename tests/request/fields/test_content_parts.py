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
