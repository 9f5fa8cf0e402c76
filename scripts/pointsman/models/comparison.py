"""``pointsman models``: compares each provider's declared models with those that it serves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from custom_providers.kimi.account import catalogue, systems
from custom_providers.providers.account.account import Ask
from custom_providers.providers.account.questions import ask_all
from custom_providers.providers.account.readings import refusal
from custom_providers.providers.profile import Shutdown
from custom_providers.providers.wire.families import FAMILIES, Family
from custom_providers.providers.wire.model_lists import Listing, ServedModel
from custom_providers.registry.model import Model, Provider
from custom_providers.registry.shapes import similar
from custom_providers.routing.resolver import matches_one
from pointsman.sources.sources import Sources
from pointsman.upstream.endpoint import Endpoint, endpoint

_MOST_PAGES = 20
"""The most pages of a model list to read; no provider has as many, and a list must end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A declared model whose context window has changed."""

    id: str
    declared: int
    served: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One provider's declared models against those that it serves."""

    gone: Mapping[str, str]
    """Declared and not served, with advice if there is any."""
    new: tuple[Model, ...]
    """Served, allowed by ``accepts``, and not declared."""
    changed: tuple[Change, ...]
    ending: Mapping[str, Shutdown]
    """Declared, and to be switched off on a known day."""
    efforts: Mapping[str, tuple[str, ...]]
    """Declared Kimi models, with the efforts that Kimi lists if they differ from our catalogue."""


_NOTHING = Comparison(gone={}, new=(), changed=(), ending={}, efforts={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One provider's models."""

    provider: Provider
    declared: tuple[Model, ...]
    """With Kimi's facts from our catalogue where the registry has none."""
    comparison: Comparison | None = None
    """None: it was not asked, or did not answer."""
    served: Mapping[str, Model] = field(default_factory=dict)
    """By declared id, as the provider has it."""
    problem: str = ""
    """Why it could not be compared."""
    keyless: bool = False
    """Whether only the key is missing."""

    def as_json(self) -> dict[str, Any]:
        """Plain data; ``live`` is null if it was not requested."""
        live: dict[str, Any] | None = None
        if self.problem or self.comparison is not None:
            found = self.comparison or _NOTHING
            ending = {name: {"day": end.day, "instead": end.instead} for name, end in found.ending.items()}
            live = {"detail": self.problem, **asdict(found), "ending": ending}
        models = [{**asdict(model), "default": model.id == self.provider.default_model} for model in self.declared]
        return {"provider": self.provider.name, "models": models, "live": live}


def looks(sources: Sources, providers: Iterable[Provider], *, live: bool) -> tuple[Look, ...]:
    """The models of ``providers``; ``live`` asks all of them concurrently what they serve."""
    if not live:
        return tuple(
            Look(provider=provider, declared=declared(provider, sources.base_url(provider))) for provider in providers
        )
    places = tuple(endpoint(sources, provider) for provider in providers)
    found = listings([place for place in places if not place.obstacle or _lists_to_anybody(place)])
    return tuple(_look(place, found.get(place.provider.name, place.obstacle)) for place in places)


def declared(provider: Provider, base_url: str) -> tuple[Model, ...]:
    """The provider's models in the registry, including its default model."""
    models = provider.all_models
    return tuple(_catalogued(model, base_url) for model in models) if provider.wire_family == "kimi" else models


def compare(provider: Provider, base_url: str, models: Iterable[Model], listing: Listing) -> Comparison:
    """Which of ``models`` are gone, changed or ending, and which others are served."""
    pairs = [(model, listing.find(model.id)) for model in models]
    known = {found.id for _, found in pairs if found} | {model.id for model, _ in pairs}
    ends = {model.id: _end(provider, model.id, found) for model, found in pairs if found}
    return Comparison(
        gone={model.id: _instead(provider, base_url, model.id, listing) for model, found in pairs if not found},
        new=tuple(
            declarable(model)
            for model in listing.models.values()
            if model.id not in known and (not provider.accepts or matches_one(provider.accepts, model.id))
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
    known = catalogue.find_at(model_id, base_url)
    return known is not None and bool(found.efforts) and known.efforts != found.efforts


def declarable(served: ServedModel) -> Model:
    """The facts about a served model that the registry can express."""
    facts = asdict(served)
    return Model(**{field.name: facts[field.name] for field in fields(Model) if field.name in facts})


def ends(look: Look) -> Mapping[str, Shutdown]:
    """When declared models are switched off; from our profiles if the provider was not asked."""
    live = look.comparison.ending if look.comparison else {}
    found = {model.id: live.get(model.id) or look.provider.profile.shutdown(model.id) for model in look.declared}
    return {model_id: end for model_id, end in found.items() if end}


def filled(model: Model, known: Model) -> Model:
    """``model`` with missing facts filled in from ``known``."""
    missing = [field.name for field in fields(Model) if getattr(model, field.name) is None]
    return replace(model, **{name: getattr(known, name) for name in missing})


def _catalogued(model: Model, base_url: str) -> Model:
    known = catalogue.find_at(model.id, base_url)
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
    """Advice for an id that is not served; empty if there is none."""
    system = systems.system_for_url(base_url) if provider.wire_family == "kimi" else None
    if system is not None and (advice := catalogue.advice(model_id, system)):
        return advice
    if known := provider.profile.shutdown(model_id):
        return str(known)
    if provider.wire_family == "ollama" and provider.auth == "none":
        return f"`ollama pull {model_id}` fetches it"
    close = similar(model_id, listing.models)
    return f'"{close}" is served' if close else ""


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
    """The model list of each endpoint, all pages, or why it is not known; by provider name."""
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
