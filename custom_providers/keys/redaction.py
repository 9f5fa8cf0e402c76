"""Recognises keys, so that a misplaced one is found and never printed."""

from __future__ import annotations

import re
from collections.abc import Iterator

HINT = (
    "move it into an environment variable, name the variable in auth_env, and replace the key: it may have been copied"
)

_KEY = re.compile(
    r"""
    \bsk-[A-Za-z0-9_-]{16,}                       # OpenAI, Anthropic, OpenRouter, Kimi, Moonshot, OpenCode, LiteLLM
    | \boc_sk_[A-Za-z0-9_-]{12,}                  # OpenCode's newer keys
    | \bAIza[\w-]{20,} | \bAQ\.[\w-]{20,}         # Google
    | \b[0-9a-f]{32}\.[A-Za-z0-9_-]{16,}          # Ollama Cloud
    | \beyJ[\w-]{16,}\.[\w-]+                     # a JWT
    | ://[^/\s:@"']*:[^/\s@"']+@                   # a password in a URL
    | \bBearer\s+[^\s"']{8,}
    | \b(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{32,}\b
    """,
    re.VERBOSE,
)
_ASSIGNED = re.compile(r"""^\s*(?:[\w-]*[_-])?(?:api_?key|token|secret|password)\s*=\s*["'][^"']+["']""", re.IGNORECASE)


def looks_like_key(value: str) -> bool:
    """Whether ``value`` contains a key."""
    return _KEY.search(value) is not None


def redacted(text: str) -> str:
    """``text`` with ``***`` for everything that looks like a key."""
    return _KEY.sub("***", text)


def inlined(text: str) -> Iterator[tuple[int, str]]:
    """The 1-based lines of ``text`` that contain a key, comments included, each with a sentence that hides it."""
    # Not splitlines(): for TOML and for editors only a line feed ends a line.
    for number, line in enumerate(text.split("\n"), start=1):
        if looks_like_key(line) or _ASSIGNED.match(line):
            yield number, "this is a key; the file must never contain one"


def shown(value: str) -> str:
    """``value`` quoted in one line, or a placeholder if it looks like a key."""
    return "(looks like a key)" if looks_like_key(value) else f'"{in_one_line(value)}"'


def in_one_line(value: str) -> str:
    """``value`` with line breaks and other control characters escaped."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in value)


def last4(key: str) -> str:
    """The last four characters, the only part of a key that is ever shown; empty for a short one."""
    return key[-4:] if len(key) >= 12 else ""
