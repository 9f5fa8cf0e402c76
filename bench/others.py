"""Other gateways, each with a minimal configuration; those that cannot be installed are skipped.

They are installed into the bench's own folder, never into the project's environment, and each may use one core.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.gateways import Gateway, made, plain
from bench.process import free_port
from bench.routes import PLAIN

_MODEL = "gpt-4o-mini"
_PATIENCE = 180
"""Seconds for an installation."""
_NGINX = """\
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log stderr;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  {temporary}
  upstream api {{ server 127.0.0.1:{upstream}; keepalive 256; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://api;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
    }}
  }}
}}
"""
# Its queue, on by default, sends one request at a time to the upstream (rolter 0.1.0).
_ROLTER = """\
[server]
host = "127.0.0.1"
port = {port}
[queue]
enabled = false
[[providers]]
name = "upstream"
kind = "openai_compatible"
api_base = "{url}"
[[routes]]
model = "{model}"
strategy = "round_robin"
[[routes.targets]]
provider = "upstream"
model = "{model}"
[[virtual_keys]]
key = "sk-rolter-bench"
name = "bench"
models = []
disabled = false
"""


def others(folder: Path, upstream: Gateway, say: Callable[[str], None]) -> list[Gateway]:
    """nginx, a Python forwarder, rolter and Portkey, if they can be installed."""
    found = [_forwarder(folder, upstream)]
    for name, make in (("nginx", _nginx), ("rolter", _rolter), ("portkey", _portkey)):
        try:
            found.append(make(made(folder / name), upstream))
        except (OSError, subprocess.SubprocessError) as error:
            say(f"{name} is skipped: {error}")
    return found


def _forwarder(folder: Path, upstream: Gateway) -> Gateway:
    port = free_port()
    command = (sys.executable, "-m", "bench.forwarder", str(port), f"http://127.0.0.1:{upstream.port}/v1")
    return _gateway("forwarder", made(folder / "forwarder"), port, command)


def _nginx(folder: Path, upstream: Gateway) -> Gateway:
    program = shutil.which("nginx")
    if program is None:
        raise FileNotFoundError("no nginx on the PATH (Debian: apt-get install nginx-light)")
    port = free_port()
    temporary = " ".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = _NGINX.format(folder=folder, temporary=temporary, upstream=upstream.port, port=port)
    (folder / "nginx.conf").write_text(config)
    return _gateway("nginx", folder, port, (program, "-e", "stderr", "-c", str(folder / "nginx.conf")))


def _rolter(folder: Path, upstream: Gateway) -> Gateway:
    _install(sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder / "package"), "rolter")
    port = free_port()
    url = f"http://127.0.0.1:{upstream.port}"
    (folder / "rolter.toml").write_text(_ROLTER.format(port=port, url=url, model=_MODEL))
    command = (str(folder / "package/bin/rolter"), "gateway", "--config", "rolter.toml")
    headers = {"authorization": "Bearer sk-rolter-bench"}
    return _gateway("rolter", folder, port, command, headers=headers, env={"TOKIO_WORKER_THREADS": "1"})


def _portkey(folder: Path, upstream: Gateway) -> Gateway:
    package = "@portkey-ai/gateway"
    _install("npm", "install", "--silent", "--no-fund", "--prefix", str(folder), package)
    port = free_port()
    url = f"http://127.0.0.1:{upstream.port}/v1"
    headers = {"x-portkey-provider": "openai", "x-portkey-custom-host": url, "authorization": "Bearer none"}
    # Without it the gateway refuses upstreams at private addresses.
    trusted = {"TRUSTED_CUSTOM_HOSTS": "127.0.0.1,localhost"}
    command = ("npx", "--yes", package, "--headless", f"--port={port}")
    return _gateway("portkey", folder, port, command, headers=headers, env=trusted)


def _gateway(name: str, folder: Path, port: int, command: tuple[str, ...], **more: dict[str, str]) -> Gateway:
    return Gateway(
        name=name, folder=folder, port=port, command=command, lines=(plain(name),), models={PLAIN: _MODEL},
        headers=more.get("headers", {"authorization": "Bearer none"}), env=more.get("env", {}),
    )  # fmt: skip


def _install(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE)  # noqa: S603 -- ours
