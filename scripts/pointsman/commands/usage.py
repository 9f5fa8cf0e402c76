"""The command about quota and balance: usage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pointsman.console.completion import provider_names
from pointsman.console.options import OK, PROBLEMS, json_option, with_followed_sources

if TYPE_CHECKING:
    from pointsman.sources.sources import Sources


@click.command(epilog="Example: pointsman usage kimi openrouter")
@click.argument("providers", metavar="[PROVIDER]...", nargs=-1, shell_complete=provider_names)
@with_followed_sources
@json_option
def usage(sources: Sources, providers: tuple[str, ...], *, as_json: bool) -> int:
    """Show remaining quota, balance and credit.

    For each PROVIDER, or for all. Costs nothing. Exits with 1 if a provider that reports such figures did not, or if a
    named provider has no key.
    """
    from datetime import UTC, datetime

    from pointsman.console import report
    from pointsman.console.waiting import progress
    from pointsman.upstream.endpoint import chosen
    from pointsman.usage import accounts as quotas
    from pointsman.usage import quota_bars

    asked = chosen(sources.registry, providers)
    with progress("asking for quota and balance"):
        found = quotas.accounts(sources, asked)
    wrong = {"failed", "missing"} if providers else {"failed"}
    ok = all(account.status not in wrong for account in found)
    if as_json:
        report.as_json({"ok": ok, "accounts": [account.as_json() for account in found]})
    elif quota_bars.drawable():
        quota_bars.draw(found, datetime.now(UTC))
    else:
        report.table(quota_bars.rows(found))
        for line in quota_bars.details(found):
            report.sentence(line)
    return OK if ok else PROBLEMS
