"""docs/architecture.md names every folder, and functions that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


def _named() -> list[tuple[str, str]]:
    """Every path on the page, with the functions named after it in the same step or table row."""
    found = []
    path = ""
    for line in (REPOSITORY / "docs/architecture.md").read_text().splitlines():
        path = path if line.startswith("   ") else ""
        for name in re.findall(r"`([^`]+)`", line):
            if re.fullmatch(r"(custom_providers|scripts/pointsman)/[\w/]+\.py", name):
                path = name
            elif path and re.fullmatch(r"[\w.]+", name):
                found.append((path, name))
    return found


def _defined(path: str) -> set[str]:
    """The functions of a module, and the methods of its classes as ``Class.method``."""
    tree = ast.parse((REPOSITORY / path).read_text())
    found = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    for owner in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        methods = (node for node in owner.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        found |= {f"{owner.name}.{method.name}" for method in methods}
    return found


@pytest.mark.parametrize("package", ["custom_providers", "scripts/pointsman"])
def test_the_page_names_every_folder(package: str):
    page = (REPOSITORY / "docs/architecture.md").read_text()
    folders = {found.parent.name for found in (REPOSITORY / package).glob("*/__init__.py")}
    assert {name for name in folders if f"`{name}/`" not in page} == set()


def test_the_page_names_functions():
    assert len(_named()) > 20


@pytest.mark.parametrize(("path", "name"), _named())
def test_each_function_exists(path: str, name: str):
    assert name in _defined(path)
