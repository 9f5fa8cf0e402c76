"""Runs nginx with the file from ``deploy/nginx``; only addresses, certificate and access log are changed."""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.conftest import DEPLOY
from tests.patience import SECONDS

CONFIG = (DEPLOY / "nginx" / "pointsman.conf").read_text()

needs_nginx = pytest.mark.skipif(
    shutil.which("nginx") is None or shutil.which("openssl") is None,
    reason="nginx or openssl is not installed (Debian: apt-get install nginx-light)",
)

_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def write_config(folder: Path, port: int, first: int, second: int) -> Path:
    """Writes a complete configuration around ours, with two replicas on this machine.

    ``access.log`` next to it has a line for each request: its ``X-Call``, a space, every replica tried.
    """
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([*command, *files], check=True, capture_output=True, timeout=SECONDS)
    ours = (
        CONFIG.replace("/etc/pointsman/tls/", f"{folder}/")
        .replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
        .replace("10.0.0.11:4000", f"127.0.0.1:{first}")
        .replace("10.0.0.12:4000", f"127.0.0.1:{second}")
    )
    (folder / "pointsman.conf").write_text(ours)
    temporary = "\n".join(f"{name}_temp_path {folder}/{name};" for name in _TEMPORARY)
    log = f"log_format replicas '$http_x_call $upstream_addr';\naccess_log {folder}/access.log replicas;"
    whole = folder / "nginx.conf"
    whole.write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{\n{log}\n{temporary}\ninclude {folder}/pointsman.conf;\n}}\n"
    )
    return whole


@contextlib.contextmanager
def running_nginx(config: Path, port: int) -> Iterator[str]:
    """Runs nginx with ``config`` until the block ends; yields its URL."""
    with subprocess.Popen(["nginx", "-e", "stderr", "-c", config], stderr=subprocess.DEVNULL) as process:
        try:
            _wait_until_it_listens(port, process)
            yield f"https://127.0.0.1:{port}"
        finally:
            process.terminate()


def trust(config: Path) -> ssl.SSLContext:
    """The client's TLS context for the certificate that ``write_config`` creates."""
    context = ssl.create_default_context(cafile=config.with_name("fullchain.pem"))
    context.check_hostname = False
    return context


def _wait_until_it_listens(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        # A short pause between two attempts.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
    raise RuntimeError(f"nginx ended with status {process.returncode}")
