"""What every client needs: the proxy's URL, the variable that holds a key, and the models."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field

from custom_providers.observability.dashboard.clients import ConnectionDetails
from custom_providers.registry.model import Model
from custom_providers.routing.table import compile_table
from pointsman.models.comparison import declared
from pointsman.sources.registration import registered_names, registrations
from pointsman.sources.sources import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedModel:
    """A model under the name that clients send."""

    name: str
    context_window: int | None = None
    """Tokens."""
    max_output_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection(ConnectionDetails):
    """What the dashboard shows, with all models, and the key or where it is."""

    models: tuple[NamedModel, ...]
    """Aliases and declared models of the registered providers."""
    key_command: str = ""
    """A shell command that prints the key; empty if the variable is set where the client runs."""
    key: str | None = field(default=None, repr=False)
    """The key itself, only if the user asked for it."""


def connection(sources: Sources, *, url: str, key_env: str, model: str | None, with_key: bool) -> Connection:
    """The connection to the proxy at ``url`` that serves this registry.

    Args:
        sources: the registry and its surroundings.
        url: the proxy's URL without a path.
        key_env: the variable that holds the key for this client.
        model: the model to start with; by default the first one that is listed.
        with_key: whether the key itself may be written or printed.
    """
    models = tuple(_models(sources))
    filed = key_env in sources.filed
    return Connection(
        url=url.rstrip("/"),
        key_env=key_env,
        models=models,
        model=model or next((known.name for known in models), ""),
        key_command=f"sed -n 's/^{key_env}=//p' {shlex.quote(str(sources.env_path.absolute()))}" if filed else "",
        key=sources.env.get(key_env) if with_key else None,
    )


def doubt(sources: Sources, model: str) -> str:
    """Why requests for ``model`` may not be answered as expected; empty if nothing speaks against it."""
    if not model:
        return "no provider is registered, so no model can answer: set a key, or name a model with --model"
    table = compile_table(sources.registry, registered_names(registrations(sources)))
    route = table.resolve(model)
    if route.status != 200:
        return f'"{model}" is answered with {route.status}: {route.message}'
    suggestion = table.suggestion(model) if route.rule == "default" else ""
    return f'only the default provider takes "{model}"{suggestion}' if suggestion else ""


def _models(sources: Sources) -> Iterator[NamedModel]:
    registered = [item for item in registrations(sources) if item.registered]
    known = {
        f"{item.provider.name}/{model.id}": model
        for item in registered
        for model in declared(item.provider, item.base_url)
    }
    table = compile_table(sources.registry, frozenset(item.provider.name for item in registered))
    for alias in sorted(table.aliases):
        route = table.resolve(alias)
        if route.status == 200:
            yield _named(alias, known.get(str(route.deployment), Model(id=alias)))
    for name, model in known.items():
        yield _named(name, model)


def _named(name: str, model: Model) -> NamedModel:
    return NamedModel(name=name, context_window=model.context_window, max_output_tokens=model.max_output_tokens)
