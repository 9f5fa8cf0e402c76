"""What a client asked for and its provider was not: the request as written against the request as sent.

The comparison needs to know nothing of who translated one into the other: the engine, the Kimi handler or LiteLLM.
Whatever is dropped on the way is named in ``x-pointsman-adjusted`` and in the audit row. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from litellm.types.utils import all_litellm_params  # noqa: TID253 -- LiteLLM imports this module

from custom_providers.engine.json_parts import mapping
from custom_providers.request.field_names import SAME, fields, tool_names
from custom_providers.request.reserved_fields import CLIENTS

_CONVERSATION = frozenset({"messages", "input", "prompt", "system", "instructions", "contents", "model"})
_THE_PROXYS = frozenset(
    {
        # the way of the request and of its answer
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
        # answered here in the form that was asked for
        "encoding_format",
        # refused here where they cannot be met
        *("previous_response_id", "conversation"),
        *(*all_litellm_params, *CLIENTS),
    }
)
_OPENED = frozenset({"text", "output_config", "reasoning"})
"""Objects that hold several wishes."""
_PARTS = {"thinking": ("keep", "display"), "tool_choice": ("disable_parallel_tool_use",)}
"""Wishes inside an object beside its own."""
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
"""Values that ask for what happens anyway. Reasoning is passed on whole where a provider makes no summaries."""

_THOUGHTS = ("reasoning_content", "reasoning", "reasoning_details", "thinking_blocks", "thinking")
"""Where turns and their parts hold thinking."""
_HASHED = frozenset({"user", "metadata.user_id", "safety_identifier", "prompt_cache_key"})
"""Whose value only has to stay the same from call to call: over a vendor's limit it is hashed."""
_ADDED = frozenset({"json_tool_call"})
"""A tool of LiteLLM's."""


def lost(written: Mapping[str, Any], sent: Mapping[str, Any], settled: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The names of the fields that did not arrive, or arrived with another value.

    Args:
        written: the client's body, as LiteLLM keeps it.
        sent: the provider's, in whatever API it speaks.
        settled: fields about which the caller knows better.
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
    return tuple(name for name in dict.fromkeys(missing) if not ({name, *SAME.get(name, ())} & settled))


def as_written(names: Iterable[str], written: Mapping[str, Any]) -> tuple[str, ...]:
    """``names`` of fields as the client calls them, where its protocol has another name or a tool in their place."""
    asked = {name: name for name, _ in _wishes(written)} | {f"tools.{name}": "tools" for name in tool_names(written)}
    return tuple(
        name if name in asked else next((own for n, own in asked.items() if name in SAME.get(n, ())), name)
        for name in names
    )


def written_in(call: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body that the client wrote, out of LiteLLM's arguments of a call."""
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
    """What the client calls metadata, which are texts; on some routes LiteLLM keeps them among its own."""
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
    """The tools that a request needs: of a named one no others, and a search for the web may become an option."""
    wanted = {*tool_names(written)}
    choice = mapping(written.get("tool_choice"))
    named = mapping(choice.get("function")).get("name") or choice.get("name")
    if named in wanted and f"tools.{named}" in arrived:
        return {str(named)}
    return {name for name in wanted if not name.startswith("web_search")} if "web_search_options" in arrived else wanted


def _is_none(choice: Any) -> bool:
    return choice == "none" or mapping(choice).get("type") == "none"


def _is_marked(body: Mapping[str, Any]) -> bool:
    """Whether anything in a body has Anthropic's mark for the prompt cache."""
    if body.get("cache_control"):
        return True
    parts = [*_listed(body.get("system")), *_listed(body.get("tools")), *_listed(body.get("messages"))]
    inner = [part for message in parts for part in _listed(mapping(message).get("content"))]
    return any(mapping(part).get("cache_control") for part in (*parts, *inner))


def _thoughts(body: Mapping[str, Any]) -> int:
    """How many turns of a conversation have the model's thinking; those of Gemini's API are not counted."""
    turns = [mapping(turn) for name in ("messages", "input", "contents") for turn in _listed(body.get(name))]
    return sum(
        1 for turn in turns if _is_thought(turn) or any(map(_is_thought, map(mapping, _listed(turn.get("content")))))
    )


def _is_thought(part: Mapping[str, Any]) -> bool:
    said = part.get("summary") or part.get("content") if part.get("type") == "reasoning" else None
    return bool(said) or any(part.get(name) for name in _THOUGHTS)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
