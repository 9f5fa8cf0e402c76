"""Adapts the items of a Responses conversation to providers that are reached through another API. Pure.

Records of OpenAI's hosted tools have no counterpart there. LiteLLM drops most of them, writes a web search into the
conversation as the model's own words, and fails on an incomplete one: it retries for nine seconds and answers 500.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from custom_providers.audit.record import clean_name
from custom_providers.json_parts import listed, mapping

_CARRIED = frozenset(
    {
        *("message", "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output"),
        *("reasoning", "item_reference", "compaction"),
    }
)
"""Types that are translated, or refused below."""
_RESULTS = (
    *("computer_call_output", "local_shell_call_output", "shell_call_output", "apply_patch_call_output"),
    *("mcp_approval_response", "tool_search_output"),
)
"""What a client answers to the model's use of one of OpenAI's tools."""
_HOSTED = (
    *("web_search_call", "file_search_call", "computer_call", "code_interpreter_call", "image_generation_call"),
    *("local_shell_call", "shell_call", "apply_patch_call", "mcp_list_tools", "mcp_approval_request", "mcp_call"),
    *("tool_search_call", *_RESULTS),
)
"""https://platform.openai.com/docs/api-reference/responses/create, 2026-11-28."""
_ENCRYPTED = frozenset({"compaction", "compaction_summary", "context_compaction"})
NAMES = tuple(f"input.{kind}" for kind in _HOSTED)
"""What ``left_out`` calls the documented ones."""


def is_translated(call: Mapping[str, Any]) -> bool:
    """Whether LiteLLM sends a Responses call through another API; ``call`` holds the arguments of an attempt."""
    wire, _, model = str(call["model"]).partition("/")
    is_openai = (call.get("custom_llm_provider") or wire) == "openai"
    return not is_openai or (bool(call.get("use_chat_completions_api")) and not model.startswith("responses/"))


def without_records(call: dict[str, Any]) -> dict[str, Any]:
    """Return a Responses call without the items that no other API has."""
    items = call.get("input")
    if not isinstance(items, list) or not any(map(_is_foreign, items)):
        return call
    return {**call, "input": [item for item in items if not _is_foreign(item)]}


def left_out(items: object) -> Iterator[str]:
    """The names of the items that ``without_records`` removes, such as ``input.web_search_call``."""
    yield from (f"input.{item['type']}" for item in listed(items) if _is_foreign(item))


def refusal(items: object, provider: str) -> str | None:
    """Return why an answer without some of the items would be wrong, or None.

    Args:
        items: the ``input`` of a Responses request, of any type.
        provider: the name of a provider that is reached through another API.
    """
    since_user = 0
    for index, item in enumerate(listed(items)):
        kind = mapping(item).get("type")
        if mapping(item).get("role") == "user":
            since_user = index
        if kind in _ENCRYPTED and _is_opaque(item):
            return f"input[{index}] is encrypted for OpenAI: send the conversation itself to {provider}"
        if kind == "compaction_trigger":
            return f"input[{index}] asks for a compaction, which {provider} does not offer"
    for index, item in enumerate(listed(items)):
        kind = mapping(item).get("type")
        if index > since_user and kind in _RESULTS:
            return f'input[{index}].type "{clean_name(kind)}" is the result of a tool that {provider} does not have'
    return None


def _is_foreign(item: object) -> bool:
    kind = mapping(item).get("type")
    return isinstance(kind, str) and kind not in _CARRIED


def _is_opaque(item: Mapping[str, Any]) -> bool:
    """Whether LiteLLM cannot read it; release 1.110 can read compactions made by Claude, which it writes as JSON."""
    return not str(item.get("encrypted_content")).lstrip().startswith(("{", "["))
