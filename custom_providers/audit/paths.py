"""What the audit has in the state directory."""

from __future__ import annotations

DATABASE = "audit.sqlite3"
SPOOL = "spool"
