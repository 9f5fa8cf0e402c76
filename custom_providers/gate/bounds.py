"""How much a client may ask of a worker before it has authenticated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from custom_providers.registry.shapes import Number
from custom_providers.registry.tables import declared

MEGABYTE = 1024**2
_KILOBYTE = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The bounds, which are fields of the registry's ``[gateway]``."""

    max_body_mb: int = declared(
        Number(least=1, most=1024, whole=True, unit="megabytes"),
        "the largest request body in megabytes; a larger one gets a 413 (64)",
        default=64,
    )
    """As much as nginx lets through with ``deploy/nginx``."""
    max_headers: int = declared(
        Number(least=20, most=1000, whole=True), "the most headers of a request; more get a 431 (100)", default=100
    )
    """LiteLLM copies the headers some twenty times, and in quadratic time."""
    max_header_kb: int = declared(
        Number(least=8, most=1024, whole=True, unit="kilobytes"),
        "the most kilobytes of headers; more get a 431 (64)",
        default=64,
    )
    arrival_seconds: int = declared(
        Number(least=1, most=3600, whole=True, unit="seconds"),
        "seconds for the headers to arrive, and for the body, plus one per kilobyte; then a 408 (30)",
        default=30,
    )
    max_messages: int = declared(
        Number(least=100, most=1_000_000, whole=True),
        "the most messages, and parts of messages, in a request; more get a 400 (5000)",
        default=5000,
    )

    @property
    def body_bytes(self) -> int:
        """``max_body_mb`` in bytes."""
        return self.max_body_mb * MEGABYTE

    @property
    def header_bytes(self) -> int:
        """``max_header_kb`` in bytes."""
        return self.max_header_kb * _KILOBYTE

    def body_seconds(self, received: int) -> float:
        """When a body of which ``received`` bytes are here has to be complete, in seconds after its beginning."""
        return self.arrival_seconds + received / _KILOBYTE


NAMES = frozenset(field.name for field in fields(Bounds))


def from_settings(settings: Mapping[str, Any]) -> Bounds:
    """The bounds in force; what ``settings`` does not have is at its default."""
    return Bounds(**{name: value for name, value in settings.items() if name in NAMES})
