"""How much one client may ask of a worker before anybody knows who it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

MEGABYTE = 1024**2
_KILOBYTE = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The bounds of ``[gateway]``, with the same names and defaults."""

    max_body_mb: int = 64
    """A request's body; as much as nginx lets through with ``deploy/nginx``."""
    max_headers: int = 100
    """LiteLLM copies the headers some twenty times, and in quadratic time."""
    max_header_kb: int = 64
    """All headers of a request, names and values."""
    arrival_seconds: int = 30
    """For the headers; and for a body, besides a second for each kilobyte of it."""
    max_messages: int = 5000
    """Messages of a request, with their parts."""

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
