"""Kimi as a LiteLLM ``CustomLLM``: both account systems, both protocols, chat and streams, async and sync."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import orjson

from custom_providers.engine.answers import answer
from custom_providers.engine.connection.downloads import downloaded
from custom_providers.engine.connection.transport import Post
from custom_providers.engine.custom_llm.handler import EngineHandler, Plan
from custom_providers.engine.errors.failure import FailureKind, UpstreamError
from custom_providers.engine.errors.litellm_errors import exception
from custom_providers.engine.facts import FACTS, Facts, Watching, named
from custom_providers.engine.provider_call import Order, Wire
from custom_providers.engine.wires.chat import ChatReader
from custom_providers.engine.wires.messages import MessagesReader
from custom_providers.json_parts import mapping
from custom_providers.kimi import deployment, request_facts
from custom_providers.kimi.account import catalogue
from custom_providers.kimi.deployment import KimiDeployment
from custom_providers.kimi.errors.judge import KimiJudge
from custom_providers.kimi.request import messages_body, prepare
from custom_providers.kimi.request.messages_body import UnsupportedContentError
from custom_providers.kimi.request.prepare import PreparedRequest
from custom_providers.kimi.request.upstream_headers import headers
from custom_providers.kimi.timeout import timeout_override
from custom_providers.request.fields.lost_fields import as_written, lost, written_in

PROVIDER = "kimi"
WIRES = {
    "openai": Wire(name="chat", reader=ChatReader, answer=answer.from_chat),
    "anthropic": Wire(name="messages", reader=MessagesReader, answer=answer.from_messages),
}


class KimiHandler(EngineHandler):
    """Serves every ``kimi/...`` model: in LiteLLM's proxy, and in its SDK once it is in ``custom_provider_map``."""

    def __init__(self, env: Mapping[str, str] = os.environ) -> None:
        """Make a handler; it connects to nothing before its first call.

        Raises:
            ValueError: ``KIMI_TIMEOUT_SECS`` is not a number of seconds.
        """
        super().__init__(partial(_plan, timeout=timeout_override(env), env=env))


def _plan(call: Mapping[str, Any], *, timeout: float | None, env: Mapping[str, str]) -> Plan:
    """Plan a call, and store its facts for hooks and loggers."""
    model, details = str(call["model"]), call["logging_obj"].model_call_details
    try:
        where = deployment.read(call, timeout=timeout, env=env)
    except UpstreamError as error:
        raise exception(error.failure, model, Watching(details.setdefault(FACTS, {})), PROVIDER) from error
    traits = catalogue.traits(model, where.system)
    asked = prepare.prepare(model, call["messages"], call["optional_params"], traits=traits, floor=where.floor)
    left_out = messages_body.left_out(asked) if where.identity.protocol == "anthropic" else ()
    written = written_in(mapping(call.get("litellm_params")))
    adjusted = as_written((*asked.adjusted, *left_out), written)
    noted = request_facts.of_request(where, adjusted, asked.raised)
    details[FACTS] = noted
    # What LiteLLM's own providers leave there: time to first token is counted from it, by LiteLLM's naive clock.
    details["api_call_start_time"] = dt.datetime.now()  # noqa: DTZ005
    signed = getattr(call["logging_obj"], "call_type", "") == "anthropic_messages"
    return Plan(
        model=model,
        provider=PROVIDER,
        deployment=where.id,
        watching=Watching(noted),
        order=partial(_order, where, asked, noted, adjusted, written),
        signed=signed,
    )


async def _order(
    where: KimiDeployment,
    asked: PreparedRequest,
    noted: Facts,
    adjusted: tuple[str, ...],
    written: Mapping[str, Any],
    *,
    stream: bool,
) -> Order:
    judge = KimiJudge(call=where.call(asked.model))
    asked = replace(asked, messages=await downloaded(asked.messages, where.timeout))
    build = prepare.openai_body if where.identity.protocol == "openai" else messages_body.body
    try:
        body = build(asked, stream=stream)
        content = orjson.dumps(body)
    except (UnsupportedContentError, TypeError) as error:
        raise UpstreamError(judge.seen(FailureKind.UNSENDABLE, str(error))) from error
    noted["adjusted"] = named((*adjusted, *lost(written, body, prepare.SETTLED)))
    return Order(
        post=Post(url=where.url, headers=_headers(where), body=content, timeout=where.timeout, judge=judge),
        wire=WIRES[where.identity.protocol],
        retries=where.retries,
        renamed=asked.renamed,
    )


def _headers(where: KimiDeployment) -> dict[str, str]:
    return headers(
        user_agent=where.identity.user_agent, protocol=where.identity.protocol, key=where.key, extra=where.headers
    )
