"""The proof of OpenCode keys, Zen and Go: by the key's shape, on the one host that serves both."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from pointsman.upstream import quota
from pointsman.upstream.endpoint import Endpoint
from pointsman.upstream.proofs.proof import Proof, secret
from pointsman.upstream.proofs.verdicts import Rule, Status, Verdict, left, refusal, spent_window, unreadable, until
from pointsman.upstream.questions import Question, Reply

# Most of these come as 401 and have nothing to do with the key: https://opencode.ai/docs/zen
_RULES = (
    Rule(http=401, says="CreditsError", means=Status.EXHAUSTED, words="the workspace has no credit left"),
    Rule(
        http=401,
        says="MonthlyLimitError|UserLimitError",
        means=Status.EXHAUSTED,
        words="a monthly spending limit is reached, until the month ends",
    ),
    Rule(http=401, says="ModelError", means=Status.LIMITED, words="the model is not served; the key was not looked at"),
    Rule(http=403, says="RegionError", means=Status.LIMITED, words="the key is good, this country is not served"),
    Rule(http=429, says="UsageLimitError", means=Status.EXHAUSTED, words="the plan's usage limit is reached"),
)
_NO_GO = "EntitlementError"
"""403: the key was recognised, and no Go subscription is behind it."""


def _questions(place: Endpoint) -> Mapping[str, Question]:
    root = re.sub(r"/(?:zen|inference)(?:/.*)?$", "", place.base_url)
    if secret(place).startswith("oc_sk_"):
        return {"config": place.question(f"{root}/console/api/v2/config")}
    return {"usage": place.question(f"{root}/zen/go/v1/usage")}


def _judge(place: Endpoint, replies: Mapping[str, Reply], *, go: bool) -> Verdict:
    ((name, reply),) = replies.items()
    if reply.status == 403 and _NO_GO in reply.text:
        if go:
            return Verdict(status=Status.LIMITED, detail="a good key for Zen, with no Go subscription behind it")
        return Verdict(status=Status.VERIFIED, detail=_ZEN)
    if refused := refusal(reply, _RULES, secret(place)):
        return refused
    if not isinstance(reply.json, Mapping):
        return unreadable(reply, "OpenCode")
    windows = quota.opencode_go(reply.json)
    if name == "usage" and not windows:
        return unreadable(reply, "OpenCode's usage")
    if not go or not windows:
        return Verdict(status=Status.VERIFIED, detail=_ZEN, windows=windows if go else ())
    if spent := spent_window(windows):
        return Verdict(status=Status.EXHAUSTED, detail=f"Go's {spent.name} are used up{until(spent)}", windows=windows)
    return Verdict(status=Status.VERIFIED, detail=left(windows), windows=windows)


_ZEN = "what credit is left, OpenCode does not tell"

ZEN = Proof(questions=_questions, judge=functools.partial(_judge, go=False))
GO = Proof(questions=_questions, judge=functools.partial(_judge, go=True))
