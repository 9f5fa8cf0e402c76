"""The command about the rows that calls have left: audit."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from pointsman.console.completion import provider_names
from pointsman.console.options import OK, json_option, with_followed_sources

if TYPE_CHECKING:
    from custom_providers.audit.history import Filter
    from custom_providers.audit.record import Row
    from custom_providers.audit.storage.database import Database
    from pointsman.sources.sources import Sources

_SHOWN = 20


def _since(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    from datetime import UTC, datetime

    from pointsman.audit.queries import since

    try:
        return None if value is None else since(value, datetime.now(UTC))
    except (ValueError, OverflowError):
        raise click.BadParameter("it is 90m, 2h or 7d, a date, or a time such as 2026-11-21T09:30") from None


def _status(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    from custom_providers.audit.record import OUTCOMES

    if value is None or value in OUTCOMES or (value.isascii() and value.isdigit() and len(value) == 3):
        return value
    raise click.BadParameter(f"it is an HTTP status or one of {', '.join(OUTCOMES)}")


@click.command(epilog="Example: pointsman audit --since 24h --sum")
@with_followed_sources
@click.option("--provider", shell_complete=provider_names, help="Only calls that asked this provider first or last.")
@click.option("--model", help="Only calls of this model, by the client's name for it or the provider's.")
@click.option("--key", help="Only calls with the key of this alias.")
@click.option(
    "--status", callback=_status, help="Only this outcome: an HTTP status, or success, failure, cancelled, lost."
)
@click.option("--since", callback=_since, help="Only calls since then: 90m, 2h, 7d, a date or a time (UTC).")
@click.option("-n", "--number", type=click.IntRange(1), help="The number of rows, newest first (20; exports: all).")
@click.option("-f", "--follow", is_flag=True, help="Keep printing new rows until Ctrl-C.")
@click.option("--sum", "as_sums", is_flag=True, help="Add up by provider and model.")
@click.option("--csv", "as_csv", is_flag=True, help="Export as CSV.")
@click.option("--jsonl", "as_lines", is_flag=True, help="Export as JSON lines.")
@json_option
def audit(sources: Sources, number: int | None, **options: Any) -> int:
    """Show recent calls, or the sums of all that match.

    Every call leaves one row, in SQLite in the state directory or, with [audit] url_env, in Postgres.
    """
    from custom_providers.audit.history import Filter
    from pointsman.audit import queries
    from pointsman.console import report

    chosen = [name for name in ("as_csv", "as_lines", "as_json") if options[name]]
    if len(chosen) > 1 or (options["follow"] and (options["as_sums"] or chosen not in ([], ["as_lines"]))):
        raise click.UsageError("choose one of --csv, --jsonl and --json; --follow goes with --jsonl only")
    filters = {name: options[name] for name in ("provider", "model", "key", "status", "since")}
    with queries.opened(sources) as database:
        _show(database, Filter(**filters), number, **options)
    if left := queries.waiting(sources):
        report.say(f"{left} more wait in the spool: the next start of the proxy delivers them")
    return OK


def _show(database: Database, wanted: Filter, number: int | None, **options: Any) -> None:
    from dataclasses import asdict

    from custom_providers.audit import history
    from custom_providers.audit.sums import overview
    from pointsman.audit import call_tables, queries
    from pointsman.console import report

    if options["follow"]:
        with contextlib.suppress(KeyboardInterrupt):
            _print(queries.followed(database, wanted, number or _SHOWN), as_lines=options["as_lines"])
        return
    exported = options["as_csv"] or options["as_lines"]
    rows = history.recent(database, wanted, number if exported else number or _SHOWN)
    if options["as_sums"]:
        found = overview(database, wanted).by_model
        rows = ({name: value for name, value in asdict(sums).items() if name != "slot"} for sums in found)
    if options["as_json"]:
        report.as_json({"ok": True, "sums" if options["as_sums"] else "calls": list(rows)})
    elif options["as_csv"]:
        _results(call_tables.csv_lines(rows))
    elif options["as_sums"] and not exported:
        width = _width()
        _results((call_tables.heading(call_tables.SUMS, width), *(call_tables.sums(sums, width) for sums in found)))
        if not found:
            report.say("no such call")
    elif not _print(rows, as_lines=exported) and not exported:
        report.say("no such call")


def _print(rows: Iterable[Row], *, as_lines: bool) -> int:
    """Prints rows as they come, under one heading, or as JSON lines; how many there were."""
    from pointsman.audit import call_tables

    width, count = _width(), 0
    if not as_lines:
        _results([call_tables.heading(call_tables.CALLS, width)])
    for count, row in enumerate(rows, start=1):  # noqa: B007 -- it is returned
        _results(call_tables.json_lines([row]) if as_lines else call_tables.call(row, width))
    return count


def _results(lines: Iterable[str]) -> None:
    from pointsman.console import report

    for line in lines:
        report.result(line)


def _width() -> int:
    """The terminal's, and 80 where there is none."""
    import shutil
    import sys

    from pointsman.audit.call_tables import NARROWEST

    return max(NARROWEST, shutil.get_terminal_size().columns) if sys.stdout.isatty() else NARROWEST
