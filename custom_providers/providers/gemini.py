"""Google's Gemini API, with a key from AI Studio."""

from __future__ import annotations

from custom_providers.providers.account.account import Refusal, Status
from custom_providers.providers.profile import KeyShape, Profile, Setup, Shutdown

_OLD_KEY = "it is an old key (AIza...), a type that Google has been switching off since September 2026"
_NEW_KEY = "create one at https://aistudio.google.com/api-keys"

PROFILE = Profile(
    name="gemini",
    source="https://ai.google.dev/gemini-api/docs/api-key, 2026-11-27",
    wire_family="gemini",
    litellm="gemini",
    prefixes=("gemini/",),
    bare=("gemini-*",),
    keys=(
        KeyShape(title="a Gemini key", mark=r"AQ\.", whole=r"AQ\.[\w-]{40,}"),
        KeyShape(
            title="a Gemini key",
            mark=r"AIza[\w-]{35}$",
            whole=r"AIza[\w-]{35}",
            caveat=f"{_OLD_KEY}: {_NEW_KEY}",
        ),
        KeyShape(
            title="an OAuth access token",
            mark=r"ya29\.|eyJ[\w-]+\.",
            caveat="it is not an API key, and expires within the hour",
        ),
    ),
    setup=Setup(
        about="Google's Gemini, by a key of AI Studio",
        base_url="https://generativelanguage.googleapis.com/v1beta",
        auth="api_key_query",
        auth_env="GEMINI_API_KEY",
        default_model="gemini-3.5-flash-lite",
    ),
    # https://ai.google.dev/gemini-api/docs/deprecations, 2026-11-27; its model list has no dates.
    shutdowns=(Shutdown(model="gemini-2.5-flash", day="2026-12-01", instead="gemini-3.5-flash-lite"),),
    # google.rpc.RetryInfo, "34.4s"; it sends no headers: https://ai.google.dev/gemini-api/docs/troubleshooting,
    # 2026-11-21
    reset_fields=("retryDelay",),
    # https://ai.google.dev/gemini-api/docs/troubleshooting, 2026-11-21
    refusals=(
        Refusal(
            http=400,
            says="API_KEY_INVALID|api key not (?:valid|found)",
            means=Status.REJECTED,
            words="Google does not know the key",
        ),
        Refusal(
            http=400,
            says="FAILED_PRECONDITION",
            means=Status.LIMITED,
            words="the key is good; the free tier is not offered in this country",
        ),
        Refusal(http=401, means=Status.REJECTED, words=f"Google does not accept this type of key: {_NEW_KEY}"),
        Refusal(
            http=403,
            says="leaked|suspended|CONSUMER_SUSPENDED",
            means=Status.REJECTED,
            words=f"Google has blocked the key: {_NEW_KEY}",
        ),
        Refusal(http=403, says="unregistered callers", means=Status.REJECTED, words="the key did not arrive"),
        Refusal(
            http=403, says="_BLOCKED|restriction", means=Status.LIMITED, words="the key's restrictions exclude this use"
        ),
        Refusal(
            http=429,
            says="prepayment credits are depleted",
            means=Status.EXHAUSTED,
            words="the prepaid credit is used up",
        ),
        Refusal(http=429, says="PerDay", means=Status.EXHAUSTED, words="today's quota is used up"),
        Refusal(
            http=429, says=r"limit: 0\b", means=Status.LIMITED, words="the tier does not include this model", final=True
        ),
        Refusal(http=429, means=Status.LIMITED, words="the key is good; its rate limit is reached"),
    ),
)
