"""The facts about a call to Kimi that are recorded before it is sent."""

from __future__ import annotations

from custom_providers.engine.facts import Facts, named
from custom_providers.kimi.deployment import KimiDeployment


def of_request(deployment: KimiDeployment, adjusted: tuple[str, ...], raised: tuple[int, int] | None) -> Facts:
    """The facts that are known before the call is sent."""
    facts: Facts = {
        "handler": "kimi",
        "system": deployment.system.name,
        "protocol": deployment.identity.protocol,
        "identity": deployment.identity.mode,
        "user_agent": deployment.identity.user_agent,
        "adjusted": named(adjusted),
    }
    if raised is not None:
        facts["max_tokens"] = {"asked": raised[0], "sent": raised[1]}
    return facts
