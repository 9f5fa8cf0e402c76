"""Anthropic's API."""

from __future__ import annotations

from custom_providers.providers.account.account import Refusal, Status
from custom_providers.providers.profile import KeyShape, Profile, Reset, Setup

# Anthropic's text inside LiteLLM's. Other 400s quote what the client sent, even at the start:
# "insufficient_quota: Extra inputs are not permitted".
_SPENT = (
    r"""[\w.: ]*AnthropicException - (?:b')?\{"type":"error","error":\{"type":"invalid_request_error","message":\""""
    r"(?:Your credit balance is too low|You have reached your specified (?:\w+ )?API usage limits)"
    r"""(?![^"]*: )"""
)

PROFILE = Profile(
    name="claude",
    source="https://platform.claude.com/docs/en/api/overview, 2026-11-27",
    wire_family="anthropic",
    litellm="anthropic",
    prefixes=("claude/",),
    bare=("claude-*",),
    keys=(
        KeyShape(
            title="an OAuth token of a Claude subscription",
            mark=r"sk-ant-oat",
            caveat="Anthropic's API refuses it: create an API key at https://platform.claude.com",
        ),
        KeyShape(
            title="an Anthropic admin key",
            mark=r"sk-ant-admin",
            caveat="it cannot call models: create an API key at https://platform.claude.com",
        ),
        KeyShape(title="an Anthropic key", mark=r"sk-ant-", whole=r"sk-ant-api03-[\w-]{93}AA"),
    ),
    setup=Setup(
        about="Anthropic's API",
        base_url="https://api.anthropic.com/v1",
        auth="x_api_key",
        auth_env="ANTHROPIC_API_KEY",
        default_model="claude-haiku-5-5",
    ),
    # RFC 3339: https://platform.claude.com/docs/en/api/rate-limits, 2026-11-21
    resets=tuple(
        Reset(header=f"anthropic-ratelimit-{what}-reset", remaining=f"anthropic-ratelimit-{what}-remaining")
        for what in ("requests", "tokens", "input-tokens", "output-tokens")
    ),
    # https://platform.claude.com/docs/en/api/errors, 2026-11-21
    refusals=(
        Refusal(http=400, says="credit balance", means=Status.EXHAUSTED, words="the account has no credit left"),
        Refusal(
            http=400, says="regain access", means=Status.EXHAUSTED, words="the account's own spending limit is reached"
        ),
        Refusal(http=401, says="oauth", means=Status.REJECTED, words="a subscription token is not an API key"),
        Refusal(
            http=429,
            says="enforced_spend_limit",
            means=Status.EXHAUSTED,
            words="the tier's spending limit is reached, until the first of next month",
        ),
        Refusal(
            http=429,
            says=r"credit balance is too low|specified (?:workspace )?API usage limits",
            means=Status.EXHAUSTED,
            words="the account's credit or spending limit is used up",
        ),
    ),
    spent=((400, _SPENT),),
)
