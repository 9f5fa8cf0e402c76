"""How ``pointsman models`` shows a provider's models and their changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from custom_providers.registry.model import Model
from pointsman.models.comparison import Comparison, Look, filled

HEADINGS = ("model", "context", "output", "$ in", "$ out", "$ cached", "can")
"""Tokens, and US dollars per million tokens."""


def rows(looks: Iterable[Look], *, live: bool) -> Iterator[tuple[str, ...]]:
    """The headings and one row for each declared model; ``*`` marks a default model.

    Facts missing in the registry come from the provider, if it was asked.
    """
    yield (*HEADINGS, "live") if live else HEADINGS
    for look in looks:
        for model in look.declared:
            mark = "*" * (model.id == look.provider.default_model)
            cells = (f"{look.provider.name}/{model.id}{mark}", *_facts(filled(model, look.served.get(model.id, model))))
            yield (*cells, _state(look.comparison, model.id)) if live else cells


def findings(look: Look) -> Iterator[str]:
    """The findings about one provider after it was asked."""
    name, found = look.provider.name, look.comparison
    if look.problem:
        yield f"{name}: not compared: {look.problem}"
    if found is None:
        return
    for model_id, hint in found.gone.items():
        yield f"{name}/{model_id}: gone" + f"\n    hint: {hint}" * bool(hint)
    for change in found.changed:
        yield f"{name}/{change.id}: context {change.served}, declared {change.declared}"
    for model_id, end in found.ending.items():
        yield f"{name}/{model_id}: {end}"
    for model_id, efforts in found.efforts.items():
        yield f"{name}/{model_id}: reasoning efforts {', '.join(efforts)}; this release knows others"
    if found.new:
        yield f"{name}: {len(found.new)} more served (--json names them)"


def _facts(model: Model) -> tuple[str, ...]:
    numbers = (
        model.context_window,
        model.max_output_tokens,
        model.input_price,
        model.output_price,
        model.cached_input_price,
    )
    abilities = (("vision", model.vision), ("reasoning", model.reasoning))
    return (*("-" if number is None else f"{number:.12g}" for number in numbers), _words(abilities))


def _words(abilities: Iterable[tuple[str, bool | None]]) -> str:
    return ", ".join(name for name, able in abilities if able)


def _state(found: Comparison | None, model_id: str) -> str:
    if found is None:
        return "?"
    if model_id in found.gone:
        return "gone"
    change = next((change for change in found.changed if change.id == model_id), None)
    if change is not None:
        return f"context {change.served}"
    return f"until {found.ending[model_id].day}" if model_id in found.ending else "served"
