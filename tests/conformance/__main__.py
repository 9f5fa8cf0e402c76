"""Writes docs/conformance.md."""

from __future__ import annotations

from tests.conformance.page import PAGE, text

PAGE.write_text(text(), encoding="utf-8")
