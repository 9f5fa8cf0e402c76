"""Limits on what a client may send to a worker before it is authenticated."""

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
    """The limits, which are fields of the registry's ``[gateway]``."""

    max_body_mb: int = declared(
        Number(least=1, most=1024, whole=True, unit="megabytes"),
        "the largest request body in megabytes; a larger one gets a 413 (64)",
        default=64,
    )
    """Matches the limit for nginx in ``deploy/nginx``."""
    max_headers: int = declared(
        Number(least=20, most=1000, whole=True), "the most headers of a request; more get a 431 (100)", default=100
    )
    """LiteLLM copies the headers about twenty times, in quadratic time."""
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
    unread_seconds: int = declared(
        Number(least=1, most=86_400, whole=True, unit="seconds"),
        "seconds that a client may leave an answer unread; then its connection closes (600)",
        default=600,
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
        """Seconds from the start of a body until it must be complete, given the ``received`` bytes."""
        return self.arrival_seconds + received / _KILOBYTE


NAMES = frozenset(field.name for field in fields(Bounds))


def from_settings(settings: Mapping[str, Any]) -> Bounds:
    """The limits in force; fields missing from ``settings`` have their defaults."""
    return Bounds(**{name: value for name, value in settings.items() if name in NAMES})
