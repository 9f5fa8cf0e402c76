"""Fits a completion that LiteLLM derived from a call over another protocol to its provider.

LiteLLM passes unknown values on: fields that only the other protocol has, provider-specific tools as options, and a
choice of a tool that does not exist. Many providers answer 400 to each of these. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custom_providers.json_parts import mapping, unwrapped
from custom_providers.request.fields.field_names import tool_names
from custom_providers.request.fields.lost_fields import written_in
from custom_providers.routing.resolver import ProviderRoute

_ONLY_THERE: Mapping[str, frozenset[str]] = {
    "/messages": frozenset(
        {"mcp_servers", "container", "context_management", "betas", "inference_geo", "speed", "diagnostics"}
    ),
    "/responses": frozenset({"max_tool_calls", "include", "truncation", "background", "moderation"}),
}
"""By the end of the protocol's path: fields that no chat completions API has."""
_NOTE = "Operator note (not from the user):"
"""LiteLLM begins a user message with it, in place of a system message within a conversation (1.106 to 1.110)."""
_SYSTEM_ANYWHERE = frozenset({"openai", "ollama", "kimi"})
"""Wire families whose conversations may have system messages at any place."""
_NO_WEB_SEARCH = frozenset({"openai", "ollama", "kimi"})
"""Wire families in which few or no providers offer web search."""
_SEARCHES = frozenset({"openrouter", "openai"})
"""Providers in those families that do."""


def fitted(call: Mapping[str, Any], provider: ProviderRoute) -> dict[str, Any]:
    """Return ``call``, LiteLLM's arguments of a completion, without fields that only the client's protocol has."""
    path = str(mapping(call.get("proxy_server_request")).get("url") or "").partition("?")[0]
    foreign = next((names for end, names in _ONLY_THERE.items() if path.endswith(end)), None)
    if foreign is None:
        return dict(call)
    if provider.wire_family in _NO_WEB_SEARCH and provider.name not in _SEARCHES:
        foreign |= {"web_search_options"}
    changed = {name: value for name, value in call.items() if name not in foreign}
    if isinstance(changed.get("messages"), list):
        changed["messages"] = [_without_note(each, provider) for each in changed["messages"]]
        if provider.wire_family == "openai":
            changed["messages"] = [_with_files(each) for each in changed["messages"]]
    if _is_unknown(changed.get("tool_choice"), {*tool_names(changed)}):
        del changed["tool_choice"]
    choice = mapping(written_in(call).get("tool_choice"))
    if choice.get("disable_parallel_tool_use") is True and changed.get("tools"):
        changed["parallel_tool_calls"] = False
    if changed.get("service_tier") == "standard_only":
        # Anthropic's value; OpenAI has no such tier.
        del changed["service_tier"]
    if provider.wire_family == "openai" and path.endswith("/responses"):
        changed = _left_behind(written_in(call)) | changed
    return changed


def _without_note(message: Any, provider: ProviderRoute) -> Any:
    """A system message of the client as it was, if LiteLLM made a user message of it and put a note in front.

    It remains the user's where a system message may only come first.
    """
    content = mapping(message).get("content")
    if not isinstance(content, list) or not content or message.get("role") != "user":
        return message
    role = "system" if provider.wire_family in _SYSTEM_ANYWHERE else "user"
    is_noted = str(mapping(content[0]).get("text")).startswith(_NOTE)
    return {**message, "role": role, "content": content[1:]} if is_noted else message


def _with_files(message: Any) -> Any:
    """A message whose PDF documents are files, as OpenAI documents them; LiteLLM writes them as images."""
    content = mapping(message).get("content")
    if not isinstance(content, list) or not any(map(_pdf, content)):
        return message
    files = [(part, _pdf(part)) for part in content]
    named = [{"type": "file", "file": {"filename": "document.pdf", "file_data": data}} for _, data in files]
    return {**message, "content": [new if data else part for (part, data), new in zip(files, named, strict=True)]}


def _pdf(part: Any) -> str:
    """The data URL of a PDF document that is written as an image; empty for any other part."""
    url = unwrapped(mapping(part).get("image_url"), "url")
    return url if isinstance(url, str) and url.startswith("data:application/pdf") else ""


def _left_behind(written: Mapping[str, Any]) -> dict[str, Any]:
    """Responses API fields that chat completions also have and LiteLLM does not pass on."""
    found = {"verbosity": mapping(written.get("text")).get("verbosity"), "service_tier": written.get("service_tier")}
    return {name: value for name, value in found.items() if value is not None}


def _is_unknown(choice: Any, tools: set[str]) -> bool:
    """Whether a choice names a tool that is not in ``tools``, or is set although there are no tools."""
    if choice is None or not tools:
        return choice is not None
    name = mapping(mapping(choice).get("function")).get("name") or mapping(choice).get("name")
    return name is not None and name not in tools
