"""``reload.json`` in the state directory: the outcomes of the latest reloads of the running ``serve``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from custom_providers.keys.unreadable_key import UnreadableKeyError
from custom_providers.registry.problems import ConfigError, Problem
from pointsman.console import files
from pointsman.console.refusal import RefusalError, as_refusal

FILE = "reload.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadOutcome:
    """The outcome of one reload, which may still be in progress."""

    serve: int
    """The process id of the ``serve`` that reloads."""
    number: int
    """Counts the reloads of that process, from 1."""
    state: Literal["starting", "done", "failed"]
    changes: tuple[str, ...] = ()
    """The changes, one per item: ``+ vllm``, ``~ openrouter: fallbacks``."""
    notes: tuple[str, ...] = ()
    without_key: Mapping[str, str] = field(default_factory=dict)
    """The providers that were left out for lack of a key, and the variables of their keys."""
    problems: tuple[Problem, ...] = ()
    """The problems of the registry or its environment."""
    message: str = ""
    """Any other reason for the failure."""
    hint: str = ""


def failed(serve: int, number: int, error: ConfigError | RefusalError | UnreadableKeyError | OSError) -> ReloadOutcome:
    """Returns the outcome of a reload that failed and changed nothing."""
    if isinstance(error, ConfigError):
        return ReloadOutcome(serve=serve, number=number, state="failed", problems=tuple(error.problems))
    refusal = as_refusal(error)
    return ReloadOutcome(serve=serve, number=number, state="failed", message=str(refusal), hint=refusal.hint)


def write(directory: Path, outcomes: Iterable[ReloadOutcome]) -> None:
    """Writes the latest outcomes to ``reload.json``.

    Raises:
        OSError: they cannot be written.
    """
    text = json.dumps([asdict(outcome) for outcome in outcomes])
    files.write_atomically(directory / FILE, text, mode=0o600)


def read(directory: Path) -> tuple[ReloadOutcome, ...]:
    """Reads the latest outcomes, oldest first; empty if there are none, or none that this release can read.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        return tuple(map(_outcome, json.loads((directory / FILE).read_bytes())))
    except FileNotFoundError:
        return ()
    except (ValueError, TypeError, KeyError):
        return ()


def _outcome(fields: dict[str, Any]) -> ReloadOutcome:
    fields["problems"] = tuple(Problem(**problem) for problem in fields["problems"])
    return ReloadOutcome(**{**fields, "changes": tuple(fields["changes"]), "notes": tuple(fields["notes"])})
