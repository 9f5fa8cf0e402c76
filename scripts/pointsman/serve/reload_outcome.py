"""``reload.json`` in the state directory: how the latest reloads of the running ``serve`` went."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from custom_providers.keys.problems import UnreadableKeyError
from custom_providers.registry.problems import ConfigError, Problem
from pointsman.console import files
from pointsman.console.refusal import RefusalError, reason

FILE = "reload.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadOutcome:
    """One reload, which may still be going on."""

    serve: int
    """The process that reloads."""
    number: int
    """Counts the reloads of that process, from 1."""
    state: Literal["starting", "done", "failed"]
    changes: tuple[str, ...] = ()
    """What differs from before, one thing each: ``+ vllm``, ``~ openrouter: fallbacks``."""
    notes: tuple[str, ...] = ()
    without_key: Mapping[str, str] = field(default_factory=dict)
    """The providers that were left out, and the variables of their keys."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with the registry or around it."""
    message: str = ""
    """Why else it failed."""
    hint: str = ""


def failed(serve: int, number: int, error: ConfigError | RefusalError | UnreadableKeyError | OSError) -> ReloadOutcome:
    """The outcome of a reload that changed nothing."""
    if isinstance(error, ConfigError):
        return ReloadOutcome(serve=serve, number=number, state="failed", problems=tuple(error.problems))
    if isinstance(error, RefusalError):
        message, hint = str(error), error.hint
    elif isinstance(error, UnreadableKeyError):
        message, hint = str(error), "fix or remove the file; its owner and mode decide who can read it"
    else:
        message = f"{error.filename}: {reason(error)}" if error.filename else reason(error)
        hint = "check the path, its owner and the free space"
    return ReloadOutcome(serve=serve, number=number, state="failed", message=message, hint=hint)


def write(directory: Path, outcomes: Iterable[ReloadOutcome]) -> None:
    """Puts the latest outcomes where ``read`` finds them.

    Raises:
        OSError: they cannot be written.
    """
    text = json.dumps([asdict(outcome) for outcome in outcomes])
    files.write_atomically(directory / FILE, text, mode=0o600)


def read(directory: Path) -> tuple[ReloadOutcome, ...]:
    """The latest ones, oldest first; none when there are none that this release can read.

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
