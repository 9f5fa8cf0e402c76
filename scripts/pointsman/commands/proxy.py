"""Commands about the proxy itself: serve, reload, smoke."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

import click

from pointsman.console.options import OK, PROBLEMS, json_option, with_sources

if TYPE_CHECKING:
    from pointsman.sources.sources import Sources


def _workers(_context: click.Context, _parameter: click.Parameter, value: str | None) -> int | Literal["auto"] | None:
    if value == "auto":
        return "auto"
    if value is None or (value.isascii() and value.isdigit() and 1 <= int(value) <= 256):
        return None if value is None else int(value)
    raise click.BadParameter('it is a number from 1 to 256, or "auto"')


def _http(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    from urllib.parse import urlsplit

    if value is not None and not (value.startswith(("http://", "https://")) and urlsplit(value).hostname):
        raise click.BadParameter("it is an address such as http://127.0.0.1:4000")
    return value


@click.command(epilog="Example: pointsman serve --port 8080")
@with_sources
@click.option("--host", help="The address to listen on (the registry's, 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65_535), help="The port to listen on (the registry's, 4000).")
@click.option(
    "--workers",
    callback=_workers,
    metavar="NUMBER|auto",
    help="Processes that serve (the registry's, 1); auto: one a core.",
)
@click.option("--simulate", is_flag=True, help="Answer from simulated providers: no keys, no network.")
def serve(
    sources: Sources, host: str | None, port: int | None, workers: int | Literal["auto"] | None, *, simulate: bool
) -> int:
    """Resolve the keys and run the LiteLLM proxy with the generated config.

    The keys go into the proxy's environment and nowhere else. Stop it with Ctrl-C; `pointsman reload` changes it.
    """
    from pointsman.serve import start as server

    gateway = sources.registry.gateway
    server.run(sources, host or gateway.host, port or gateway.port, workers, simulate=simulate)
    return OK


@click.command(epilog="Example: pointsman reload")
@with_sources
@click.option(
    "--own-environment",
    is_flag=True,
    help="Start LiteLLM with reload's environment alone, and forget the one that serve was started with.",
)
def reload(sources: Sources, *, own_environment: bool) -> int:
    """Have the running `serve` take up what has changed, without losing a request.

    Checks, writes litellm_config.yaml, and starts LiteLLM with it beside the one that runs; when the new one serves,
    the old one finishes what it has begun. If anything is wrong, everything stays as it is. A changed host or port
    takes a restart.
    """
    from pointsman.serve import reload as reloading

    reloading.run(sources.path, os.environ, own_environment=own_environment)
    return OK


@click.command(epilog="Example: pointsman smoke --url http://127.0.0.1:4000")
@with_sources
@click.option("--url", callback=_http, help="The running proxy (the one of this registry).")
@json_option
def smoke(sources: Sources, url: str | None, *, as_json: bool) -> int:
    """Test a running proxy: the routing rules, and each registered provider once with and without streaming.

    Sends two short requests to every registered provider, which may cost a fraction of a cent.
    """
    from pointsman.console import report
    from pointsman.smoke import steps

    results = []
    for step in steps.run(sources, url):
        results.append(step)
        if not as_json:
            mark = report.marked("PASS" if step.passed else "FAIL", good=step.passed)
            report.result(f"{mark}  {step.name}{': ' * bool(step.detail)}{step.detail}")
    failed = sum(not step.passed for step in results)
    if as_json:
        report.as_json({"ok": not failed, "steps": [step.as_json() for step in results]})
    else:
        report.say(f"{len(results) - failed} passed, {failed} failed")
    return PROBLEMS if failed else OK
