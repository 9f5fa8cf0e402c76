"""What a failed call to Kimi means for the client: status, message, and whether a retry can help."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from custom_providers.engine.connection.timing import DEFAULT_RETRIES
from custom_providers.engine.errors.failure import OWN_LIMIT, ErrorReply, Failure, FailureKind
from custom_providers.kimi.account import catalogue, systems
from custom_providers.kimi.account.systems import System


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedCall:
    """The facts about a failed call that the client's message needs."""

    system: System
    model: str
    base_url: str
    key: str = field(repr=False)
    provider: str = ""
    """The registry's name of the provider; empty where a key is checked, and then the system is named."""

    @property
    def asked(self) -> str:
        """Whom messages blame."""
        return self.provider or self.system.title


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meaning:
    advice: str
    retries: int = 0
    status: int | None = None
    """For kinds where Kimi's status would mislead clients; None keeps Kimi's."""


_MEANINGS = {
    FailureKind.BAD_KEY: _Meaning(
        advice="{system} refused the key: check the variable that holds it, or make a new key at {console}"
    ),
    FailureKind.WRONG_SYSTEM: _Meaning(advice="{mismatch}"),
    FailureKind.UNKNOWN_MODEL: _Meaning(advice='{system} does not serve "{model}" to this account{known}', status=404),
    FailureKind.MODEL_NOT_IN_PLAN: _Meaning(advice='the plan behind this key does not include "{model}"', status=403),
    FailureKind.NO_PLAN: _Meaning(advice="the subscription behind this key has no access to Kimi Code", status=403),
    FailureKind.MEMBERSHIP_UNVERIFIED: _Meaning(
        advice="{asked} could not verify a membership for this key: there is none, or the check failed temporarily",
        retries=1,
    ),
    FailureKind.CLIENT_NOT_LISTED: _Meaning(
        advice="Kimi Code admits only listed coding agents on its OpenAI protocol: set"
        ' protocol = "anthropic" for this provider, which needs no approval'
    ),
    FailureKind.BANNED: _Meaning(
        advice="{asked} terminated this account's access: stop using the key and contact its support"
    ),
    FailureKind.QUOTA: _Meaning(
        advice="the usage limit of this key's plan is used up until it resets (see: pointsman usage);"
        " retrying does not help"
    ),
    FailureKind.BALANCE: _Meaning(
        advice="the account's balance or quota is used up: recharge it; retrying does not help"
    ),
    # Kimi answers 403, after which no client waits; 429 is what it means.
    FailureKind.CONCURRENCY: _Meaning(
        advice="too many requests at once for this account: send fewer in parallel",
        retries=DEFAULT_RETRIES,
        status=429,
    ),
    FailureKind.OVERLOADED: _Meaning(advice="{asked} is overloaded: try again later", retries=DEFAULT_RETRIES),
    FailureKind.RATE_LIMIT: _Meaning(
        advice="the account's rate limit is reached: try again later", retries=DEFAULT_RETRIES
    ),
    FailureKind.DAILY_LIMIT: _Meaning(advice="the account's tokens for today are used up: try again tomorrow"),
    FailureKind.CONTENT_FILTER: _Meaning(advice="{asked}'s content filter refused the request", status=400),
    FailureKind.CONTEXT_WINDOW: _Meaning(
        advice="the conversation is longer than the model's context window", status=400
    ),
    FailureKind.TOO_LARGE: _Meaning(advice="the request is larger than {system} accepts"),
    FailureKind.BAD_REQUEST: _Meaning(advice="{asked} refused the request"),
    FailureKind.UNSENDABLE: _Meaning(advice="the request cannot be sent to {asked}", status=400),
    FailureKind.FORBIDDEN: _Meaning(advice="{asked} does not allow this account, client or IP address to do this"),
    FailureKind.NOT_FOUND: _Meaning(advice="{asked} has no such endpoint: check base_url", status=404),
    FailureKind.CLIENT_CLOSED: _Meaning(advice="the connection was closed before {asked} answered"),
    FailureKind.SERVER: _Meaning(advice="{asked} failed", retries=DEFAULT_RETRIES),
    FailureKind.CUT: _Meaning(
        advice="{asked} ended its answer before it was complete", retries=DEFAULT_RETRIES, status=502
    ),
    FailureKind.MALFORMED: _Meaning(advice="{asked}'s answer cannot be read", retries=DEFAULT_RETRIES, status=502),
    FailureKind.TIMEOUT: _Meaning(advice="{asked} sent nothing in time", status=504),
    FailureKind.UNREACHABLE: _Meaning(advice="{asked} cannot be reached", retries=DEFAULT_RETRIES, status=503),
    FailureKind.REFUSED: _Meaning(advice="{asked} does not answer at {words}: is the base URL right?", status=503),
    FailureKind.NO_DESCRIPTOR: _Meaning(advice=f"{OWN_LIMIT}; {{asked}} was not asked", status=503),
}

_IDS = re.compile(
    r"\b(?P<shape>org|ak|sk)-[\w-]+|\b(?P<named>acct|account|user|uid|proj|team)[-_](?=[\w-]*\d)[\w-]+", re.IGNORECASE
)


def failure(kind: FailureKind, call: FailedCall, reply: ErrorReply) -> Failure:
    """Describe a failure of one call; ids and the key are removed from Kimi's text."""
    meaning = _MEANINGS[kind]
    known = catalogue.advice(call.model, call.system)
    words = redact(reply.text, call.key)
    advice = meaning.advice.format(
        asked=call.asked,
        system=call.system.title,
        console=call.system.console,
        model=call.model,
        mismatch=systems.mismatch(call.key, call.base_url) or "",
        known=f": {known}" if known else "",
        words=words,
    )
    end = "" if advice.endswith("?") else "."
    lead = f"{end} {call.asked} said: " if reply.status else f"{end} " if ":" in advice else ": "
    quote = "" if "{words}" in meaning.advice or not words else f"{lead}{words}"
    named = [f"HTTP {reply.status}"] if reply.status else []
    named += [f"trace {reply.trace_id}"] if reply.trace_id else []
    return Failure(
        kind=kind,
        status=meaning.status or reply.status or 500,
        upstream_status=reply.status,
        message=f"{advice}{quote or end}" + (f" ({', '.join(named)})" if named else ""),
        retries=meaning.retries,
        retry_after=reply.wait if meaning.retries else None,
        trace_id=reply.trace_id,
    )


def redact(text: str, key: str = "") -> str:
    """``text`` without organisation, key and account ids, and without the given key."""
    if key:
        text = text.replace(key, "***")
    return _IDS.sub(lambda match: f"{match['shape'] or match['named']}-***", text)
