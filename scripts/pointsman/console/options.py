"""What the commands share: options, exit codes, and access to the registry."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import click

OK, PROBLEMS, USAGE, COULD_NOT_RUN = 0, 1, 2, 3
"""Exit codes; 2 is click's own."""

DEFAULT_REGISTRY = Path("providers.toml")


def registry_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds ``--registry``."""
    return click.option(
        "--registry",
        # An unreadable file is not a usage error; the error boundary in cli.py reports it.
        type=click.Path(path_type=Path, readable=False),
        envvar="POINTSMAN_REGISTRY",
        help="The registry (providers.toml, or POINTSMAN_REGISTRY).",
    )(command)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")(command)


def verbose_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds ``--verbose``."""
    help_text = "Show where each key was found, or was looked for."
    return click.option("-v", "--verbose", is_flag=True, help=help_text)(command)


def replace_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds ``--replace``."""
    help_text = "Overwrite a file that pointsman did not write; a copy is kept next to it."
    return click.option("--replace", is_flag=True, help=help_text)(command)


def registry_path(given: Path | None) -> Path:
    """The registry's path: from ``--registry`` after the command's name, else before it, else the default."""
    return given or click.get_current_context().find_root().params["registry"] or DEFAULT_REGISTRY


def with_sources(command: Callable[..., int]) -> Callable[..., Any]:
    """Calls ``command`` with the loaded registry and its environment, and exits with the code that it returns."""
    return _with_sources(command, lambda _path: os.environ)


def with_followed_sources(command: Callable[..., int]) -> Callable[..., Any]:
    """Like ``with_sources``, but with the simulated providers while ``serve --simulate`` runs with that registry."""
    return _with_sources(command, followed_environ)


def followed_environ(path: Path) -> Mapping[str, str]:
    """The environment, plus the simulated providers' variables while ``serve --simulate`` runs with this registry."""
    from pointsman.serve import followed_proxy

    return followed_proxy.followed(path, os.environ)


def _with_sources(command: Callable[..., int], environ: Callable[[Path], Mapping[str, str]]) -> Callable[..., Any]:
    @functools.wraps(command)
    def wrapped(registry: Path | None, **options: Any) -> NoReturn:
        from pointsman.sources import sources

        path = registry_path(registry)
        sys.exit(command(sources.load(path, environ(path)), **options))

    return registry_option(wrapped)
