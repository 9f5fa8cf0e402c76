"""``switchyard serve``: everything that can be wrong is found first; then this process becomes LiteLLM."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Literal, NoReturn

from custom_providers.kimi.timing import timeout_override
from custom_providers.problems import ConfigError, Problem
from switchyard import checks, master_key, output, registration, render, report, simulation
from switchyard.refusal import RefusalError
from switchyard.registration import Registration
from switchyard.sources import Sources

OFFLINE = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_LOCAL_BLOG_POSTS": "True",
    "LITELLM_LOCAL_AUTOROUTER_PRESETS": "True",
    "LITELLM_LOCAL_POLICY_TEMPLATES": "True",
    "LITELLM_DONT_SHOW_FEEDBACK_BOX": "True",
    "LITELLM_DISABLE_NO_REDIS_WARNING": "True",
}
"""LiteLLM fetches its price map and more at every start, three tries each; it ships copies of them all."""

QUIET = {"LITELLM_LOG": "WARNING"}
"""No line for each request: the audit rows tell more."""


def run(sources: Sources, host: str, port: int, workers: int, *, simulate: bool) -> NoReturn:
    """Starts LiteLLM in place of this process.

    Raises:
        ConfigError: the generated config is out of date, or the environment holds a bad setting.
        RefusalError: the port is taken, a key file cannot be read, or the master key is weak.
        OSError: the config or the ``.env`` file cannot be written.
    """
    _require_current_config(sources)
    _require_sound_environment(sources)
    _require_free(host, port)
    if simulate:
        sources = simulation.start(sources)
    found = registration.registrations(sources)
    _require_readable_keys(found)
    key = master_key.ensure(sources)
    _tell(sources, found, key.whereabouts, f"http://{host}:{port}")
    if simulate:
        report.say(simulation.examples(sources, f"http://{host}:{port}"))
    env = environment(sources, found, key.value)
    sys.stderr.flush()
    os.execve(*command(sources.config_path, host, port, workers), env)  # noqa: S606 -- the point of the command


def environment(sources: Sources, found: tuple[Registration, ...], master: str) -> dict[str, str]:
    """What the proxy gets: this environment, the keys under the names that the config reads, offline switches."""
    keys = {item.provider.auth_env: item.key.value for item in found if item.key}
    told = {"SWITCHYARD_SERVED": "1"}
    return {**OFFLINE, **QUIET, **sources.env, **keys, **told, sources.registry.gateway.master_key_env: master}


def command(config: Path, host: str, port: int, workers: int) -> tuple[str, list[str]]:
    """LiteLLM's own command from this environment, and its arguments."""
    program = str(Path(sys.executable).with_name("litellm"))
    arguments = ["--config", str(config), "--host", host, "--port", str(port), "--num_workers", str(workers)]
    return program, [program, *arguments]


def worker_count(wanted: int | Literal["auto"]) -> int:
    """How many worker processes that is; ``auto``: one for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if wanted == "auto" else wanted


def _require_current_config(sources: Sources) -> None:
    text = render.render(sources.registry, sources.path.name)
    if not sources.config_path.exists():
        output.write_atomically(sources.config_path, text)
        report.say(f"{sources.config_path}: written")
    elif output.difference(sources.config_path, text):
        message = f"is out of date with {sources.path}"
        raise ConfigError(
            [_problem(str(sources.config_path), message, "run `switchyard render`, review the difference")]
        )


def _require_sound_environment(sources: Sources) -> None:
    problems = list(checks.addresses(sources))
    try:
        timeout_override(sources.env)
    except ValueError as error:
        problems.append(_problem("environment", str(error), "mend or unset it"))
    if problems:
        raise ConfigError(problems)


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = os.strerror(error.errno or 0).lower()
            raise RefusalError(
                f"{host}:{port}: {why}", "stop what listens there (`ss -ltnp`), or choose another --port"
            ) from None


def _require_readable_keys(found: tuple[Registration, ...]) -> None:
    troubles = [f'provider "{item.provider.name}": {trouble}' for item in found for trouble in item.troubles]
    if troubles:
        raise RefusalError(
            "; ".join(troubles), "let the proxy's user read the file, or remove it from auth_fallback_files"
        )


def _tell(sources: Sources, found: tuple[Registration, ...], whereabouts: str, url: str) -> None:
    for item in found:
        mark = "registered" if item.registered else "skipped"
        report.say(f"{mark:<10}  {item.provider.name:<14} {item.reason}")
    for line in registration.identities(found):
        report.say(line)
    report.say(f"master key: {whereabouts}")
    report.say(f"starting LiteLLM at {url} with {sources.config_path}")


def _problem(file: str, message: str, hint: str) -> Problem:
    return Problem(file=file, line=None, where="", message=message, hint=hint)
