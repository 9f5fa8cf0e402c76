"""Commands about the proxy itself: serve, reload, smoke."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from pointsman.console.options import (
    DEFAULT_REGISTRY,
    OK,
    PROBLEMS,
    json_option,
    registry_option,
    registry_path,
    with_followed_sources,
)

if TYPE_CHECKING:
    from pointsman.sources.sources import Sources


def _workers(_context: click.Context, _parameter: click.Parameter, value: str | None) -> int | Literal["auto"] | None:
    if value == "auto":
        return "auto"
    if value is None or (value.isascii() and value.isdigit() and 1 <= int(value) <= 256):
        return None if value is None else int(value)
    raise click.BadParameter('it must be a number from 1 to 256, or "auto"')


def _http(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    from urllib.parse import urlsplit

    if value is not None and not (value.startswith(("http://", "https://")) and urlsplit(value).hostname):
        raise click.BadParameter("it must be a URL such as http://127.0.0.1:4000")
    return value


@click.command(epilog="Example: pointsman serve --port 8080")
@registry_option
@click.option("--host", help="The address to listen on (the registry's, 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65_535), help="The port to listen on (the registry's, 4000).")
@click.option(
    "--workers",
    callback=_workers,
    metavar="NUMBER|auto",
    help="Worker processes (the registry's, 1); auto: one per core.",
)
@click.option("--simulate", is_flag=True, help="Use simulated providers: no keys, no network.")
def serve(
    registry: Path | None,
    host: str | None,
    port: int | None,
    workers: int | Literal["auto"] | None,
    *,
    simulate: bool,
) -> None:
    """Find the keys and run the LiteLLM proxy.

    Keys are passed to LiteLLM in its environment and nowhere else. Stop it with Ctrl-C. After a change to the registry
    or a key, `pointsman reload` applies it without losing a request. With --simulate, a folder without providers.toml
    gets one.
    """
    from pointsman.serve import simulation
    from pointsman.serve import start as server
    from pointsman.sources import sources as surroundings

    path = registry_path(registry)
    if simulate and path == DEFAULT_REGISTRY:
        simulation.begin(path)
    sources = surroundings.load(path, os.environ)
    gateway = sources.registry.gateway
    server.run(sources, host or gateway.host, port or gateway.port, workers, simulate=simulate)


@click.command(epilog="Example: pointsman reload")
@with_followed_sources
@json_option
def reload(sources: Sources, *, as_json: bool) -> int:
    """Put changes into effect in the running `serve`.

    No request is lost: `serve` reads the registry, .env and the key files again, starts a second LiteLLM,
    and lets the first finish its requests once the second is ready. If anything is wrong, the running proxy stays as it
    is. The signal HUP does the same. A changed host or port, and the environment of `serve`, need a restart.
    """
    from pointsman.console import report
    from pointsman.serve import reload as reloading

    ended = reloading.run(sources)
    notes = reloading.notes(ended, os.environ)
    if as_json:
        report.as_json({"ok": True, "changes": list(ended.changes), "notes": list(notes)})
    else:
        reloading.show(ended)
        for note in notes:
            report.say(f"note: {note}")
    return OK


@click.command(epilog="Example: pointsman smoke --url http://127.0.0.1:4000")
@with_followed_sources
@click.option("--url", callback=_http, help="The running proxy (that of this registry).")
@json_option
def smoke(sources: Sources, url: str | None, *, as_json: bool) -> int:
    """Test a running proxy: its routing, and every provider.

    Sends two short requests to each registered provider, one of them streaming, which may cost a fraction of a cent.
    """
    from pointsman.console import report
    from pointsman.smoke import steps

    results = []
    for step in steps.run(sources, url):
        results.append(step)
        if not as_json:
            mark = report.marked("PASS" if step.ok else "FAIL", good=step.ok)
            report.sentence(f"{mark}  {step.name}{': ' * bool(step.detail)}{step.detail}")
    failed = sum(not step.ok for step in results)
    if as_json:
        report.as_json({"ok": not failed, "steps": [step.as_json() for step in results]})
    else:
        report.say(f"{len(results) - failed} passed, {failed} failed")
    return PROBLEMS if failed else OK
