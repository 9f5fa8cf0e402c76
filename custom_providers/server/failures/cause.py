"""Extracts the cause from an error's text: the provider's message without LiteLLM's additions. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any

from custom_providers.json_parts import mapping
from custom_providers.keys.redaction import redacted
from custom_providers.observability.audit.record import clean_text

LONGEST = 2_000
"""The most characters of a cause."""

_READ = 8_000
"""The most characters of a text to process; it may quote a whole request."""
_NAME = r"\w*(?:Error|Exception|Timeout)"
_CLASS = re.compile(rf"(?:litellm(?:\.exceptions)?\.|\s|{_NAME}(?:\s+{_NAME})?\s*(?::|-)(?:\s|$))+")
"""LiteLLM's prefix of a provider's message: "litellm.RateLimitError: RateLimitError: OpenAIException - ..."."""
_BYTES = re.compile(
    r"""b'(?:[ -&(-\[\]-~]|\\[\\'nrt]|\\x[0-9a-f]{2})*'|b"(?:[ !#-\[\]-~]|\\[\\nrt]|\\x[0-9a-f]{2})*\""""
)
"""A provider's answer as LiteLLM quotes it for a stream: as the repr of its bytes."""
_ADVICE = re.compile(
    r"\.? *(?:Received Model Group=|Available Model Group Fallbacks=|LiteLLM Retries[:=]|Traceback \(most recent"
    r"|model=\S+\. context_window_fallbacks|No fallback model group found|Fallback model group found"
    r"|\n?LiteLLM: model group '|Error doing the fallback:|Passed model=|Pass model as E\.g\."
    r"|To drop these, set `litellm|Handle with `litellm|Received Messages=|Either provide one, or set `litellm).*",
    re.DOTALL,
)
"""LiteLLM's suffix: its router's state, and advice for Python developers."""
_LINK = re.compile(
    r"https?://(?:docs\.litellm\.ai|(?:www\.)?litellm\.ai|github\.com/BerriAI)\S*[^\S\n]*", re.IGNORECASE
)
"""A link to LiteLLM's own pages."""
_SENTENCE_ENDS = ".!?\n"
_OBJECTS = re.compile(
    r"\s*\w{0,40}[:=]?<[\w.]+(?: object)? at 0x[0-9a-f]+>|:?\s*<\w+Error: [^<>]*>|\s*ssl:(?:default|True|False|None)\b"
)
"""Python object representations: "ssl:<ssl.SSLContext object at 0x7f...>", "<TransferEncodingError: 400, ...>"."""
_JSON_MESSAGE = re.compile(r'"(?:message|error|detail)"\s*:\s*"((?:[^"\\]|\\.)+)"')
_ESCAPES = {r"\n": " ", r"\t": " ", r"\"": '"', r"\/": "/", r"\\": "\\"}


_SDK = re.compile(r"Error code: \d{3} - (\{.*\})\s*\Z", re.DOTALL)
"""How OpenAI's SDK quotes a provider's answer: as the repr of the parsed JSON."""


_PLAIN_WORDS = {
    "Response payload is not completed": "the connection was closed in the middle of the answer",
    "Server disconnected": "the connection was closed before the answer began",
    "Connection error.": "the connection failed",
    "Timeout on reading data from socket": "nothing came in time",
    "Request timed out. Error_str: Request timed out.": "nothing came in time",
}
"""What aiohttp, OpenAI's SDK and LiteLLM say of a connection, in plain words."""
_ONLY_A_STATUS = re.compile(r"Error code: \d{3}")
"""What OpenAI's SDK says of an answer that is not JSON."""
MARKS = tuple(words.encode() for words in ("litellm.", "LiteLLM: model group", *_PLAIN_WORDS))
"""Parts of LiteLLM's errors, one of which each has."""


def cause(text: str) -> str:
    """The provider's message where LiteLLM quotes it, in one line, without keys; empty if nothing remains."""
    text = _ADVICE.sub("", _without_runs_of_space(text[:_READ]))
    if match := _CLASS.match(text):
        text = text[match.end() :]
    text = _message_in_repr(_decoded(text))
    if found := _JSON_MESSAGE.search(text):
        text = re.sub(r"\\.", lambda escape: _ESCAPES.get(escape[0], escape[0]), found[1])
    text = " ".join(_OBJECTS.sub("", _without_links(text)).split())
    if _ONLY_A_STATUS.fullmatch(text):
        return ""
    return clean_text(redacted(_PLAIN_WORDS.get(text, text)), LONGEST)


def _decoded(text: str) -> str:
    """``text`` with the bytes that it begins with as text."""
    if quoted := _BYTES.match(text):
        written: bytes = ast.literal_eval(quoted[0])
        return written.decode(errors="replace") + text[quoted.end() :]
    return text.removeprefix("b'")


def _without_runs_of_space(text: str) -> str:
    """``text`` with one space or line break for several, over which the patterns above would take quadratic time."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _without_links(text: str) -> str:
    """``text`` without the sentences that end in a link to LiteLLM's own pages."""
    kept, position = [], 0
    for link in _LINK.finditer(text):
        before = text[position : link.start()]
        kept.append(before[: max(before.rfind(end) for end in _SENTENCE_ENDS) + 1])
        position = link.end()
    return "".join((*kept, text[position:]))


def _message_in_repr(text: str) -> str:
    """The message in an answer that OpenAI's SDK quotes; ``text`` itself if it quotes none."""
    quoted = _SDK.search(text)
    answer = in_repr(quoted[1]) if quoted else {}
    if not answer:
        return text
    error = answer.get("error", answer)
    message = mapping(error).get("message") or mapping(error).get("detail") or error
    return message if isinstance(message, str) else text


def in_repr(text: str) -> Mapping[str, Any]:
    """The JSON object that ``text`` is the repr of; an empty mapping if it is none."""
    try:
        return mapping(ast.literal_eval(text))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return {}
