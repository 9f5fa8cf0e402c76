"""A package index with stub wheels, on disk and over HTTP, and a checkout that installs from it."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.server
import io
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.patience import SECONDS
from tests.running import REPOSITORY

PROJECT = """
[build-system]
requires = []
build-backend = "stub_backend"
backend-path = ["."]
"""
BACKEND = '''
"""Builds an editable wheel of nothing, with nothing but the standard library."""
import zipfile

INFO = "stub_project-1.0.dist-info"

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "stub_project-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as wheel:
        wheel.writestr(f"{INFO}/METADATA", "Metadata-Version: 2.1\\nName: stub-project\\nVersion: 1.0\\n")
        wheel.writestr(f"{INFO}/WHEEL", "Wheel-Version: 1.0\\nGenerator: stub\\nRoot-Is-Purelib: true\\n")
        wheel.writestr(f"{INFO}/RECORD", "")
    return name
'''


@dataclass(slots=True, kw_only=True)
class StubIndex:
    """Wheels in ``folder``, listed as in a package index."""

    folder: Path
    hashes: dict[str, str] = field(default_factory=dict)
    """The SHA-256 of each wheel's file, by ``name==version``."""

    def add(
        self, name: str, version: str, requires: Sequence[str] = (), extras: Mapping[str, str] | None = None
    ) -> None:
        """Publishes a wheel with one module; ``extras`` maps an extra to its requirements."""
        headers = [f"Requires-Dist: {requirement}" for requirement in requires]
        for extra, requirement in (extras or {}).items():
            headers += [f"Provides-Extra: {extra}", f"Requires-Dist: {requirement}; extra == '{extra}'"]
        info = f"{name}-{version}.dist-info"
        metadata = "\n".join(["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *headers, ""])
        files = {
            f"{name}.py": f"VERSION = '{version}'\n",
            f"{info}/METADATA": metadata,
            f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: stub\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        self.publish(name, f"{name}-{version}-py3-none-any.whl", f"{name}=={version}", _archive(files, info))

    def publish(self, project: str, filename: str, release: str, content: bytes) -> None:
        """Publishes a file; replaces a file of the same name, and its hash in `hashes`."""
        page = self.folder / "simple" / project
        page.mkdir(parents=True, exist_ok=True)
        (page / filename).write_bytes(content)
        self.hashes[release] = hashlib.sha256(content).hexdigest()
        names = sorted(path.name for path in page.iterdir() if path.name != "index.html")
        (page / "index.html").write_text("\n".join(f'<a href="{name}">{name}</a><br>' for name in names))

    def lock(self, *releases: str) -> str:
        """The text of a lock file with ``releases``."""
        return "".join(f"{release} \\\n    --hash=sha256:{self.hashes[release]}\n" for release in releases)


def _archive(files: Mapping[str, str], info: str) -> bytes:
    record = [f"{name},sha256={_digest(text)},{len(text.encode())}" for name, text in files.items()]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as wheel:
        for name, text in {**files, f"{info}/RECORD": "\n".join([*record, f"{info}/RECORD,,", ""])}.items():
            wheel.writestr(name, text)
    return buffer.getvalue()


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


class FromDisk(http.server.SimpleHTTPRequestHandler):
    """Serves files from a folder and logs nothing."""

    def log_message(self, *_: object) -> None:
        """Logs nothing."""


@contextlib.contextmanager
def served(folder: Path, handler: type[FromDisk] = FromDisk) -> Iterator[str]:
    """Serves ``folder`` as an index; yields its URL."""
    with answering(partial(handler, directory=str(folder))) as url:
        yield url


@contextlib.contextmanager
def answering(handler: type[http.server.BaseHTTPRequestHandler] | partial[FromDisk]) -> Iterator[str]:
    """Runs an index with ``handler``; yields its URL."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/simple"
        server.shutdown()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """The files that the installation reads, in a separate folder, and an environment with one index."""

    folder: Path
    environ: Mapping[str, str]

    @property
    def python(self) -> Path:
        """The path of the environment's interpreter."""
        return self.folder / ".venv/bin/python"

    def with_environ(self, **changes: str) -> Checkout:
        """The same checkout with other variables."""
        return Checkout(folder=self.folder, environ={**self.environ, **changes})

    def moved_to(self, folder: Path) -> Checkout:
        """The same checkout in another folder."""
        self.folder.rename(folder)
        return Checkout(folder=folder, environ=self.environ)

    def command(self, function: str = "ensure_environment requirements.lock") -> list[str]:
        """The command line that calls a function of ``scripts/environment.sh``."""
        return ["sh", "-euc", f". scripts/environment.sh; {function}"]

    def run(self, function: str = "ensure_environment requirements.lock") -> subprocess.CompletedProcess[str]:
        """Calls a function of ``scripts/environment.sh``."""
        return subprocess.run(
            self.command(function), cwd=self.folder, env=self.environ, capture_output=True, text=True, check=False,
            timeout=SECONDS,
        )  # fmt: skip

    def holds(self, module: str) -> str:
        """The version of a stub in the environment."""
        # From its metadata: two releases' stubs have the same size and date, so Python uses the same bytecode for both.
        command = [str(self.python), "-c", f"from importlib.metadata import version; print(version('{module}'))"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=SECONDS)
        return done.stdout.strip()


def checkout(folder: Path, python: str, url: str, *, uv: str = "") -> Checkout:
    """A checkout of a stub project in ``folder``, to be installed with ``python`` from the index at ``url``."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(
        REPOSITORY / "scripts/environment", folder / "scripts/environment", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(REPOSITORY / "scripts/environment.sh", folder / "scripts")
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "stub_backend.py").write_text(BACKEND)
    environ = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "POINTSMAN_PYTHON": python,
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_INDEX_URL": url,
        "PIP_RETRIES": "1",
        "UV": uv,
        "UV_DEFAULT_INDEX": url,
        "UV_NO_CONFIG": "1",
        "UV_HTTP_RETRIES": "0",
        "UV_PYTHON_DOWNLOADS": "never",
    }
    return Checkout(folder=folder, environ=environ)
