"""Creates an environment, or completes an existing one, from a lock file."""

from __future__ import annotations

import platform
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from environment import failures, installer, record
from environment.installer import Installer
from environment.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to install, and where."""

    folder: Path
    lock: Path
    editable: bool
    """Whether to install this package too, from its sources."""
    over: Path | None
    """A lock file whose releases replace those of ``lock``; the caller ensures that their requirements are met."""
    ignore_requires_python: bool


def ensure(request: Request, progress: Progress) -> None:
    """Installs what is requested; does nothing if the environment has it already.

    Raises:
        InstallError: the installation failed; the environment counts as incomplete.
    """
    locked = record.pins(request.lock) | (record.pins(request.over) if request.over else set())
    wanted = locked | ({record.project()} if request.editable else set())
    held = record.read(request.folder)
    if wanted <= held:
        return
    releases = {entry for entry in held if "==" in entry}
    with failures.translated():
        _make(request, locked, releases, progress)
        record.write(request.folder, wanted | (releases if locked <= releases else set()))
    progress.finish(f"{request.folder.name} is ready")


def _make(request: Request, locked: set[str], releases: set[str], progress: Progress) -> None:
    folder = request.folder
    uses = installer.choose(folder, pip_only=request.ignore_requires_python)
    progress.announce(f"setting up {folder.name} from {request.lock} with {uses.name}, in {folder.parent}")
    record.remove(folder)
    if not locked <= releases:
        # Packages that are no longer locked would remain and interfere, so the environment is created anew.
        if not releases or not releases <= locked:
            _create(folder, with_pip=uses.name == "pip", progress=progress)
        _install(request, uses, progress)
    if request.editable:
        installer.run([*uses.install, "--no-deps", "--no-build-isolation", "--no-index", "--editable", "."])
        progress.done("this package is installed")
    if not request.over and not request.ignore_requires_python:
        installer.run(uses.check)
        progress.done("each package has what it requires")


def _create(folder: Path, *, with_pip: bool, progress: Progress) -> None:
    if with_pip:
        failures.require_ensurepip()
    progress.show(f"creating {folder.name}")
    venv.create(folder, clear=True, symlinks=True, with_pip=with_pip)
    progress.done(f"{folder.name} is created, with Python {platform.python_version()} of {sys.executable}")


def _install(request: Request, uses: Installer, progress: Progress) -> None:
    before = _installed(request.folder)
    pinned = len(record.pins(request.lock))

    def watch(lines: Sequence[str]) -> None:
        progress.show(uses.describe(lines, pinned, _installed(request.folder) - before))

    options = ["--ignore-requires-python"] if request.ignore_requires_python else []
    # The lock is complete, so no resolution is needed; pip 23.0 would install the newest release for `name[extra]`.
    installer.run([*uses.install, *options, "--no-deps", "--require-hashes", "-r", str(request.lock)], watch)
    if request.over:
        installer.run([*uses.install, "--no-deps", "--require-hashes", "-r", str(request.over)])
    progress.done(f"{_installed(request.folder) - before} packages are installed")


def _installed(folder: Path) -> int:
    return sum(1 for _ in folder.glob("lib/python*/site-packages/*.dist-info"))
