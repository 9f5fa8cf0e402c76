"""What is measured: for each server its command, its files and how it is asked."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench import load
from bench.load import Ask
from bench.process import free_port
from pointsman.serve.start import OFFLINE

KEY = "sk-bench-master-key-0123456789"
BASE = "litellm"
"""The row that the others are compared with."""

MANY = 10_000
MODEL = "gpt-4o-mini"
"""LiteLLM knows its price: for a model that it cannot price it does more, and that is not what is measured."""

_BIN = Path(sys.executable).parent
_REPOSITORY = Path(__file__).resolve().parents[1]
_CONFIG = """\
model_list:
- model_name: house/*
  litellm_params: {{model: {wire}/*, api_base: {upstream}, api_key: none, extra_headers: {{User-Agent: bench}}}}
litellm_settings: {{drop_params: true, telemetry: false}}
general_settings: {{master_key: os.environ/LITELLM_MASTER_KEY}}
"""
_REGISTRY = """\
[[provider]]
name = "house"
kind = "openai"
base_url = "{upstream}"
auth = "none"
default_model = "gpt-4o-mini"
headers = {{ User-Agent = "bench" }}
models = [{models}]

[[provider]]
name = "kimi"
base_url = "{kimi}"
auth = "bearer"
auth_env = "KIMI_API_KEY"
default_model = "kimi-for-coding"
user_agent = "caller"
protocol = "openai"

[gateway]
default_provider = "house"
"""
_MODEL = '{{ id = "model-{}", context_window = 131072, max_output_tokens = 8192, input_price = 0.5, output_price = 2 }}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One server, which may serve several rows of the table."""

    command: tuple[str, ...]
    folder: Path
    port: int
    rows: Mapping[str, str]
    """The rows' names, and the model that each asks for."""
    env: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def ask(self, row: str, stream: str = "") -> Ask:
        """A request to this server, for a whole answer or for one of the upstream's streams."""
        model = self.rows[row]
        if stream:
            model = f"{model.rpartition('/')[0]}/{stream}".removeprefix("/")
        return load.ask(
            f"http://127.0.0.1:{self.port}/v1/chat/completions", model, KEY, self.headers, stream=bool(stream)
        )

    @property
    def environment(self) -> dict[str, str]:
        """What every row gets of this environment, where settings and keys may lie around, and what this one needs."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        return {**kept, "PYTHONPATH": str(_REPOSITORY), **self.env}


def upstream(folder: Path) -> Target:
    """The upstream, asked directly."""
    port = free_port()
    command = (sys.executable, "-m", "bench.upstream", str(port))
    return Target(command=command, folder=_made(folder / "upstream"), port=port, rows={"upstream": MODEL})


def forwarder(folder: Path, url: str) -> Target:
    """The floor: nothing but forwarding."""
    port = free_port()
    command = (sys.executable, "-m", "bench.forwarder", str(port), url)
    return Target(command=command, folder=_made(folder / "forwarder"), port=port, rows={"forwarder": MODEL})


def litellm(name: str, folder: Path, url: str, *arguments: str, wire: str = "openai", **env: str) -> Target:
    """LiteLLM with a careful config by hand: a wildcard, a header, and no tries of the network at the start.

    ``wire`` is what LiteLLM calls the way to ask the upstream.
    """
    place, port = _made(folder / name.replace(" ", "-")), free_port()
    (place / "config.yaml").write_text(_CONFIG.format(upstream=url, wire=wire))
    program = (str(_BIN / "litellm"), "--config", "config.yaml", "--host", "127.0.0.1", "--port", str(port))
    given = {**OFFLINE, "LITELLM_MASTER_KEY": KEY, **env}
    return Target(command=(*program, *arguments), folder=place, port=port, rows={name: f"house/{MODEL}"}, env=given)


def pointsman(folder: Path, url: str, models: int, rows: Mapping[str, str]) -> Target:
    """``pointsman serve`` with a registry of so many models, audit included."""
    place, port = _made(folder / f"pointsman-{models}"), free_port()
    declared = ",\n".join(_MODEL.format(number) for number in range(models - 1))
    (place / "providers.toml").write_text(
        _REGISTRY.format(upstream=url, kimi=url.replace("/v1", "/coding/v1"), models=declared)
    )
    given = {"LITELLM_MASTER_KEY": KEY, "KIMI_API_KEY": "sk-kimi-bench-0123456789abcdef", "XDG_STATE_HOME": str(place)}
    command = (str(_BIN / "pointsman"), "serve", "--port", str(port))
    return Target(command=command, folder=place, port=port, rows=rows, env=given)


def portkey(folder: Path, url: str) -> Iterator[Target]:
    """Portkey's gateway, where npx can install it."""
    place, port = _made(folder / "portkey"), free_port()
    gateway = ("npx", "--yes", "@portkey-ai/gateway", "--headless", f"--port={port}")
    try:
        subprocess.run(["npm", "install", "--silent", "--no-fund", "--prefix", str(place), gateway[2]],  # noqa: S603, S607 -- wherever npm is
                       check=True, capture_output=True, timeout=180)  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return
    headers = {"x-portkey-provider": "openai", "x-portkey-custom-host": url}
    # Without it the gateway refuses upstreams at private addresses.
    trusted = {"TRUSTED_CUSTOM_HOSTS": "127.0.0.1,localhost"}
    yield Target(command=gateway, folder=place, port=port, rows={"portkey": MODEL}, headers=headers, env=trusted)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder
