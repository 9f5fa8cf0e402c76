"""Shows progress while the command waits for answers; only on a terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def progress(what: str) -> Iterator[Callable[[str], None]]:
    """Shows ``what`` and the names so far on stderr until the block ends; yields a function to call with each name."""
    if not sys.stderr.isatty():
        yield _unheard
        return
    from rich.console import Console

    answered: list[str] = []
    with Console(stderr=True).status(what) as status:

        def answer(name: str) -> None:
            answered.append(name)
            status.update(f"{what}; {len(answered)} answered, last {name}")

        yield answer


def _unheard(_name: str) -> None:
    """Ignores the name, as there is no terminal."""
