"""Chat completions that LiteLLM creates from Messages and Responses calls."""

from __future__ import annotations

from typing import Any

import pytest

from custom_providers.request.attempt.bridged import fitted
from custom_providers.routing.resolver import ProviderRoute

ROW = ProviderRoute(name="vllm", default_model="m")
TOOL = {"type": "function", "function": {"name": "f"}}


def _call(path: str, written: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    request = {"url": f"http://127.0.0.1:4000{path}", "body": written or {}}
    return {"model": "openai/m", "messages": [], "proxy_server_request": request, **fields}


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/v1/messages", {"mcp_servers": [{}], "container": "c", "context_management": {}, "web_search_options": {}}),
        ("/v1/messages?beta=true", {"tool_choice": {"type": "function", "function": {"name": "web_search"}}}),
        ("/v1/responses", {"max_tool_calls": 3, "include": [], "tool_choice": "required"}),
    ],
)
def test_what_only_another_protocol_has_is_left_out(path: str, fields: dict[str, Any]):
    sent = fitted(_call(path, **fields), ROW)
    assert sent == _call(path)


@pytest.mark.parametrize("role", ["user", "tool"])
def test_a_pdf_document_is_a_file_and_an_image_an_image(role: str):
    pdf, image = "data:application/pdf;base64,JVBERi0=", "data:image/png;base64,AAAA"
    parts = [{"type": "image_url", "image_url": {"url": url}} for url in (pdf, image)]
    call = {**_call("/v1/messages"), "messages": [{"role": role, "content": [*parts, {"type": "text", "text": "hi"}]}]}

    content = fitted(call, ROW)["messages"][0]["content"]

    file = {"type": "file", "file": {"filename": "document.pdf", "file_data": pdf}}
    assert content == [file, parts[1], {"type": "text", "text": "hi"}]
    assert (
        fitted(call, ProviderRoute(name="g", default_model="m", wire_family="gemini"))["messages"] == call["messages"]
    )


@pytest.mark.parametrize(("family", "role"), [("openai", "system"), ("ollama", "system"), ("gemini", "user")])
def test_a_system_message_within_a_conversation_loses_litellms_note(family: Any, role: str):
    note = "Operator note (not from the user): the following was originally a mid-conversation system-role reminder."
    texts = [{"type": "text", "text": text} for text in (note, "be brief")]
    row = ProviderRoute(name="x", default_model="m", wire_family=family)

    sent = fitted({**_call("/v1/messages"), "messages": [{"role": "user", "content": texts}]}, row)["messages"]

    assert sent == [{"role": role, "content": texts[1:]}]


def test_a_chat_clients_own_fields_stay():
    call = _call("/v1/chat/completions", mcp_servers=[{}], tool_choice="required", web_search_options={})
    assert fitted(call, ROW) == call


def test_a_choice_among_the_tools_stays():
    choice = {"type": "function", "function": {"name": "f"}}
    assert fitted(_call("/v1/messages", tools=[TOOL], tool_choice=choice), ROW)["tool_choice"] == choice


def test_one_tool_at_a_time_in_anthropics_words():
    written = {"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}}
    assert fitted(_call("/v1/messages", written, tools=[TOOL]), ROW)["parallel_tool_calls"] is False
    assert "parallel_tool_calls" not in fitted(_call("/v1/messages", written), ROW)


def test_what_responses_and_chat_completions_both_have_is_passed_on():
    sent = fitted(_call("/v1/responses", {"text": {"verbosity": "low"}, "service_tier": "flex"}), ROW)
    assert (sent["verbosity"], sent["service_tier"]) == ("low", "flex")


def test_openrouter_searches_the_web():
    row = ProviderRoute(name="openrouter", default_model="m")
    assert "web_search_options" in fitted(_call("/v1/messages", web_search_options={}), row)
