"""A place in LiteLLM that may go: found at boot by name and parameters, then changed or merely called."""

from __future__ import annotations

import importlib
import inspect
import logging
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from custom_providers.litellm_patches import releases

_log = logging.getLogger("pointsman")


class UnsupportedReleaseError(RuntimeError):
    """This LiteLLM must not run, or lacks a place that safety depends on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One function or method of LiteLLM."""

    target: str
    """``module:function`` or ``module:Class.method``."""
    parameters: tuple[str, ...]
    """Its first parameters; any further one must have a default."""
    why: str
    """What users would miss without it, as a clause after "without it"."""
    change: Callable[[Any], Any] | None = None
    """From the original to its replacement; None for a place that is called and stays as it is."""
    required: bool = False
    """Whether the proxy must not start without it."""
    since: tuple[int, int] = (0, 0)
    before: tuple[int, int] = (sys.maxsize, 0)
    """Major and minor version of LiteLLM from which on, and up to which, the place is needed."""

    @property
    def module(self) -> str:
        """The module to import."""
        return self.target.partition(":")[0]

    @property
    def path(self) -> list[str]:
        """The attributes that lead from the module to the place."""
        return self.target.partition(":")[2].split(".")

    def is_for(self, version: str) -> bool:
        """Whether this release of LiteLLM needs the place."""
        number = re.match(r"(\d+)\.(\d+)", version)
        return number is None or self.since <= (int(number[1]), int(number[2])) < self.before


def apply(places: Iterable[Place], version: str) -> None:
    """Changes all ``places``; one that has moved is skipped with a line in the log, unless it is required.

    Raises:
        UnsupportedReleaseError: a required place is missing or takes other parameters.
    """
    checked = [(place, flaw(place)) for place in places if place.is_for(version)]
    for place, problem in checked:
        if problem and place.required:
            tested = ", ".join(releases.TESTED)
            raise UnsupportedReleaseError(
                f"LiteLLM {version} does not work with this package: {problem}; without it, {place.why}."
                f" Releases that work: {tested}"
            )
    for place, problem in checked:
        if problem:
            _log.warning("pointsman: LiteLLM %s: %s; without it, %s", version, problem, place.why)
        elif place.change is not None:
            owner = _owner(place)
            setattr(owner, place.path[-1], place.change(getattr(owner, place.path[-1])))


def flaw(place: Place) -> str | None:
    """What keeps ``place`` from being used, None when it is as expected."""
    try:
        original = getattr(_owner(place), place.path[-1])
    except (ImportError, AttributeError):
        return f"{place.target} is missing"
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


def _owner(place: Place) -> Any:
    owner: Any = importlib.import_module(place.module)
    for name in place.path[:-1]:
        owner = getattr(owner, name)
    return owner


def _is_needed(parameter: inspect.Parameter) -> bool:
    variadic = parameter.kind in {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
    return not variadic and parameter.default is inspect.Parameter.empty
