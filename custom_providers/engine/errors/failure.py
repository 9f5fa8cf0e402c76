"""A failed call: what went wrong, what the client reads, and whether repeating can help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from custom_providers.engine.timing import LONGEST_CLIENT_PAUSE, LONGEST_PAUSE

OWN_LIMIT = (
    "the proxy has no file descriptor left for another connection: raise its limit (ulimit -n, or LimitNOFILE in a "
    "systemd unit)"
)
"""What a client reads for ``NO_DESCRIPTOR``."""

_ATTRIBUTE = "pointsman_failure"
"""The attribute of an exception that holds its failure."""


class FailureKind(StrEnum):
    """What went wrong, stable for logs, headers and the audit row."""

    BAD_KEY = "bad_key"
    WRONG_SYSTEM = "wrong_system"
    UNKNOWN_MODEL = "unknown_model"
    MODEL_NOT_IN_PLAN = "model_not_in_plan"
    NO_PLAN = "no_plan"
    MEMBERSHIP_UNVERIFIED = "membership_unverified"
    CLIENT_NOT_LISTED = "client_not_listed"
    BANNED = "banned"
    QUOTA = "quota_exhausted"
    BALANCE = "balance_exhausted"
    CONCURRENCY = "too_many_at_once"
    OVERLOADED = "overloaded"
    RATE_LIMIT = "rate_limited"
    DAILY_LIMIT = "daily_limit"
    CONTENT_FILTER = "content_filter"
    CONTEXT_WINDOW = "context_window"
    TOO_LARGE = "too_large"
    BAD_REQUEST = "bad_request"
    UNSENDABLE = "unsendable"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CLIENT_CLOSED = "client_closed"
    SERVER = "server_error"
    CUT = "stream_cut"
    MALFORMED = "malformed_answer"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    REFUSED = "connection_refused"
    NO_DESCRIPTOR = "out_of_file_descriptors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failed call, classified, with nothing secret in it."""

    kind: FailureKind
    status: int
    """The HTTP status that the client gets."""
    upstream_status: int | None
    """The one that the provider sent; None when it sent none."""
    message: str
    retries: int
    """How often repeating the call is worth it; 0 for what repeating cannot change."""
    retry_after: float | None = None
    """Seconds that the provider asked to wait."""
    trace_id: str = ""
    """The provider's name for the exchange, if it gave one."""
    words: str = ""
    """The provider's type and code of the error."""

    @property
    def transient(self) -> bool:
        """Whether the same call may succeed later without anybody doing something."""
        return self.retries > 0

    @property
    def worth_repeating(self) -> bool:
        """Whether the proxy is to repeat the call while its client waits."""
        return self.transient and (self.retry_after is None or self.retry_after <= LONGEST_PAUSE)

    @property
    def worth_asking_again(self) -> bool:
        """Whether the client's SDK is to repeat the call by itself."""
        return self.transient and (self.retry_after is None or self.retry_after <= LONGEST_CLIENT_PAUSE)


def attach(error: BaseException, failure: Failure) -> None:
    """Attach a failure to LiteLLM's exception for it."""
    setattr(error, _ATTRIBUTE, failure)


def failure_of(error: BaseException) -> Failure | None:
    """The failure that an exception carries."""
    failure = getattr(error, _ATTRIBUTE, None)
    return failure if isinstance(failure, Failure) else None


class UpstreamError(Exception):
    """A call that failed; ``failure`` says how."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the provider answered to the failed call, or what was seen instead of an answer."""

    text: str = ""
    """Its text, which may contain ids."""
    status: int | None = None
    """Its HTTP status; None when there was no answer."""
    wait: float | None = None
    """Seconds that it asked to wait."""
    trace_id: str = ""


class Judge(Protocol):
    """Classifies the failures of one call, in the words of its provider."""

    def answered(self, status: int, body: bytes, headers: Mapping[str, str]) -> Failure:
        """Classify an HTTP error answer."""

    def in_band(self, error: object) -> Failure:
        """Classify an error that arrived after a 200."""

    def seen(self, kind: FailureKind, text: str) -> Failure:
        """Put into words what happened instead of an answer."""

    def trace_id(self, headers: Mapping[str, str]) -> str:
        """Return the provider's name for the exchange, empty where it gave none."""
