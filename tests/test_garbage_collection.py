"""Garbage is collected only between iterations of the event loop."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest

from custom_providers import garbage_collection
from tests.running import clean_environment


class Cycle:
    """Garbage that only the collector can find."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _collector_as_it_was() -> Iterator[None]:
    yield
    gc.enable()


def _garbage() -> list[weakref.ref[Cycle]]:
    return [weakref.ref(Cycle()) for _ in range(20 * gc.get_threshold()[0])]


async def _collected_in_time(garbage: list[weakref.ref[Cycle]]) -> bool:
    for _ in range(1000):
        if not any(cycle() for cycle in garbage):
            return True
        await asyncio.sleep(garbage_collection.SECONDS / 5)
    return False


def test_nothing_is_collected_while_code_runs():
    async def main() -> None:
        garbage_collection.between_turns(asyncio.get_running_loop())
        assert all(cycle() for cycle in _garbage())

    asyncio.run(main())


def test_everything_is_collected_soon_after():
    async def main() -> bool:
        garbage_collection.between_turns(asyncio.get_running_loop())
        return await _collected_in_time(_garbage())

    assert asyncio.run(main())


def test_what_has_grown_old_is_collected_too(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(garbage_collection, "FULL_SECONDS", 0.0)

    async def main() -> bool:
        garbage_collection.between_turns(asyncio.get_running_loop())
        kept = [Cycle() for _ in range(1000)]
        references = [weakref.ref(cycle) for cycle in kept]
        gc.collect()
        kept.clear()
        for _ in range(200):
            if not any(cycle() for cycle in references):
                return True
            _garbage()
            await asyncio.sleep(garbage_collection.SECONDS)
        return False

    assert asyncio.run(main())


_RESTORING = """
import asyncio, contextvars, gc, sys
sys.path[:0] = sys.argv[1:]
from custom_providers import garbage_collection

VARIABLES = [contextvars.ContextVar(str(number)) for number in range(40)]

class Restoring:
    def __init__(self):
        self.itself = self
    def __del__(self):
        for variable in VARIABLES:
            variable.set(object())

async def main():
    garbage_collection.between_turns(asyncio.get_running_loop())
    for turn in range(300):
        gc.set_threshold(3 + turn % 30)
        for variable in VARIABLES:
            Restoring()
            variable.set(object())
        await asyncio.sleep(0)

asyncio.run(main())
"""


def test_python_survives_objects_that_set_context_variables_when_they_end():
    """Without the module, Python 3.11 crashes in this program."""
    # Freed memory is overwritten, so that any use of it shows.
    done = subprocess.run(
        [sys.executable, "-c", _RESTORING, *sys.path],
        env={**clean_environment(), "PYTHONMALLOC": "debug"}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
