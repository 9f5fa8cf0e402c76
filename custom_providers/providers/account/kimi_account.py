"""The account behind a Kimi key, of either system: Kimi Code by models and quota, the platform by its balance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from custom_providers.engine.errors.failure import FailureKind
from custom_providers.kimi.account import systems
from custom_providers.kimi.errors.classify import classify
from custom_providers.kimi.errors.meanings import FailedCall
from custom_providers.providers import kimi, moonshot
from custom_providers.providers.account.account import Account, Ask, Replies, Reply, Status, Target, Verdict
from custom_providers.providers.account.judging import left, refusal, spent_window, unreadable, until

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
"""Other failures are not the key's fault."""


def _asks(target: Target) -> Mapping[str, Ask]:
    base = target.base_url
    if _is_coding(target):
        # Kimi calls /usages experimental, and /models may need a plan: either one proves the key.
        return {
            "models": Ask(url=systems.models_url(base)),
            "usages": Ask(url=systems.usages_url(base), read=kimi.quota),
        }
    unit = moonshot.currency(base)
    return {"balance": Ask(url=systems.balance_url(base), read=lambda answer: moonshot.balance(answer, unit))}


def _judge(target: Target, replies: Replies) -> Verdict:
    return _judge_coding(target, replies) if _is_coding(target) else _judge_platform(target, replies["balance"])


def _is_coding(target: Target) -> bool:
    system = systems.system_for_url(target.base_url) or systems.system_for_key(target.key)
    return system is systems.KIMI_CODE


def _judge_coding(target: Target, replies: Replies) -> Verdict:
    models, usages = replies["models"], replies["usages"]
    windows = kimi.quota(usages.json) if usages.status == 200 else ()
    verdicts = [_refused(target, reply) for reply in (models, usages)]
    # A used-up window takes precedence over any other answer.
    exhausted = next((found for found in verdicts if found and found.status is Status.EXHAUSTED), None)
    spent = spent_window(window for window in windows if not kimi.is_extra(window))
    if spent and not any(kimi.is_extra(window) and (window.remaining or 0) > 0 for window in windows):
        detail = f"the plan's {spent.name} window is used up{until(spent)}"
        return Verdict(status=Status.EXHAUSTED, detail=detail, windows=windows)
    if exhausted:
        return exhausted
    if windows or (models.status == 200 and isinstance(models.json, Mapping) and "data" in models.json):
        return Verdict(status=Status.VERIFIED, detail=left(windows), windows=windows)
    return verdicts[0] or verdicts[1] or unreadable(models, "Kimi Code")


def _judge_platform(target: Target, reply: Reply) -> Verdict:
    if refused := _refused(target, reply):
        return refused
    windows = moonshot.balance(reply.json, moonshot.currency(target.base_url))
    if not windows:
        return unreadable(reply, "the Moonshot platform")
    if (windows[0].remaining or 0) <= 0:
        detail = f"the balance is used up: recharge it at {systems.PLATFORM.console}"
        return Verdict(status=Status.EXHAUSTED, detail=detail, windows=windows)
    return Verdict(status=Status.VERIFIED, detail=left(windows), windows=windows)


def _refused(target: Target, reply: Reply) -> Verdict | None:
    """What a refusal means; the handler's own reading of Kimi's errors, which their texts decide."""
    if reply.status is None or reply.status < 400 or reply.status in {404, 405}:
        return refusal(reply, (), target.key)
    system = systems.KIMI_CODE if _is_coding(target) else systems.PLATFORM
    call = FailedCall(system=system, model=target.model, base_url=target.base_url, key=target.key)
    body = reply.text if reply.json is None else json.dumps(reply.json)
    failure = classify(reply.status, body, reply.headers, call)
    status = _STATUS_OF_KIND.get(failure.kind, Status.UNREACHABLE)
    other = moonshot.OTHER_HOST.get(urlsplit(target.base_url).hostname or "")
    hint = f"; {other}" if other and status is Status.REJECTED else ""
    return Verdict(status=status, detail=f"{failure.message}{hint}")


KIMI_ACCOUNT = Account(asks=_asks, judge=_judge)
