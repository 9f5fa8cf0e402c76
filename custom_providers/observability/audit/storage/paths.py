"""The audit's files in the state directory."""

from __future__ import annotations

DATABASE = "audit.sqlite3"
SPOOL = "spool"
