"""Which failures are incidents, and the text of an alert; the error texts come from real upstreams."""

from __future__ import annotations

import pytest

from custom_providers.engine.errors.failure import FailureKind
from custom_providers.observability.alerts.incident import FailedAttempt, incident_of, recovered, text
from custom_providers.routing.resolver import ProviderRoute

_OPENAI_401 = "litellm.AuthenticationError: AuthenticationError: OpenAIException - "
_ANTHROPIC_400 = (
    'litellm.BadRequestError: AnthropicException - {"type":"error","error":{"type":"invalid_request_error","message":"'
)
_ANTHROPIC_400_STREAMED = _ANTHROPIC_400.replace("{", "b'{", 1)
_TOO_LOW = "Your credit balance is too low to access the Anthropic API"
_OWN_LIMIT = "You have reached your specified API usage limits"


def _failed(status: int | None, said: str = "", kind: str = "") -> FailedAttempt:
    return FailedAttempt(provider="p", model="m", status=status, error="SomeError", kind=kind, said=said)


@pytest.mark.parametrize(
    ("attempt", "incident"),
    [
        (_failed(429, "insufficient_quota"), "quota"),
        (_failed(401, "CreditsError: No payment method"), "quota"),
        (
            _failed(401, f"{_OPENAI_401}Insufficient balance. Manage your billing here: https://o.invalid"),
            "quota",
        ),
        (
            _failed(401, f"{_OPENAI_401}No payment method. Add a payment method here: https://o.invalid"),
            "quota",
        ),
        (_failed(401, f"{_OPENAI_401}Your workspace has reached its monthly spending limit."), "quota"),
        (_failed(401, f"{_OPENAI_401}You have reached your monthly spending limit."), "quota"),
        (_failed(401, f"{_OPENAI_401}Model grok-4.6 is not supported for format oa-compat"), None),
        (_failed(401, f"{_OPENAI_401}Model CreditsError is not supported"), None),
        (_failed(401, '{"type":"error","error":{"type":"ModelError","message":"Model x is disabled"}}'), None),
        (_failed(400, f'{_ANTHROPIC_400}{_TOO_LOW}"}}}}'), "quota"),
        (_failed(400, f"{_ANTHROPIC_400_STREAMED}{_TOO_LOW}. Please go to Plans & Billing.\"}}}}'"), "quota"),
        (
            _failed(400, f'{_ANTHROPIC_400}{_OWN_LIMIT}. You will regain access on 2026-12-01 at 00:00 UTC."}}}}'),
            "quota",
        ),
        (_failed(400, f'{_ANTHROPIC_400}{_TOO_LOW}: Extra inputs are not permitted"}}}}'), None),
        (_failed(400, f'{_ANTHROPIC_400}messages.0.{_TOO_LOW}: Extra inputs are not permitted"}}}}'), None),
        (_failed(400, f'litellm.BadRequestError: OpenAIException - {_ANTHROPIC_400}{_TOO_LOW}"}}}}'), None),
        (_failed(400, "Unknown parameter: 'insufficient_quota'"), None),
        (_failed(404, "no model insufficient_quota"), None),
        (_failed(500, "insufficient_quota"), "failing"),
        (_failed(403, '{"error":{"code":403,"message":"Key limit exceeded (monthly limit)"}}'), "quota"),
        (_failed(403, '{"error":{"code":403,"message":"Budget limit exceeded"}}'), "quota"),
        (_failed(403, r'{"error":{"flagged_input":"{\"message\":\"Key limit exceeded"}}'), "failing"),
        (_failed(402, "Payment Required"), "quota"),
        (_failed(402, "credit is reserved by in-flight requests"), None),
        (_failed(429, "Rate limit reached, try again in 120ms"), None),
        (_failed(401, "Incorrect API key provided"), "key"),
        (_failed(403, "moderated"), "failing"),
        (_failed(500), "failing"),
        (_failed(503), "failing"),
        (_failed(408), "failing"),
        (_failed(400, "no such parameter"), None),
        (_failed(404), None),
        (_failed(None, "a fault of our own"), None),
        (_failed(403, kind=FailureKind.QUOTA), "quota"),
        (_failed(403, kind=FailureKind.BANNED), "key"),
        (_failed(429, kind=FailureKind.OVERLOADED), "failing"),
        (_failed(429, "insufficient_quota", kind=FailureKind.RATE_LIMIT), None),
        (_failed(400, kind=FailureKind.CONTENT_FILTER), None),
    ],
)
def test_the_incident_behind_a_failure(attempt: FailedAttempt, incident: str | None):
    assert incident_of(attempt) == incident


def test_an_alert_says_what_where_and_what_to_do_and_nothing_of_what_was_said():
    row = ProviderRoute(name="p", default_model="m", auth_env="P_KEY", fallbacks=("a/b", "c/d"))
    attempt = _failed(401, "secret words")
    assert text(attempt, "key", row) == (
        "p: key rejected (HTTP 401, SomeError; model `m`). Put a working key into $P_KEY, then `pointsman reload`;"
        " `pointsman check --live` tests it."
    )
    assert "Its fallbacks answer meanwhile: a/b, c/d." in text(attempt, "failing", row)
    assert "$P_KEY" in text(attempt, "quota", row)


@pytest.mark.parametrize(
    "model",
    ["<!channel>", "<https://evil.example|click>", "`<!here>`", "a`b", "x\n\n*bold*", "@everyone", "&lt;!channel&gt;"],
)
def test_a_name_that_a_client_chose_is_inert_in_a_chat(model: str):
    failed = text(_failed(429)._replace(model=model), "quota", ProviderRoute(name="openai", default_model="m"))

    for alert in (failed, recovered("openai", "quota", model)):
        before, code, after = alert.split("`", 2)
        assert not set(code) & set("<>&|`\n")
        assert "everyone" not in before + after
