"""All patches: places in LiteLLM that this package replaces because there is no setting or hook."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from custom_providers.litellm_patches import (
    chat_alerts,
    granted_names,
    header_values,
    health_checks,
    listing,
)
from custom_providers.litellm_patches.limits import http_clients, media_downloads, secret_search
from custom_providers.litellm_patches.place import Place
from custom_providers.litellm_patches.streams import (
    bridged_events,
    opened_streams,
    real_streams,
    served_texts,
    stream_ends,
)
from custom_providers.routing.resolver import RouteTable

_BRIDGE = "litellm.completion_extras.litellm_responses_transformation.transformation"
_DOWNLOADS = "litellm.litellm_core_utils.prompt_templates.image_handling"


def patches(table: RouteTable, declared: Sequence[str]) -> tuple[Place, ...]:
    """Return all patches; those required for security come first.

    Args:
        table: the routes in force.
        declared: the names of the declared models, each prefixed with its provider.
    """
    return (_access(table), *_clients(), _listing(table, declared), *_streams(), *_texts(), _health_check())


def _access(table: RouteTable) -> Place:
    return Place(
        target="litellm.proxy.auth.auth_checks:check_model_access_helper",
        parameters=("model", "llm_router", "models", "team_model_aliases", "team_id"),
        change=functools.partial(granted_names.by_meaning, table),
        why="a grant of an alias would not cover the model it points to",
        required=True,
    )


def _clients() -> tuple[Place, ...]:
    """Patches against keys leaking through redirects, and against large inputs blocking a worker."""
    why = "keys would be sent along with redirects, and answers could be of any size"
    return (
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
            target="litellm.llms.custom_httpx.aiohttp_transport:LiteLLMAiohttpTransport._make_aiohttp_request",
            parameters=("self", "client_session", "request", "timeout", "proxy", "sni_hostname"),
            change=http_clients.with_ascii_headers,
            why="an answer with a non-ASCII header fails, and is requested and paid for again",
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


def _listing(table: RouteTable, declared: Sequence[str]) -> Place:
    routes = {alias: table.resolve(alias) for alias in table.aliases}
    aliases = {alias: str(route.deployment) for alias, route in routes.items() if route.status == 200}
    everything = frozenset(f"{provider}/*" for provider in table.registered)
    return Place(
        target="litellm.proxy.auth.model_checks:get_known_models_from_wildcard",
        parameters=("wildcard_model", "litellm_params"),
        change=functools.partial(listing.in_a_pattern, declared, aliases, everything),
        why="/v1/models and /model/info list a declared model only if LiteLLM knows it, and no alias",
    )


def _streams() -> tuple[Place, ...]:
    return (
        Place(
            target="litellm:CustomStreamWrapper._finalize_completed_stream",
            parameters=("self", "cache_hit"),
            change=stream_ends.broken_without_reason,
            why="a stream that breaks off ends like a complete one, where LiteLLM serves it",
        ),
        Place(
            target="litellm:CustomStreamWrapper._should_fail_on_clean_eof",
            parameters=("self",),
            change=stream_ends.left_to_ours,
            why="a chat stream that breaks off ends with an internal error that does not name the provider",
            since=(1, 110),
        ),
        Place(
            target="litellm.llms.vertex_ai.gemini.vertex_and_google_ai_studio_gemini:VertexLLM.async_streaming",
            parameters=(
                *("self", "model", "custom_llm_provider", "messages", "model_response", "print_verbose", "data"),
                *("timeout", "encoding", "logging_obj", "stream", "optional_params", "litellm_params"),
            ),
            change=opened_streams.opened,
            why="an unreachable Gemini is called four times, and its error arrives inside a stream",
        ),
        Place(
            target="litellm.llms.openai.responses.transformation:OpenAIResponsesAPIConfig.should_fake_stream",
            parameters=("self", "model", "stream"),
            change=real_streams.of_unknown_models,
            why="streams of models that LiteLLM's price map lacks arrive whole, at their end",
        ),
        Place(
            target=f"{_BRIDGE}:OpenAiResponsesToChatCompletionStreamIterator.chunk_parser",
            parameters=("self", "chunk"),
            change=bridged_events.complete,
            why="chat streams of GPT models lose arguments that come whole, and number summaries as choices",
        ),
        Place(
            target="litellm.proxy.utils:served_stream_output_texts",
            parameters=("chunks",),
            change=served_texts.unless_taken_over,
            why="each stream over `/v1/messages` is parsed and priced a second time",
        ),
    )


def _texts() -> tuple[Place, ...]:
    """Patches for names and messages that clients choose."""
    return (
        Place(
            target="litellm.integrations.SlackAlerting.slack_alerting:send_to_webhook",
            parameters=("slackAlertingInstance", "item", "count"),
            change=chat_alerts.with_inert_text,
            why="what a client sends can mention everyone, or be a link, in LiteLLM's own alerts",
        ),
        Place(
            target="litellm.proxy.common_request_processing:ProxyBaseLLMRequestProcessing.get_custom_headers",
            parameters=None,
            change=header_values.encoded,
            why="every answer of a model whose name is beyond Latin-1 is a 500",
            before=(1, 110),
        ),
    )


def _health_check() -> Place:
    return Place(
        target="litellm:ahealth_check",
        parameters=("model_params",),
        change=health_checks.without_cost,
        why="health checks and the admin UI's connection test send paid completions",
    )
