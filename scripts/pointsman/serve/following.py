"""Which proxy the other commands are about: the ``serve`` of this registry that runs, ``serve --simulate`` included."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from custom_providers.keys import lookup
from custom_providers.keys.problems import UnreadableKeyError
from custom_providers.state import state_directory
from pointsman.console import report
from pointsman.console.refusal import RefusalError
from pointsman.serve import run_file
from pointsman.serve.run_file import Running
from pointsman.sources.sources import ENV_FILE, Sources, read_key_file

SIMULATED = "simulated"
"""In the state directory: that of a ``serve --simulate``, whose rows and locks are not those of the real one."""


def running(sources: Sources) -> Running | None:
    """The ``serve`` of this registry, wherever it listens; None if there is none that this user may see.

    With ``sources`` from ``followed``, also a ``serve --simulate``.
    """
    return _of(sources.path, sources.state_directory)


def followed(path: Path, environ: Mapping[str, str]) -> Mapping[str, str]:
    """``environ``; while ``serve --simulate`` runs with the registry at ``path``, with the variables of that.

    So the other commands look at the simulated providers too, and say so. A real ``serve`` comes first.
    """
    try:
        filed = lookup.variables(read_key_file(path.with_name(ENV_FILE)) or "")
    except UnreadableKeyError:
        filed = {}  # the command itself reports it
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
