"""Classifies a failed attempt from the exception of the engine or of LiteLLM.

The verdict is attached to the exception: at the end the router may raise this one or another, and the client gets the
verdict of the one raised.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from json import JSONDecodeError
from typing import Any

from custom_providers.engine.errors import waits
from custom_providers.engine.errors.connecting import is_broken, is_refused, lacks_descriptor
from custom_providers.engine.errors.failure import Failure, FailureKind, failure_of
from custom_providers.engine.errors.statuses import UPSTREAM_STATUS, StatusJudge
from custom_providers.server.failures.cause import cause, in_repr
from custom_providers.server.failures.final_failures import is_final

NOT_OFFERED = 404
"""The status for endpoints that a provider's API lacks, such as compaction of responses and stored responses."""

_NO_ANSWER = "Error converting to valid response"
"""How LiteLLM begins its error for an answer of Gemini that it cannot read, which it reports as a 422."""
_NOT_FETCHED = "ImageFetchError"
"""LiteLLM's exception for an image or file of the request that could not be downloaded, whatever host is at fault."""
_OF_A_TYPE = (TypeError, ValueError, LookupError, AttributeError)
"""What Python raises for a value of the wrong type."""
_LITELLM_HAS_NONE = re.compile(r"^[A-Z_ ]+ responses is not supported for \w+", re.IGNORECASE)


def is_not_offered(words: str) -> bool:
    """Whether LiteLLM refused a call because the provider has no such API; LiteLLM's own status for that is 500."""
    return _LITELLM_HAS_NONE.match(words) is not None


def of(error: BaseException) -> Failure | None:
    """The verdict attached to an exception or to one of its causes."""
    return next((failure for each in _chain(error) if (failure := failure_of(each)) is not None), None)


def judged(error: BaseException, provider: str, base_url: str, *, sent: bool = True) -> Failure:
    """The verdict on one attempt's exception.

    Args:
        error: the exception that LiteLLM raises for the attempt.
        provider: the registry's name of the provider.
        base_url: the provider's base URL; empty if LiteLLM does not report it.
        sent: whether LiteLLM has begun to send the request, as far as is known.
    """
    if failure := of(error):
        return failure
    chain = tuple(_chain(error))
    judge = StatusJudge(provider=provider, key="")
    if any(lacks_descriptor(each) for each in chain):
        return judge.seen(FailureKind.NO_DESCRIPTOR, "")
    is_download = any(type(each).__name__ == _NOT_FETCHED for each in chain)
    if not is_download and any(is_refused(each) for each in chain):
        return judge.seen(FailureKind.REFUSED, base_url or "its base URL")
    if reported := _under_200(chain):
        return judge.in_band(reported)
    status, words = _status(chain), cause(said(error))
    if is_not_offered(words):
        return Failure(kind=FailureKind.NOT_FOUND, status=NOT_OFFERED, upstream_status=None, message=words, retries=0)
    if not sent and status == 500 and _is_own(chain):
        # LiteLLM failed while it built the request, so a retry would fail too.
        return judge.seen(FailureKind.UNSENDABLE, words)
    if words.startswith(_NO_ANSWER) or (status == 500 and _is_unreadable(chain, sent=sent)):
        # The provider has answered, and billed what it answered.
        return replace(judge.seen(FailureKind.MALFORMED, _unreadable(words) or words or "it is empty"), retries=0)
    found = _headers(chain)
    failure = judge.answered(status, words.encode(), found)
    everything = _everything(chain)
    if is_final(status, everything):
        kind = FailureKind.QUOTA if status == 429 else failure.kind
        failure = replace(failure, kind=kind, retries=0, retry_after=waits.when_final(status, found))
    elif failure.retries:
        failure = replace(failure, retry_after=waits.asked(status, found, everything))
    return replace(failure, message=_message(failure, words, _without_answer(status, chain, found), judge))


def unsendable(error: BaseException) -> Failure | None:
    """The verdict on a Python error in LiteLLM before it chose a provider; None for any other exception.

    LiteLLM answers 500 where a field of the request has a type that its code does not expect.
    """
    chain = tuple(_chain(error))
    if _status(chain) != 500 or not _is_own(chain) or not any(isinstance(each, _OF_A_TYPE) for each in chain):
        return None
    message = f"this request cannot be processed: {cause(said(error))}"
    return Failure(kind=FailureKind.UNSENDABLE, status=400, upstream_status=None, message=message, retries=0)


def _message(failure: Failure, words: str, unanswered: FailureKind | None, judge: StatusJudge) -> str:
    """What the client reads: the provider's words, or what happened where LiteLLM's own do not name the provider."""
    if _HTML.match(words):
        return failure.message  # with the page's title
    if failure.status == 500 and (unreadable := _unreadable(words)):
        return judge.seen(FailureKind.MALFORMED, unreadable).message
    if unanswered is FailureKind.TIMEOUT:
        waited = _WAITED.search(words)
        words = f"nothing came for {float(waited[1]):g} s" if waited else ""
    return (judge.seen(unanswered, words).message if unanswered else words) or failure.message


_WAITED = re.compile(r"[Tt]imeout (?:passed|value)=(\d+(?:\.\d+)?)")
"""The seconds in LiteLLM's words for a timeout: "Timeout passed=4.0, time taken=4.001 seconds"."""


