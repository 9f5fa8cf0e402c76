"""The proof that costs: one completion of a token or two, for a provider that nothing free can be learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pointsman.upstream.endpoint import Endpoint
from pointsman.upstream.proofs.model_lists import RULES
from pointsman.upstream.proofs.proof import Proof, secret
from pointsman.upstream.proofs.verdicts import Rule, Status, Verdict, refusal, unreadable
from pointsman.upstream.questions import Question, Reply

_MESSAGES = [{"role": "user", "content": "Hi"}]
_UNKNOWN_MODEL = Rule(
    http=404, says="model", means=Status.LIMITED, words="the key is good, default_model is not served"
)
_ANSWERS = ("choices", "content", "candidates", "message")
"""The member that holds the answer, one for each wire family."""


def _questions(place: Endpoint) -> Mapping[str, Question]:
    path, body = _completion(place)
    question = place.question(f"{place.base_url}{path}")
    return {"completion": replace(question, method="POST", json=body)}


def _completion(place: Endpoint) -> tuple[str, dict[str, Any]]:
    model = place.provider.default_model
    match place.provider.wire_family:
        case "anthropic":
            prefix = "" if place.base_url.endswith("/v1") else "/v1"
            return f"{prefix}/messages", {"model": model, "max_tokens": 1, "messages": _MESSAGES}
        case "gemini":
            contents = [{"role": "user", "parts": [{"text": "Hi"}]}]
            body = {"contents": contents, "generationConfig": {"maxOutputTokens": 1}}
            return f"/models/{model}:generateContent", body
        case "ollama":
            options = {"num_predict": 1}
            return "/api/chat", {"model": model, "messages": _MESSAGES, "stream": False, "options": options}
        case _:
            # OpenAI's reasoning models refuse max_tokens and a budget of 1; other servers know no other name.
            budget = {"max_completion_tokens": 16} if place.provider.name == "openai" else {"max_tokens": 1}
            return "/chat/completions", {"model": model, "messages": _MESSAGES, **budget}


def _judge(place: Endpoint, replies: Mapping[str, Reply]) -> Verdict:
    reply = replies["completion"]
    if refused := refusal(reply, (*RULES[place.provider.wire_family], _UNKNOWN_MODEL), secret(place)):
        return refused
    if not isinstance(reply.json, Mapping) or not any(name in reply.json for name in _ANSWERS):
        return unreadable(reply, "a completion")
    return Verdict(status=Status.VERIFIED, detail="by one minimal completion")


COMPLETION = Proof(questions=_questions, judge=_judge)
