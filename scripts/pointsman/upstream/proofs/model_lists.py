"""The proof for every provider that only lists models: what answers with the key and refuses without it, proves it.

A list that everybody may read proves nothing, as those of most self-hosted servers; so each is asked for twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from custom_providers.providers.profile import WireFamily
from pointsman.upstream.endpoint import Endpoint
from pointsman.upstream.proofs.proof import Proof, secret
from pointsman.upstream.proofs.verdicts import Rule, Status, Verdict, refusal, unreadable
from pointsman.upstream.questions import Question, Reply

# https://platform.openai.com/docs/guides/error-codes
_OPENAI = (
    *(
        Rule(
            http=http,
            says="missing scopes|insufficient permissions",
            means=Status.UNVERIFIED,
            words="the key is genuine, but its scopes do not let it list models",
        )
        for http in (401, 403)
    ),
    Rule(http=401, says="ip .*not authorized", means=Status.LIMITED, words="the key is good, this address is not"),
    Rule(http=403, says="unsupported_country", means=Status.LIMITED, words="this country is not served"),
    Rule(
        http=429,
        says="insufficient_quota|credit_balance_exhausted|spend_limit|usage_limit|current quota",
        means=Status.EXHAUSTED,
        words="the account's credit or spending limit is used up",
    ),
)
# https://platform.claude.com/docs/en/api/errors
_ANTHROPIC = (
    Rule(http=400, says="credit balance", means=Status.EXHAUSTED, words="the account has no credit left"),
    Rule(http=400, says="regain access", means=Status.EXHAUSTED, words="the account's own spending limit is reached"),
    Rule(http=401, says="oauth", means=Status.REJECTED, words="a subscription's token is no API key"),
    Rule(
        http=429,
        says="enforced_spend_limit",
        means=Status.EXHAUSTED,
        words="the tier's spending limit is reached, until the first of next month",
    ),
)
# https://ai.google.dev/gemini-api/docs/troubleshooting
_GEMINI = (
    Rule(
        http=400,
        says="API_KEY_INVALID|api key not (?:valid|found)",
        means=Status.REJECTED,
        words="Google does not know the key",
    ),
    Rule(
        http=400,
        says="FAILED_PRECONDITION",
        means=Status.LIMITED,
        words="the key is good; the free tier is not offered in this country",
    ),
    Rule(
        http=401,
        means=Status.REJECTED,
        words="Google does not take this kind of key: make a new one at https://aistudio.google.com/api-keys",
    ),
    Rule(
        http=403,
        says="leaked|suspended|CONSUMER_SUSPENDED",
        means=Status.REJECTED,
        words="Google has blocked the key: make a new one at https://aistudio.google.com/api-keys",
    ),
    Rule(http=403, says="unregistered callers", means=Status.REJECTED, words="the key did not arrive"),
    Rule(http=403, says="_BLOCKED|restriction", means=Status.LIMITED, words="the key's restrictions exclude this use"),
    Rule(http=429, says="prepayment credits", means=Status.EXHAUSTED, words="the prepaid credit is used up"),
    Rule(http=429, says="PerDay", means=Status.EXHAUSTED, words="today's quota is used up"),
    Rule(http=429, says="limit: 0\\b", means=Status.LIMITED, words="the tier does not include this"),
    Rule(http=429, means=Status.LIMITED, words="the key is good; it was asked too often just now"),
)
_OLLAMA = (
    Rule(http=429, says="usage limit", means=Status.EXHAUSTED, words="the plan's usage limit is reached"),
    Rule(http=403, says="subscription", means=Status.LIMITED, words="the plan does not include the model"),
)

RULES: Mapping[WireFamily, tuple[Rule, ...]] = {
    "openai": _OPENAI,
    "anthropic": _ANTHROPIC,
    "gemini": _GEMINI,
    "ollama": _OLLAMA,
    "kimi": (),
}
"""What refusals mean, by wire family; for completions too."""


_REFUSALS = frozenset({400, 401, 403})
"""How a request without a key is refused."""


def _url(place: Endpoint) -> str:
    base = place.base_url
    match place.provider.wire_family:
        case "anthropic":
            return f"{base.removesuffix('/v1')}/v1/models?limit=1"
        case "gemini":
            return f"{base}/models?pageSize=1"
        case "ollama":
            return f"{base}/api/tags"
        case _:
            return f"{base}/models"


def _questions(place: Endpoint) -> Mapping[str, Question]:
    url = _url(place)
    without = {"without": replace(place, key=None).question(url)}
    return {"with": place.question(url), **without} if place.key else without


def _judge(place: Endpoint, replies: Mapping[str, Reply]) -> Verdict:
    reply = replies.get("with") or replies["without"]
    if place.key is None and reply.status in {401, 403}:
        return Verdict(status=Status.REJECTED, detail='it wants a key, and the registry says auth = "none"')
    if refused := refusal(reply, RULES[place.provider.wire_family], secret(place)):
        return refused
    if not _is_list(reply):
        return unreadable(reply, "a model list")
    if place.key is None:
        return Verdict(status=Status.VERIFIED, detail="needs no key, and answers")
    without = replies["without"].status
    if without in _REFUSALS:
        return Verdict(status=Status.VERIFIED, detail="what credit is left, the provider does not tell")
    if without == 200:
        return Verdict(status=Status.UNVERIFIED, detail="its model list is open without a key, so it proves none")
    return Verdict(status=Status.UNVERIFIED, detail="it answers, but did not tell whether it would without the key")


def _is_list(reply: Reply) -> bool:
    body = reply.json
    return isinstance(body, Mapping) and (isinstance(body.get("data"), list) or isinstance(body.get("models"), list))


MODEL_LIST = Proof(questions=_questions, judge=_judge)
