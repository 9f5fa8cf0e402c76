"""Everyday commands are fast, because they load neither LiteLLM nor an HTTP client."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import SECONDS
from tests.running import clean_environment

HEAVY = ("litellm", "httpx", "openai", "pydantic")
UNUSED_BY_HELP = (*HEAVY, "asyncio", "custom_providers.registry.model", "custom_providers.providers", "tomllib")

_RUN = """
import sys
from pointsman.cli import run
sys.argv = ["pointsman", *sys.argv[1:]]
try:
    run()
finally:
    print("LOADED", *(name for name in {heavy!r} if name in sys.modules))
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["check", "--help"],
        ["route", "fast"],
        ["render", "-o", "-"],
        ["providers"],
        ["check"],
        ["dashboard", "--no-open", "--url", "http://localhost:4000"],
    ],
    ids=" ".join,
)
def test_the_everyday_commands_load_nothing_heavy(folder: Path, arguments: list[str]):
    unused = UNUSED_BY_HELP if "--help" in arguments else HEAVY
    done = subprocess.run(
        [sys.executable, "-c", _RUN.format(heavy=unused), *arguments],
        cwd=folder,
        env={**clean_environment(), "OPENAI_API_KEY": "sk-proj-some-key-of-the-usual-shape"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "LOADED"
