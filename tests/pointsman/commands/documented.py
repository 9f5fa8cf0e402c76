"""Compares the output of ``--json`` with ``docs/json.md``."""

from __future__ import annotations

import re
from typing import Any

from tests.running import REPOSITORY

_ROWS = dict(re.findall(r"^\| (`.*?) \| (`.*) \|$", (REPOSITORY / "docs" / "json.md").read_text(), re.MULTILINE))


def _fields(row: str) -> list[str]:
    return re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", _ROWS[row].partition(";")[0]))


def _statuses(row: str) -> list[str]:
    found = re.search(r"`status` \((.*?)\)", _ROWS[row])
    return re.findall(r"`([\w ]+)`", found[1]) if found else []


def require_object(command: str, printed: dict[str, Any], returncode: int) -> None:
    """Asserts that ``printed`` has the documented fields, and that ``ok`` agrees with the exit code."""
    assert list(printed) == _fields(f"`{command}`")
    assert printed["ok"] is (returncode == 0)


def require_items(row: str, items: list[dict[str, Any]]) -> None:
    """Asserts that there are ``items``, each with the documented fields and, if it has a status, a documented one."""
    assert items
    for item in items:
        assert sorted(item) == sorted(_fields(row))
        assert not _statuses(row) or item["status"] in _statuses(row)
