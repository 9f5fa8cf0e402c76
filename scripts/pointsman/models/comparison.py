"""``pointsman models``: the declared models of each provider, and how they compare with what it serves."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from fnmatch import fnmatchcase
from typing import Any

from custom_providers.kimi.account import catalogue, systems
from custom_providers.providers.account.account import Ask
from custom_providers.providers.kimi_system import KimiModel
from custom_providers.providers.profile import Shutdown
from custom_providers.providers.wire.families import FAMILIES, Family
from custom_providers.providers.wire.model_lists import Listing, ServedModel
from custom_providers.registry.model import Model, Provider
from pointsman.sources.sources import Sources
from pointsman.upstream.endpoint import Endpoint, endpoint, refusal
from pointsman.upstream.questions import ask_all

_MOST_PAGES = 20
"""Of a model list; no provider has so many, and a list that never ends is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A declared model whose context is another one by now."""

    id: str
    declared: int
    served: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What is declared of one provider against what it serves."""

    gone: Mapping[str, str]
    """Declared and not served; with what to do instead, as far as that is known."""
    new: tuple[Model, ...]
    """Served, allowed by ``accepts``, and not declared."""
    changed: tuple[Change, ...]
    ending: Mapping[str, Shutdown]
    """Declared, and switched off on a day that is known."""
    efforts: Mapping[str, tuple[str, ...]]
    """Declared models of Kimi, with the reasoning efforts that it lists where our catalogue has others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One provider's models."""

    provider: Provider
    declared: tuple[Model, ...]
    """With Kimi's facts from our catalogue where the registry says nothing."""
    comparison: Comparison | None = None
    """None: it was not asked, or did not answer."""
    served: Mapping[str, Model] = field(default_factory=dict)
    """By declared id, as the provider has it."""
    problem: str = ""
    """Why it could not be compared."""
    keyless: bool = False
    """Whether that is only for want of a key."""

    def as_json(self) -> dict[str, Any]:
        """The look as plain data; ``live`` is null where it was not asked for."""
        live: dict[str, Any] | None = {"detail": self.problem} if self.problem else None
        if self.comparison is not None:
            ending = {name: {"day": end.day, "instead": end.instead} for name, end in self.comparison.ending.items()}
            live = {"detail": "", **asdict(self.comparison), "ending": ending}
        models = [{**asdict(model), "default": model.id == self.provider.default_model} for model in self.declared]
        return {"provider": self.provider.name, "models": models, "live": live}


def looks(sources: Sources, providers: Iterable[Provider], *, live: bool) -> tuple[Look, ...]:
    """The models of ``providers``; ``live`` asks all of them at once what they serve."""
    if not live:
        return tuple(
            Look(provider=provider, declared=declared(provider, sources.base_url(provider))) for provider in providers
        )
    places = tuple(endpoint(sources, provider) for provider in providers)
    found = listings([place for place in places if not place.obstacle or _lists_to_anybody(place)])
    return tuple(_look(place, found.get(place.provider.name, place.obstacle)) for place in places)


def declared(provider: Provider, base_url: str) -> tuple[Model, ...]:
    """The models of the registry's row, its default model among them."""
    rows = provider.models
    if all(model.id != provider.default_model for model in rows):
        rows = (*rows, Model(id=provider.default_model))
    return tuple(_catalogued(model, base_url) for model in rows) if provider.wire_family == "kimi" else rows


def compare(provider: Provider, base_url: str, models: Iterable[Model], listing: Listing) -> Comparison:
    """What of ``models`` is gone, changed or ending, and what else is served."""
    pairs = [(model, listing.find(model.id)) for model in models]
    known = {found.id for _, found in pairs if found} | {model.id for model, _ in pairs}
    ends = {model.id: _end(provider, model.id, found) for model, found in pairs if found}
    return Comparison(
        gone={model.id: _instead(provider, base_url, model.id, listing) for model, found in pairs if not found},
        new=tuple(
            declarable(model)
            for model in listing.models.values()
            if model.id not in known and (not provider.accepts or fits(model.id, provider.accepts))
        ),
        changed=tuple(
            Change(id=model.id, declared=model.context_window, served=found.context_window)
            for model, found in pairs
            if found and model.context_window and found.context_window not in {None, model.context_window}
        ),
        ending={model_id: end for model_id, end in ends.items() if end},
        efforts={
            model.id: found.efforts for model, found in pairs if found and _other_efforts(model.id, base_url, found)
        },
    )


def _other_efforts(model_id: str, base_url: str, found: ServedModel) -> bool:
    known = _catalogue(model_id, base_url)
    return known is not None and bool(found.efforts) and known.efforts != found.efforts


