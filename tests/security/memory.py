"""What a process holds, from /proc."""

from __future__ import annotations

from pathlib import Path


def resident_mb(pid: int) -> float:
    """Its memory in megabytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def descriptors(pid: int) -> int:
    """How many it has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))
