"""The hooks that LiteLLM calls for every request: routing, access, changes per attempt, model listing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import HTTPException
from litellm.integrations.custom_logger import CustomLogger  # noqa: TID253 -- LiteLLM imports this module
from litellm.proxy._types import ProxyException, UserAPIKeyAuth  # noqa: TID253 -- as above
from litellm.types.utils import EmbeddingResponse  # noqa: TID253 -- as above

from custom_providers.engine.custom_llm.selection import is_taken, taken
from custom_providers.engine.errors.failure import attach
from custom_providers.engine.facts import response_headers
from custom_providers.engine.streaming import early_start
from custom_providers.engine.streaming.exchange import CURRENT
from custom_providers.json_parts import mapping
from custom_providers.keys.censor import CENSOR
from custom_providers.litellm_patches import router_view
from custom_providers.observability.audit.call import note_route
from custom_providers.observability.audit.record import clean_name
from custom_providers.request.attempt import embeddings
from custom_providers.request.attempt.gemini_timeout import bounded
from custom_providers.request.attempt.preparation import prepared, with_headers
from custom_providers.request.fields import field_types, litellm_calls
from custom_providers.request.fields.defaults import with_defaults
from custom_providers.request.fields.reserved_fields import reserved
from custom_providers.request.models import named_models
from custom_providers.request.models.access import require_access, require_access_by_name
from custom_providers.request.models.declared_models import DeclaredModels
from custom_providers.request.models.other_models import OtherModels, is_added_in_the_admin_ui, require_served
from custom_providers.request.refusals import content_kinds, gateway_tools, loops, missing_apis, stored_conversations
from custom_providers.routing.resolver import ProviderRoute, RouteTable
from custom_providers.server.failures import error_responses, errors_under_200, unknown_key, verdict
from custom_providers.server.gate import route_lookup

_NEED_A_MODEL = frozenset({"acompletion", "atext_completion", "aembedding", "anthropic_messages", "aresponses"})


class RoutingHook(CustomLogger):
    """Resolves the model names that clients send to LiteLLM's deployment names, or refuses them."""

    def __init__(self, table: RouteTable, declared: DeclaredModels, mark: str, *, engine: bool = True) -> None:
        super().__init__()
        self.table = table
        self._others = OtherModels(table)
        self._declared = declared
        self._mark = mark
        """Identifies requests that already passed through this proxy: see ``loops``."""
        self._engine = engine
        """Whether the engine handles calls."""

    async def async_pre_call_hook(
        self, user_api_key_dict: UserAPIKeyAuth, cache: object, data: dict[str, Any], call_type: str
    ) -> dict[str, Any]:
        """Route the request; runs after LiteLLM's authentication and before its router.

        Raises:
            HTTPException: 400 or 404, when the resolver refuses the name; 400, when a field has the wrong type or may
                not be sent by clients.
            ProxyException: 403, when the key may not call the model that the name resolves to.
        """
        model, provider = data.get("model"), data.get("provider")
        listed = route_lookup.CURRENT.get()
        if model is None and not isinstance(provider, str) and listed is None and call_type not in _NEED_A_MODEL:
            return data
        route = note_route(self.table.resolve(model, provider))
        problem = (
            loops.refusal(data, self._mark)
            or reserved(data, call_type)
            or (call_type in field_types.CHECKED and field_types.flaw(data, call_type))
        )
        if problem:
            raise HTTPException(400, problem)
        _require_models_in_their_places(data, listed)
        await gateway_tools.require_none(user_api_key_dict, data)
        if is_added_in_the_admin_ui(route):
            await require_access_by_name(user_api_key_dict, route)
            await self._others.check_tools(data, user_api_key_dict, None)
            await self._others.check_fallbacks(data, user_api_key_dict)
            _expect_stream(data)
            return data
        if isinstance(model, str):
            # LiteLLM 1.110 puts the name into a header of its refusal; a line break in it would break the response.
            data["model"] = clean_name(model)
        require_served(route)
        served_by = self.table.providers.get(str(route.provider))
        if call_type == "aresponses":
            _require_known_conversation(data, served_by, str(route.upstream_model))
        if call_type in _NEED_A_MODEL and (problem := content_kinds.refusal(data, served_by, call_type)):
            raise HTTPException(400, problem)
        await require_access(user_api_key_dict, route)
        if problem := missing_apis.refusal(call_type, served_by):
            raise HTTPException(404, problem)
        data["model"] = route.deployment
        with_defaults(data, self.table.options_of(route).defaults, call_type)
        if isinstance(provider, str):
            del data["provider"]
        named = await self._others.check_tools(data, user_api_key_dict, route)
        await self._others.check_fallbacks(data, user_api_key_dict)
        if not named and (fallbacks := self.table.fallbacks_of(route)):
            data.setdefault("fallbacks", fallbacks)
        _expect_stream(data)
        return data

    async def async_pre_call_deployment_hook(self, kwargs: dict[str, Any], call_type: Any) -> dict[str, Any]:
        """Add what the chosen deployment's provider needs; runs once per attempt."""
        from litellm.proxy.proxy_server import llm_router

        info = kwargs.get("model_info") or {}
        deployment = router_view.deployment(llm_router, info.get("id")) or {}
        own_headers = (deployment.get("litellm_params") or {}).get("extra_headers") or {}
        call = loops.marked(with_headers(kwargs, own_headers), self._mark)
        # LiteLLM would set this value on every exception, over the one from ``async_log_failure_event``; without it,
        # the router uses the deployment's own value for exceptions that have none.
        call.pop("num_retries", None)
        provider = self.table.providers.get(info.get("provider", ""))
        if provider is None:
            CENSOR.learn([str(call.get("api_key") or "")])  # of a model that was added in the admin UI
            return call
        kind = getattr(call_type, "value", "")
        call = bounded(prepared(call, kind, provider), kind, provider)
        if kind == "aembedding" and provider.wire_family == "ollama":
            litellm_calls.note_ollama_embedding(call)
        if not is_taken(call):
            wire, upstream_model = _asked(str(kwargs["model"]), deployment)
            call = self._declared.described(call, f"{provider.name}/{upstream_model}", wire)
        return call if provider.wire_family == "kimi" or not self._engine else taken(call, kind, CURRENT.get())

    def log_pre_api_call(self, model: str, messages: object, kwargs: dict[str, Any]) -> None:
        """Called before LiteLLM sends an attempt itself: notes which of the client's fields the attempt lacks."""
        litellm_calls.note_lost(kwargs)

    async def async_post_call_success_hook(
        self, data: Mapping[str, Any], user_api_key_dict: UserAPIKeyAuth, response: Any
    ) -> None:
        """Called with a complete response: converts embeddings to the requested format.

        Raises:
            HTTPException: it should be a message of Anthropic's protocol and is an error.
        """
        if isinstance(response, EmbeddingResponse):
            embeddings.settle(response.data, data.get("encoding_format"))
        if isinstance(response, Mapping) and _is_for_messages(data):
            notes = mapping(data.get("litellm_metadata") or data.get("metadata"))
            failure = errors_under_200.failure(response, str(mapping(notes.get("model_info")).get("provider") or ""))
            if failure is not None:
                error = HTTPException(failure.status, failure.message)
                attach(error, failure)
                raise error

    async def async_log_failure_event(
        self, kwargs: Mapping[str, Any], response_obj: object, start_time: object, end_time: object
    ) -> None:
        """Called after a failed attempt: decides what the client reads, and whether the router retries."""
        if isinstance(error := kwargs.get("exception"), Exception):
            self._judge(error, kwargs.get("litellm_params") or {}, sent=litellm_calls.is_sent(kwargs))

    def _judge(self, error: Exception, params: Mapping[str, Any], *, sent: bool = True) -> None:
        """Attach a verdict to the exception of an attempt; ``params`` holds the router's notes on the attempt."""
        provider = self.table.providers.get((params.get("model_info") or {}).get("provider", ""))
        if provider is None:
            # A model added in the admin UI: LiteLLM writes the error, but an attempt that cannot succeed is not
            # retried.
            if verdict.cannot_pass(error):
                error.num_retries = 0  # type: ignore[attr-defined]  # the router reads it from any exception
            return
        failure = verdict.judged(error, provider.name, str(params.get("api_base") or ""), sent=sent)
        attach(error, failure)
        if not failure.worth_repeating:
            error.num_retries = 0  # type: ignore[attr-defined]  # as above

    async def async_post_call_response_headers_hook(
        self, data: Mapping[str, Any], user_api_key_dict: object, response: object, **_: object
    ) -> dict[str, str]:
        """Add headers that report what was changed in the client's request."""
        return response_headers(data)

    async def async_post_call_failure_hook(
        self, request_data: Mapping[str, Any], original_exception: Exception, *_: object, **__: object
    ) -> HTTPException | None:
        """Answer 401 for an unknown key."""
        sent = True
        if not isinstance(original_exception, HTTPException | ProxyException):
            # LiteLLM does not report every failed attempt: not one before a stream's first chunk, for example.
            log = request_data.get("litellm_logging_obj")
            sent = log is not None and litellm_calls.is_sent(log.model_call_details)
            notes = request_data.get("litellm_metadata") or request_data.get("metadata") or {}
            self._judge(original_exception, notes, sent=sent)
        error_responses.note(original_exception, sent=sent)
        return HTTPException(401, unknown_key.WORDS) if unknown_key.is_unknown_key(original_exception) else None

    async def async_filter_listed_models(
        self, user_api_key_dict: UserAPIKeyAuth, model_names: Sequence[str]
    ) -> Sequence[str]:
        """Return the declared models and aliases of registered providers, and patterns if they were requested."""
        from litellm.proxy.proxy_server import llm_router

        hidden = {
            deployment["model_name"]
            for deployment in router_view.deployments(llm_router)
            if deployment["model_info"].get("undeclared")
        }
        aliases = {alias for alias in self.table.aliases if self.table.resolve(alias).status == 200}
        shown = ({*router_view.names(llm_router)} - hidden) | aliases | {*self._declared.names}
        return [name for name in dict.fromkeys(model_names) if name in shown]


