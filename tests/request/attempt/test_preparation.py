"""Providers receive the same ids of conversation and user in every call."""

from __future__ import annotations

from typing import Any

import pytest

from custom_providers.request.attempt.preparation import prepared
from custom_providers.routing.resolver import ProviderRoute

HEADER = "x-opencode-session"
ROW = ProviderRoute(name="opencode", default_model="m", session_header=HEADER)
MARK = {"cache_control": {"type": "ephemeral"}}
FIRST = {"type": "text", "text": "do it"}
REPLY = {"role": "assistant", "content": "done"}


def _session(*messages: Any, sent: dict[str, str] | None = None, **fields: Any) -> str:
    call = {"model": "openai/m", "messages": list(messages), "proxy_server_request": {"headers": sent or {}}, **fields}
    session: str = prepared(call, "acompletion", ROW)["extra_headers"][HEADER]
    return session


def test_moving_cache_marks_do_not_change_a_conversations_id():
    marked = {"role": "user", "content": [{**FIRST, **MARK}]}
    unmarked = {"role": "user", "content": [FIRST]}
    as_text = {"role": "user", "content": "do it"}
    system = [{"type": "text", "text": "be good", **MARK}]
    bare = [{"type": "text", "text": "be good"}]
    ids = {
        _session(marked, system=system),
        _session(unmarked, REPLY, {"role": "user", "content": [{"type": "text", "text": "more", **MARK}]}, system=bare),
        _session(as_text, REPLY, {"role": "user", "content": "more"}, system="be good"),
    }
    assert len(ids) == 1


def test_another_conversation_has_another_id():
    assert _session({"role": "user", "content": "do it"}) != _session({"role": "user", "content": "do that"})


def test_a_session_that_the_client_names_counts_though_its_prompt_changes():
    sent = {"x-claude-code-session-id": "48aab8e2"}
    user = {"role": "user", "content": "hi"}
    assert _session(user, system="1", sent=sent) == _session(user, system="2", sent=sent)
    assert _session(user, sent=sent) != _session(user, sent={"session_id": "other"})


USER_ID = "user_5fa0_account__session_48aab8e2-93c2-4c1e-a4f1-0b7d0e5c6a11"
NAMED_IN_BODY: dict[str, dict[str, Any]] = {
    "Claude Code": {"metadata": {"user_id": USER_ID}},
    "Claude Code, as JSON": {"metadata": {"user_id": '{"device_id": "5fa0", "session_id": "48aab8e2-93c2"}'}},
    "a cache key": {"prompt_cache_key": "48aab8e2"},
}


@pytest.mark.parametrize("fields", NAMED_IN_BODY.values(), ids=NAMED_IN_BODY)
def test_so_does_a_session_named_in_the_body(fields: dict[str, Any]):
    """The first call of Claude Code asks for a title, with other instructions and another prompt."""

    def session(prompt: str, body: dict[str, Any]) -> Any:
        request = {"headers": {}, "body": body}
        call = {"model": "openai/m", "messages": [{"role": "user", "content": prompt}], "proxy_server_request": request}
        return prepared(call, "acompletion", ROW)["extra_headers"][HEADER]

    assert session("a title", fields) == session("do it", fields)
    assert session("do it", fields) != session("do it", {"metadata": {"user_id": "user_5fa0_session_other-one"}})
    assert session("do it", {"metadata": {"user_id": "me"}}) == session("do it", {})


@pytest.mark.parametrize("header", ["conversation_id", "thread-id", "x-session-affinity"])
def test_so_does_one_in_a_header_of_codex_or_opencode(header: str):
    assert _session({"role": "user", "content": "1"}, sent={header: "s"}) == _session(sent={header: "s"})


def test_a_user_that_is_too_long_for_claude_is_hashed():
    claude = ProviderRoute(name="claude", default_model="m", wire_family="anthropic")
    call = {"model": "anthropic/m", "messages": []}
    assert len(prepared({**call, "user": "u" * 257}, "acompletion", claude)["user"]) == 32
    assert prepared({**call, "user": "u" * 256}, "acompletion", claude)["user"] == "u" * 256


def test_a_long_user_is_hashed_and_a_short_one_stays():
    long = prepared({"model": "openai/m", "messages": [], "user": "u" * 200}, "acompletion", ROW)["user"]
    assert len(long) == 32
    assert prepared({"model": "openai/m", "messages": [], "user": "u" * 200}, "acompletion", ROW)["user"] == long
    assert prepared({"model": "openai/m", "messages": [], "user": "me"}, "acompletion", ROW)["user"] == "me"
