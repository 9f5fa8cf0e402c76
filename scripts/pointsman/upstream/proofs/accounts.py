"""Proofs that ask for the account behind the key: Ollama Cloud and OpenRouter tell quota and credit too."""

from __future__ import annotations

from collections.abc import Mapping

from pointsman.upstream import quota
from pointsman.upstream.endpoint import Endpoint
from pointsman.upstream.proofs.proof import Proof, secret
from pointsman.upstream.proofs.verdicts import Rule, Status, Verdict, left, refusal, spent_window, unreadable, until
from pointsman.upstream.questions import Question, Reply
from pointsman.upstream.quota import Window

# https://docs.ollama.com/api/balance; the texts are those of published reports.
_OLLAMA_CLOUD = (
    Rule(http=403, means=Status.LIMITED, words="the key exists, but its account is suspended or it is a team's"),
    Rule(http=429, says="usage limit", means=Status.EXHAUSTED, words="the plan's usage limit is reached"),
    Rule(http=429, means=Status.LIMITED, words="the key is good; it was asked too often just now"),
)
# https://openrouter.ai/docs/api-reference/errors
_OPENROUTER = (
    Rule(http=402, says="in_flight", means=Status.LIMITED, words="too many requests are under way for the credit"),
    Rule(http=403, says="key limit|budget limit", means=Status.EXHAUSTED, words="the key's spending limit is reached"),
    Rule(http=429, says="per-day", means=Status.EXHAUSTED, words="today's free requests are used up"),
)


def _balance_question(place: Endpoint) -> Mapping[str, Question]:
    base = place.base_url.removesuffix("/v1").removesuffix("/api")
    return {"balance": place.question(f"{base}/api/balance")}


def _judge_balance(place: Endpoint, replies: Mapping[str, Reply]) -> Verdict:
    reply = replies["balance"]
    if refused := refusal(reply, _OLLAMA_CLOUD, secret(place)):
        return refused
    windows = quota.ollama_cloud(reply.json)
    if not windows:
        return unreadable(reply, "Ollama Cloud's balance")
    bought = next((window for window in windows if window.name == "purchased"), None)
    spent = spent_window(window for window in windows if window is not bought)
    if spent and not (bought and (bought.remaining or 0) > 0):
        return Verdict(status=Status.EXHAUSTED, detail=f"the plan is used up{until(spent)}", windows=windows)
    return Verdict(status=Status.VERIFIED, detail=left(windows), windows=windows)


def _key_questions(place: Endpoint) -> Mapping[str, Question]:
    return {name: place.question(f"{place.base_url}/{name}") for name in ("key", "credits")}


def _judge_key(place: Endpoint, replies: Mapping[str, Reply]) -> Verdict:
    if refused := refusal(replies["key"], _OPENROUTER, secret(place)):
        return refused
    facts = replies["key"].json.get("data") if isinstance(replies["key"].json, Mapping) else None
    if not isinstance(facts, Mapping) or "limit" not in facts:
        return unreadable(replies["key"], "OpenRouter's")
    limits = quota.openrouter_key(replies["key"].json)
    # An unlimited key says nothing about the account; some keys may not ask for its credits.
    credit = quota.openrouter_credits(replies["credits"].json)
    windows = (*limits, *credit)
    if facts.get("is_management_key") is True:
        return Verdict(status=Status.LIMITED, detail="a management key, which cannot call models", windows=windows)
    spent = spent_window(limit for limit in limits if limit.unit == "USD") or next(filter(_in_debt, credit), None)
    if spent:
        return Verdict(status=Status.EXHAUSTED, detail=f"the {spent.name} is used up", windows=windows)
    tier = "free tier; " if facts.get("is_free_tier") is True else ""
    return Verdict(status=Status.VERIFIED, detail=f"{tier}{left(windows)}", windows=windows)


def _in_debt(credit: Window) -> bool:
    """Whether no model answers any more; where none was ever bought, the free ones still do."""
    return credit.remaining is not None and (credit.remaining < 0 or (credit.remaining == 0 and credit.limit != 0))


OLLAMA_CLOUD = Proof(questions=_balance_question, judge=_judge_balance)
OPENROUTER = Proof(questions=_key_questions, judge=_judge_key)
