"""Finds fields that a client set and its provider did not receive, by comparing the client's body with the sent one.

It works the same for all translators: the engine, the Kimi handler and LiteLLM. Dropped fields are named in
``x-pointsman-adjusted`` and in the audit row. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from custom_providers.json_parts import listed, mapping, mappings
from custom_providers.request.fields import chat_messages, message_blocks, response_items
from custom_providers.request.fields.field_names import DETAIL, SAME, TOOL_MEMBERS, fields, tool_names
from custom_providers.request.fields.reserved_fields import LITELLMS

_CONVERSATION = frozenset({"messages", "input", "prompt", "system", "instructions", "contents", "model"})
_THE_PROXYS = frozenset(
    {
        # routing and transport of the request and its response
        *(
            "stream",
            "stream_options",
            "provider",
            "fallbacks",
            "disable_fallbacks",
            "extra_headers",
            "user_config",
            "extra_body",
        ),
        # converted here to the requested format
        "encoding_format",
        # refused here if unsupported
        *("previous_response_id", "conversation"),
        *LITELLMS,
    }
)
_OPENED = frozenset({"text", "output_config", "reasoning"})
"""Objects whose members are compared one by one."""
_PARTS = {"thinking": ("keep", "display"), "tool_choice": ("disable_parallel_tool_use",)}
"""Members that are compared in addition to the object itself."""
_NO_WISH: Mapping[str, tuple[Any, ...]] = {
    "n": (1,),
    "parallel_tool_calls": (True,),
    "tool_choice.disable_parallel_tool_use": (False,),
    "tool_choice": ("auto",),
    "response_format": ({"type": "text"},),
    "text.format": ({"type": "text"},),
    "text.verbosity": ("medium",),
    "verbosity": ("medium",),
    "truncation": ("disabled",),
    "service_tier": ("auto", "default"),
    "modalities": (["text"],),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "store": (False,),
    "background": (False,),
    "presence_penalty": (0,),
    "frequency_penalty": (0,),
    "thinking.display": ("summarized",),
    "reasoning.generate_summary": ("auto", "concise", "detailed"),
    "reasoning.summary": ("auto", "concise", "detailed"),
}
"""Values that equal the default behaviour. Providers that make no summaries return reasoning unabridged."""

_RESOLUTIONS = frozenset({"low", "high"})
"""Values of an image's ``detail``; providers without it choose, as for "auto"."""
_THOUGHTS = ("reasoning_content", "reasoning", "reasoning_details", "thinking_blocks", "thinking", "thought")
"""Fields of turns and their parts that hold thinking."""
_HASHED = frozenset({"user", "metadata.user_id", "safety_identifier", "prompt_cache_key"})
"""Fields whose value only has to stay constant between calls: values above a vendor's length limit are hashed."""
_ADDED = frozenset({"json_tool_call"})
"""A tool that LiteLLM adds."""


