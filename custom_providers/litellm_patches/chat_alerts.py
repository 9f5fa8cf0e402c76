"""Prevents mentions and links in LiteLLM's own alerts, which quote names, error texts and metadata."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

_OBEYED = re.compile(r"<|@(?=everyone\b|here\b)|(?<=\])(?=\()", re.IGNORECASE)
"""Slack: ``<!channel>``, ``<url|text>``. Discord: ``@everyone``, ``<@1>``, ``[text](url)``."""
_INSTEAD = {"<": "\u2039", "@": "@\u200b", "": " "}


def inert(text: str) -> str:
    """``text`` without mentions or links that chats would act on; it stays readable."""
    return _OBEYED.sub(lambda found: _INSTEAD[found[0]], text)


def with_inert_text(original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the function through which LiteLLM sends every chat alert."""

    @functools.wraps(original)
    async def send_to_webhook(slackAlertingInstance: Any, item: Any, count: int) -> None:  # noqa: N803 -- LiteLLM's
        payload = {**item["payload"], "text": inert(str(item["payload"]["text"]))}
        await original(slackAlertingInstance, {**item, "payload": payload}, count)

    return send_to_webhook
