"""One client call as it is recorded: the columns of ``tool_calls``, and its row as a line of the spool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal

import orjson

Instant = str
"""UTC, ISO 8601 with milliseconds."""
Counts = Mapping[str, int]
Names = tuple[str, ...]
ColumnType = Literal["text", "instant", "flag", "whole", "number", "json"]
Outcome = Literal["success", "failure", "cancelled", "lost"]
Row = Mapping[str, object]
"""A row of the audit as data: every column is there, and nothing else."""

TABLE = "tool_calls"
LONGEST_NAME = 512
"""Characters of a name that came from outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """The fields are the columns; their annotations give the column types."""

    id: str
    """Ours and unique: a row that is delivered twice is stored once."""
    time: Instant
    """When the request came in."""
    call_id: str | None
    """LiteLLM's, which the client sees as ``x-litellm-call-id`` and may have chosen itself."""
    endpoint: str
    model: str | None
    """The name that the client sent."""
    provider: str | None
    """Who answered, or was asked last."""
    upstream_model: str | None
    rule: str | None
    """The routing rule that fired."""
    key_alias: str | None
    team: str | None
    stream: bool | None
    outcome: Outcome
    """``cancelled``: the client left before the end. ``lost``: the proxy died before it."""
    status: int | None
    """The HTTP status that was sent. A stream that breaks has a 200, with the outcome ``failure``."""
    finish_reason: str | None
    error_class: str | None
    """LiteLLM's exception."""
    error_kind: str | None
    """Kimi's failure kind."""
    error_message: str | None
    """What the last failed attempt said, without keys, at most 200 characters; also where another attempt succeeded."""
    first_provider: str | None
    """Who was asked first: where ``provider`` is another one, this one failed."""
    first_attempts: int | None
    """How often it was asked before the call went elsewhere or ended."""
    attempts: Names | None
    """Every deployment asked, in order, where there was more than one."""
    retries: int
    """Attempts that repeated the one before."""
    fallbacks: int
    """Attempts that went to another deployment than the one before."""
    prompt_tokens: int | None
    completion_tokens: int | None
    """Reasoning included."""
    reasoning_tokens: int | None
    cached_tokens: int | None
    """Of the prompt, those that the provider read from its cache."""
    cost: float | None
    """US dollars."""
    first_token_seconds: float | None
    """Streams: from the request to the first byte of the answer."""
    duration_seconds: float | None
    tool_calls: Counts | None
    """How often the model called each tool."""
    adjustments: Names | None
    """What was changed in the request, and what to know of the answer."""
    prompt: str | None
    """JSON, only with ``store_text``."""
    answer: str | None
    """Only with ``store_text``."""


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


def clean_text(text: str, most: int) -> str:
    """``text`` as every database takes it: no NUL, no half of a surrogate pair, at most ``most`` characters."""
    return text[:most].encode("utf-8", "replace").decode().replace("\0", "")


def clean_name(name: str) -> str:
    """``name`` in one line, and harmless on a terminal: clients may call a model what they like."""
    clean = clean_text(name, LONGEST_NAME)
    return clean if clean.isprintable() else "".join(char if char.isprintable() else "?" for char in clean)


def to_line(record: CallRecord, *, final: bool) -> bytes:
    """The record as a row of the spool; ``final`` is false while the call may still change it."""
    return orjson.dumps({"final": final, "row": record}, option=orjson.OPT_APPEND_NEWLINE)


def from_line(line: bytes) -> tuple[Row, bool]:
    """The row and whether it is final; columns that the line's writer did not know are None.

    Raises:
        ValueError: it is no line of a spool.
    """
    data = orjson.loads(line)
    try:
        row, final = data["row"], data["final"]
        if not row["id"]:
            raise ValueError("no id")
        return {name: row.get(name) for name in COLUMNS}, bool(final)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a row") from error
