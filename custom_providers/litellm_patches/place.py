"""A place in LiteLLM that may change: looked up at boot, then patched, or used as it is.

A place that safety or correctness depends on is required: without it the proxy does not start, and names the releases
that work. The same applies to what other modules import from LiteLLM. Any other missing place is skipped, with one line
in the log.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from custom_providers.litellm_patches import releases

_log = logging.getLogger("pointsman")

EVER: tuple[int, int] = (0, 0)
STILL = (sys.maxsize, 0)
"""The first release of a place that every release has, and the release that no longer needs one that all need."""

_OURS = "custom_providers."
_NAME_MISSING = re.compile(r"cannot import name '(\w+)'")
"""Python's message; of an ImportError, only the module is available as an attribute."""


class UnsupportedReleaseError(RuntimeError):
    """This LiteLLM release must not run, or lacks a place that safety or correctness depends on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A function, method or object of LiteLLM."""

    target: str
    """``module:function`` or ``module:Class.method``."""
    parameters: tuple[str, ...] | None
    """Its first parameters; all further ones must have a default. None if the place only has to exist."""
    why: str
    """The consequence of a missing place for users, as a clause after "without it"."""
    change: Callable[[Any], Any] | None = None
    """Returns the replacement for the original; None if the place is called or read unchanged."""
    required: bool = False
    """Whether the proxy must not start without it."""
    since: tuple[int, int] = EVER
    before: tuple[int, int] = STILL
    """The LiteLLM versions (major, minor) that need the place: from ``since``, up to but excluding ``before``."""

    @property
    def module(self) -> str:
        """The module to import."""
        return self.target.partition(":")[0]

    @property
    def path(self) -> list[str]:
        """The attribute names from the module to the place."""
        return self.target.partition(":")[2].split(".")

    def is_for(self, version: str) -> bool:
        """Whether this release of LiteLLM needs the place."""
        number = re.match(r"(\d+)\.(\d+)", version)
        return number is None or self.since <= (int(number[1]), int(number[2])) < self.before


def apply(places: Iterable[Place], version: str) -> None:
    """Apply all ``places``; one that has moved is skipped with a line in the log, unless it is required.

    Raises:
        UnsupportedReleaseError: a required place is missing or has other parameters.
    """
    checked = [(place, flaw(place)) for place in places if place.is_for(version)]
    for place, problem in checked:
        if problem and place.required:
            raise UnsupportedReleaseError(_unsupported(version, f"{problem}; without it, {place.why}"))
    for place, problem in checked:
        if problem:
            _log.warning("pointsman: LiteLLM %s: %s; without it, %s", version, problem, place.why)
        elif place.change is not None:
            owner = _owner(place)
            setattr(owner, place.path[-1], place.change(getattr(owner, place.path[-1])))


@contextlib.contextmanager
def required_imports() -> Iterator[None]:
    """Convert a failed import from LiteLLM to the error for a missing required place.

    Raises:
        UnsupportedReleaseError: LiteLLM lacks a module, or a module lacks a name.
    """
    try:
        yield
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "litellm":
            raise
        name = _NAME_MISSING.search(str(error))
        target = f"{error.name}:{name[1]}" if name else error.name
        version = releases.installed() or "of an unknown release"
        problem = f"{target} is missing; without it, {_importer(error)} cannot be loaded"
        raise UnsupportedReleaseError(_unsupported(version, problem)) from None


def flaw(place: Place) -> str | None:
    """Return why ``place`` cannot be used; None if it is as expected."""
    try:
        original = getattr(_owner(place), place.path[-1])
    except (ImportError, AttributeError):
        return f"{place.target} is missing"
    if place.parameters is None:
        return None
    found = list(inspect.signature(original).parameters.values())
    names = tuple(parameter.name for parameter in found)
    expected, more = found[: len(place.parameters)], found[len(place.parameters) :]
    if (
        names[: len(place.parameters)] != place.parameters
        or any(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in expected)
        or any(_is_needed(parameter) for parameter in more)
    ):
        stars = ("*" if parameter.kind is inspect.Parameter.KEYWORD_ONLY else "" for parameter in found)
        taken = ", ".join(f"{star}{name}" for star, name in zip(stars, names, strict=True))
        return f"{place.target} takes ({taken}), and not ({', '.join(place.parameters)})"
    return None


def _unsupported(version: str, problem: str) -> str:
    return (
        f"LiteLLM {version} does not work with this package: {problem}."
        f" Releases that work: {', '.join(releases.TESTED)}."
        f" To install one: pip install 'litellm[proxy]=={releases.LOCKED}'"
    )


def _importer(error: ImportError) -> str:
    """Our module whose import failed."""
    frames = traceback.walk_tb(error.__traceback__)
    modules = [str(frame.f_globals.get("__name__")) for frame, _ in frames]
    return next((name for name in reversed(modules) if name.startswith(_OURS)), "this package")


def _owner(place: Place) -> Any:
    owner: Any = importlib.import_module(place.module)
    for name in place.path[:-1]:
        owner = getattr(owner, name)
    return owner


def _is_needed(parameter: inspect.Parameter) -> bool:
    variadic = parameter.kind in {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
    return not variadic and parameter.default is inspect.Parameter.empty
