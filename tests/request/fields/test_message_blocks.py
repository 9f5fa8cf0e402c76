"""Blocks of Anthropic's protocol reach other providers as texts, or are named, or refused."""

from __future__ import annotations

from typing import Any

import pytest

from custom_providers.request.fields import message_blocks
from custom_providers.request.fields.lost_fields import lost

HI = {"type": "text", "text": "hi"}
PDF = {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="}}
USE = {"type": "tool_use", "id": "1", "name": "f", "input": {}}


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _user(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"role": "user", "content": [*blocks]}


def _said(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"role": "assistant", "content": [*blocks]}


def _result(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": "1", "content": [*blocks]}


TEXTS: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "a text document": (
        {"type": "document", "title": "T", "context": "C", "source": {"type": "text", "data": "all of it"}},
        [_text("T\nC"), _text("all of it")],
    ),
    "a document of blocks": (
        {"type": "document", "source": {"type": "content", "content": [_text("a"), _text("b")]}},
        [_text("a"), _text("b")],
    ),
    "a document of one text": ({"type": "document", "source": {"type": "content", "content": "a"}}, [_text("a")]),
    "a search result": (
        {"type": "search_result", "title": "T", "source": "https://e.com", "content": [_text("a")]},
        [_text("T\nhttps://e.com"), _text("a")],
    ),
    "a reference to a tool": ({"type": "tool_reference", "tool_name": "f"}, [_text("f")]),
}
RECORDS = [*message_blocks.NAMES]


@pytest.mark.parametrize(("block", "sent"), TEXTS.values(), ids=TEXTS)
def test_a_text_in_another_block_becomes_a_text(block: dict[str, Any], sent: list[dict[str, Any]]):
    call = {"messages": [_user(block, HI), _said(USE), _user(_result(block, HI))]}
    messages = message_blocks.translatable(call)["messages"]
    assert messages[0]["content"] == [*sent, HI]
    assert messages[1] == _said(USE)
    assert messages[2]["content"][0]["content"] == [*sent, HI]
    assert message_blocks.refusal(call["messages"], "acme") is None


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_of_a_hosted_tool_is_removed_and_named(name: str):
    record = {"type": name.removeprefix("content."), "id": "1"}
    written = {"messages": [_user(HI), _said(record, HI), _said(record), _user(HI)]}
    assert message_blocks.translatable(written)["messages"] == [_user(HI), _said(HI), _user(HI)]
    assert lost(written, {"messages": []}) == (name,)
    assert lost(written, written) == ()
    assert message_blocks.refusal(written["messages"], "acme") is None


@pytest.mark.parametrize(
    "messages",
    [
        [_user(HI, PDF), _said({"type": "thinking", "thinking": "hm", "signature": "s"}, USE), _user(_result(PDF))],
        [{"role": "user", "content": "hi"}, {"role": "assistant", "content": []}, {"role": "user", "content": None}],
        [_user({"type": "tool_result", "tool_use_id": "1", "content": "x"}), _user(_result())],
    ],
)
def test_everything_else_stays(messages: list[dict[str, Any]]):
    call = {"messages": messages}
    assert message_blocks.translatable(call) is call
    assert message_blocks.refusal(messages, "acme") is None


STORED: dict[str, tuple[dict[str, Any], str]] = {
    "an image": ({"type": "image", "source": {"type": "file", "file_id": "1"}}, " is a file that Anthropic stores"),
    "a result": (_result({"type": "document", "source": {"type": "file"}}), " is a file that Anthropic stores"),
    "an upload": ({"type": "container_upload", "file_id": "1"}, '.type "container_upload" cannot be sent to acme'),
    "unknown": ({"type": "x\ny"}, '.type "x?y" cannot be sent to acme'),
    "an image without a source": ({"type": "image"}, ": a source must have a type: base64, url"),
    "a document of nothing": ({"type": "document", "source": {}}, ": a source must have a type: base64, url, text"),
    "an unknown source in a result": (_result({"type": "image", "source": {"type": "x"}}), ": a source must have"),
    "a document by URL": (
        {"type": "document", "source": {"type": "url", "url": "https://e.com/a.pdf"}},
        ": acme takes documents as data, not by URL",
    ),
}


@pytest.mark.parametrize(("block", "says"), STORED.values(), ids=STORED)
def test_what_the_provider_cannot_get_is_refused(block: dict[str, Any], says: str):
    found = message_blocks.refusal([_user(HI), _said(HI), _user(HI, block)], "acme")
    assert found is not None
    assert found.startswith(f"messages[2].content[1]{says}")


def test_a_document_by_url_reaches_who_fetches_it():
    block = {"type": "document", "source": {"type": "url", "url": "https://e.com/a.pdf"}}
    assert message_blocks.refusal([_user(block)], "acme", fetches=True) is None


MEMBERS: dict[str, tuple[dict[str, Any], str]] = {
    "a failed tool": ({**_result(HI), "is_error": True}, "tool_result.is_error"),
    "cited text": ({**HI, "citations": [{"type": "char_location", "cited_text": "h"}]}, "citations"),
    "a document to cite": ({**PDF, "citations": {"enabled": True}}, "citations"),
    "a search result to cite": (_result({"type": "search_result", "citations": {"enabled": True}}), "citations"),
    "sealed thinking": ({"type": "redacted_thinking", "data": "x"}, "content.redacted_thinking"),
}


@pytest.mark.parametrize(("block", "name"), MEMBERS.values(), ids=MEMBERS)
def test_a_member_that_other_apis_lack_is_named(block: dict[str, Any], name: str):
    written = {"messages": [_user(HI, block)]}
    assert name in message_blocks.MEMBERS
    assert lost(written, {"messages": []}) == (name,)
    assert lost(written, written) == ()


def test_a_member_that_asks_for_nothing_is_not_named():
    blocks = [{**_result(HI), "is_error": False}, {**HI, "citations": None}, {**PDF, "citations": {"enabled": False}}]
    assert lost({"messages": [_user(*blocks)]}, {"messages": []}) == ()


def test_a_tools_other_members_are_not_written_into_its_schema():
    """LiteLLM would do that, and strict servers refuse the schema."""
    tool = {"name": "f", "description": "d", "input_schema": {"type": "object"}, "strict": True}
    hosted = {"type": "web_search_20250305", "name": "web_search", "max_uses": 2}
    given = [{**tool, "input_examples": [{}], "defer_loading": True, "allowed_callers": ["direct"]}, hosted]
    call = {"messages": [_user(HI)], "tools": given}

    assert message_blocks.translatable(call)["tools"] == [tool, hosted]
