"""``pointsman reload``: signals the running ``serve``, waits for the outcome, and reports it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

from custom_providers.registry.problems import ConfigError
from pointsman.config import committed
from pointsman.console import report
from pointsman.console.refusal import RefusalError
from pointsman.serve import reload_outcome, run_file
from pointsman.serve.reload_outcome import ReloadOutcome
from pointsman.serve.run_file import Running
from pointsman.serve.supervisor import START_SECONDS
from pointsman.sources.sources import Sources

_START = "start it with `pointsman serve`"

_STEP_SECONDS = 0.1

_LONGEST_SECONDS = 2 * START_SECONDS
"""The timeout of a reload; a previous reload may have to end first."""


def run(sources: Sources) -> ReloadOutcome:
    """Makes the running ``serve`` of this registry reload all its inputs, and returns the outcome.

    Raises:
        ConfigError: the registry or its environment is not valid; the running proxy is unchanged.
        RefusalError: no ``serve`` of this registry runs, or LiteLLM does not start with the new config.
    """
    directory = sources.state_directory
    running = _found(sources, directory)
    before = _number(directory, running)
    try:
        os.kill(running.pid, signal.SIGHUP)
    except ProcessLookupError:
        raise _stopped() from None
    except PermissionError:
        message = f"`serve` (process {running.pid}) runs as another user"
        raise RefusalError(message, "run `reload` as that user, or as root") from None
    ended = _awaited(directory, running, before)
    if ended.problems:
        raise ConfigError(ended.problems)
    if ended.state == "failed":
        raise RefusalError(f"{ended.message}; the running proxy is unchanged", ended.hint)
    if not committed.is_current(sources):  # `serve` may lack permission to write it, as under systemd
        committed.update(sources)
    return ended


def _found(sources: Sources, directory: Path) -> Running:
    running = run_file.find(directory)
    if running is None:
        raise RefusalError(f"no `pointsman serve` runs here ({directory / run_file.FILE})", _START)
    if running.registry != str(sources.path.resolve()):
        raise RefusalError(f"the `serve` that runs here serves {running.registry}", "name that one with --registry")
    return running


def _number(directory: Path, running: Running) -> int:
    """The number of the last reload that this ``serve`` began; a later reload reads the current files."""
    return max((one.number for one in reload_outcome.read(directory) if one.serve == running.pid), default=0)


def _awaited(directory: Path, running: Running, before: int) -> ReloadOutcome:
    """Waits for the outcome of the first reload that begins after number ``before``."""
    from pointsman.console.waiting import progress

    with progress("waiting for the new LiteLLM; the old one serves until it is ready"):
        for _ in range(int(_LONGEST_SECONDS / _STEP_SECONDS)):
            outcomes = reload_outcome.read(directory)
            for one in outcomes:
                if one.serve == running.pid and one.number > before and one.state != "starting":
                    return one
            if run_file.find(directory) != running:
                raise _stopped()
            time.sleep(_STEP_SECONDS)
    raise RefusalError(f"no outcome after {_LONGEST_SECONDS:.0f} s", "see the log of `serve`")


def _stopped() -> RefusalError:
    return RefusalError("`serve` has stopped", _START)


def notes(ended: ReloadOutcome, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Notes for the operator about variables of this shell that ``serve`` does not have."""
    unseen = (
        f"{variable} is set in this shell, but `serve` does not have it: run `pointsman keys set {name}`"
        for name, variable in ended.without_key.items()
        if environ.get(variable, "").strip()
    )
    return (*ended.notes, *unseen)


def show(ended: ReloadOutcome) -> None:
    """Prints the changes."""
    for change in ended.changes:
        report.result(change)
    what = f"{len(ended.changes)} change{'s' * (len(ended.changes) != 1)}" if ended.changes else "nothing has changed"
    report.say(f"reloaded: {what}; requests that had begun finish in the old process")
