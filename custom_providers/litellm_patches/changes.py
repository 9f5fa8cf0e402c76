"""The places in LiteLLM that this package changes, or calls although they have no promise to stay."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from custom_providers.environment.admission import Admission
from custom_providers.litellm_patches import (
    bodies,
    chat_alerts,
    construction,
    granted_names,
    header_values,
    health_checks,
    http_clients,
    listing,
    media_downloads,
    opened_streams,
    real_streams,
    retries,
    secret_search,
    stream_ends,
)
from custom_providers.litellm_patches.place import Place
from custom_providers.routing.resolver import RouteTable

_CHECKS = "litellm.proxy.auth.auth_checks"
_DOWNLOADS = "litellm.litellm_core_utils.prompt_templates.image_handling"
_UNOPENED = "a Gemini that cannot be asked is asked four times, and its error comes inside a stream"
_WITHHELD = "keys could call models that they were not granted"


def places(
    table: RouteTable, declared: Sequence[str], admitted: Mapping[str, Admission], most_messages: int = 5000
) -> tuple[Place, ...]:
    """All of them.

    Args:
        table: the routes in force.
        declared: the names of the declared models, each with its provider before it.
        admitted: by provider, what the environment says about it.
        most_messages: the most that a request may hold, with their parts.
    """
    return (
        *_access(table),
        *_deployments(admitted),
        *_listing(table, declared),
        *_failures(),
        *_streams(),
        *_bounds(most_messages),
        *_alerts(),
    )


def _access(table: RouteTable) -> tuple[Place, ...]:
    """What decides which models a key opens: without one of these, the proxy does not start."""
    return (
        Place(
            target=f"{_CHECKS}:check_model_access_helper",
            parameters=("model", "llm_router", "models", "team_model_aliases", "team_id"),
            change=functools.partial(granted_names.by_meaning, table),
            why="a grant of an alias would not cover the model it points to",
            required=True,
        ),
        Place(
            target=f"{_CHECKS}:can_key_call_resolved_model",
            parameters=("model", "llm_model_list", "valid_token", "llm_router"),
            why=_WITHHELD,
            required=True,
        ),
        Place(
            target=f"{_CHECKS}:can_user_call_model",
            parameters=("model", "llm_router", "user_object"),
            why=_WITHHELD,
            required=True,
        ),
        Place(
            target=f"{_CHECKS}:get_user_object",
            parameters=("user_id", "prisma_client", "user_api_key_cache", "user_id_upsert"),
            why=_WITHHELD,
            required=True,
        ),
        Place(
            target=f"{_CHECKS}:UserNotFoundError",
            parameters=("user_id",),
            why=_WITHHELD,
            required=True,
        ),
    )


def _deployments(admitted: Mapping[str, Admission]) -> tuple[Place, ...]:
    """What makes the router's deployments: a call must not go elsewhere than the environment says."""

    def choose(model_list: Any) -> Any:
        return construction.present(model_list, admitted)

    why = "providers without a key would be deployed, and <NAME>_BASE_URL would be ignored"
    return (
        Place(
            target="litellm:Router.__init__",
            parameters=("self", "model_list"),
            change=functools.partial(construction.from_keywords, choose),
            why=why,
            required=True,
            before=(1, 110),
        ),
        Place(
            target="litellm.proxy.proxy_server:build_router_config",
            parameters=("arguments",),
            change=functools.partial(construction.from_arguments, choose),
            why=why,
            required=True,
            since=(1, 110),
        ),
    )


def _listing(table: RouteTable, declared: Sequence[str]) -> tuple[Place, ...]:
    module = "litellm.proxy.auth.model_checks"
    routes = {alias: table.resolve(alias) for alias in table.aliases}
    aliases = {alias: str(route.deployment) for alias, route in routes.items() if route.status == 200}
    everything = frozenset(f"{provider}/*" for provider in table.registered)
    return (
        Place(
            target=f"{module}:_get_wildcard_models",
            parameters=("unique_models", "return_wildcard_routes", "llm_router", "team_id"),
            change=functools.partial(listing.under_patterns, declared, aliases, everything),
            why="/v1/models lists a declared model only if LiteLLM knows it",
        ),
        Place(
            target=f"{module}:get_known_models_from_wildcard",
            parameters=("wildcard_model", "litellm_params"),
            change=functools.partial(listing.in_a_pattern, declared, aliases, everything),
            why="/model/info lists a declared model only if LiteLLM knows it",
        ),
    )


