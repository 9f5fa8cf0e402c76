"""The command about what is left at the providers: usage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from switchyard.completion import provider_names
from switchyard.options import OK, PROBLEMS, json_option, with_sources

if TYPE_CHECKING:
    from switchyard.sources import Sources


@click.command(epilog="Example: switchyard usage kimi openrouter")
@click.argument("providers", metavar="[PROVIDER]...", nargs=-1, shell_complete=provider_names)
@with_sources
@json_option
def usage(sources: Sources, providers: tuple[str, ...], *, as_json: bool) -> int:
    """Show what is left of quota, balance and credit: of each PROVIDER, or of all.

    Every key is asked at once, and nothing is spent. Exit 1 when a provider did not tell what it could, or one that
    was named has no key.
    """
    from datetime import UTC, datetime

    from switchyard import report, usage_text
    from switchyard import usage as quotas
    from switchyard.endpoint import chosen
    from switchyard.waiting import progress

    asked = chosen(sources.registry, providers)
    with progress("asking what is left"):
        found = quotas.accounts(sources, asked)
    if as_json:
        report.as_json([account.as_json() for account in found])
    elif usage_text.drawable():
        usage_text.draw(found, datetime.now(UTC))
    else:
        report.table(usage_text.rows(found))
        for line in usage_text.details(found):
            report.result(line)
    wrong = {"failed", "missing"} if providers else {"failed"}
    return PROBLEMS if any(account.status in wrong for account in found) else OK
