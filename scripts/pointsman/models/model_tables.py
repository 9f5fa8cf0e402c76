"""How ``pointsman models`` shows a provider's models and their changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from custom_providers.registry.model import Model
from pointsman.models.comparison import Comparison, Look, filled

HEADINGS = ("model", "context/out", "$ in/out/cached")
"""Tokens, and US dollars per million tokens."""


def rows(looks: Iterable[Look], *, live: bool) -> Iterator[tuple[str, ...]]:
    """The headings and one row for each declared model; ``*`` marks a default model.

    The last column has the model's abilities or, if the providers were asked, whether it is served; facts missing in
    the registry then come from the provider.
    """
    yield *HEADINGS, "live" if live else "can"
    for look in looks:
        for model in look.declared:
            mark = "*" * (model.id == look.provider.default_model)
            facts = filled(model, look.served.get(model.id, model))
            last = _state(look.comparison, model.id) if live else _abilities(facts)
            yield f"{look.provider.name}/{model.id}{mark}", _tokens(facts), _prices(facts), last


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


def _tokens(model: Model) -> str:
    counts = (model.context_window, model.max_output_tokens)
    return _joined(None if count is None else _short(count) for count in counts)


def _short(count: int) -> str:
    """The number in three digits: 8192 is 8.19k, 262144 is 262k, 1048576 is 1.05M."""
    for unit, size in (("M", 10**6), ("k", 10**3)):
        if count >= size:
            return f"{count / size:.3g}{unit}"
    return str(count)


def _prices(model: Model) -> str:
    prices = (model.input_price, model.output_price, model.cached_input_price)
    return _joined(None if price is None else f"{price:.12g}" for price in prices)


def _joined(facts: Iterable[str | None]) -> str:
    known = tuple(facts)
    return "/".join(fact or "-" for fact in known) if any(known) else "-"


def _abilities(model: Model) -> str:
    return ", ".join(name for name, able in (("vision", model.vision), ("reasoning", model.reasoning)) if able)


def _state(found: Comparison | None, model_id: str) -> str:
    if found is None:
        return "?"
    if model_id in found.gone:
        return "gone"
    change = next((change for change in found.changed if change.id == model_id), None)
    if change is not None:
        return f"context {_short(change.served)}"
    return f"until {found.ending[model_id].day}" if model_id in found.ending else "served"
