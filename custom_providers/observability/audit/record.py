"""The record of one client call: the columns of ``tool_calls``, and its row as a line of the spool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal, get_args

import orjson

Instant = str
"""UTC, ISO 8601 with milliseconds."""
Counts = Mapping[str, int]
Names = tuple[str, ...]
ColumnType = Literal["text", "instant", "flag", "whole", "number", "json"]
Outcome = Literal["success", "failure", "cancelled", "lost"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
FAILED: frozenset[Outcome] = frozenset({"failure", "lost"})
"""The outcomes that count as failures; a client that leaves does not."""

Row = Mapping[str, object]
"""A row as data: every column, and nothing else."""

TABLE = "tool_calls"
LONGEST_NAME = 512
"""Maximum characters of a name that a client chose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """The fields are the columns; their annotations give the column types."""

    id: str
    """Unique; a row that is delivered twice is stored once."""
    time: Instant
    """When the request came in, UTC."""
    call_id: str | None
    """LiteLLM's id, which the client sees as ``x-litellm-call-id`` and may have chosen itself."""
    endpoint: str
    """The path that the client called."""
    model: str | None
    """The name that the client sent."""
    provider: str | None
    """Who answered, or was asked last."""
    upstream_model: str | None
    """What that provider calls the model."""
    rule: str | None
    """The routing rule that matched."""
    key_alias: str | None
    """The alias of the client's key."""
    team: str | None
    """The key's team."""
    stream: bool | None
    """Whether the client asked for a stream."""
    outcome: Outcome
    """``success``, ``failure``, ``cancelled`` (the client left before the end), ``lost`` (the proxy died before it)."""
    status: int | None
    """The HTTP status that the client got. A stream that breaks has 200 and the outcome ``failure``."""
    finish_reason: str | None
    """Why the answer ended, as in chat completions: ``stop``, ``length``, ``tool_calls``."""
    error_class: str | None
    """The class of LiteLLM's exception, if the client got an error."""
    error_kind: str | None
    """The kind of the failure, such as ``quota``, if our engine called the provider."""
    error_message: str | None
    """What the last failed attempt said, at most 200 characters, without keys; also where a later attempt succeeded."""
    first_provider: str | None
    """Who was asked first. If ``provider`` is another one, this one failed."""
    first_attempts: int | None
    """How often it was asked before the call ended or went to another provider."""
    attempts: Names | None
    """Every deployment asked, in order, if there was more than one."""
    retries: int
    """Attempts that repeated the one before."""
    fallbacks: int
    """Attempts that went to another deployment than the one before."""
    prompt_tokens: int | None
    """Tokens of the request."""
    completion_tokens: int | None
    """Tokens of the answer, reasoning included."""
    reasoning_tokens: int | None
    """Of these, the reasoning."""
    cached_tokens: int | None
    """Of the request's tokens, those that the provider read from its cache."""
    cost: float | None
    """US dollars."""
    first_token_seconds: float | None
    """For streams: from the request to the first byte of the answer."""
    duration_seconds: float | None
    """From the request to the end of the answer."""
    tool_calls: Counts | None
    """How often the model called each tool."""
    adjustments: Names | None
    """What was changed in the request, and what to know about its answer."""
    prompt: str | None
    """The conversation as JSON; only with ``store_text``."""
    answer: str | None
    """The answer's text; only with ``store_text``."""


_TYPES: Mapping[str, ColumnType] = {
    "str": "text",
    "Outcome": "text",
    "Instant": "instant",
    "bool": "flag",
    "int": "whole",
    "float": "number",
    "Counts": "json",
    "Names": "json",
}

COLUMNS: Mapping[str, ColumnType] = {
    field.name: _TYPES[str(field.type).removesuffix(" | None")] for field in fields(CallRecord)
}


def instant(moment: datetime) -> Instant:
    """``moment``, in UTC, as rows have it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def clean_text(text: str, most: int) -> str:
    """``text`` in a form that every database accepts: no NUL, no lone surrogates, at most ``most`` characters."""
    return text[:most].encode("utf-8", "replace").decode().replace("\0", "")


def clean_name(name: str) -> str:
    """``name`` in one printable line, safe for a terminal: clients may send any name."""
    clean = clean_text(name, LONGEST_NAME)
    return clean if clean.isprintable() else "".join(char if char.isprintable() else "?" for char in clean)


def to_line(record: CallRecord, *, final: bool) -> bytes:
    """The record as a row of the spool; ``final`` is false while the call may still change it."""
    return orjson.dumps({"final": final, "row": record}, option=orjson.OPT_APPEND_NEWLINE)


def from_line(line: bytes) -> tuple[Row, bool]:
    """The row and whether it is final; columns that an older writer did not know are None.

    Raises:
        ValueError: it is not a line of a spool.
    """
    data = orjson.loads(line)
    try:
        row, final = data["row"], data["final"]
        if not row["id"]:
            raise ValueError("no id")
        return {name: row.get(name) for name in COLUMNS}, bool(final)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a row") from error
