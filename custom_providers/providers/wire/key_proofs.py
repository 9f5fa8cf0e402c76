"""Proves keys of providers without an account API: by the model list, which is free, or by a minimal completion.

A public model list proves nothing, and most self-hosted servers have one; so it is requested with the key and without.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace

from custom_providers.providers.account.account import Account, Ask, Refusal, Replies, Reply, Status, Target, Verdict
from custom_providers.providers.account.judging import refusal, unreadable
from custom_providers.providers.profile import Profile
from custom_providers.providers.wire.families import FAMILIES, Family

_REFUSED = frozenset({400, 401, 403})
"""How a request without a key is refused."""

_UNKNOWN_MODEL = Refusal(
    http=404, says="model", means=Status.LIMITED, words="the key is good, but default_model is not served"
)
_ANSWERS = ("choices", "content", "candidates", "message")
"""The member that holds a completion, one for each wire family."""


def by_model_list(profile: Profile) -> Account:
    """The free proof: the model list."""
    return Account(
        asks=functools.partial(_lists, FAMILIES[profile.wire_family]),
        judge=functools.partial(_judge_list, profile.refusals),
    )


def by_completion(profile: Profile) -> Account:
    """The proof by a completion, which costs a token or two."""
    return Account(
        asks=functools.partial(_completion, profile), judge=functools.partial(_judge_completion, profile.refusals)
    )


def _lists(family: Family, target: Target) -> Mapping[str, Ask]:
    ask = Ask(url=family.models_url(target.base_url, 1))
    without = {"without": replace(ask, with_key=False)}
    return {"with": ask, **without} if target.key else without


def _judge_list(refusals: tuple[Refusal, ...], target: Target, replies: Replies) -> Verdict:
    reply = replies.get("with") or replies["without"]
    if not target.key and reply.status in {401, 403}:
        return Verdict(status=Status.REJECTED, detail='it requires a key, but the registry says auth = "none"')
    if refused := refusal(reply, refusals, target.key):
        return refused
    if not _is_list(reply):
        return unreadable(reply, "a model list")
    if not target.key:
        return Verdict(status=Status.VERIFIED, detail="needs no key, and answers")
    without = replies["without"].status
    if without in _REFUSED:
        return Verdict(status=Status.VERIFIED, detail="the provider does not report the remaining credit")
    if without == 200:
        return Verdict(status=Status.UNVERIFIED, detail="its model list is public, so it cannot verify a key")
    return Verdict(status=Status.UNVERIFIED, detail="it answers, but whether it needs the key is unclear")


def _is_list(reply: Reply) -> bool:
    body = reply.json
    return isinstance(body, Mapping) and (isinstance(body.get("data"), list) or isinstance(body.get("models"), list))


def _completion(profile: Profile, target: Target) -> Mapping[str, Ask]:
    return {"completion": FAMILIES[profile.wire_family].completion(target, profile.smallest_budget)}


def _judge_completion(refusals: tuple[Refusal, ...], target: Target, replies: Replies) -> Verdict:
    reply = replies["completion"]
    if refused := refusal(reply, (*refusals, _UNKNOWN_MODEL), target.key):
        return refused
    if not isinstance(reply.json, Mapping) or not any(name in reply.json for name in _ANSWERS):
        return unreadable(reply, "a completion")
    return Verdict(status=Status.VERIFIED, detail="by one minimal completion")
