"""The command about alerts: alerts test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pointsman.console.options import OK, PROBLEMS, json_option, with_sources

if TYPE_CHECKING:
    from pointsman.sources.sources import Sources


@click.group()
def alerts() -> None:
    """Send a test message to the webhooks of [alerts]."""


@alerts.command(epilog="Example: pointsman alerts test")
@with_sources
@json_option
def test(sources: Sources, *, as_json: bool) -> int:
    """Send a test message to every webhook of [alerts].

    Exits with 1 if a variable is not set, or a message was not delivered.
    """
    from pointsman.alerts import testing
    from pointsman.console import report

    sent = testing.send(sources)
    ok = bool(sent) and all(item.delivered for item in sent)
    if as_json:
        report.as_json({"ok": ok, "webhooks": [item.as_json() for item in sent]})
        return OK if ok else PROBLEMS
    report.table([(report.marked(item.status, good=item.delivered), item.service, item.detail) for item in sent])
    if not sent:
        report.say('no webhook: add slack_webhook_env = "SLACK_WEBHOOK_URL" to [alerts] in the registry')
    return OK if ok else PROBLEMS
