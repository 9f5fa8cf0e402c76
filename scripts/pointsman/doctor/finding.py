"""One finding of ``pointsman doctor``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Status = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check, its status, and the remedy."""

    name: str
    status: Status
    detail: str
    hint: str = ""
    """The remedy; empty only if nothing is wrong."""

    def as_json(self) -> dict[str, Any]:
        """An item of ``findings`` in ``doctor --json``."""
        return asdict(self)


def ok(name: str, detail: str) -> Finding:
    """A finding without a problem."""
    return Finding(name=name, status="ok", detail=detail)


def broken(name: str, detail: str, hint: str) -> Finding:
    """A problem that keeps the proxy from working as the registry says."""
    return Finding(name=name, status="error", detail=detail, hint=hint)


def warning(name: str, detail: str, hint: str) -> Finding:
    """A possible problem."""
    return Finding(name=name, status="warning", detail=detail, hint=hint)
