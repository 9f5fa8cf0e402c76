"""``pointsman serve``: checks everything first, then runs LiteLLM under a supervisor."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from custom_providers.environment.listener import Listener
from custom_providers.observability.dashboard.clients import PAGE
from custom_providers.registry.problems import ConfigError, Problem
from pointsman.config import committed
from pointsman.console import report
from pointsman.console.refusal import RefusalError, reason
from pointsman.serve import open_files, run_file, simulation
from pointsman.serve.generation import Generation, Workers, prepared
from pointsman.serve.server import Origin, Server
from pointsman.serve.supervisor import SIGNALS
from pointsman.sources import registration
from pointsman.sources.registration import Registration
from pointsman.sources.sources import Sources


def run(sources: Sources, host: str, port: int, workers: Workers, *, simulate: bool) -> None:
    """Runs LiteLLM until a signal arrives.

    Args:
        sources: the registry and its environment.
        host: the address to listen on.
        port: its port.
        workers: the number of processes; None: the registry's.
        simulate: whether to start and use simulated providers.

    Raises:
        ConfigError: the generated config is out of date, or a setting in the environment is not valid.
        RefusalError: the port is taken, a key file cannot be read, the master key is weak, or LiteLLM does not start.
        OSError: the config or the ``.env`` file cannot be written.
    """
    listens = Listener(host=host, port=port)
    _require_current_config(sources)
    open_files.raise_limit()
    open_files.fill_standard_streams()
    with (
        _bound(listens) as listener,
        tempfile.TemporaryDirectory(prefix="pointsman-", ignore_cleanup_errors=True) as folder,
    ):
        simulated = simulation.start(sources) if simulate else {}
        sources = replace(sources, env={**sources.env, **simulated}, listens=listens)
        first = prepared(sources, workers, Path(folder, "litellm_config.yaml"))
        # From now on, a signal waits until the supervisor handles it.
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        _introduce(first)
        origin = Origin(
            path=sources.path.resolve(),
            environ={**os.environ, **simulated},
            workers=workers,
            state=sources.state_directory,
            listens=listens,
        )
        with run_file.announced(sources.state_directory, _entry(sources, listens.url, simulated)):
            asyncio.run(_served(origin, first, listener, Path(folder), _ready(sources, listens.url, simulate=simulate)))


async def _served(
    origin: Origin, first: Generation, listener: socket.socket, folder: Path, ready: Callable[[], None]
) -> None:
    await Server(origin, first, listener, folder, ready=ready).run()


def _ready(sources: Sources, url: str, *, simulate: bool) -> Callable[[], None]:
    """Returns the function that prints that the proxy serves, its address, and the next steps."""
    began = time.monotonic()

    def ready() -> None:
        report.say(f"ready after {time.monotonic() - began:.0f} s; stop: Ctrl-C; after a change: `pointsman reload`")
        if simulate:
            report.say("the providers are simulated; try from another terminal:")
            report.say(simulation.examples(sources, url), to_copy=True)
        report.say(f"page: {url}{PAGE}")
        report.say(url)

    return ready


def _entry(sources: Sources, url: str, simulated: Mapping[str, str]) -> run_file.Running:
    gateway = sources.registry.gateway
    return run_file.this_process(
        registry=str(sources.path.resolve()), url=url, host=gateway.host, port=gateway.port, simulated=simulated
    )


def _require_current_config(sources: Sources) -> None:
    committed.require_ours(sources)
    if not sources.config_path.exists():
        committed.update(sources)
    elif not committed.is_current(sources):
        message = f"is out of date with {sources.path}"
        hint = "run `pointsman render`, review the difference"
        file = str(sources.config_path)
        raise ConfigError([Problem(file=file, line=None, where="", message=message, hint=hint)])


_TO_LISTEN = {
    errno.EADDRINUSE: "stop what listens there (`ss -ltnp`), or choose another --port",
    errno.EADDRNOTAVAIL: "use an address of this machine as host",
    errno.EACCES: "choose another --port: those below 1024 need more rights",
}
"""What to do if an address cannot be listened on."""


def _bound(listens: Listener) -> socket.socket:
    """Binds the socket for LiteLLM's processes."""
    try:
        return listens.bind()
    except socket.gaierror:
        raise RefusalError(f"{listens.host}: unknown host name", _TO_LISTEN[errno.EADDRNOTAVAIL]) from None
    except OSError as error:
        hint = _TO_LISTEN.get(error.errno or 0, "choose another --port")
        raise RefusalError(f"{listens}: {reason(error)}", hint) from None


def _introduce(first: Generation) -> None:
    """Prints what will be served, one line for each step."""
    report.say(f"providers: {_registered(first.found)}")
    if without := [item.provider.name for item in first.found if item.status == "missing"]:
        report.say(f"without a key: {', '.join(without)} (`pointsman keys` says where keys are looked for)")
    for line in registration.identities(first.found):
        report.say(line)
    report.say(f"master key: {first.whereabouts}")
    report.say("starting LiteLLM")


def _registered(found: Sequence[Registration]) -> str:
    names = (
        f"{item.provider.name} (...{item.key.last4})" if item.key else item.provider.name
        for item in found
        if item.registered
    )
    return ", ".join(names) or "none has a key"
