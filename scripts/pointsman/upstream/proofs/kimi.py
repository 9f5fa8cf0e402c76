"""The proofs of both Kimi systems: Kimi Code by models and quota windows, the Moonshot platform by its balance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from custom_providers.engine.errors.failure import FailureKind
from custom_providers.kimi.account import systems
from custom_providers.kimi.errors.classify import classify
from custom_providers.kimi.errors.failure import Call
from pointsman.upstream import quota
from pointsman.upstream.endpoint import Endpoint
from pointsman.upstream.proofs.proof import Proof, secret
from pointsman.upstream.proofs.verdicts import Status, Verdict, left, refusal, spent_window, unreadable, until
from pointsman.upstream.questions import Question, Reply
from pointsman.upstream.quota import Window

_STATUS_OF_KIND = {
    FailureKind.BAD_KEY: Status.REJECTED,
    FailureKind.BANNED: Status.REJECTED,
    FailureKind.WRONG_SYSTEM: Status.WRONG_SYSTEM,
    FailureKind.QUOTA: Status.EXHAUSTED,
    FailureKind.BALANCE: Status.EXHAUSTED,
    FailureKind.DAILY_LIMIT: Status.EXHAUSTED,
    FailureKind.NO_PLAN: Status.LIMITED,
    FailureKind.MODEL_NOT_IN_PLAN: Status.LIMITED,
    FailureKind.MEMBERSHIP_UNVERIFIED: Status.LIMITED,
    FailureKind.CLIENT_NOT_LISTED: Status.LIMITED,
    FailureKind.CONCURRENCY: Status.LIMITED,
    FailureKind.RATE_LIMIT: Status.LIMITED,
    FailureKind.FORBIDDEN: Status.LIMITED,
}
"""Whatever else went wrong is nothing that the key could be blamed for."""

_OTHER_HOST = {
    "api.moonshot.ai": "a key made at platform.kimi.com works at api.moonshot.cn only",
    "api.moonshot.cn": "a key made at platform.kimi.ai works at api.moonshot.ai only",
}
"""Their keys look alike, so only the refusal tells."""


def _questions(place: Endpoint) -> Mapping[str, Question]:
    base = place.base_url
    if _is_coding(place):
        # /usages is called experimental by its makers, /models may need a plan: either one proves the key.
        return {"models": place.question(systems.models_url(base)), "usages": place.question(systems.usages_url(base))}
    return {"balance": place.question(systems.balance_url(base))}


def _judge(place: Endpoint, replies: Mapping[str, Reply]) -> Verdict:
    return _judge_coding(place, replies) if _is_coding(place) else _judge_platform(place, replies["balance"])


def _is_coding(place: Endpoint) -> bool:
    system = systems.system_for_url(place.base_url) or systems.system_for_key(secret(place))
    return system is systems.KIMI_CODE


def _judge_coding(place: Endpoint, replies: Mapping[str, Reply]) -> Verdict:
    models, usages = replies["models"], replies["usages"]
    windows = quota.kimi_code(usages.json) if usages.status == 200 else ()
    verdicts = [_refused(place, reply) for reply in (models, usages)]
    # A spent window hides behind no other answer.
    exhausted = next((found for found in verdicts if found and found.status is Status.EXHAUSTED), None)
    if spent := spent_window(windows):
        return Verdict(status=Status.EXHAUSTED, detail=f"{_spent(spent)} used up{until(spent)}", windows=windows)
    if exhausted:
        return exhausted
    if windows or (models.status == 200 and isinstance(models.json, Mapping) and "data" in models.json):
        return Verdict(status=Status.VERIFIED, detail=left(windows), windows=windows)
    return verdicts[0] or verdicts[1] or unreadable(models, "Kimi Code")


def _spent(window: Window) -> str:
    return f"the plan's {window.name} window is"


def _judge_platform(place: Endpoint, reply: Reply) -> Verdict:
    if refused := _refused(place, reply):
        return refused
    host = urlsplit(place.base_url).hostname or ""
    windows = quota.moonshot_balance(reply.json, "CNY" if host.endswith(".cn") else "USD")
    if not windows:
        return unreadable(reply, "the Moonshot platform")
    if (windows[0].remaining or 0) <= 0:
        detail = f"the balance is used up: recharge it at {systems.PLATFORM.console}"
        return Verdict(status=Status.EXHAUSTED, detail=detail, windows=windows)
    return Verdict(status=Status.VERIFIED, detail=left(windows), windows=windows)


def _refused(place: Endpoint, reply: Reply) -> Verdict | None:
    """What a refusal means; the handler's own reading of Kimi's errors, which their texts decide."""
    if reply.status is None or reply.status < 400 or reply.status in {404, 405}:
        return refusal(reply, (), secret(place))
    system = systems.KIMI_CODE if _is_coding(place) else systems.PLATFORM
    call = Call(system=system, model=place.provider.default_model, base_url=place.base_url, key=secret(place))
    body = reply.text if reply.json is None else json.dumps(reply.json)
    failure = classify(reply.status, body, reply.headers, call)
    status = _STATUS_OF_KIND.get(failure.kind, Status.UNREACHABLE)
    other = _OTHER_HOST.get(urlsplit(place.base_url).hostname or "")
    hint = f"; {other}" if other and status is Status.REJECTED else ""
    return Verdict(status=status, detail=f"{failure.message}{hint}")


KIMI = Proof(questions=_questions, judge=_judge)
