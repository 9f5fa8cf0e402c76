"""Finds an error in a whole answer over Anthropic's protocol: LiteLLM passes on whatever came with status 200. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from custom_providers.engine.errors.failure import Failure, FailureKind
from custom_providers.engine.errors.statuses import StatusJudge
from custom_providers.json_parts import mapping
from custom_providers.server.failures.cause import cause

_LITELLMS = "_hidden_params"
"""What LiteLLM adds to an answer."""
_LONGEST_QUOTE = 200


def failure(answer: Mapping[str, Any], provider: str) -> Failure | None:
    """The failure that an answer reports, or is; None if it is a message.

    Args:
        answer: the body that the client would get.
        provider: the registry's name of the provider; empty for a model that was added in the admin UI.
    """
    if isinstance(answer.get("content"), list):
        return None
    judge = StatusJudge(provider=provider or "the provider", key="")
    if not (error := answer.get("error")):
        body = {name: value for name, value in answer.items() if name != _LITELLMS}
        begins = f"it begins: {json.dumps(body, default=str)[:_LONGEST_QUOTE]}"
        return replace(judge.seen(FailureKind.MALFORMED, begins), retries=0)
    words = mapping(error).get("message")
    return judge.in_band({**mapping(error), "message": cause(words)} if isinstance(words, str) else error)
