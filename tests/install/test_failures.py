"""Installation failures: the first line names the cause, the second the remedy; all failures are real ones."""

from __future__ import annotations

import http.server
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import tarfile
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.disk import disk
from tests.install.stub_index import Checkout, StubIndex, answering, checkout, served
from tests.patience import SECONDS, eventually
from tests.running import free_port

NOBODY = 65534


def cause(failed: subprocess.CompletedProcess[str]) -> list[str]:
    """The cause and the remedy: the lines after those about the steps."""
    assert failed.returncode == 3, failed.stderr
    lines = failed.stderr.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("    hint: ")) - 1
    assert all(line.startswith(("setting up ", "  ")) for line in lines[:start]), failed.stderr
    assert all(line.startswith("    | ") for line in lines[start + 2 :]), failed.stderr
    return lines[start : start + 2]


def test_nobody_answers_at_the_index(stub: Checkout):
    url = f"http://127.0.0.1:{free_port()}/simple"

    message, hint = cause(stub.with_environ(PIP_INDEX_URL=url, UV_DEFAULT_INDEX=url).run())

    assert message == "network: the package index cannot be reached"
    assert hint.startswith("    hint: check the network and, behind a proxy, HTTPS_PROXY")


def test_the_name_of_the_index_is_unknown(stub: Checkout):
    url = "https://index.invalid/simple"

    message, _ = cause(stub.with_environ(PIP_INDEX_URL=url, UV_DEFAULT_INDEX=url).run())

    assert message == "network: the name of the package index cannot be resolved"


def test_the_index_is_silent(stub: Checkout):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/simple"
        limits = {"PIP_DEFAULT_TIMEOUT": "1", "UV_HTTP_TIMEOUT": "1"}

        message, _ = cause(stub.with_environ(PIP_INDEX_URL=url, UV_DEFAULT_INDEX=url, **limits).run())

    assert message == "network: the package index does not answer in time"


