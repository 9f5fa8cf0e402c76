"""pyproject.toml declares everything that the packages import."""

from __future__ import annotations

import ast
import functools
import sys
import tomllib
from collections.abc import Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.running import REPOSITORY

OWN = {"custom_providers": REPOSITORY / "custom_providers", "pointsman": REPOSITORY / "scripts/pointsman"}


def _imported(source: str) -> set[str]:
    """The top-level names of all imports, including those inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - set(OWN)


@functools.cache
def _distributions() -> Mapping[str, list[str]]:
    return packages_distributions()


def _undeclared(names: set[str], declared: set[str]) -> set[str]:
    return {name for name in names if not declared & {canonicalize_name(d) for d in _distributions().get(name, ())}}


def _sources() -> list[Path]:
    return [path for folder in OWN.values() for path in folder.rglob("*.py")]


def _declared() -> set[str]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    return {canonicalize_name(Requirement(text).name) for text in project["dependencies"]}


def test_every_import_is_declared():
    undeclared = {
        str(path.relative_to(REPOSITORY)): _undeclared(_imported(path.read_text()), _declared()) for path in _sources()
    }

    assert {path: names for path, names in undeclared.items() if names} == {}


def test_an_undeclared_import_is_found_however_it_is_written():
    source = "import os.path, numpy.linalg as n\ndef f():\n    from yarl import URL\n    from . import sibling\n"

    assert _undeclared(_imported(source), _declared()) == {"numpy", "yarl"}
    assert _undeclared(_imported("import yaml, dotenv"), _declared()) == set()