def _streams() -> tuple[Place, ...]:
    """What the engine's streams are for LiteLLM, which iterates over them, logs and bills them."""
    wrapper = "litellm.litellm_core_utils.streaming_handler:CustomStreamWrapper"
    why = "streams that the engine serves would fail, or be logged wrongly"
    return (
        Place(
            target=f"{wrapper}.__init__",
            parameters=("self", "completion_stream", "model", "logging_obj"),
            why=why,
            required=True,
        ),
        Place(target=f"{wrapper}.chunk_creator", parameters=("self", "chunk"), why=why, required=True),
        Place(target=f"{wrapper}.fetch_stream", parameters=("self",), why=_UNOPENED),
        Place(
            target="litellm.llms.vertex_ai.gemini.vertex_and_google_ai_studio_gemini:VertexLLM.async_streaming",
            parameters=(
                *("self", "model", "custom_llm_provider", "messages", "model_response", "print_verbose", "data"),
                *("timeout", "encoding", "logging_obj", "stream", "optional_params", "litellm_params"),
            ),
            change=opened_streams.opened,
            why=_UNOPENED,
        ),
        Place(
            target="litellm.llms.openai.responses.transformation:OpenAIResponsesAPIConfig.should_fake_stream",
            parameters=("self", "model", "stream"),
            change=real_streams.of_unknown_models,
            why="streams of models that LiteLLM's price map lacks arrive whole, at their end",
        ),
    )


def _failures() -> tuple[Place, ...]:
    return (
        Place(
            target="litellm.exceptions:RateLimitError",
            parameters=("message", "llm_provider", "model"),
            change=retries.none_when_final,
            why="a call that failed because of a used-up quota is retried for some seconds",
        ),
        Place(
            target="litellm.exceptions:APIError",
            parameters=("status_code", "message", "llm_provider", "model"),
            change=retries.none_when_final,
            why="a call that a provider forbids is retried for some seconds",
        ),
        Place(
            target="litellm.litellm_core_utils.streaming_handler:CustomStreamWrapper._finalize_completed_stream",
            parameters=("self", "cache_hit"),
            change=stream_ends.broken_without_reason,
            why="a stream that breaks off ends like a complete one",
        ),
        Place(
            target="litellm:ahealth_check",
            parameters=("model_params",),
            change=health_checks.without_cost,
            why="the admin UI's connection test sends a paid completion",
        ),
    )


def _alerts() -> tuple[Place, ...]:
    return (
        Place(
            target="litellm.integrations.SlackAlerting.slack_alerting:send_to_webhook",
            parameters=("slackAlertingInstance", "item", "count"),
            change=chat_alerts.with_inert_text,
            why="what a client sends can mention everyone, or be a link, in LiteLLM's own alerts",
        ),
    )


def _bounds(most_messages: int) -> tuple[Place, ...]:
    """What keeps a provider from taking a key elsewhere, and a long text from stopping a worker."""
    why = "keys would be sent along with redirects, and answers could be of any size"
    return (
        Place(
            target="litellm.proxy.common_utils.http_parsing_utils:safe_set_request_parsed_body",
            parameters=("request", "parsed_body"),
            change=functools.partial(bodies.refused_when_flawed, most_messages),
            why="a body that is not a JSON object is treated as an empty one",
        ),
        Place(
            target="httpx:AsyncClient.send",
            parameters=("self", "request"),
            change=http_clients.guarded,
            why=why,
            required=True,
        ),
        Place(
            target="httpx:Client.send",
            parameters=("self", "request"),
            change=http_clients.guarded_outside_the_loop,
            why=why,
            required=True,
        ),
        Place(
            target="starlette.responses:Response.init_headers",
            parameters=("self", "headers"),
            change=header_values.encoded_in_answers,
            why="every answer of a model whose name is beyond Latin-1 is a 500",
        ),
        Place(
            target="starlette.datastructures:MutableHeaders.__setitem__",
            parameters=("self", "key", "value"),
            change=header_values.encoded_when_set,
            why="every answer of a model whose name is beyond Latin-1 is a 500",
        ),
        Place(
            target="litellm.llms.custom_httpx.aiohttp_transport:LiteLLMAiohttpTransport._make_aiohttp_request",
            parameters=("self", "client_session", "request", "timeout", "proxy", "sni_hostname"),
            change=http_clients.with_ascii_headers,
            why="an answer with a header beyond ASCII is a failure, and is asked for again",
        ),
        Place(
            target="litellm.litellm_core_utils.secret_redaction:python_redact_string",
            parameters=("value",),
            change=secret_search.in_linear_time,
            why="a single request can block a worker for minutes",
        ),
        Place(
            target=f"{_DOWNLOADS}:async_safe_get",
            parameters=("client", "url"),
            change=media_downloads.bounded,
            why="one request can download any number of images of any size",
        ),
        Place(
            target=f"{_DOWNLOADS}:safe_get",
            parameters=("client", "url"),
            change=media_downloads.outside_the_loop,
            why="a slow image host can block a worker",
        ),
    )
