"""The status of every provider's key: its variable, where it was found, and its problems."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from custom_providers.registry.model import Registry
from pointsman.sources.registration import Registration, registrations
from pointsman.sources.sources import Sources

Status = Literal["found", "unusable", "missing", "unreadable", "not_needed", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStatus:
    """The key of one provider, as in ``pointsman keys``."""

    provider: str
    variable: str
    source: str | None
    last4: str | None
    status: Status
    detail: str
    """The problem, or where a missing key was looked for."""

    @property
    def place(self) -> str:
        """Where the key was found: ``environment``, ``.env`` or a file; empty if it was not found."""
        name = f"${self.variable}"
        return "environment" if self.source == name else (self.source or "").removeprefix(f"{name} in ")

    def as_json(self) -> dict[str, Any]:
        """The fields of ``pointsman keys --json``."""
        return asdict(self)


def statuses(sources: Sources) -> tuple[KeyStatus, ...]:
    """The status of each declared provider's key, in the registry's order."""
    return tuple(_key_status(item) for item in registrations(sources))


def variables(registry: Registry) -> dict[str, str]:
    """The names for a key: by provider and by variable, the variable."""
    keyed = [provider for provider in registry.providers if provider.auth_env]
    return {
        **{provider.auth_env: provider.auth_env for provider in keyed},
        **{provider.name: provider.auth_env for provider in keyed},
    }


def _key_status(item: Registration) -> KeyStatus:
    status, detail = _status(item)
    return KeyStatus(
        provider=item.provider.name,
        variable=item.provider.auth_env,
        source=item.key.source if item.key else None,
        last4=item.key.last4 if item.key else None,
        status=status,
        detail=detail,
    )


def _status(item: Registration) -> tuple[Status, str]:
    if not item.provider.enabled:
        return "off", ""
    if item.provider.auth == "none":
        return "not_needed", ""
    if item.flaws:
        return "unusable", " and ".join(item.flaws)
    if item.key:
        return "found", "; ".join(item.problems)
    return (
        ("unreadable", "; ".join(item.problems)) if item.problems else ("missing", item.detail.removeprefix("no key: "))
    )
