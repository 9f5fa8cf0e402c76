"""An exception as the one sentence that its row keeps. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from custom_providers.audit.record import clean_name
from custom_providers.keys.redaction import redacted

LONGEST = 200
"""Characters."""

_READ = 4_000
"""Characters of an exception that are looked at; it may quote a whole request."""
_CLASS = re.compile(r"(?:b'|litellm\.|\s|\w+(?:Error|Exception)\s*(?::|-)\s)+")
"""What LiteLLM writes before a provider's words: "litellm.RateLimitError: RateLimitError: OpenAIException - ..."."""
_OWN_ADVICE = re.compile(r"\.? *(?:Received Model Group=|LiteLLM Retries[:=]|Traceback \(most recent).*", re.DOTALL)
_JSON_MESSAGE = re.compile(r'"(?:message|error|detail)"\s*:\s*"((?:[^"\\]|\\.)+)"')
_ESCAPES = {r"\n": " ", r"\t": " ", r"\"": '"', r"\/": "/", r"\\": "\\"}


def error_message(error: BaseException) -> str:
    """The provider's own words where LiteLLM quotes them, without keys and control characters, cut to ``LONGEST``."""
    text = str(getattr(error, "message", None) or _detail(error) or error)[:_READ]
    text = _CLASS.sub("", _OWN_ADVICE.sub("", text), count=1) if _CLASS.match(text) else _OWN_ADVICE.sub("", text)
    if found := _JSON_MESSAGE.search(text):
        text = re.sub(r"\\.", lambda escape: _ESCAPES.get(escape[0], escape[0]), found[1])
    # Keys go before anything is cut: half a key no longer looks like one.
    words = clean_name(" ".join(redacted(text).split())) or type(error).__name__
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


def _detail(error: BaseException) -> object:
    """Of FastAPI's HTTPException, whose ``str`` begins with the status; LiteLLM puts mappings there too."""
    detail = getattr(error, "detail", None)
    return detail.get("error") or detail if isinstance(detail, Mapping) else detail
