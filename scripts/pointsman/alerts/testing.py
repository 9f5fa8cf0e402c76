"""A test message to every webhook of ``[alerts]``."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from pointsman.sources.sources import Sources

MESSAGE = "pointsman: a test message; alerts about providers will arrive here."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The result for one webhook, without its URL."""

    service: str
    variable: str
    delivered: bool
    detail: str

    @property
    def status(self) -> str:
        """In a word."""
        return "delivered" if self.delivered else "failed"

    def as_json(self) -> dict[str, Any]:
        """One of ``webhooks`` in ``pointsman alerts test --json``."""
        return {
            "service": self.service,
            "variable": self.variable,
            "status": self.status,
            "detail": self.detail,
        }


def send(sources: Sources) -> tuple[Sent, ...]:
    """Sends it to all of them, one after the other."""
    from custom_providers.observability.alerts import webhooks

    named = {service: getattr(sources.registry.alerts, f"{service}_webhook_env") for service in webhooks.SERVICES}
    return tuple(_sent(sources, service, variable) for service, variable in named.items() if variable)


def _sent(sources: Sources, service: str, variable: str) -> Sent:
    from custom_providers.observability.alerts import webhooks

    url = webhooks.url(service, sources.env.get(variable, ""))
    why = asyncio.run(webhooks.refused(url, MESSAGE)) if url else "is not set"
    detail = f"${variable}{': ' * bool(url and why) or ' '}{why}" if why else f"${variable}"
    return Sent(service=service, variable=variable, delivered=not why, detail=detail)
