"""The command about the rows that calls have left: audit."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from pointsman.console.completion import provider_names
from pointsman.console.options import OK, json_option, with_sources

if TYPE_CHECKING:
    from pointsman.audit.queries import Query, Wanted
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
    from pointsman.audit.queries import OUTCOMES

    if value is None or value in OUTCOMES or (value.isascii() and value.isdigit() and len(value) == 3):
        return value
    raise click.BadParameter(f"it is an HTTP status or one of {', '.join(OUTCOMES)}")


@click.command(epilog="Example: pointsman audit --since 24h --sum")
@with_sources
@click.option("--provider", shell_complete=provider_names, help="Only calls that went to this provider.")
@click.option("--model", help="Only calls of this model, by the client's name for it or the provider's.")
@click.option("--key", help="Only calls with the key of this alias.")
@click.option("--status", callback=_status, help="Only these: an HTTP status, or success, failure, cancelled, lost.")
@click.option("--since", callback=_since, help="Only calls since then: 90m, 2h, 7d, a date or a time (UTC).")
@click.option("-n", "--number", type=click.IntRange(1), help="The newest so many (20; of an export, all).")
@click.option("-f", "--follow", is_flag=True, help="Go on with each new row, until Ctrl-C.")
@click.option("--sum", "as_sums", is_flag=True, help="Add up by provider and model.")
@click.option("--csv", "as_csv", is_flag=True, help="Export as CSV.")
@click.option("--jsonl", "as_lines", is_flag=True, help="Export as JSON lines.")
@json_option
def audit(sources: Sources, number: int | None, **options: Any) -> int:
    """Show what calls were made: the last ones, those that match, or their sums.

    Every call leaves one row, in SQLite in the state directory or, with [audit] url_env, in Postgres.
    """
    from pointsman.audit import queries as calls
    from pointsman.console import report

    chosen = [name for name in ("as_csv", "as_lines", "as_json") if options[name]]
    if len(chosen) > 1 or (options["follow"] and (options["as_sums"] or chosen not in ([], ["as_lines"]))):
        raise click.UsageError("choose one of --csv, --jsonl and --json; --follow goes with --jsonl only")
    filters = {name: options[name] for name in ("provider", "model", "key", "status", "since")}
    with calls.opened(sources) as query:
        _show(query, calls.Wanted(**filters), number, **options)
    if left := calls.waiting(sources):
        report.say(f"{left} more wait in the spool: the next start of the proxy delivers them")
    return OK


def _show(query: Query, wanted: Wanted, number: int | None, **options: Any) -> None:
    from pointsman.audit import display
    from pointsman.audit import queries as calls
    from pointsman.console import report

    if options["follow"]:
        _follow(calls.followed(query, wanted, number or _SHOWN), as_lines=options["as_lines"])
        return
    exported = options["as_csv"] or options["as_lines"]
    limit = number if exported else number or _SHOWN
    found = calls.sums(query, wanted) if options["as_sums"] else calls.rows(query, wanted, limit)
    if options["as_json"]:
        report.as_json(list(found))
    elif exported:
        as_lines = display.json_lines if options["as_lines"] else display.csv_lines
        for line in as_lines(found):
            report.result(line)
    else:
        sums = (display.SUM_HEADINGS, display.sum_cells)
        heading, cells = sums if options["as_sums"] else (display.HEADINGS, display.cells)
        lines = [cells(row) for row in found]
        report.table([heading, *lines])
        if not lines:
            report.say("no such call")


def _follow(rows: Iterator[Mapping[str, Any]], *, as_lines: bool) -> None:
    from pointsman.audit import display
    from pointsman.console import report

    with contextlib.suppress(KeyboardInterrupt):
        for row in rows:
            report.result(next(display.json_lines([row])) if as_lines else "  ".join(display.cells(row)))
