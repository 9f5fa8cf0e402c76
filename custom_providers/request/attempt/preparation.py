"""Applies provider-specific registry settings to a call after LiteLLM has picked its deployment.

Pure: takes a call's keyword arguments and returns the changed ones.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from custom_providers.engine.streaming.open_before_response import open_early
from custom_providers.json_parts import mapping, unwrapped
from custom_providers.kimi.request.prepare import OPENAI_PARAMETERS
from custom_providers.request.attempt import bridged, claude_history
from custom_providers.request.attempt.headers import layered, of_client
from custom_providers.request.fields import chat_messages, message_blocks, response_items
from custom_providers.request.fields.field_types import is_header
from custom_providers.routing.resolver import ProviderRoute

_GPT_OSS_LEVELS = {"minimal": "low", "low": "low", "medium": "medium", "high": "high", "xhigh": "high", "max": "high"}
_JSON_IN_WORDS = {"role": "system", "content": "Answer with one JSON object and with nothing else."}
_GENERATES = frozenset({"acompletion", "atext_completion"})
_CHAT_WIRES = frozenset({"openai", "openrouter"})
"""LiteLLM's names of wires that speak chat completions."""
_EMBEDS = "aembedding"
_LONGEST_SESSION = 256
"""Characters of a session id; most servers refuse an 8 KB header."""
_SESSION_HEADERS = (
    *("x-claude-code-session-id", "session-id", "session_id", "x-session-id", "x-session-affinity"),
    *("conversation_id", "conversation-id", "thread-id", "thread_id"),
)
"""Headers in which Claude Code, Codex, opencode and others send a conversation's id."""
_SESSION_OF_USER = re.compile(r"session_(?:id\"\s*:\s*\")?([\w-]{8,})")
"""The session in Claude Code's ``metadata.user_id``: "user_..._session_<uuid>", or JSON with "session_id"."""
_LONGEST_IDS = {"openai": 64, "anthropic": 256}
"""Characters by wire family; longer ids get a 400, and Claude Code's have 150 and more."""
_BOUNDED = ("user", "safety_identifier", "prompt_cache_key")
_CONVERSATION = ("system", "instructions", "messages", "input", "prompt")


def with_headers(call: Mapping[str, Any], own: Mapping[str, str]) -> dict[str, Any]:
    """Return ``call`` with the deployment's ``own`` headers, and those of the client's that do not conflict.

    LiteLLM would use either the client's ``extra_headers`` or the deployment's.
    """
    headers = layered(of_client(call.get("extra_headers") or {}), own)
    return {**call, "extra_headers": headers} if headers or "extra_headers" in call else dict(call)


def prepared(call: Mapping[str, Any], call_type: str, provider: ProviderRoute) -> dict[str, Any]:
    """Return ``call`` with everything that ``provider`` requires."""
    changed = bridged.fitted(call, provider) if call_type in _GENERATES else dict(call)
    # When LiteLLM makes one call out of another, the inner one has the provider's name in a separate argument.
    wire = call.get("custom_llm_provider") or str(call["model"]).partition("/")[0]
    changed = _translatable(changed, call_type, wire)
    if provider.session_header:
        changed["extra_headers"] = layered(_session(call, provider.session_header), call.get("extra_headers") or {})
    if provider.bearer and call.get("api_key"):
        # LiteLLM sends the key as x-api-key too.
        bearer = {"Authorization": f"Bearer {call['api_key']}"}
        changed["extra_headers"] = layered(call.get("extra_headers") or {}, bearer)
    if most := _LONGEST_IDS.get(provider.wire_family):
        changed |= _named_shortly(call, most)
    if call_type == _EMBEDS:
        # LiteLLM drops ``dimensions`` for all models except OpenAI's text-embedding-3.
        changed["allowed_openai_params"] = [*(call.get("allowed_openai_params") or ()), "dimensions"]
    if provider.wire_family == "kimi":
        changed["allowed_openai_params"] = OPENAI_PARAMETERS
        return open_early(changed, call_type)
    if provider.wire_family == "ollama":
        if call_type == _EMBEDS:
            # LiteLLM supports embeddings only as "ollama", and chat properly only as "ollama_chat".
            changed["model"] = str(call["model"]).replace("ollama_chat/", "ollama/", 1)
        elif call_type in _GENERATES:
            changed = _thinking(changed)
    return changed