_HTML = re.compile(r"\s*<(?:!doctype|html)\b", re.IGNORECASE)
_UNREADABLE = re.compile(
    r"(?:Unable to get json response|Error converting to valid response block|Expecting value: line"
    r"|Empty or invalid response from LLM endpoint)"
    r"(?:.*?(?:Original Response:|Received:)(.*?)(?:\. Check the reverse proxy.*)?$)?"
)
"""LiteLLM's words for an answer that is not JSON, with the answer's text if LiteLLM quotes it."""


def _unreadable(words: str) -> str:
    """How an answer that is not JSON begins, in plain words; empty if ``words`` are about something else."""
    if not (found := _UNREADABLE.match(words)):
        return ""
    start = (found[1] or "").strip(" '")[:200]
    return f"it begins: {start}" if start else "it is not JSON"


def _without_answer(status: int, chain: tuple[BaseException, ...], headers: Mapping[str, str]) -> FailureKind | None:
    """What happened if the provider did not answer; None if it may have."""
    if headers:
        return None
    if status == 408:
        return FailureKind.TIMEOUT
    return FailureKind.CUT if status == 500 and any(is_broken(each) for each in chain) else None


def _is_unreadable(chain: tuple[BaseException, ...], *, sent: bool) -> bool:
    """Whether the provider's answer is not JSON, or a text where LiteLLM expects an object."""
    if any(isinstance(each, JSONDecodeError) for each in chain):
        return True
    return sent and _is_own(chain) and any(isinstance(each, AttributeError) for each in chain)


def _is_own(chain: tuple[BaseException, ...]) -> bool:
    """Whether a Python error in LiteLLM's own code is the cause, and not the network or the router's state."""
    modules = [type(each).__module__.partition(".")[0] for each in chain if not isinstance(each, OSError)]
    python = {"builtins", "pydantic_core"}
    return len(modules) == len(chain) and bool(python & {*modules}) and {*modules} <= python | {"litellm"}


def cannot_pass(error: BaseException) -> bool:
    """Whether retrying the attempt cannot help, for any provider."""
    chain = tuple(_chain(error))
    return is_final(_status(chain), _everything(chain))


def said(error: BaseException) -> str:
    """An exception's message; FastAPI's ``str`` begins with the status, and LiteLLM puts mappings into ``detail``."""
    detail = getattr(error, "detail", None)
    if isinstance(detail, Mapping):
        detail = detail.get("error") or detail
    return str(getattr(error, "message", None) or detail or error)


def headers(failure: Failure) -> dict[str, str]:
    """The headers for the client's error response.

    The SDKs of OpenAI and Anthropic, and Claude Code, retry 429 and 5xx unless ``x-should-retry`` forbids it.
    """
    headers = {"x-pointsman-error": str(failure.kind), "x-should-retry": str(failure.worth_asking_again).lower()}
    if failure.retry_after is not None:
        headers["retry-after"] = str(math.ceil(failure.retry_after))
    return headers


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and its causes, the outermost first."""
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        each = pending.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        inner = (getattr(each, name, None) for name in ("original_exception", "os_error"))
        pending += [each.__context__, each.__cause__, *(one for one in inner if isinstance(one, BaseException))]


def _under_200(chain: tuple[BaseException, ...]) -> Mapping[str, Any]:
    """The error object of an answer with status 200, of which LiteLLM quotes the repr; empty if there is none."""
    quoted = (said(each) for each in chain if getattr(each, "status_code", None) == 200)
    return next((found for text in quoted if (found := in_repr(text))), {})


def _everything(chain: tuple[BaseException, ...]) -> str:
    """All messages and bodies: OpenAI's code "insufficient_quota" and Google's delay are only in the body."""
    return " ".join(f"{said(each)} {getattr(each, 'body', '')}" for each in chain)


def _status(chain: tuple[BaseException, ...]) -> int:
    """LiteLLM's status, or the provider's own where LiteLLM turns it into a 400 (a 413) or a 500 (any other)."""
    if upstream := _headers(chain).get(UPSTREAM_STATUS):
        return int(upstream)
    found = [
        status for each in _outside_downloads(chain) if isinstance(status := getattr(each, "status_code", None), int)
    ]
    first = next((status for status in found if 400 <= status < 600), 500)
    if first < 500 and first != 400:
        return first
    return next((status for status in reversed(found) if status // 100 == first // 100), first)


def _outside_downloads(chain: tuple[BaseException, ...]) -> Iterator[BaseException]:
    """The exceptions up to one of a download, whose own causes have the status of another server."""
    for each in chain:
        yield each
        if type(each).__name__ == _NOT_FETCHED:
            return


def _headers(chain: tuple[BaseException, ...]) -> Mapping[str, str]:
    """The provider's headers, under their original names, as far as an exception contains them."""
    kept: dict[str, str] = {}
    for each in reversed(chain):
        response: Any = getattr(each, "response", None)
        for source in (getattr(each, "headers", None), getattr(each, "litellm_response_headers", None), response):
            values: Any = getattr(source, "headers", source)
            if isinstance(values, Mapping):
                kept |= {str(name).lower().removeprefix("llm_provider-"): str(value) for name, value in values.items()}
    return kept
