"""``pointsman serve``: everything that can be wrong is found first; then LiteLLM runs under a supervisor."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from custom_providers.environment import listener as own
from custom_providers.environment.listener import Listener
from custom_providers.environment.text import cleaned
from custom_providers.kimi.account import identity
from custom_providers.kimi.timing import timeout_override
from custom_providers.litellm_patches import releases
from custom_providers.registry.problems import ConfigError, Problem
from custom_providers.request import loops
from pointsman.check import checks
from pointsman.config import render
from pointsman.console import files, report
from pointsman.console.refusal import RefusalError, reason
from pointsman.doctor import admin_ui, proxy
from pointsman.keys import master_key
from pointsman.serve import control, open_files, simulation
from pointsman.serve.launch import Launch
from pointsman.serve.supervisor import Supervisor, ending_signals
from pointsman.sources import registration
from pointsman.sources.registration import Registration
from pointsman.sources.sources import Sources

Workers = int | Literal["auto"] | None
"""What ``--workers`` says."""

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


def run(sources: Sources, host: str, port: int, workers: Workers, *, simulate: bool) -> None:
    """Runs LiteLLM until a signal ends it.

    Args:
        sources: the registry and its surroundings.
        host: the address to listen on.
        port: its port.
        workers: how many processes; None leaves it to the registry.
        simulate: whether the providers are simulated ones, which are started too.

    Raises:
        ConfigError: the generated config is out of date, or the environment holds a bad setting.
        RefusalError: the port is taken, a key file cannot be read, the master key is weak, or LiteLLM does not come up.
        OSError: the config or the ``.env`` file cannot be written.
    """
    _require_current_config(sources)
    open_files.raise_limit()
    open_files.fill_standard_streams()
    with _listener(host, port) as listener:
        sources = replace(sources, listens=Listener(host=host, port=port))
        if simulate:
            sources = simulation.start(sources)
        environ = sources.env if simulate else os.environ
        launch = prepared(sources, environ, workers, proxy.url(host, port), simulated=simulate)
        # One that comes now waits until the supervisor minds it.
        signal.pthread_sigmask(signal.SIG_BLOCK, ending_signals())
        report.say(f"starting LiteLLM at {launch.url} with {sources.config_path}")
        if simulate:
            report.say(simulation.examples(sources, launch.url))
        with tempfile.TemporaryDirectory(prefix="pointsman-metrics-", ignore_cleanup_errors=True) as metrics:
            asyncio.run(_supervised(listener, launch, metrics))


def prepared(sources: Sources, environ: Mapping[str, str], workers: Workers, url: str, *, simulated: bool) -> Launch:
    """What to start LiteLLM with, to be reached at ``url``; tells who is registered.

    Raises:
        ConfigError: the environment holds a bad setting, or LiteLLM is a release that must not run.
        RefusalError: a key file cannot be read, the master key is weak, or LiteLLM cannot use its database.
        OSError: the ``.env`` file cannot be written.
    """
    sources = sources if sources.listens else replace(sources, listens=own.of_url(url))
    _require_sound_environment(sources)
    _require_sound_release()
    admin_ui.require_client(sources)
    found = registration.registrations(sources)
    _require_readable_keys(found)
    key = master_key.ensure(sources)
    _tell(found, key.whereabouts)
    count = worker_count(workers or sources.registry.gateway.workers)
    return Launch(
        registry=str(sources.path.resolve()),
        config=str(sources.config_path.resolve()),
        url=url,
        host=sources.registry.gateway.host,
        port=sources.registry.gateway.port,
        workers=count,
        shared_metrics=count > 1 and sources.registry.gateway.prometheus,
        wanted_workers=workers,
        simulated=simulated,
        environ=dict(environ),
        env=_environment(sources, found, key.value),
    )


async def _supervised(listener: socket.socket, launch: Launch, metrics: str) -> None:
    supervisor = Supervisor(listener, launch, metrics)
    try:
        async with control.listening(control.address(launch.env), lambda: supervisor.launch, supervisor.replace):
            await supervisor.run()
    finally:
        await supervisor.end()


def _environment(sources: Sources, found: tuple[Registration, ...], master: str) -> dict[str, str]:
    """What the proxy gets: this environment, the keys under the names that the config reads, offline switches."""
    risks = {identity.risk_variable(item.provider.name): item.risk_accepted for item in found if item.risk_accepted}
    named = {name: cleaned(sources.env.get(name, ""), name) for name in sources.registry.secret_variables}
    keys = {item.provider.auth_env: item.key.value for item in found if item.key and item.registered}
    return {
        **OFFLINE,
        **QUIET,
        **sources.env,
        **{name: value for name, value in named.items() if value},
        **keys,
        **risks,
        "POINTSMAN_SERVED": "1",
        own.VARIABLE: str(sources.listens),
        loops.VARIABLE: loops.new_mark(),
        sources.registry.gateway.master_key_env: master,
    }


def worker_count(wanted: int | Literal["auto"]) -> int:
    """How many worker processes that is; ``auto``: one for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if wanted == "auto" else wanted


def _require_current_config(sources: Sources) -> None:
    text = render.render(sources.registry, sources.path.name)
    if not sources.config_path.exists():
        files.write_atomically(sources.config_path, text)
        report.say(f"{sources.config_path}: written")
    elif files.difference(sources.config_path, text):
        message = f"is out of date with {sources.path}"
        raise ConfigError(
            [_problem(str(sources.config_path), message, "run `pointsman render`, review the difference")]
        )


def _require_sound_environment(sources: Sources) -> None:
    problems = [*checks.overrides(sources, own=False), *checks.unset(sources)]
    try:
        timeout_override(sources.env)
    except ValueError as error:
        problems.append(_problem("environment", str(error), "fix or unset it"))
    if problems:
        raise ConfigError(problems)


def _require_sound_release() -> None:
    """LiteLLM is one that may run; one that was not tested gets one line."""
    problems = list(checks.release(releases.installed()))
    if errors := [problem for problem in problems if problem.severity == "error"]:
        raise ConfigError(errors)
    for problem in problems:
        report.say(problem.message)


def _listener(host: str, port: int) -> socket.socket:
    """The socket that LiteLLM's processes will listen on; it does not before one of them does."""
    try:
        return proxy.bound(host, port)
    except socket.gaierror:
        raise RefusalError(f"{host}: this name is not known", "write an address of this machine as host") from None
    except OSError as error:
        hint = "stop what listens there (`ss -ltnp`), or choose another --port"
        raise RefusalError(f"{host}:{port}: {reason(error)}", hint) from None


def _require_readable_keys(found: tuple[Registration, ...]) -> None:
    troubles = [f'provider "{item.provider.name}": {trouble}' for item in found for trouble in item.troubles]
    if troubles:
        raise RefusalError(
            "; ".join(troubles), "let the proxy's user read the file, or remove it from auth_fallback_files"
        )


def _tell(found: tuple[Registration, ...], whereabouts: str) -> None:
    for item in found:
        mark = "registered" if item.registered else "skipped"
        report.say(f"{mark:<10}  {item.provider.name:<14} {item.reason}")
    for line in registration.identities(found):
        report.say(line)
    report.say(f"master key: {whereabouts}")


def _problem(file: str, message: str, hint: str) -> Problem:
    return Problem(file=file, line=None, where="", message=message, hint=hint)
