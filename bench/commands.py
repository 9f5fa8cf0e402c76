"""The cost of the command line: whole processes compared with a bare ``import click``, and the resolver alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import timeit
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from custom_providers.registry import loading
from custom_providers.routing.table import compile_table

_FEW, _MANY = 10, 1_000
_NAMES = ("house0/model-5", "model:s3", "b7-large", "vendor/unknown:free", "unknown")
"""Names that resolve by prefix, by suffix, by a bare glob, and two by default."""
_CLICK = (sys.executable, "-c", "import click")
_COMMANDS = (
    ("--help",),
    ("route", "house0/model-5"),
    ("render", "-o", "-"),
    ("render", "--check"),
    ("check",),
)


def measure(folder: Path, repetitions: int) -> dict[str, float]:
    """The best time of each command in seconds, over interleaved runs."""
    processes: dict[str, tuple[Path, Sequence[str]]] = {"import click": (folder, _CLICK)}
    for models in (_FEW, _MANY):
        place = folder / f"commands-{models}"
        place.mkdir()
        (place / "providers.toml").write_text(_registry(10, models))
        _seconds(place, (_program(), "render"))
        processes |= {f"{' '.join(each)}, {models} models": (place, (_program(), *each)) for each in _COMMANDS}
    rounds = [{name: _seconds(*process) for name, process in processes.items()} for _ in range(repetitions)]
    return {
        **{name: min(found[name] for found in rounds) for name in processes},
        **{
            f"resolve, {providers} providers, {models} models": _resolve(providers, models)
            for providers, models in ((10, _FEW), (10, _MANY), (200, _MANY))
        },
    }


def told(found: Mapping[str, float]) -> str:
    """The measurements as lines, with ratios to ``import click`` for processes."""
    click = found["import click"]
    return "\n".join(
        f"{name}: " + (f"{took * 1e6:.1f} µs" if name.startswith("resolve") else f"{took:.3f} s x{took / click:.1f}")
        for name, took in found.items()
    )


def _registry(providers: int, models: int) -> str:
    """A registry of this many providers, the first of which declares this many models."""
    declared = ",".join(f'"model-{number}"' for number in range(models))
    rows = (
        f'[[provider]]\nname = "house{number}"\nkind = "openai"\nbase_url = "https://house.example/v1"\nauth = "none"\n'
        f'default_model = "model-0"\nsuffixes = [":s{number}"]\nbare = ["b{number}-*"]\n'
        f"models = [{'' if number else declared}]\n"
        for number in range(providers)
    )
    return "".join(rows)


def _resolve(providers: int, models: int) -> float:
    """Seconds per lookup for the slowest kind of name."""
    parsed = loading.parse(_registry(providers, models).encode(), "bench.toml")
    table = compile_table(parsed, frozenset(provider.name for provider in parsed.providers))
    times = 10_000
    return max(min(timeit.repeat(partial(table.resolve, name), number=times, repeat=5)) for name in _NAMES) / times


def _seconds(folder: Path, command: Sequence[str]) -> float:
    env = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, env=env, capture_output=True, check=True)  # noqa: S603 -- ours
    return time.perf_counter() - began


def _program() -> str:
    return str(Path(sys.executable).with_name("pointsman"))
