"""Adapts the items of a Responses conversation to providers that are reached through another API. Pure.

Records of OpenAI's hosted tools have no counterpart there. LiteLLM drops most of them, writes a web search into the
conversation as the model's own words, and fails on an incomplete one: it retries for nine seconds and answers 500.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from custom_providers.json_parts import listed, mapping, mappings
from custom_providers.observability.audit.record import clean_name

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
_TEXTS = frozenset({"refusal", "encrypted_content"})
"""Parts that are sent as texts, beside those that have a text."""
_ENCRYPTED = frozenset({"compaction", "compaction_summary", "context_compaction"})
NAMES = tuple(f"input.{kind}" for kind in _HOSTED)
"""What ``left_out`` calls the documented ones."""


def is_translated(call: Mapping[str, Any]) -> bool:
    """Whether LiteLLM sends a Responses call through another API; ``call`` holds the arguments of an attempt."""
    wire, _, model = str(call["model"]).partition("/")
    is_openai = (call.get("custom_llm_provider") or wire) == "openai"
    return not is_openai or (bool(call.get("use_chat_completions_api")) and not model.startswith("responses/"))


def translatable(call: dict[str, Any]) -> dict[str, Any]:
    """Return a Responses call without the items that no other API has, and with refusals as the texts that they are."""
    items = call.get("input")
    if not isinstance(items, list):
        return call
    kept = [_with_refusals(item) for item in items if not _is_foreign(item)]
    same = len(kept) == len(items) and all(new is old for new, old in zip(kept, items, strict=True))
    return call if same else {**call, "input": kept}


def left_out(items: object) -> Iterator[str]:
    """The names of the items that ``translatable`` removes, such as ``input.web_search_call``."""
    yield from (f"input.{item['type']}" for item in listed(items) if _is_foreign(item))


def refusal(items: object, provider: str, *, fetches: bool = False) -> str | None:
    """Return why an answer without some of the items would be wrong, or None.

    Args:
        items: the ``input`` of a Responses request, of any type.
        provider: the name of a provider that is reached through another API.
        fetches: whether files reach it by URL.
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
        for name in ("content", "output"):
            for number, part in enumerate(mappings(mapping(item).get(name))):
                if problem := _of_part(part, name, provider, fetches=fetches):
                    return f"input[{index}].{name}[{number}]{problem}"
    return None


def _of_part(part: Mapping[str, Any], name: str, provider: str, *, fetches: bool) -> str | None:
    """Why a part would be lost: LiteLLM sends texts, images by URL, and files, the latter not in results."""
    kind = str(part.get("type"))
    if part.get("file_id"):
        return f" is a file that OpenAI stores, and {provider} does not have it"
    if kind == "input_image":
        return None if isinstance(part.get("image_url"), str) else ".image_url must be text"
    if kind == "input_file" and name == "content":
        by_url = part.get("file_url") and not part.get("file_data") and not fetches
        return f": {provider} takes files as file_data, not by URL" if by_url else None
    is_text = isinstance(part.get("text"), str) or kind in _TEXTS
    return None if is_text else f'.type "{clean_name(kind)}" cannot be sent to {provider}'


def _with_refusals(item: Any) -> Any:
    content = listed(mapping(item).get("content"))
    if not any(mapping(part).get("type") == "refusal" for part in content):
        return item
    return {**item, "content": [_said(part) for part in content]}


def _said(part: Any) -> Any:
    is_refusal = mapping(part).get("type") == "refusal"
    return {"type": "output_text", "text": part.get("refusal")} if is_refusal else part


def _is_foreign(item: object) -> bool:
    kind = mapping(item).get("type")
    return isinstance(kind, str) and kind not in _CARRIED


def _is_opaque(item: Mapping[str, Any]) -> bool:
    """Whether LiteLLM cannot read it; release 1.110 can read compactions made by Claude, which it writes as JSON."""
    return not str(item.get("encrypted_content")).lstrip().startswith(("{", "["))
