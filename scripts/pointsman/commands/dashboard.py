"""The command that opens the proxy's page: dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pointsman.console.options import OK, with_followed_sources

if TYPE_CHECKING:
    from pointsman.sources.sources import Sources


@click.command(epilog="\b\nExample: pointsman dashboard\n         pointsman dashboard --no-open")
@with_followed_sources
@click.option("--url", metavar="URL", help="The proxy's URL (the running proxy of this registry).")
@click.option("--no-open", is_flag=True, help="Print the page's address and open nothing.")
def dashboard(sources: Sources, *, url: str | None, no_open: bool) -> int:
    """Open the page with providers, calls and cost in a browser."""
    import webbrowser

    from custom_providers.observability.dashboard.clients import PAGE
    from pointsman.console import report

    address = f"{(url or _running(sources)).rstrip('/')}{PAGE}"
    report.result(address)
    if not no_open and not webbrowser.open(address):
        report.say("no browser could be started: open the address above")
    return OK


def _running(sources: Sources) -> str:
    from pointsman.console.refusal import RefusalError
    from pointsman.serve import followed_proxy

    found = followed_proxy.running(sources)
    if found is None:
        raise RefusalError(f"no proxy runs with {sources.path}", "start `pointsman serve`, or name a proxy with --url")
    return found.url
