"""A proxy whose rows can be read."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from custom_providers.observability.audit.record import instant
from tests.patience import eventually
from tests.running import Proxy


@dataclass(kw_only=True)
class Recorded:
    """A running proxy and the SQLite file in its state directory."""

    proxy: Proxy
    state: Path
    calls: int = 0
    """The number of calls made with ``row_of``."""

    def post(self, path: str, body: object, **options: Any) -> httpx.Response:
        """Sends a request with the master key; escaped JSON can contain text that UTF-8 cannot encode."""
        with self.proxy.client() as client:
            client.headers["Content-Type"] = "application/json"
            return client.post(path, content=json.dumps(body), **options)

    def leave(self, path: str, body: Mapping[str, object], *, begun: bool, when: Callable[[], object]) -> None:
        """Sends a request and disconnects ``when`` that is true; if ``begun``, after the answer's first byte."""
        with self.proxy.unfinished(path, body, begun=begun):
            eventually(when)

    def row_of(self, call: Callable[[], object]) -> dict[str, Any]:
        """Makes ``call`` and returns its one row; the row of an earlier call may arrive in the meantime."""
        began = instant(datetime.now(UTC))
        seen = {row["id"] for row in self.rows(since=began)}
        self.calls += 1
        call()
        (row,) = eventually(lambda: [row for row in self.rows(since=began) if row["id"] not in seen])
        return row

    def row_for(self, answer: httpx.Response) -> dict[str, Any]:
        """The row of the call that ``answer`` belongs to."""
        call_id = answer.headers["x-litellm-call-id"]
        (row,) = eventually(lambda: [row for row in self.rows() if row["call_id"] == call_id])
        return row

    def rows(self, *, since: str = "") -> list[dict[str, Any]]:
        """The rows of calls that began at that time or later, oldest first; by default all."""
        path = self.state / "audit.sqlite3"
        if not path.exists():
            return []
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.row_factory = sqlite3.Row
            try:
                found = connection.execute("SELECT * FROM tool_calls WHERE time >= ? ORDER BY time", [since]).fetchall()
            except sqlite3.OperationalError:
                return []  # the table does not exist yet
        return [_plain(row) for row in found]


def _plain(row: sqlite3.Row) -> dict[str, Any]:
    plain = dict(row)
    for name in ("tool_calls", "adjustments", "attempts"):
        plain[name] = plain[name] and json.loads(plain[name])
    return plain