def lost(written: Mapping[str, Any], sent: Mapping[str, Any], settled: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The names of the fields that did not reach the provider, or arrived with another value.

    Args:
        written: the client's body, as LiteLLM keeps it.
        sent: the provider's body, in its own API.
        settled: fields that the caller has already accounted for.
    """
    arrived = fields(sent)
    missing = [name for name, value in _wishes(written) if not _met(name, value, arrived)]
    if "tools" not in missing and len({*tool_names(sent)} - _ADDED) < len(_wanted_tools(written, arrived)):
        missing.append("tools")
    if _is_none(written.get("tool_choice")):
        missing = [name for name in missing if name not in {"tools", "functions", "tool_choice"}]
    if _is_marked(written) and not (_is_marked(sent) or "cached_content" in arrived):
        missing.append("cache_control")
    if _thoughts(sent) < _thoughts(written) and ("messages" in written or not _thoughts(sent)):
        missing.append("thinking")
    missing += sorted({*_details(written, with_tools=bool([*tool_names(sent)]))} - {*_details(sent)})
    if "input" not in sent:
        missing += sorted({*_records(written)} - {*_records(sent)})
    return tuple(name for name in dict.fromkeys(missing) if not ({name, *SAME.get(name, ())} & settled))


def as_written(names: Iterable[str], written: Mapping[str, Any]) -> tuple[str, ...]:
    """``names`` of fields as the client's protocol calls them, or as the tool that replaces them there."""
    asked = {name: name for name, _ in _wishes(written)} | {f"tools.{name}": "tools" for name in tool_names(written)}
    return tuple(
        name if name in asked else next((own for n, own in asked.items() if name in SAME.get(n, ())), name)
        for name in names
    )


def written_in(call: Mapping[str, Any]) -> Mapping[str, Any]:
    """The client's body, from LiteLLM's arguments of a call."""
    return mapping(mapping(call.get("proxy_server_request")).get("body"))


def _wishes(written: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in {**written, **mapping(written.get("extra_body"))}.items():
        if name == "metadata":
            yield from _filed(mapping(value))
        elif name in _CONVERSATION or name in _THE_PROXYS:
            continue
        elif name in _OPENED:
            yield from _asked({f"{name}.{inner}": part for inner, part in mapping(value).items()})
        else:
            inside = {f"{name}.{part}": mapping(value).get(part) for part in _PARTS.get(name, ())}
            own = "auto" if name == "tool_choice" and mapping(value).get("type") == "auto" else value
            yield from _asked({name: own, **inside})


def _asked(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if value is not None and value not in ("", [], {}, *_NO_WISH.get(name, ())):
            yield name, value


def _filed(metadata: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The client's metadata, which has only text values; on some routes LiteLLM stores it within its own metadata."""
    own = metadata.get("requester_metadata", metadata)
    texts = {name: text for name, text in mapping(own).items() if isinstance(text, str)}
    if texts.keys() == {"user_id"}:
        yield "metadata.user_id", texts["user_id"]
    elif texts:
        yield "metadata", texts


def _met(name: str, value: Any, arrived: Mapping[str, Any]) -> bool:
    if name == "metadata":
        return {*value} <= {*mapping(arrived.get(name))}
    if name in _HASHED:
        return any(other in arrived for other in SAME.get(name, (name,)))
    there = [arrived[other] for other in SAME.get(name, (name,)) if other in arrived]
    words = [other for other in there if isinstance(other, str | int | float) and not isinstance(other, bool)]
    if isinstance(value, str | int | float) and not isinstance(value, bool) and words:
        return value in words
    return bool(there)


def _wanted_tools(written: Mapping[str, Any], arrived: Mapping[str, Any]) -> set[str]:
    """The tools that must arrive: only the chosen one if one is named; web search may become an option instead."""
    wanted = {*tool_names(written)}
    choice = mapping(written.get("tool_choice"))
    named = mapping(choice.get("function")).get("name") or choice.get("name")
    if named in wanted and f"tools.{named}" in arrived:
        return {str(named)}
    return {name for name in wanted if not name.startswith("web_search")} if "web_search_options" in arrived else wanted


def _is_none(choice: Any) -> bool:
    return choice == "none" or mapping(choice).get("type") == "none"


def _is_marked(body: Mapping[str, Any]) -> bool:
    """Whether a body contains Anthropic's ``cache_control``."""
    if body.get("cache_control"):
        return True
    parts = [*listed(body.get("system")), *listed(body.get("tools")), *listed(body.get("messages"))]
    inner = [part for message in parts for part in listed(mapping(message).get("content"))]
    return any(mapping(part).get("cache_control") for part in (*parts, *inner))


def _records(body: Mapping[str, Any]) -> Iterator[str]:
    """The names of the parts of a conversation that only its own protocol has."""
    yield from chat_messages.left_out(body.get("messages"))
    yield from message_blocks.left_out(body.get("messages"))
    yield from response_items.left_out(body.get("input"))


def _details(body: Mapping[str, Any], *, with_tools: bool = True) -> Iterator[str]:
    """The names of what a request says about its tools and images, under the same names in all protocols."""
    for tool in mappings(body.get("tools")) if with_tools else ():
        members = {**tool, **mapping(tool.get("function"))}
        yield from (f"tools.{name}" for name in TOOL_MEMBERS if members.get(name))
    turns = [turn for name in ("messages", "input", "contents") for turn in mappings(body.get(name))]
    for part in (part for turn in turns for name in ("content", "parts") for part in mappings(turn.get(name))):
        wanted = part.get("detail") or mapping(part.get("image_url")).get("detail")
        if wanted in _RESOLUTIONS or "media_resolution" in part:
            yield DETAIL


def _thoughts(body: Mapping[str, Any]) -> int:
    """The number of turns that contain the model's thinking."""
    turns = [turn for name in ("messages", "input", "contents") for turn in mappings(body.get(name))]
    return sum(
        1
        for turn in turns
        if _is_thought(turn) or any(_is_thought(part) for part in mappings(turn.get("parts") or turn.get("content")))
    )


def _is_thought(part: Mapping[str, Any]) -> bool:
    is_item = part.get("type") == "reasoning"
    said = is_item and any(part.get(name) for name in ("summary", "content", "encrypted_content"))
    return bool(said) or any(part.get(name) for name in _THOUGHTS)
