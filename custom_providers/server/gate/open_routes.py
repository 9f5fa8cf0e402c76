"""The routes open to keys other than the master key; all other routes require the master key.

A route that a new LiteLLM release adds is closed until it has been reviewed and listed here; ``tests/security``
compares the list with the routes of the running app. Deliberately closed: the pass-through routes, everything that
holds the operator's objects (files, batches, vector stores, containers, skills, interactions, threads, stored
responses, fine tuning, evals, rag, videos), MCP, agents, search, and LiteLLM's configuration.
"""

from __future__ import annotations

from collections.abc import Iterator

from custom_providers.server.gate.route_lookup import Audience, Listed

_IN_BODY = ("model", "fallbacks", "tools.model")
_VERSIONED = ("", "/v1")

_GENERATION = {
    "/chat/completions": _IN_BODY,
    "/completions": _IN_BODY,
    "/embeddings": ("model", "fallbacks"),
    "/images/generations": ("model", "fallbacks"),
    "/images/edits": ("model", "fallbacks"),
}
"""Paths that the OpenAI, Azure and legacy prefixes share, with the places that may name a model."""

_GET = """
/ /health/liveliness /health/liveness /health/readiness /metrics /metrics/ /favicon.ico /robots.txt
/models /v1/models /models/{model} /v1/models/{model} /v1/chat/providers
/model/info /v1/model/info /v2/model/info /model_group/info /key/info /user/info /v2/user/info /team/info
"""
"""Read-only routes for every key: its own identity and the models it may call."""

_PAGE_GET = """
/pointsman /pointsman/ /pointsman/style.css /pointsman/charts/{id}
"""
_PAGE_POST = """
/pointsman/login /pointsman/logout
"""
"""The dashboard, which has its own login for the operator."""

_UI_GET = """
/ui /ui/ /ui/{rest} /_next/{rest} /litellm-asset-prefix/_next/{rest} /swagger/{rest}
/get_image /get_favicon /get_logo_url /.well-known/litellm-ui-config /litellm/.well-known/litellm-ui-config
/fallback/login /sso/key/generate /sso/callback /sso/readiness /sso/get/ui_settings /sso/saml/login /sso/saml/metadata
/onboarding/get_token /get/ui_settings /get/ui_theme_settings /get/user_banner /get/latest_release_info
/public/litellm_blog_posts /public/providers /public/providers/fields /public/litellm_model_cost_map
"""
_UI_POST = """
/login /v2/login /v3/login /v3/login/exchange /sso/saml/callback /onboarding/claim_token
/session/logout /user/password/change
"""
"""The admin UI before login, and what a session that must change its password may call."""

_DASHBOARD = """
/key/{rest} /v2/key/info /user/{rest} /team/{rest} /v2/team/list /organization/{rest} /project/{rest}
/invitation/{rest} /budget/{rest} /customer/{rest} /end_user/{rest} /tag/{rest} /spend/{rest} /global/{rest}
/management/v1/{rest} /model/{rest} /audit /audit/{id} /cost/estimate /guardrails/list /v2/guardrails/list
/prompts/list /credentials /health/services /health/latest /health/history /health/test_connection /callbacks/list
/provider/budgets /router/settings /router/fields /settings /policies/list /access_group/list /v1/access_group
/get/internal_user_settings /get/default_team_settings /user /public/{rest} /model_hub/{rest} /in_product_nudges
"""
"""Routes that the admin UI calls for a logged-in user; LiteLLM applies that user's role."""

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


def listed() -> Iterator[Listed]:
    """Every entry of the list."""
    yield from _models()
    yield from _entries(_GET, "GET")
    yield from _entries(_PAGE_GET, "GET")
    yield from _entries(_PAGE_POST, "POST")
    yield from _entries(_UI_GET, "GET")
    yield from _entries(_UI_POST, "POST")
    yield from _entries(_DASHBOARD, *_METHODS, audience="dashboard")


def _models() -> Iterator[Listed]:
    for version in _VERSIONED:
        for end, places in _GENERATION.items():
            yield _post(version + end, *places)
        yield _post(f"{version}/moderations", "model", "fallbacks")
        yield _post(f"{version}/audio/transcriptions", "model", "fallbacks")
        yield _post(f"{version}/audio/speech", "model", "fallbacks")
        yield _post(f"{version}/rerank", "model", "fallbacks")
    for start in ("/v1", "", "/openai/v1"):
        yield _post(f"{start}/responses", *_IN_BODY)
        yield _post(f"{start}/responses/compact", *_IN_BODY)
        yield _post(f"{start}/responses/input_tokens", *_IN_BODY)
    yield _post("/v1/chat", *_IN_BODY)
    yield _post("/v1/messages", *_IN_BODY)
    yield _post("/v1/messages/count_tokens", *_IN_BODY)
    yield _post("/v2/rerank", "model", "fallbacks")
    for end, places in _GENERATION.items():
        yield _post(f"/openai/deployments/{{model}}{end}", *places)
    for end in ("/chat/completions", "/completions", "/embeddings"):
        yield _post(f"/engines/{{model}}{end}", *_GENERATION[end])
    for start in ("/v1beta", ""):
        for verb in ("generateContent", "streamGenerateContent", "countTokens"):
            yield _post(f"{start}/models/{{model}}:{verb}", "model", "fallbacks")


def _post(path: str, *places: str) -> Listed:
    return Listed(methods=frozenset({"POST"}), path=path, names_models=places)


def _entries(paths: str, *methods: str, audience: Audience = "anyone") -> Iterator[Listed]:
    for path in paths.split():
        yield Listed(methods=frozenset(methods), path=path, audience=audience)
