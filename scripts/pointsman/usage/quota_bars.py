"""How ``pointsman usage`` shows accounts: columns for a file or a pipe, bars for a terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from custom_providers.providers.account.quota import left, until, used
from custom_providers.providers.account.readings import AccountReport
from pointsman.console.report import inert

_BAR = 24
"""The width of a bar in columns, if the terminal is wide enough."""

_NARROW = 72
"""The smallest width in columns at which amounts fit next to the bars."""


def drawable() -> bool:
    """Whether stdout is a terminal with room for bars."""
    return sys.stdout.isatty() and shutil.get_terminal_size().columns >= _NARROW


def rows(accounts: Iterable[AccountReport]) -> Iterator[tuple[str, ...]]:
    """One line per quota window; on a terminal, which is too narrow for bars then, with one column that can wrap."""
    for provider, window, *amounts in _cells(accounts):
        if sys.stdout.isatty():
            yield provider, f"{window}: {', '.join(filter(None, amounts))}"
        else:
            yield provider, window, *amounts


def _cells(accounts: Iterable[AccountReport]) -> Iterator[tuple[str, ...]]:
    for account in accounts:
        for window in account.windows:
            reset = f"resets {window.resets_at:%Y-%m-%d %H:%M} UTC" if window.resets_at else ""
            yield account.provider, window.name, used(window), left(window), reset


def details(accounts: Iterable[AccountReport]) -> Iterator[str]:
    """A line for each provider that did not report everything."""
    for account in accounts:
        if account.status == "missing":
            yield f"{account.provider}: no key (`pointsman keys -v` shows where it was looked for)"
        elif account.detail:
            yield f"{account.provider}: {account.detail}"


def draw(accounts: Sequence[AccountReport], now: datetime) -> None:
    """Prints the accounts with a bar for each window, in colour if the terminal supports it."""
    from rich.console import Console
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 1))
    for column in ("window", "bar", "used", "left", "reset"):
        # On a narrow terminal only the bars shrink.
        table.add_column(no_wrap=column != "bar", max_width=_BAR if column == "bar" else None)
    for account in accounts:
        if account.windows:
            table.add_row(Text(account.provider, style="bold"))
        for window in account.windows:
            fraction = min(max(window.used or 0, 0), 1)
            colour = "green" if fraction < 0.75 else "yellow" if fraction < 0.95 else "red"
            bar = ProgressBar(total=1, completed=fraction, complete_style=colour, finished_style=colour)
            percent, shown = ("", "") if window.used is None else (f"{window.used:.0%}", bar)
            reset = f"resets in {until(window.resets_at, now)}" if window.resets_at else ""
            table.add_row(Text(f"  {inert(window.name)}"), shown, Text(percent, justify="right"), left(window), reset)
    console = Console()
    console.print(table)
    for line in details(accounts):
        console.print(inert(line), style="dim", markup=False, highlight=False, soft_wrap=True)
