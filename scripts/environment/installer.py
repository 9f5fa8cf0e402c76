"""pip or uv: their command lines, and their progress read from their output."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from environment import failures

_TICK_SECONDS = 0.5
# pip prints one of these for each requirement; "Processing" is for a local file.
_PIP_GOT = re.compile(r"^(?:Collecting|Processing|Requirement already satisfied:?) ")
_UV_STEP = re.compile(r"^(Resolved|Prepared|Installed) \d+ packages?")
_UV_NEXT = {"Resolved": "downloading {total} packages", "Prepared": "installing {total} packages"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Installer:
    """pip or uv, for one environment."""

    name: str
    install: tuple[str, ...]
    check: tuple[str, ...]
    """The command that checks that every installed package has its requirements."""
    describe: Callable[[Sequence[str], int, int], str]
    """Describes the progress from the output so far, the number of pins, and the number of installed packages."""


def choose(folder: Path, *, pip_only: bool) -> Installer:
    """Chooses uv if it is found, else pip. ``UV=`` in the environment (empty) chooses pip, ``UV=PATH`` another uv."""
    uv = None if pip_only else shutil.which(os.environ.get("UV", "uv"))
    python = str(folder / "bin" / "python")
    # Compiled bytecode: without it, LiteLLM takes twice as long to start and serves a third less.
    if uv:
        target = ("--python", python)
        compiled = (uv, "pip", "install", *target, "--compile-bytecode")
        return Installer(name="uv", install=compiled, check=(uv, "pip", "check", *target), describe=_describe_uv)
    pip = (python, "-m", "pip", "--disable-pip-version-check", "--no-input")
    install = (*pip, "install", "--progress-bar", "off", "--compile")
    return Installer(name="pip", install=install, check=(*pip, "check"), describe=_describe_pip)


def run(command: Sequence[str], watch: Callable[[Sequence[str]], None] = lambda _lines: None) -> None:
    """Runs ``command``; calls ``watch`` twice a second with the lines of its output so far.

    Raises:
        InstallError: it failed.
    """
    lines: list[str] = []
    with subprocess.Popen(  # noqa: S603 -- pip or uv, with our own arguments
        command, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        reader = threading.Thread(target=_collect, args=(process, lines), daemon=True)
        reader.start()
        while reader.is_alive():
            reader.join(_TICK_SECONDS)
            watch(lines)
    if process.returncode:
        raise failures.of_output("".join(lines), process.returncode)


def _collect(process: subprocess.Popen[str], lines: list[str]) -> None:
    # Ctrl-C closes the output while this thread reads it; the traceback would hide the message.
    with contextlib.suppress(ValueError):
        for line in process.stdout or ():
            lines.append(line)  # noqa: PERF402 -- each line must be visible immediately, not when the output ends


def _environment() -> dict[str, str]:
    """This environment, without variables that expose another Python's packages or install elsewhere."""
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    return {**kept, "PIP_USER": "0"}


def _describe_pip(lines: Sequence[str], pinned: int, installed: int) -> str:
    if to_install := next((line for line in lines if line.startswith("Installing collected packages")), None):
        total = to_install.count(",") + 1
        return f"installing: {min(installed, total)} of {total} packages"
    total = pinned - sum(line.startswith("Ignoring ") for line in lines)
    return f"downloading: {sum(bool(_PIP_GOT.match(line)) for line in lines)} of {total} packages"


def _describe_uv(lines: Sequence[str], pinned: int, _installed: int) -> str:
    steps = [found for line in lines if (found := _UV_STEP.match(line))]
    if not steps:
        return f"resolving {pinned} pins"
    total = next(word for word in steps[0].group(0).split() if word.isdigit())
    return _UV_NEXT.get(steps[-1].group(1), "compiling bytecode of {total} packages").format(total=total)
