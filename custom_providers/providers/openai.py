"""OpenAI's API."""

from __future__ import annotations

from custom_providers.providers.account.account import Refusal, Status
from custom_providers.providers.profile import KeyShape, Profile, Reset, Setup, Shutdown

PROFILE = Profile(
    name="openai",
    source="https://platform.openai.com/docs/api-reference, 2026-11-27",
    wire_family="openai",
    litellm="openai",
    prefixes=("openai/",),
    # Not "gpt-*": other providers host gpt-oss.
    bare=(
        *("gpt-4*", "gpt-5*", "gpt-6*", "gpt-daybreak-*", "chatgpt-*", "chat-latest"),
        *("o3*", "o4*", "text-embedding-3-*"),
    ),
    keys=(
        KeyShape(
            title="an OpenAI admin key",
            mark=r"sk-admin-",
            caveat="it cannot call models: create a project key at https://platform.openai.com/api-keys",
        ),
        KeyShape(title="an OpenAI key", mark=r"sk-(?:proj|svcacct)-", whole=r"sk-(?:proj|svcacct)-[\w-]+"),
        KeyShape(title="an OpenAI key", mark=r"sk-.*T3BlbkFJ", whole=r"sk-\w{20}T3BlbkFJ\w{20}"),
    ),
    setup=Setup(
        about="OpenAI's API",
        base_url="https://api.openai.com/v1",
        auth_env="OPENAI_API_KEY",
        default_model="gpt-6-luna",
    ),
    responses_api=True,
    # Its reasoning models refuse max_tokens, and a budget of 1.
    smallest_budget=("max_completion_tokens", 16),
    # https://platform.openai.com/docs/deprecations, 2026-11-27; the model list has the dates too (shutdown_date).
    shutdowns=(
        Shutdown(model="gpt-5-mini", day="2026-12-11", instead="gpt-6-luna"),
        Shutdown(model="gpt-5", day="2026-12-11", instead="gpt-6-luna"),
        Shutdown(model="o3", day="2026-12-11", instead="gpt-6-luna"),
        Shutdown(model="o4-mini", day="2026-10-23", instead="gpt-6-luna"),
    ),
    # "6m0s", "120ms": https://platform.openai.com/docs/guides/rate-limits, 2026-11-21. Many hosts do the same.
    resets=tuple(
        Reset(header=f"x-ratelimit-reset-{what}", remaining=f"x-ratelimit-remaining-{what}")
        for what in ("requests", "tokens")
    ),
    # https://platform.openai.com/docs/guides/error-codes, 2026-11-21
    refusals=(
        *(
            Refusal(
                http=http,
                says="missing scopes|insufficient permissions",
                means=Status.UNVERIFIED,
                words="the key is genuine, but its scopes do not let it list models",
            )
            for http in (401, 403)
        ),
        Refusal(
            http=401,
            says="ip .*not authorized",
            means=Status.LIMITED,
            words="the key is good, but not from this IP address",
        ),
        Refusal(http=403, says="unsupported_country", means=Status.LIMITED, words="this country is not served"),
        Refusal(
            http=429,
            says="insufficient_quota|credit_balance_exhausted|(?:organization|project)_(?:spend|usage)_limit_exceeded",
            means=Status.EXHAUSTED,
            words="the account's credit or spending limit is used up",
        ),
    ),
)
