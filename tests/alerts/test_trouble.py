"""Which failures are troubles, and what an alert says; the failures' words are those that upstreams really send."""

from __future__ import annotations

import pytest

from custom_providers.alerts.trouble import Sign, sort_of, text
from custom_providers.engine.errors.failure import FailureKind
from custom_providers.routing.resolver import Row

_OPENAI_401 = "litellm.AuthenticationError: AuthenticationError: OpenAIException - "
_ANTHROPIC_400 = (
    'litellm.BadRequestError: AnthropicException - {"type":"error","error":{"type":"invalid_request_error","message":"'
)
_ANTHROPIC_400_STREAMED = _ANTHROPIC_400.replace("{", "b'{", 1)
_TOO_LOW = "Your credit balance is too low to access the Anthropic API"
_OWN_LIMIT = "You have reached your specified API usage limits"


def _sign(status: int | None, said: str = "", kind: str = "") -> Sign:
    return Sign(provider="p", model="m", status=status, error="SomeError", kind=kind, said=said)


@pytest.mark.parametrize(
    ("sign", "sort"),
    [
        (_sign(429, "insufficient_quota"), "quota"),
        (_sign(401, "CreditsError: No payment method"), "quota"),
        (_sign(401, f"{_OPENAI_401}Insufficient balance. Manage your billing here: https://o.invalid"), "quota"),
        (_sign(401, f"{_OPENAI_401}No payment method. Add a payment method here: https://o.invalid"), "quota"),
        (_sign(401, f"{_OPENAI_401}Your workspace has reached its monthly spending limit."), "quota"),
        (_sign(401, f"{_OPENAI_401}You have reached your monthly spending limit."), "quota"),
        (_sign(401, f"{_OPENAI_401}Model grok-4.6 is not supported for format oa-compat"), None),
        (_sign(401, f"{_OPENAI_401}Model CreditsError is not supported"), None),
        (_sign(401, '{"type":"error","error":{"type":"ModelError","message":"Model x is disabled"}}'), None),
        (_sign(400, f'{_ANTHROPIC_400}{_TOO_LOW}"}}}}'), "quota"),
        (_sign(400, f"{_ANTHROPIC_400_STREAMED}{_TOO_LOW}. Please go to Plans & Billing.\"}}}}'"), "quota"),
        (_sign(400, f'{_ANTHROPIC_400}{_OWN_LIMIT}. You will regain access on 2026-12-01 at 00:00 UTC."}}}}'), "quota"),
        (_sign(400, f'{_ANTHROPIC_400}{_TOO_LOW}: Extra inputs are not permitted"}}}}'), None),
        (_sign(400, f'{_ANTHROPIC_400}messages.0.{_TOO_LOW}: Extra inputs are not permitted"}}}}'), None),
        (_sign(400, f'litellm.BadRequestError: OpenAIException - {_ANTHROPIC_400}{_TOO_LOW}"}}}}'), None),
        (_sign(400, "Unknown parameter: 'insufficient_quota'"), None),
        (_sign(404, "no model insufficient_quota"), None),
        (_sign(500, "insufficient_quota"), "failing"),
        (_sign(403, '{"error":{"code":403,"message":"Key limit exceeded (monthly limit)"}}'), "quota"),
        (_sign(403, '{"error":{"code":403,"message":"Budget limit exceeded"}}'), "quota"),
        (_sign(403, r'{"error":{"flagged_input":"{\"message\":\"Key limit exceeded"}}'), "failing"),
        (_sign(402, "Payment Required"), "quota"),
        (_sign(402, "credit is reserved by in-flight requests"), None),
        (_sign(429, "Rate limit reached, try again in 120ms"), None),
        (_sign(401, "Incorrect API key provided"), "key"),
        (_sign(403, "moderated"), "failing"),
        (_sign(500), "failing"),
        (_sign(503), "failing"),
        (_sign(408), "failing"),
        (_sign(400, "no such parameter"), None),
        (_sign(404), None),
        (_sign(None, "a fault of our own"), None),
        (_sign(403, kind=FailureKind.QUOTA), "quota"),
        (_sign(403, kind=FailureKind.BANNED), "key"),
        (_sign(429, kind=FailureKind.OVERLOADED), "failing"),
        (_sign(429, "insufficient_quota", kind=FailureKind.RATE_LIMIT), None),
        (_sign(400, kind=FailureKind.CONTENT_FILTER), None),
    ],
)
def test_the_trouble_behind_a_failure(sign: Sign, sort: str | None):
    assert sort_of(sign) == sort


def test_an_alert_says_what_where_and_what_to_do_and_nothing_of_what_was_said():
    row = Row(name="p", default_model="m", auth_env="P_KEY", fallbacks=("a/b", "c/d"))
    sign = _sign(401, "secret words")
    assert text(sign, "key", row) == (
        "p: key rejected (HTTP 401, SomeError; model `m`). Put a working key into $P_KEY, then `pointsman reload`;"
        " `pointsman check --live` tests it."
    )
    assert "Its fallbacks answer meanwhile: a/b, c/d." in text(sign, "failing", row)
    assert "$P_KEY" in text(sign, "quota", row)


@pytest.mark.parametrize(
    "model",
    ["<!channel>", "<https://evil.example|click>", "`<!here>`", "a`b", "x\n\n*bold*", "@everyone", "&lt;!channel&gt;"],
)
def test_a_name_that_a_client_chose_is_inert_in_a_chat(model: str):
    alert = text(_sign(429)._replace(model=model), "quota", Row(name="openai", default_model="m"))

    before, code, after = alert.split("`", 2)
    assert not set(code) & set("<>&|`\n")
    assert "everyone" not in before + after
