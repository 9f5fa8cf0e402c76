"""Generates the columns table in docs/audit.md from ``CallRecord``.

Run ``python -m tests.observability.audit.columns``.
"""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

from custom_providers.observability.audit.record import COLUMNS, CallRecord
from tests.running import REPOSITORY

PAGE = REPOSITORY / "docs" / "audit.md"
_HEAD = "| column | type | what it holds |\n|---|---|---|\n"


def table() -> str:
    """A line for each column."""
    (definition,) = ast.parse(inspect.getsource(CallRecord)).body
    assert isinstance(definition, ast.ClassDef)
    body = definition.body[1:]
    meanings = {
        ast.unparse(field.target): " ".join(ast.literal_eval(text.value).split()).replace("``", "`")
        for field, text in zip(body[::2], body[1::2], strict=True)
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr)
    }
    return _HEAD + "".join(f"| `{name}` | {kind} | {meanings[name]} |\n" for name, kind in COLUMNS.items())


def with_table(page: str) -> str:
    """``page`` with its table replaced."""
    before, head, rest = page.partition(_HEAD)
    assert head, f"{PAGE}: no table of columns"
    return before + table() + rest[rest.index("\n\n") + 1 :]


if __name__ == "__main__":
    Path(PAGE).write_text(with_table(PAGE.read_text()))