def _translatable(call: dict[str, Any], call_type: str, wire: str) -> dict[str, Any]:
    """Remove or rewrite what would be lost, invented or refused when LiteLLM or Anthropic reads the conversation."""
    is_openais = str(call["model"]).startswith("openai/responses/")
    if call_type == "acompletion" and (is_openais or wire not in _CHAT_WIRES):
        call = chat_messages.translatable(call, free_form=is_openais)
    if wire == "anthropic":
        call = _for_claude(call, call_type)
    elif call_type == "anthropic_messages":
        call = message_blocks.translatable(call)
    is_items = call_type == "aresponses" and response_items.is_translated(call)
    return response_items.translatable(call) if is_items else call


def _for_claude(call: dict[str, Any], call_type: str) -> dict[str, Any]:
    if call_type == "anthropic_messages":
        return claude_history.of_messages(call)
    if call_type not in _GENERATES or not isinstance(call.get("messages"), list):
        return call
    changed = claude_history.of_chat(call)
    if call.get("response_format") == {"type": "json_object"}:
        # Anthropic has no JSON mode without a schema, and LiteLLM silently drops the field.
        changed["messages"] = [_JSON_IN_WORDS, *changed["messages"]]
    return changed


def _session(call: Mapping[str, Any], header: str) -> dict[str, str]:
    """The client's session id, or else an id that stays constant while the conversation grows."""
    sent = (call.get("proxy_server_request") or {}).get("headers") or {}
    if own := sent.get(header):
        return {header: own if is_header(own) and len(own) <= _LONGEST_SESSION else _digest(own)}
    notes = {**mapping(call.get("litellm_metadata")), **mapping(call.get("metadata"))}
    caller = notes.get("user_api_key_hash")
    known = _named_session(call, sent) or [_unmarked(_beginning(call.get(part))) for part in _CONVERSATION]
    return {header: _digest(json.dumps([caller, known], default=str))}


def _named_session(call: Mapping[str, Any], sent: Mapping[str, str]) -> str:
    """The id that the client gives its conversation, in a header or a field; empty if it gives none."""
    if named := next((sent[name] for name in _SESSION_HEADERS if sent.get(name)), ""):
        return named
    body = mapping(mapping(call.get("proxy_server_request")).get("body"))
    user, key = mapping(body.get("metadata")).get("user_id"), body.get("prompt_cache_key")
    if isinstance(user, str) and (found := _SESSION_OF_USER.search(user)):
        return found[1]
    return key if isinstance(key, str) else ""


def _named_shortly(call: Mapping[str, Any], most: int) -> dict[str, str]:
    """User and cache ids of more than ``most`` characters, replaced by a stable hash."""
    given = {name: call.get(name) for name in _BOUNDED}
    return {name: _digest(value) for name, value in given.items() if isinstance(value, str) and len(value) > most}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _beginning(part: object) -> object:
    """The part of a conversation up to its first user message, which stays constant while the conversation grows."""
    if not isinstance(part, list):
        return part
    roles = [mapping(item).get("role") for item in part]
    return part[: roles.index("user") + 1] if "user" in roles else part[:1]


def _unmarked(part: Any) -> Any:
    """``part`` without cache marks, which clients move, and with single-text content as a plain string."""
    if isinstance(part, Mapping):
        return {name: _unmarked(value) for name, value in part.items() if name != "cache_control"}
    if not isinstance(part, list):
        return part
    parts = [_unmarked(each) for each in part]
    alone = len(parts) == 1 and isinstance(parts[0], dict) and parts[0].keys() == {"type", "text"}
    return parts[0]["text"] if alone else parts


def _thinking(call: dict[str, Any]) -> dict[str, Any]:
    """Set ``think``: false unless the client requests reasoning, in any protocol's way.

    LiteLLM's own mapping turns the efforts "xhigh" and "max" into ``think: false``.
    """
    if "think" in call:
        return call
    effort, thinking = unwrapped(call.pop("reasoning_effort", None), "effort"), call.pop("thinking", None)
    if effort is None and isinstance(thinking, Mapping):
        effort = "none" if thinking.get("type") == "disabled" else "medium"
    # gpt-oss only supports levels: https://docs.ollama.com/capabilities/thinking
    model = str(call["model"]).rpartition("/")[2]
    levels = _GPT_OSS_LEVELS if model.startswith("gpt-oss") else {}
    call["think"] = effort not in (None, "none") and levels.get(str(effort), True)
    return call
