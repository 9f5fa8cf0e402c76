"""A failed call: its kind, the client's error, and whether a retry can help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from custom_providers.engine.connection.timing import LONGEST_CLIENT_PAUSE, LONGEST_PAUSE

OWN_LIMIT = (
    "the proxy has no file descriptor left for another connection: raise its limit (ulimit -n, or LimitNOFILE in a "
    "systemd unit)"
)
"""The message to the client for ``NO_DESCRIPTOR``."""

NOT_FOLLOWED = (
    "the provider answers with a redirect (HTTP {status}), which is not followed because the key would be sent along:"
    " correct base_url in the registry"
)
"""The message to the client for a redirect."""

_ATTRIBUTE = "pointsman_failure"
"""The exception attribute that holds the failure."""


class FailureKind(StrEnum):
    """The kind of failure; stable for logs, headers and the audit row."""

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
    """One failed call, classified; contains no secrets."""

    kind: FailureKind
    status: int
    """The HTTP status that the client gets."""
    upstream_status: int | None
    """The status that the provider sent; None if there was no response."""
    message: str
    retries: int
    """How many retries are useful; 0 if they cannot help."""
    retry_after: float | None = None
    """Seconds that the provider asks to wait."""
    trace_id: str = ""
    """The provider's trace id, if it sent one."""
    words: str = ""
    """The provider's error type and code."""

    @property
    def transient(self) -> bool:
        """Whether the same call may succeed later without any intervention."""
        return self.retries > 0

    @property
    def worth_repeating(self) -> bool:
        """Whether the proxy should retry the call while the client waits."""
        return self.transient and (self.retry_after is None or self.retry_after <= LONGEST_PAUSE)

    @property
    def worth_asking_again(self) -> bool:
        """Whether the client's SDK should retry the call."""
        return self.transient and (self.retry_after is None or self.retry_after <= LONGEST_CLIENT_PAUSE)


def attach(error: BaseException, failure: Failure) -> None:
    """Attach a failure to its LiteLLM exception."""
    setattr(error, _ATTRIBUTE, failure)


def failure_of(error: BaseException) -> Failure | None:
    """The failure attached to an exception."""
    failure = getattr(error, _ATTRIBUTE, None)
    return failure if isinstance(failure, Failure) else None


class UpstreamError(Exception):
    """A call failed; ``failure`` has the details."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorReply:
    """The provider's response to a failed call, or the error observed instead."""

    text: str = ""
    """The text, which may contain ids."""
    status: int | None = None
    """The HTTP status; None without a response."""
    wait: float | None = None
    """Seconds that the provider asks to wait."""
    trace_id: str = ""


class Judge(Protocol):
    """Classifies the failures of one call to a provider."""

    def answered(self, status: int, body: bytes, headers: Mapping[str, str]) -> Failure:
        """Classify an HTTP error response."""

    def in_band(self, error: object) -> Failure:
        """Classify an error that arrived after a 200."""

    def seen(self, kind: FailureKind, text: str) -> Failure:
        """Describe an error observed instead of a response."""

    def trace_id(self, headers: Mapping[str, str]) -> str:
        """Return the provider's trace id; empty if there is none."""
