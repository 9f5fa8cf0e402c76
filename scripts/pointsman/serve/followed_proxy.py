"""Finds the proxy that the other commands refer to: the running ``serve`` of this registry, simulated or not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from custom_providers.keys import lookup
from custom_providers.keys.unreadable_key import UnreadableKeyError
from custom_providers.state import state_directory
from pointsman.console import report
from pointsman.console.refusal import RefusalError
from pointsman.serve import run_file
from pointsman.serve.run_file import Running
from pointsman.sources.sources import ENV_FILE, Sources, read_key_file

SIMULATED = "simulated"
"""The subdirectory of the state directory for ``serve --simulate``, with separate rows and locks."""


def running(sources: Sources) -> Running | None:
    """Returns the running ``serve`` of this registry, at any address; None if this user can see none.

    Includes ``serve --simulate`` if ``sources`` has the variables from ``followed``.
    """
    return _of(sources.path, sources.state_directory)


def followed(path: Path, environ: Mapping[str, str]) -> Mapping[str, str]:
    """Returns ``environ``, plus the variables of ``serve --simulate`` while it runs with the registry at ``path``.

    The other commands then use the simulated providers too, and report that. A real ``serve`` takes precedence.
    """
    try:
        filed = lookup.variables(read_key_file(path.with_name(ENV_FILE)) or "")
    except UnreadableKeyError:
        filed = {}  # the command reports the error later
    directory = state_directory({**filed, **environ}, path.parent)
    if _of(path, directory):
        return environ
    simulated = _of(path, directory / SIMULATED)
    if simulated is None:
        return environ
    report.say(f"following `serve --simulate` at {simulated.url}: its providers and keys are simulated")
    return {**environ, **simulated.simulated}


def _of(path: Path, directory: Path) -> Running | None:
    try:
        found = run_file.find(directory)
    except RefusalError:
        return None
    return found if found and found.registry == str(path.resolve()) else None
