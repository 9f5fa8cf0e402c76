"""Calls to ordinary providers: chat completions as OpenAI defines them, and Ollama's API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

import orjson

from custom_providers import OWN_USER_AGENT
from custom_providers.engine.answers import answer
from custom_providers.engine.connection.downloads import downloaded
from custom_providers.engine.connection.timing import DEFAULT_TIMEOUT
from custom_providers.engine.connection.transport import Post
from custom_providers.engine.custom_llm.handler import Plan
from custom_providers.engine.custom_llm.selection import ANTHROPIC, OLLAMA, OPENROUTER
from custom_providers.engine.errors.failure import FailureKind, UpstreamError
from custom_providers.engine.errors.statuses import StatusJudge
from custom_providers.engine.facts import FACTS, Facts, Watching, named
from custom_providers.engine.provider_call import Order, Wire
from custom_providers.engine.streaming import exchange
from custom_providers.engine.wires import chat_request, messages_request, ollama, ollama_request, openrouter_request
from custom_providers.engine.wires.chat import ChatReader
from custom_providers.engine.wires.messages import MessagesReader
from custom_providers.engine.wires.ollama_request import UnsendableError
from custom_providers.json_parts import mapping
from custom_providers.request.attempt.headers import layered
from custom_providers.request.fields.lost_fields import lost, written_in
from custom_providers.request.fields.reserved_fields import LITELLMS

_CHAT = Wire(name="chat", reader=ChatReader, answer=answer.from_chat)
_OLDER_CHAT = Wire(name="chat", reader=partial(ChatReader, older=True), answer=partial(answer.from_chat, older=True))
_MESSAGES = Wire(name="messages", reader=MessagesReader, answer=answer.from_messages)
_OLLAMA = Wire(name="ollama", reader=ollama.OllamaReader, answer=ollama.answer, bare=True)
_NOT_SENT = frozenset({"max_retries", "stream", "stream_options", "extra_body", "extra_headers", "model", "messages"})
_PATHS = {OLLAMA: ("/api/chat", _OLLAMA), ANTHROPIC: ("/v1/messages", _MESSAGES)}


def plan(call: Mapping[str, Any]) -> Plan:
    """Build the plan of a call that ``selection`` has given to the engine; its facts go to hooks and loggers."""
    log, model = call["logging_obj"], str(call["model"])
    current = exchange.CURRENT.get()
    wire = current.wire if current is not None else "openai"
    details = log.model_call_details
    # LiteLLM's log, prices and metrics keep the provider from before the engine took the call.
    details["custom_llm_provider"] = log.custom_llm_provider = wire
    if wire == ANTHROPIC:
        # LiteLLM holds a placeholder (see ``selection``); its log, spend and callbacks get the client's messages.
        details["messages"] = log.messages = exchange.asked()["messages"]
    facts: Facts = {"handler": wire, "adjusted": []}
    details[FACTS] = facts
    details["api_call_start_time"] = dt.datetime.now()  # noqa: DTZ005 -- LiteLLM's naive clock
    info = mapping(mapping(call.get("litellm_params")).get("model_info"))
    return Plan(
        model=model,
        provider=wire,
        deployment=str(info.get("id") or ""),
        watching=Watching(facts),
        order=partial(_order, call, wire, facts, str(info.get("provider") or wire)),
        signed=getattr(log, "call_type", "") == "anthropic_messages",
        repeats=False,
        passes_headers=True,
    )


async def _order(call: Mapping[str, Any], wire: str, facts: Facts, provider: str, *, stream: bool) -> Order:
    key = str(call.get("api_key") or "").strip()
    key = "" if key == "none" else key
    base = str(call.get("api_base") or "").rstrip("/")
    judge = StatusJudge(provider=provider, key=key)
    path, reading = _PATHS.get(wire, ("/chat/completions", _CHAT))
    headers = _headers(call, {"Authorization": f"Bearer {key}"} if key else {})
    written = written_in(mapping(call.get("litellm_params")))
    try:
        if wire == OLLAMA:
            body = await _ollama(call, stream=stream)
        elif wire == ANTHROPIC:
            asked = exchange.asked()
            body = messages_request.body(asked, str(call["model"]), LITELLMS)
            headers = messages_request.headers(_headers(call, {}), asked, key)
        else:
            body = _chat(call, stream=stream)
            body = openrouter_request.with_reasoning(body, written) if wire == OPENROUTER else body
            reading = _OLDER_CHAT if "functions" in body else reading
    except UnsendableError as error:
        raise UpstreamError(judge.seen(FailureKind.UNSENDABLE, str(error))) from error
    facts["adjusted"] = named(lost(written, body))
    return Order(
        post=Post(
            url=f"{base}{path}",
            headers=headers,
            body=orjson.dumps(body, default=str),
            timeout=_timeout(call.get("timeout")),
            judge=judge,
        ),
        wire=reading,
        retries=0,
    )


def _chat(call: Mapping[str, Any], *, stream: bool) -> dict[str, Any]:
    params = mapping(call.get("optional_params"))
    fields = {name: value for name, value in params.items() if value is not None and name not in _NOT_SENT}
    current = exchange.CURRENT.get()
    is_translated = current is not None and current.protocol != "chat"
    messages = chat_request.conversation(call["messages"]) if is_translated else call["messages"]
    body = {"model": call["model"], "messages": messages, **fields, **mapping(params.get("extra_body"))}
    if "max_completion_tokens" in body and body["max_completion_tokens"] == body.get("max_tokens"):
        # LiteLLM adds the older name; OpenAI answers 400 if both are set.
        del body["max_tokens"]
    if stream:
        # Without usage, a stream's cost would be an estimate.
        asked = {**mapping(params.get("stream_options")), "include_usage": True}
        body |= {"stream": True, "stream_options": asked}
    return body


async def _ollama(call: Mapping[str, Any], *, stream: bool) -> dict[str, Any]:
    params = mapping(call.get("optional_params"))
    given = {**params, **mapping(params.get("extra_body"))}
    messages = await downloaded(call["messages"], _timeout(call.get("timeout")))
    return ollama_request.build(str(call["model"]), messages, given, stream=stream)


def _headers(call: Mapping[str, Any], credential: Mapping[str, str]) -> dict[str, str]:
    extra = {str(name): str(value) for name, value in mapping(call.get("headers")).items()}
    return layered({"User-Agent": OWN_USER_AGENT}, extra, {"Content-Type": "application/json", **credential})


def _timeout(configured: Any) -> float:
    """The timeout in seconds between two reads."""
    seconds = getattr(configured, "read", configured)
    return float(seconds) if isinstance(seconds, int | float) and seconds > 0 else DEFAULT_TIMEOUT