def declarable(served: ServedModel) -> Model:
    """What the registry can say of a served model."""
    facts = asdict(served)
    return Model(**{field.name: facts[field.name] for field in fields(Model) if field.name in facts})


def ends(look: Look) -> Mapping[str, Shutdown]:
    """The last days of declared models; by our catalogue also of those that the provider was not asked about."""
    live = look.comparison.ending if look.comparison else {}
    found = {model.id: live.get(model.id) or look.provider.profile.shutdown(model.id) for model in look.declared}
    return {model_id: end for model_id, end in found.items() if end}


def fits(name: str, globs: Iterable[str]) -> bool:
    """Whether one of ``globs``, in which only ``*`` is special, matches ``name``."""
    return any(fnmatchcase(name, re.sub(r"([\[?])", r"[\1]", glob)) for glob in globs)


def filled(model: Model, known: Model) -> Model:
    """``model`` with what only ``known`` says."""
    missing = [field.name for field in fields(Model) if getattr(model, field.name) is None]
    return replace(model, **{name: getattr(known, name) for name in missing})


def _catalogue(model_id: str, base_url: str) -> KimiModel | None:
    """Our catalogue's entry; one of either Kimi system where the URL does not say which."""
    system = systems.system_for_url(base_url)
    candidates = systems.SYSTEMS if system is None else (system,)
    return next((found for candidate in candidates if (found := catalogue.find(model_id, candidate))), None)


def _catalogued(model: Model, base_url: str) -> Model:
    known = _catalogue(model.id, base_url)
    if known is None:
        return model
    facts = Model(
        id=model.id,
        context_window=known.context,
        max_output_tokens=known.output,
        input_price=known.price.input,
        output_price=known.price.output,
        cached_input_price=known.price.cached,
        vision=True,
        reasoning=True,
    )
    return filled(model, facts)


def _end(provider: Provider, model_id: str, found: ServedModel) -> Shutdown | None:
    """When a served model is switched off: by the provider's own list, else by its profile."""
    known = provider.profile.shutdown(model_id) or provider.profile.shutdown(found.id)
    if not found.ends:
        return known
    return Shutdown(model=model_id, day=found.ends, instead=known.instead if known else "")


def _instead(provider: Provider, base_url: str, model_id: str, listing: Listing) -> str:
    """What to do about an id that is not served; empty when nothing comes to mind."""
    system = systems.system_for_url(base_url) if provider.wire_family == "kimi" else None
    if system is not None and (advice := catalogue.advice(model_id, system)):
        return advice
    if known := provider.profile.shutdown(model_id):
        return str(known)
    if provider.wire_family == "ollama" and provider.auth == "none":
        return f"`ollama pull {model_id}` fetches it"
    close = difflib.get_close_matches(model_id, listing.models, n=1, cutoff=0.75)
    return f'"{close[0]}" is served' if close else ""


def _lists_to_anybody(place: Endpoint) -> bool:
    return place.keyless and place.provider.profile.public_models


def _look(place: Endpoint, found: Listing | str) -> Look:
    models = declared(place.provider, place.base_url)
    if isinstance(found, str):
        return Look(provider=place.provider, declared=models, problem=found, keyless=place.keyless)
    matches = {model.id: declarable(match) for model in models if (match := found.find(model.id))}
    comparison = compare(place.provider, place.base_url, models, found)
    return Look(provider=place.provider, declared=models, comparison=comparison, served=matches)


def listings(places: Iterable[Endpoint]) -> dict[str, Listing | str]:
    """What each place serves, page after page, or why that is not known; by the provider's name."""
    waiting = {place.provider.name: (place, _family(place).models_url(place.base_url)) for place in places}
    pages: dict[str, list[Mapping[str, Any]]] = {name: [] for name in waiting}
    found: dict[str, Listing | str] = dict.fromkeys(waiting, f"lists more than {_MOST_PAGES} pages of models")
    for _ in range(_MOST_PAGES):
        asks = {name: place.question(Ask(url=url)) for name, (place, url) in waiting.items()}
        for name, reply in (ask_all(asks) if asks else {}).items():
            place, _url = waiting.pop(name)
            if problem := refusal(reply):
                found[name] = problem
                continue
            pages[name].append(reply.json)
            if url := _family(place).next_url(place.base_url, reply.json):
                waiting[name] = (place, url)
            else:
                listing = _family(place).listing(pages[name], place.provider.profile.variants)
                found[name] = listing if listing.models else "answered, but lists no models"
    return found


def _family(place: Endpoint) -> Family:
    return FAMILIES[place.provider.wire_family]
