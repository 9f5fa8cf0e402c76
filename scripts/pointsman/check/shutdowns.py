"""Declared models that their vendors will switch off, by the providers' own lists and by our catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from custom_providers.registry.model import Provider
from custom_providers.registry.problems import Problem
from custom_providers.registry.shapes import Path, Violation
from pointsman.models import comparison
from pointsman.models.comparison import Look
from pointsman.sources.sources import Sources

_OTHERS = "`pointsman models --provider {name} --live --json` lists the models that it serves"


def shutdowns(sources: Sources, providers: Iterable[Provider]) -> Iterator[Problem]:
    """Warns about each default or declared model with a shutdown date; requests the model lists of ``providers``."""
    for look in comparison.looks(sources, providers, live=True):
        position = sources.registry.providers.index(look.provider)
        for model_id, end in comparison.ends(look).items():
            hint = f'use "{end.instead}"' if end.instead else _OTHERS.format(name=look.provider.name)
            violation = Violation(
                path=("provider", position, *_field(look, model_id)),
                message=f'"{model_id}" is served until {end.day}',
                hint=hint,
            )
            yield sources.registry.positions.problem(violation, severity="warning")


def _field(look: Look, model_id: str) -> Path:
    """The registry field that declares the model."""
    if model_id == look.provider.default_model:
        return ("default_model",)
    return ("models", [model.id for model in look.provider.models].index(model_id))
