"""The gateways under test: command, files and model names of each."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench import protocols
from bench.process import free_port
from bench.protocols import Ask, Prompt
from bench.routes import PLAIN, REGISTRY, ROUTES, Line, lines
from pointsman.serve.generation import OFFLINE

KEY = "sk-bench-master-key-0123456789"
BASE = "litellm"
"""The gateway to compare the others with."""
OURS = "pointsman"
FEW, MANY = 10, 1_000

_BIN = Path(sys.executable).parent
_REPOSITORY = Path(__file__).resolve().parents[1]
_KEYS = {"BENCH_KEY": "sk-bench-0123456789abcdef", "BENCH_KIMI_KEY": "sk-kimi-bench-0123456789abcdef"}
_SETTINGS = """\
litellm_settings: {drop_params: true, telemetry: false, use_chat_completions_url_for_anthropic_messages: true}
general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}
"""
_MODEL = '{{ id = "model-{}", context_window = 131072, max_output_tokens = 8192, input_price = 0.5, output_price = 2 }}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """One server."""

    name: str
    command: tuple[str, ...]
    folder: Path
    port: int
    lines: tuple[Line, ...]
    """The measured lines that it serves."""
    models: Mapping[str, str] = field(default_factory=lambda: {route.name: route.model for route in ROUTES})
    """The model name to send for each route."""
    env: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=lambda: {"authorization": f"Bearer {KEY}"})

    def ask(self, line: Line, prompt: Prompt) -> Ask:
        """A request of one of its lines."""
        return protocols.ask(line.client, self.models[line.route], self.port, self.headers, prompt)

    @property
    def environment(self) -> dict[str, str]:
        """A minimal environment, so that no setting or key of the user's reaches a gateway, and what it needs."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        return {**kept, "PYTHONPATH": str(_REPOSITORY), **self.env}


def plain(gateway: str) -> Line:
    """The line that every gateway can serve: chat completions forwarded as chat completions."""
    return Line(client="chat", route=PLAIN, gateway=gateway)


def upstream(folder: Path) -> Gateway:
    """The upstream, asked directly, in each API that has a client."""
    name = "upstream"
    port = free_port()
    command = (sys.executable, "-m", "bench.upstream", str(port))
    return Gateway(name=name, command=command, folder=made(folder / name), port=port, lines=(plain(name),))


def litellm(name: str, folder: Path, url: str, *arguments: str, wire: str = "", **env: str) -> Gateway:
    """Plain LiteLLM with a careful config: one deployment per route, and no network access at start.

    ``wire`` selects another LiteLLM provider for the plain route, which is then the only route.
    """
    place, port = made(folder / name.replace(" ", "-").replace("/", "-")), free_port()
    (place / "config.yaml").write_text(_config(url, wire))
    program = (str(_BIN / "litellm"), "--config", "config.yaml", "--host", "127.0.0.1", "--port", str(port))
    given = {**OFFLINE, **_KEYS, "LITELLM_MASTER_KEY": KEY, **env}
    served = (plain(name),) if wire else lines(name)
    return Gateway(name=name, command=(*program, *arguments), folder=place, port=port, lines=served, env=given)


def _config(url: str, wire: str) -> str:
    found = ["model_list:"]
    for route in ROUTES:
        litellm = route.litellm.replace("openai/", f"{wire}/") if wire else route.litellm
        # "opencode/glm-*" for "openai/glm-*"
        name = f"{route.model.partition('/')[0]}/{litellm.rpartition('/')[2]}"
        only = ", use_chat_completions_api: true" if route.chat_only else ""
        found.append(
            f"- {{model_name: '{name}', litellm_params: {{model: '{litellm}', api_base: '{url}{route.base}', "
            f"api_key: os.environ/BENCH_KEY, extra_headers: {{User-Agent: bench}}{only}}}}}"
        )
    return "\n".join(found) + "\n" + _SETTINGS


def pointsman(folder: Path, url: str, models: int = FEW, name: str = OURS) -> Gateway:
    """``pointsman serve`` with a registry of this many models and the audit enabled."""
    place, port = made(folder / f"pointsman-{models}"), free_port()
    declared = ",\n".join(_MODEL.format(number) for number in range(models - 1))
    (place / "providers.toml").write_text(REGISTRY.format(upstream=url, models=declared))
    given = {**_KEYS, "LITELLM_MASTER_KEY": KEY, "XDG_STATE_HOME": str(place), "POINTSMAN_STATE_DIR": str(place)}
    command = (str(_BIN / "pointsman"), "serve", "--port", str(port))
    served = lines(name) if models == FEW else (plain(name),)
    return Gateway(name=name, command=command, folder=place, port=port, lines=served, env=given)


def made(folder: Path) -> Path:
    """A new folder."""
    folder.mkdir(parents=True)
    return folder