class _Forbidden(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(403)

    def log_message(self, *_: object) -> None:
        """Logs nothing."""


def test_the_index_refuses(stub: Checkout):
    with answering(_Forbidden) as url:
        message, hint = cause(stub.with_environ(PIP_INDEX_URL=url, UV_DEFAULT_INDEX=url).run())

    # pip 23.0 does not report the status.
    assert message in (
        "network: the package index, or a proxy before it, refuses the download (HTTP 403)",
        "index: it has no fancy==1.0, in any release, or refuses to list it",
    )
    assert "user name and password" in hint


def test_a_lock_that_was_tampered_with(stub: Checkout, index: StubIndex):
    lock = stub.folder / "requirements.lock"
    lock.write_text(lock.read_text().replace(index.hashes["plain==1.0"], "0" * 64))

    message, hint = cause(stub.run())

    assert (
        message == "hash: plain==1.0 from the package index is not the file that the lock names; it was not installed"
    )
    assert "git diff" in hint
    assert not (stub.folder / ".venv/installed.txt").exists()


def test_an_index_that_serves_another_file(stub: Checkout, index: StubIndex):
    locked = index.lock("fancy==1.0", "plain==1.0", "single==1.0")
    (stub.folder / "requirements.lock").write_text(locked)
    index.add("fancy", "1.0", requires=["plain"])

    message, _ = cause(stub.run())

    assert message.startswith("hash: fancy==1.0 from the package index")


def test_an_index_without_the_locked_release(stub: Checkout, index: StubIndex):
    index.add("plain", "3.0")
    text = index.lock("fancy==1.0", "plain==3.0", "single==1.0")
    (stub.folder / "requirements.lock").write_text(text.replace("plain==3.0", "plain==2.5"))

    message, _ = cause(stub.run())

    assert message == "index: it has no plain==2.5 for this Python and machine"


def test_a_package_without_a_wheel_that_cannot_be_built(stub: Checkout, index: StubIndex):
    index.publish("broken", "broken-1.0.tar.gz", "broken==1.0", _source_that_does_not_build())
    (stub.folder / "requirements.lock").write_text(index.lock("broken==1.0"))

    message, hint = cause(stub.run())

    assert message == "build: broken==1.0 has no wheel for this Python and machine, and could not be built"
    assert "POINTSMAN_PYTHON" in hint


def _source_that_does_not_build() -> bytes:
    files = {
        "PKG-INFO": "Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n",
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
        "backend.py": "def build_wheel(*_):\n    raise SystemExit('no compiler')\n",
    }
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"broken-1.0/{name}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


def test_a_disk_without_room(index: StubIndex, tmp_path: Path, python: str, uv: str):
    """The disk has room for the environment, but not for the packages."""
    index.publish("big", "big-1.0-py3-none-any.whl", "big==1.0", _big_wheel(index))
    with served(index.folder) as url, disk(tmp_path / "disk", "40M") as small:
        made = checkout(small.path / "checkout", python, url, uv=uv)
        (made.folder / "requirements.lock").write_text(index.lock("big==1.0"))

        message, hint = cause(made.with_environ(UV_CACHE_DIR=str(tmp_path / "cache")).run())

    assert re.fullmatch(rf"disk: no room left; .*{made.folder} has \d+ MB free.*", message)
    assert hint == "    hint: free about 1 GB there; for temporary files, TMPDIR=/path/with/room"


def _big_wheel(index: StubIndex) -> bytes:
    """A wheel with 60 MB of highly compressible content."""
    index.add("big", "1.0")
    path = index.folder / "simple/big/big-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr("big_data/data.bin", b"\0" * 60_000_000)
    return path.read_bytes()


def test_a_disk_that_is_full_already(index: StubIndex, tmp_path: Path, python: str, uv: str):
    with served(index.folder) as url, disk(tmp_path / "disk", "2M") as small:
        made = checkout(small.path / "checkout", python, url, uv=uv)
        (made.folder / "requirements.lock").write_text(index.lock("plain==1.0"))
        small.fill()

        message, _ = cause(made.run())

    assert message.startswith("disk: no room left; ")


def test_a_folder_that_is_mounted_read_only(index: StubIndex, tmp_path: Path, python: str, uv: str):
    with served(index.folder) as url, disk(tmp_path / "disk", "4M") as small:
        made = checkout(small.path / "checkout", python, url, uv=uv)
        (made.folder / "requirements.lock").write_text(index.lock("plain==1.0"))
        small.writable(False)

        message, hint = cause(made.run())

    assert message == f"folder: {made.folder}/.venv is on a read-only file system"
    assert hint == "    hint: copy this checkout to a folder that can be written to"


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that other users can access."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_folder_of_another_user(index: StubIndex, public: Path, python: str):
    if os.getuid() != 0:
        pytest.skip("only root can run a program as another user")
    made = checkout(public / "checkout", python, "http://127.0.0.1:1/simple")
    (made.folder / "requirements.lock").write_text(index.lock("plain==1.0"))

    failed = subprocess.run(
        made.command(), cwd=made.folder, env=made.environ, capture_output=True, text=True, check=False, timeout=SECONDS,
        user=NOBODY, group=NOBODY, extra_groups=(),
    )  # fmt: skip

    message, hint = cause(failed)
    assert message == f"folder: {made.folder}/.venv cannot be written to by this user"
    assert "as the owner of the checkout" in hint


def test_a_python_without_ensurepip(index: StubIndex, tmp_path: Path, python: str):
    """Like Debian's and Ubuntu's Python without python3-venv: the module is hidden from this process only."""
    if os.getuid() != 0 or not shutil.which("unshare"):
        pytest.skip("only root can hide a folder from a process")
    code = "import ensurepip, os; print(os.path.dirname(ensurepip.__file__))"
    module = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    made = checkout(tmp_path / "checkout", python, "http://127.0.0.1:1/simple")
    (made.folder / "requirements.lock").write_text(index.lock("plain==1.0"))
    hidden = ["unshare", "--mount", "sh", "-euc", f'mount -t tmpfs none {module}; exec "$@"', "sh", *made.command()]

    failed = subprocess.run(
        hidden, cwd=made.folder, env=made.environ, capture_output=True, text=True, check=False, timeout=SECONDS
    )

    if "permission denied" in failed.stderr or "unshare:" in failed.stderr:
        pytest.skip(f"a folder cannot be hidden here: {failed.stderr}")
    message, hint = cause(failed)
    assert re.fullmatch(r"python: \S+ has no complete venv module \(ensurepip is missing\)", message)
    assert re.fullmatch(r"    hint: apt-get install python3\.\d+-venv, or install uv, which does not need it", hint)


def test_an_interrupted_installation_starts_again(stub: Checkout, index: StubIndex):
    asked = threading.Event()

    class Hanging(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.set()
            ended.wait()

    ended = threading.Event()
    with answering(Hanging) as url:
        hanging = stub.with_environ(PIP_INDEX_URL=url, UV_DEFAULT_INDEX=url)
        process = subprocess.Popen(
            hanging.command(), cwd=stub.folder, env=hanging.environ, stderr=subprocess.PIPE, text=True,
            start_new_session=True,
        )  # fmt: skip
        eventually(asked.is_set)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=SECONDS)
        ended.set()

    assert process.returncode in {130, -signal.SIGINT}
    assert said.endswith("interrupted; the next run starts again, with what it has downloaded\n")
    assert "Traceback" not in said
    assert stub.run().returncode == 0
    assert stub.holds("single") == "1.0"
