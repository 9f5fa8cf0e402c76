"""Writes what ``pointsman models --write`` has found into ``providers.toml``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from custom_providers.registry import loading
from custom_providers.registry.model import Model
from custom_providers.registry.problems import ConfigError
from custom_providers.routing.resolver import matches_one
from pointsman.console import files, report
from pointsman.console.generated import keep_copy
from pointsman.console.refusal import RefusalError
from pointsman.models.comparison import Look
from pointsman.models.registry_edit import rewritten
from pointsman.sources.sources import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What changes in the ``models`` of one provider."""

    provider: str
    completed: tuple[Model, ...]
    """Declared models, each with what is new about it only."""
    added: tuple[Model, ...]
    gone: tuple[str, ...]

    def __str__(self) -> str:
        counts = ((self.completed, "completed"), (self.added, "added"), (self.gone, "removed"))
        said = ", ".join(f"{len(models)} {done}" for models, done in counts if models)
        return f"{self.provider}: {said or 'nothing to change'}"


def edit(look: Look, add: Sequence[str]) -> Edit:
    """The change that brings ``models`` up to what the provider serves.

    What the registry says stays, except a context window that has changed. A default model always stays: a person has
    to choose another one.
    """
    found = look.comparison
    if found is None:
        return Edit(provider=look.provider.name, completed=(), added=(), gone=())
    changed = {change.id for change in found.changed}
    facts = [
        _news(model, look.served[model.id], context=model.id in changed)
        for model in look.declared
        if model.id in look.served
    ]
    listed = {model.id for model in look.provider.models}
    return Edit(
        provider=look.provider.name,
        completed=tuple(model for model in facts if model != Model(id=model.id)),
        added=tuple(model for model in found.new if matches_one(add, model.id)),
        gone=tuple(name for name in found.gone if name in listed and name != look.provider.default_model),
    )


def write(sources: Sources, edits: Iterable[Edit]) -> bool:
    """Writes the edits into the registry, all or none, and keeps a copy; returns whether that changed it.

    Raises:
        RefusalError: somebody else has changed the file, or the result would not be valid.
    """
    data = sources.path.read_bytes()
    if not _says_the_same(data, sources):
        raise RefusalError(f"{sources.path}: changed while the providers were asked", "run the command again")
    before = text = data.decode("utf-8-sig")
    for one in edits:
        text = rewritten(text, one.provider, (*one.completed, *one.added), one.gone)
    try:
        loading.parse(text.encode(), str(sources.path))
    except ConfigError as error:
        message = f"{sources.path}: not changed, because it would not be valid: {error.problems[0]}"
        raise RefusalError(message, "change `models` by hand") from None
    if text == before:
        return False
    report.say(f"{keep_copy(sources.path)}: the registry as it was")
    files.write_atomically(sources.path, text)
    return True


def _says_the_same(data: bytes, sources: Sources) -> bool:
    """Whether the file still says what was read; a new comment is no reason to refuse, and stays."""
    try:
        return loading.parse(data, str(sources.path)).sha256 == sources.registry.sha256
    except ConfigError:
        return False


def _news(model: Model, served: Model, *, context: bool) -> Model:
    """What ``served`` says and ``model`` does not."""
    news = {
        field.name: value
        for field in fields(Model)
        if (value := getattr(served, field.name)) is not None and getattr(model, field.name) is None
    }
    if context:
        news["context_window"] = served.context_window
    return Model(**{**news, "id": model.id})
