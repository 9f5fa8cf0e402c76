"""Commands about the registry and what is generated from it: render, route, providers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pointsman.console.completion import model_names, provider_names
from pointsman.console.options import (
    OK,
    PROBLEMS,
    json_option,
    replace_option,
    verbose_option,
    with_followed_sources,
    with_sources,
)

if TYPE_CHECKING:
    from pointsman.sources.registration import Registration
    from pointsman.sources.sources import Sources


@click.command(epilog="Example: pointsman render --check")
@with_sources
@click.option("-o", "--output", help="The file to write (litellm_config.yaml next to the registry); - prints.")
@click.option("--check", is_flag=True, help="Write nothing; show the difference and exit 1 if there is one.")
@replace_option
def render(sources: Sources, output: str | None, *, check: bool, replace: bool) -> int:
    """Write litellm_config.yaml from the registry."""
    from pathlib import Path

    from pointsman.config import render as renderer
    from pointsman.config.committed import CONFIG
    from pointsman.console import files, report

    text = renderer.render(sources.registry, sources.path.name)
    if output == "-":
        click.echo(text, nl=False)
        return OK
    path = Path(output) if output else sources.config_path
    difference = files.difference(path, text)
    if not difference:
        report.say(f"{path}: up to date")
        return OK
    if check:
        click.echo(difference, nl=False)
        report.say(f"{path}: out of date with {sources.path}\n    hint: run `pointsman render` and commit the result")
        return PROBLEMS
    CONFIG.write(path, text, replace=replace)
    report.say(f"{path}: written")
    return OK


@click.command(epilog="\b\nExample: pointsman route gpt-oss:120b-cloud --expect ollama_cloud/gpt-oss:120b")
@click.argument("model", shell_complete=model_names)
@with_followed_sources
@click.option("--provider", shell_complete=provider_names, help="The provider field of the request.")
@click.option("--expect", metavar="DEPLOYMENT", help="Exit 1 unless the name goes to this deployment.")
@json_option
def route(sources: Sources, model: str, provider: str | None, expect: str | None, *, as_json: bool) -> int:
    """Show where the model name MODEL goes, and by which rule.

    Uses the same function as the proxy, with the keys that are found now.
    """
    import json

    from custom_providers.routing.table import compile_table
    from pointsman.console import report
    from pointsman.sources import registration

    registered = registration.registered_names(registration.registrations(sources))
    table = compile_table(sources.registry, registered)
    found = table.resolve(model, provider)
    if as_json:
        ok = expect in (None, found.deployment)
        route = {{"message": "detail"}.get(name, name): value for name, value in found._asdict().items()}
        report.as_json({"ok": ok, **route})
    else:
        goal = found.deployment or "nowhere"
        report.sentence(f"{model} -> {goal} ({found.rule}, {found.status}{': ' * bool(found.message)}{found.message})")
        for name, setting in table.options_of(found).defaults.items():
            report.result(f"    {name} = {json.dumps(setting)} unless the request sets it")
        if found.status == 200 and (fallbacks := table.fallbacks_of(found)):
            report.result(f"    falls back to {', '.join(fallbacks)}")
        if found.rule == "default" and found.deployment and (suggestion := table.suggestion(model)):
            report.say(f"only the default provider takes this name{suggestion}")
    if expect is not None and expect != found.deployment:
        report.say(f"expected {expect}, not {found.deployment or 'a refusal'}")
        return PROBLEMS
    return OK


@click.command(epilog="\b\nExample: pointsman providers --json | jq -r '.providers[] | .provider'")
@with_followed_sources
@verbose_option
@json_option
def providers(sources: Sources, *, verbose: bool, as_json: bool) -> int:
    """List the providers, registered or not, and why."""
    from pointsman.console import report
    from pointsman.sources import registration

    found = registration.registrations(sources)
    if as_json:
        report.as_json({"ok": True, "providers": [item.as_json() for item in found]})
    else:
        report.table([_cells(item, verbose=verbose) for item in found])
    return OK


def _cells(item: Registration, *, verbose: bool) -> tuple[str, str, str]:
    from pointsman.console import report

    detail = f"  ({item.detail})" if verbose or item.status == "unusable" else ""
    return report.marked(item.status, good=item.registered), item.provider.name, f"{item.base_url}{detail}"
