"""The command about the models of the providers: models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from pointsman.console.completion import provider_names
from pointsman.console.options import OK, PROBLEMS, json_option, with_followed_sources

if TYPE_CHECKING:
    from pointsman.models.comparison import Look
    from pointsman.sources.sources import Sources


@click.command(epilog="Example: pointsman models --provider openrouter --live --json")
@with_followed_sources
@click.option(
    "--provider", "providers", multiple=True, shell_complete=provider_names, help="Only this provider; repeatable."
)
@click.option("--live", is_flag=True, help="Compare with what the providers serve; exit 1 if a model is gone.")
@click.option("--write", is_flag=True, help="Write what they report into providers.toml; needs --provider.")
@click.option("--add", metavar="GLOB", multiple=True, help="With --write: declare served models of such names too.")
@json_option
def models(sources: Sources, providers: tuple[str, ...], add: tuple[str, ...], **options: bool) -> int:
    """List the declared models, or compare them with what is served.

    Context and output are in tokens, prices in US dollars per million tokens. --write adds what
    the registry does not say, corrects context windows, removes models that are gone, and keeps a copy of the file;
    default models (marked *) stay. Exit 1 when a declared model is gone, or a provider could not be compared.
    """
    from contextlib import nullcontext

    from pointsman.console import report
    from pointsman.console.waiting import progress
    from pointsman.models import comparison as listed
    from pointsman.models import model_tables
    from pointsman.upstream.endpoint import chosen

    write, live = options["write"], options["live"] or options["write"]
    if (write and not providers) or (add and not write):
        raise click.UsageError("--write needs --provider, and --add needs --write")
    asked = chosen(sources.registry, providers)
    with progress("asking for model lists") if live else nullcontext():
        looks = listed.looks(sources, asked, live=live)
    if not options["as_json"]:
        report.table(model_tables.rows(looks, live=live))
        for line in (line for look in looks for line in model_tables.findings(look)):
            report.result(line)
    removed = _write(sources, looks, add) if write else frozenset()
    ok = not any(_wrong(look, removed, named=bool(providers)) for look in looks)
    if options["as_json"]:
        report.as_json({"ok": ok, "providers": [look.as_json() for look in looks]})
    return OK if ok else PROBLEMS


def _write(sources: Sources, looks: Iterable[Look], add: Sequence[str]) -> frozenset[tuple[str, str]]:
    """Changes the registry and says so; returns what is declared no more."""
    from pointsman.console import report
    from pointsman.models import registry_update

    edits = [registry_update.edit(look, add) for look in looks]
    changed = registry_update.write(sources, edits)
    for edit in edits:
        report.say(str(edit))
    if changed:
        report.say(f"{sources.path}: written\n    hint: review the difference, then run `pointsman render`")
    return frozenset((edit.provider, name) for edit in edits for name in edit.gone)


def _wrong(look: Look, removed: frozenset[tuple[str, str]], *, named: bool) -> bool:
    gone = look.comparison.gone if look.comparison else ()
    left = any((look.provider.name, name) not in removed for name in gone)
    return left or bool(look.problem and (named or not look.keyless))
