"""The command about recorded calls: audit."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from pointsman.console.completion import provider_names
from pointsman.console.options import OK, json_option, with_followed_sources

if TYPE_CHECKING:
    from custom_providers.observability.audit.history import Filter
    from custom_providers.observability.audit.record import Row
    from custom_providers.observability.audit.storage.database import Database
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
    from custom_providers.observability.audit.record import OUTCOMES

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
    from custom_providers.observability.audit.history import Filter
    from pointsman.audit import queries
    from pointsman.console import report

    chosen = [name for name in ("as_csv", "as_lines", "as_json") if options[name]]
    if len(chosen) > 1 or (options["follow"] and (options["as_sums"] or chosen not in ([], ["as_lines"]))):
        raise click.UsageError("choose one of --csv, --jsonl and --json; --follow works with --jsonl only")
    if options["follow"] and not _awaited(sources):
        return OK
    filters = {name: options[name] for name in ("provider", "model", "key", "status", "since")}
    with queries.opened(sources) as database:
        _show(database, Filter(**filters), number, **options)
    if left := queries.waiting(sources):
        report.say(f"{left} more wait in the spool: the next start of the proxy delivers them")
    return OK


def _awaited(sources: Sources) -> bool:
    """Waits for the first call; False after Ctrl-C."""
    from pointsman.audit import queries

    try:
        queries.wait_for_first(sources)
    except KeyboardInterrupt:
        return False
    return True


def _show(database: Database, wanted: Filter, number: int | None, **options: Any) -> None:
    from dataclasses import asdict

    from custom_providers.observability.audit import history
    from custom_providers.observability.audit.sums import overview
    from pointsman.audit import call_tables, queries
    from pointsman.console import report

    if options["follow"]:
        with contextlib.suppress(KeyboardInterrupt):
            batches = queries.followed(database, wanted, number or _SHOWN)
            if options["as_lines"]:
                _results(call_tables.json_lines(itertools.chain.from_iterable(batches)))
            else:
                _results(call_tables.calls(batches, _width(), widen=True))
        return
    exported = options["as_csv"] or options["as_lines"]
    sums = overview(database, wanted).by_model if options["as_sums"] else None
    rows: Iterable[Row] = history.recent(database, wanted, number if exported else number or _SHOWN)
    if sums is not None:
        rows = ({name: value for name, value in asdict(each).items() if name != "slot"} for each in sums)
    if options["as_json"]:
        report.as_json({"ok": True, "calls" if sums is None else "sums": list(rows)})
    elif exported:
        _results(call_tables.csv_lines(rows) if options["as_csv"] else call_tables.json_lines(rows))
    else:
        calls = tuple(rows)
        _results(call_tables.calls([calls], _width()) if sums is None else call_tables.sums(sums, _width()))
        if not calls:
            report.say("no such call")


def _results(lines: Iterable[str]) -> None:
    from pointsman.console import report

    for line in lines:
        report.result(line)


def _width() -> int:
    """The width of the terminal, or 80 without one."""
    import shutil
    import sys

    from pointsman.audit.call_tables import WIDTH

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDTH
