"""What the commands share: their options, their exit codes, and how they get at the registry."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click

OK, PROBLEMS, USAGE, COULD_NOT_RUN = 0, 1, 2, 3
"""Exit codes; 2 is click's own."""


def registry_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds ``--registry``."""
    return click.option(
        "--registry",
        # What cannot be read is no wrong usage: the boundary in cli.py tells of it.
        type=click.Path(path_type=Path, readable=False),
        envvar="POINTSMAN_REGISTRY",
        help="The registry to read (providers.toml, or POINTSMAN_REGISTRY).",
    )(command)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")(command)


def registry_path(given: Path | None) -> Path:
    """The registry that is meant: ``--registry`` after the command's name, else before it, else the default."""
    return given or click.get_current_context().find_root().params["registry"] or Path("providers.toml")


def with_sources(command: Callable[..., int]) -> Callable[..., Any]:
    """Calls ``command`` with its registry and surroundings, and exits with the code that it returns."""

    @functools.wraps(command)
    def wrapped(registry: Path | None, **options: Any) -> NoReturn:
        from pointsman.sources import sources

        sys.exit(command(sources.load(registry_path(registry), os.environ), **options))

    return registry_option(wrapped)
