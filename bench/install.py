"""A cold start: ``./scripts/serve`` in a fresh copy of the repository, until the first answer."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from bench import gateways
from bench.process import Server
from bench.rounds import first

_REPOSITORY = Path(__file__).resolve().parents[1]


def measure(folder: Path) -> dict[str, float]:
    """Seconds until the first answer, and the size of the environment in megabytes."""
    copy = folder / "cold"
    files = subprocess.run(["git", "ls-files"], cwd=_REPOSITORY, check=True, capture_output=True, text=True)  # noqa: S607 -- wherever git is
    for name in files.stdout.splitlines():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(_REPOSITORY / name, copy / name)
    upstream = gateways.upstream(folder / "cold-run")
    answering = Server(upstream.command, upstream.environment, upstream.folder)
    served = gateways.pointsman(folder / "cold-run", f"http://127.0.0.1:{upstream.port}", 1)
    shutil.copy(served.folder / "providers.toml", copy / "providers.toml")
    (copy / "litellm_config.yaml").unlink()
    server = Server(("./scripts/serve", "--port", str(served.port)), {**served.environment, "PYTHONPATH": ""}, copy)
    try:
        seconds = server.first_answer(first(served), patience=900)
    finally:
        server.stop()
        answering.stop()
    size = sum(file.lstat().st_size for file in (copy / ".venv").rglob("*"))
    return {"seconds": seconds, "megabytes": size / 1024**2}


def told(found: Mapping[str, float]) -> str:
    """The measurement as a sentence."""
    return f"cold ./scripts/serve: {found['seconds']:.0f} s to the first answer, {found['megabytes']:.0f} MB installed"
