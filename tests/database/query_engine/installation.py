"""Installs the engine and a generated client in ``.prisma``, and again when their inputs change."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.running import BIN, REPOSITORY

_HERE = Path(__file__).parent
_MADE = REPOSITORY / ".prisma"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """The files and variables with which a proxy reaches its database."""

    packages: Path
    """First entry of ``PYTHONPATH``: prisma-client-py with the client for this LiteLLM's tables."""
    variables: dict[str, str]


def missing() -> str | None:
    """A message about the programs that must be installed first, or None."""
    absent = [program for program in ("node", "npm") if shutil.which(program) is None]
    return f"not installed: {', '.join(absent)} (Debian: apt-get install nodejs npm)" if absent else None


def ensure() -> Installation:
    """Returns the engine and the client; installs them if they are missing.

    Raises:
        RuntimeError: npm or Prisma failed; the message has their output.
    """
    sources = sorted({*_HERE.glob("*.js"), *_HERE.glob("package*.json")})
    engine = _made("engine", sources, lambda folder: _install_engine(sources, folder))
    variables = {
        "PRISMA_QUERY_ENGINE_BINARY": str(engine / "query-engine.js"),
        # prisma-client-py finds Prisma's command here, and so does not install it.
        "PRISMA_BINARY_CACHE_DIR": str(engine),
        # Replaces the engine for migrations, which Prisma's command would download: LiteLLM compares its schema with
        # the database when it starts, and continues if that fails.
        "PRISMA_SCHEMA_ENGINE_BINARY": str(shutil.which("false")),
        "CHECKPOINT_DISABLE": "1",
    }
    schema = _package("litellm_proxy_extras") / "schema.prisma"
    package = _package("prisma")
    parts = [schema, package / "_config.py", engine / "package-lock.json"]
    client = _made("client", parts, lambda folder: _generate(package, schema, folder, variables))
    return Installation(packages=client, variables=variables)


def _install_engine(sources: Iterable[Path], folder: Path) -> None:
    for source in sources:
        shutil.copy2(source, folder)
    quiet = ("--no-audit", "--no-fund", "--no-update-notifier", "--prefer-offline")
    # Prisma's install scripts would download its native engines.
    _run(["npm", "ci", "--ignore-scripts", *quiet], {}, folder)


def _generate(package: Path, schema: Path, folder: Path, variables: dict[str, str]) -> None:
    """Generates the client into a copy of prisma-client-py; in the package, it would slow every start of LiteLLM."""
    shutil.copytree(package, folder / "prisma", ignore=shutil.ignore_patterns("__pycache__"))
    env = {
        **variables,
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "PYTHONPATH": str(folder),
        # No real database is read.
        "DATABASE_URL": "postgresql://127.0.0.1/none",
    }
    _run([sys.executable, "-m", "prisma", "generate", "--schema", str(schema)], env, folder)


def _made(name: str, parts: Iterable[Path], make: Callable[[Path], None]) -> Path:
    """Returns the folder that ``make`` fills, one for each content of ``parts``; created completely or not at all."""
    digest = hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:16]
    folder = _MADE / f"{name}-{digest}"
    _MADE.mkdir(exist_ok=True)
    with (_MADE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=_MADE, prefix=f"{name}-") as started:
                unfinished = Path(started, name)
                unfinished.mkdir()
                make(unfinished)
                unfinished.rename(folder)
    return folder


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0])


def _run(command: list[str], env: dict[str, str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, env={**os.environ, **env}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
