"""Kimi as a LiteLLM ``CustomLLM``: both account systems, both protocols, chat and streams, async and sync."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from litellm import CustomLLM, CustomStreamWrapper  # noqa: TID253 -- LiteLLM imports this module
from litellm.litellm_core_utils.prompt_templates.image_handling import (  # noqa: TID253 -- as above
    async_convert_url_to_base64,
)
from litellm.types.utils import ModelResponse, ModelResponseStream  # noqa: TID253 -- as above

from custom_providers.kimi import client, deployment, facts
from custom_providers.kimi.account import catalogue
from custom_providers.kimi.account.identity import own_user_agent
from custom_providers.kimi.background import Background
from custom_providers.kimi.client import Item, Order
from custom_providers.kimi.deployment import Deployment
from custom_providers.kimi.errors.failure import FailureKind, KimiError, Reply, failure
from custom_providers.kimi.errors.litellm_errors import PROVIDER, exception
from custom_providers.kimi.facts import FACTS, Watching
from custom_providers.kimi.request import images, messages_body, prepare
from custom_providers.kimi.request.messages_body import UnsupportedContentError
from custom_providers.kimi.request.prepare import Request
from custom_providers.kimi.request.upstream_headers import headers
from custom_providers.kimi.response.early import MARK
from custom_providers.kimi.response.litellm_answers import whole
from custom_providers.kimi.response.litellm_stream import KimiStream, ReadyStream
from custom_providers.kimi.timing import timeout_override
from custom_providers.kimi.transport import Post, Sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """One call, settled as far as it can be without doing anything."""

    model: str
    deployment: Deployment
    request: Request
    watching: Watching
    signed: bool
    """The caller speaks Anthropic to us."""


class KimiHandler(CustomLLM):
    """Serves every ``kimi/...`` model of LiteLLM: of its proxy, and of its SDK once it is in ``custom_provider_map``.

    The proxy calls ``acompletion`` and ``astreaming``, and so do the SDK's ``acompletion`` and its router's; the SDK's
    ``completion`` calls ``completion`` and ``streaming``.
    """

    def __init__(self, env: Mapping[str, str] = os.environ) -> None:
        """Make a handler; it connects to nothing before its first call.

        Raises:
            ValueError: ``KIMI_TIMEOUT_SECS`` is no number of seconds.
        """
        super().__init__()
        self._env = env
        self._timeout = timeout_override(env)
        self._own = own_user_agent()
        self._sessions = Sessions()
        self._background = Background()

    async def acompletion(self, **call: Any) -> ModelResponse | CustomStreamWrapper:
        """Answer one request; as a stream that has begun, if ``early`` asked for one."""
        early = call["optional_params"].pop(MARK, False)
        plan = self._plan(call)
        if early:
            stream = await self._stream(plan).opened()
            return ReadyStream(
                completion_stream=stream,
                model=plan.model,
                custom_llm_provider=PROVIDER,
                logging_obj=call["logging_obj"],
            )
        try:
            answer = await client.complete(self._sessions, await self._order(plan, stream=False), plan.watching)
        except KimiError as error:
            raise exception(error.failure, plan.model, plan.watching) from error
        if answer.spent_on_reasoning:
            plan.watching.spent()
        return whole(answer, plan.model, signed=plan.signed)

    def astreaming(self, **call: Any) -> KimiStream:
        """Answer one request as a stream. What can be refused or noted before it begins is, when this returns."""
        return self._stream(self._plan(call))

    def completion(self, **call: Any) -> ModelResponse:
        """Answer one request, for callers without an event loop."""
        return self._background.run(self.acompletion(**call))

    def streaming(self, **call: Any) -> Iterator[ModelResponseStream]:
        """Answer one request as a stream, for callers without an event loop."""
        return self._background.iterate(self.astreaming(**call))

    async def close(self) -> None:
        """Close the connections of the running loop and of synchronous callers, for whoever is done before they end.

        Nobody has to: a loop that ends, and a process, close theirs.
        """
        await self._sessions.close()
        await asyncio.to_thread(self._background.close)

    def _stream(self, plan: _Plan) -> KimiStream:
        async def begin() -> AsyncGenerator[Item, None]:
            return client.stream(self._sessions, await self._order(plan, stream=True), plan.watching)

        return KimiStream(begin, plan.model, plan.watching, deployment=plan.deployment.id)

    def _plan(self, call: Mapping[str, Any]) -> _Plan:
        """Settle a call and leave its facts where hooks and loggers find them."""
        model, details = str(call["model"]), call["logging_obj"].model_call_details
        try:
            where = deployment.read(call, timeout=self._timeout, own=self._own, env=self._env)
        except KimiError as error:
            raise exception(error.failure, model, Watching(details.setdefault(FACTS, {}))) from error
        traits = catalogue.traits(model, where.system)
        asked = prepare.prepare(model, call["messages"], call["optional_params"], traits=traits, floor=where.floor)
        lost = messages_body.left_out(asked) if where.identity.protocol == "anthropic" else ()
        noted = facts.of_request(where, (*asked.adjusted, *lost), asked.raised)
        details[FACTS] = noted
        # What LiteLLM's own providers leave there: time to first token is counted from it, by LiteLLM's naive clock.
        details["api_call_start_time"] = dt.datetime.now()  # noqa: DTZ005
        signed = getattr(call["logging_obj"], "call_type", "") == "anthropic_messages"
        return _Plan(model=model, deployment=where, request=asked, watching=Watching(noted), signed=signed)

    async def _order(self, plan: _Plan, *, stream: bool) -> Order:
        where, asked = plan.deployment, plan.request
        call = where.call(plan.model)
        if urls := images.public_urls(asked.messages):
            # LiteLLM's own download: bounded in size, cached, and closed to private addresses.
            data = await asyncio.gather(*(async_convert_url_to_base64(url, timeout=where.timeout) for url in urls))
            asked = replace(asked, messages=images.inlined(asked.messages, dict(zip(urls, data, strict=True))))
        build = prepare.openai_body if where.identity.protocol == "openai" else messages_body.body
        try:
            body = orjson.dumps(build(asked, stream=stream))
        except (UnsupportedContentError, TypeError) as error:
            raise KimiError(failure(FailureKind.UNSENDABLE, call, Reply(text=str(error)))) from error
        return Order(
            post=Post(url=where.url, headers=_headers(where), body=body, timeout=where.timeout, call=call),
            protocol=where.identity.protocol,
            retries=where.retries,
            renamed=asked.renamed,
        )


def _headers(where: Deployment) -> dict[str, str]:
    return headers(
        user_agent=where.identity.user_agent, protocol=where.identity.protocol, key=where.key, extra=where.headers
    )
