"""``serve --simulate``: runs the proxy with simulated providers, to try it without keys."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

from custom_providers.observability.dashboard.clients import ConnectionDetails
from pointsman.console import report
from pointsman.console.refusal import RefusalError
from pointsman.init import registry_text
from pointsman.init.registry_text import KimiChoice
from pointsman.serve.followed_proxy import SIMULATED
from pointsman.sources import env_file
from pointsman.sources.sources import Sources


def begin(path: Path) -> None:
    """Writes a registry with every known provider to ``path`` if there is none, so that a demo needs no setup.

    Raises:
        OSError: it cannot be written.
    """
    if os.path.lexists(path):
        return
    text = registry_text.registry_text(tuple(registry_text.STARTERS), KimiChoice())
    env_file.create(path, text, mode=0o644)
    hint = "for your own providers, run `pointsman init` in another folder"
    report.say(f"{path}: written, with every known provider, for the demo\n    hint: {hint}")


def start(sources: Sources) -> dict[str, str]:
    """Starts the simulator, and returns the variables that point to it: keys, base URLs and a state directory.

    The simulator ends with this process, when the pipe to its standard input closes.

    Raises:
        RefusalError: it did not start.
    """
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "pointsman.simulator", "--port", "0", "--exit-with-stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # Ctrl-C reaches every process of the terminal's group, but open requests need the simulator until they end.
        start_new_session=True,
    )
    return {**_announced(process), "POINTSMAN_STATE_DIR": str(sources.state_directory / SIMULATED)}


def _announced(process: subprocess.Popen[str]) -> dict[str, str]:
    """Reads the ``NAME=value`` variables that the simulator prints before ``ready``."""
    variables: dict[str, str] = {}
    for line in process.stdout or ():
        if line.strip() == "ready":
            return variables
        pairs = (pair.partition("=") for pair in line.split())
        variables.update({name: value for name, equals, value in pairs if equals})
    raise RefusalError(f"--simulate: the simulator ended with status {process.wait()}", "see its message above")


def examples(sources: Sources, url: str) -> str:
    """Returns three example requests that read the master key from its place."""
    name = sources.registry.gateway.master_key_env
    in_file = name in sources.filed or not sources.env.get(name, "").strip()
    file = shlex.quote(str(sources.env_path.resolve()))
    where = f"export {name}=$(sed -n \\\n  's/^{name}=//p' {file})" if in_file else f"# with the {name} of this one"
    kimi, ollama = (
        ConnectionDetails(url=url, key_env=name, model=model)
        for model in ("kimi/kimi-for-coding", "gpt-oss:120b-cloud")
    )
    requests = (
        where,
        f"curl -sS {kimi.openai_url}/models \\\n  {kimi.authorization}",
        kimi.curl(),
        ollama.curl(stream=True),
    )
    return textwrap.indent("\n".join(requests), "  ")
