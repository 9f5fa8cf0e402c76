"""What is noted of a call to Kimi before it is made."""

from __future__ import annotations

from custom_providers.engine.facts import Facts
from custom_providers.kimi.deployment import Deployment
from custom_providers.kimi.request.prepare import OPENAI_PARAMETERS
from custom_providers.kimi.request.tools import SCHEMAS

_NAMED = frozenset(
    {
        *OPENAI_PARAMETERS,
        *(
            "model",
            "messages",
            "system",
            "tools",
            SCHEMAS,
            "tool_choice",
            "stop",
            "stop_sequences",
            "response_format",
            "seed",
        ),
        *("temperature", "top_p", "top_k", "min_p", "n", "presence_penalty", "frequency_penalty", "repetition_penalty"),
        *("max_tokens", "max_completion_tokens", "metadata", "prompt_cache_retention", "context_management"),
        *("output_config", "mcp_servers", "chat_template_kwargs", "extra_body", "extra_headers"),
    }
)
"""Fields of chat APIs. Any other's name is whatever the client sent, which no header and no row has to hold."""


def of_request(deployment: Deployment, adjusted: tuple[str, ...], raised: tuple[int, int] | None) -> Facts:
    """What is known before the call is made."""
    facts: Facts = {
        "handler": "kimi",
        "system": deployment.system.name,
        "protocol": deployment.identity.protocol,
        "identity": deployment.identity.mode,
        "user_agent": deployment.identity.user_agent,
        "adjusted": _named(adjusted),
    }
    if raised is not None:
        facts["max_tokens"] = {"asked": raised[0], "sent": raised[1]}
    return facts


def _named(adjusted: tuple[str, ...]) -> list[str]:
    """Each once, by its name if it is a known one; the others are counted."""
    names = dict.fromkeys(adjusted)
    known = [name for name in names if name in _NAMED]
    others = len(names) - len(known)
    return [*known, f"{others} unknown"] if others else known
