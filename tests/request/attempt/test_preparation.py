"""Providers receive the same ids of conversation and user in every call."""

from __future__ import annotations

from typing import Any

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


def test_a_long_user_is_hashed_and_a_short_one_stays():
    long = prepared({"model": "openai/m", "messages": [], "user": "u" * 200}, "acompletion", ROW)["user"]
    assert len(long) == 32
    assert prepared({"model": "openai/m", "messages": [], "user": "u" * 200}, "acompletion", ROW)["user"] == long
    assert prepared({"model": "openai/m", "messages": [], "user": "me"}, "acompletion", ROW)["user"] == "me"