def _asked(model: str, deployment: router_view.Deployment) -> tuple[str, str]:
    """The wire and the provider's model name, from ``model`` as ``deployment`` has rewritten the client's name."""
    pattern = str(deployment.get("model_name", "")).partition("/")[2]
    start = str((deployment.get("litellm_params") or {}).get("model", "")).removesuffix(pattern)
    return model.partition("/")[0], model.removeprefix(start)


def _is_for_messages(data: Mapping[str, Any]) -> bool:
    url = str(mapping(data.get("proxy_server_request")).get("url") or "")
    return url.partition("?")[0].endswith("/messages")


def _expect_stream(data: Mapping[str, Any]) -> None:
    if data.get("stream") is True:
        early_start.expect_stream()


def _require_models_in_their_places(data: Mapping[str, Any], listed: route_lookup.Listed | None) -> None:
    places = ("model", "fallbacks", named_models.IN_TOOLS) if listed is None else listed.names_models
    body = (data.get("proxy_server_request") or {}).get("body") or {}
    if problem := named_models.misplaced(body, places):
        raise HTTPException(400, problem)


def _require_known_conversation(data: Mapping[str, Any], provider: ProviderRoute | None, model: str) -> None:
    from litellm.proxy.proxy_server import prisma_client

    if problem := stored_conversations.refusal(data, provider, model, database=prisma_client is not None):
        raise HTTPException(400, problem)
