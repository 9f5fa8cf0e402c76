"""``switchyard reload``: the running ``serve`` changes over to what the registry and the keys are now, or stays."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

from custom_providers import registry
from custom_providers.kimi.timing import TIMEOUT_VARIABLE
from custom_providers.problems import ConfigError
from custom_providers.registry import Registry
from switchyard import checking, control, output, render, report, serve, sources
from switchyard.launch import Launch
from switchyard.refusal import RefusalError
from switchyard.sources import Sources


def run(path: Path, environ: Mapping[str, str], *, own_environment: bool) -> None:
    """Changes the running ``serve`` over to the registry at ``path``.

    Args:
        path: the registry that it serves.
        environ: the variables of this command; those that the registry names come before those of ``serve``.
        own_environment: whether all of them count, and none of those that ``serve`` was started with.

    Raises:
        ConfigError: the registry or something around it is not right.
        RefusalError: no ``serve`` of this registry runs, or LiteLLM does not come up with what is new.
        OSError: a file cannot be read or written.
    """
    _undo_on_signals()
    with _alone(path):
        # As serve does: its state directory may stand in the .env file.
        address = control.address(sources.load(path, environ).env)
        running = control.running(address)
        if running.registry != str(path.resolve()):
            raise RefusalError(f"the `serve` that runs here serves {running.registry}", "name that one with --registry")
        environ = _environ(running, environ, registry.load(path), own=own_environment)
        around = sources.load(path, environ)
        with _rendered(around):
            _require_sound(path, environ)
            launch = serve.prepared(around, environ, running.wanted_workers, simulated=running.simulated)
            report.say("starting LiteLLM with it beside the one that runs")
            control.replace(address, launch)
    report.say("it serves; the one before finishes what it has begun")
    if (launch.host, launch.port) != (running.host, running.port):
        report.say("another [gateway] host or port takes a restart of `serve`")


def _undo_on_signals() -> None:
    """A closed terminal, or systemd when its patience ends, puts back what was begun, as ^C does."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Waits until no other ``reload`` of this registry runs: each might put back a config over the other's."""
    folder = os.open(path.resolve().parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report.say("waiting for the `reload` that runs")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _environ(running: Launch, environ: Mapping[str, str], loaded: Registry, *, own: bool) -> Mapping[str, str]:
    if running.simulated:
        return running.environ
    if own:
        return environ
    named = _named(loaded)
    return {**running.environ, **{name: value for name, value in environ.items() if name in named}}


def _named(loaded: Registry) -> set[str]:
    """The variables that the registry names, and those that may stand in for what it says."""
    gateway, alerts = loaded.gateway, loaded.alerts
    names = {gateway.master_key_env, gateway.database_url_env, gateway.redis_url_env, loaded.audit.url_env}
    names |= {alerts.slack_webhook_env, alerts.discord_webhook_env, TIMEOUT_VARIABLE}
    for provider in loaded.providers:
        names |= {provider.auth_env, f"{provider.name.upper()}_BASE_URL"}
    return names


@contextlib.contextmanager
def _rendered(around: Sources) -> Iterator[None]:
    """The config that belongs to the registry; the one before is put back if the block fails."""
    path = around.config_path
    before = path.read_text(encoding="utf-8") if path.exists() else None
    text = render.render(around.registry, around.path.name)
    if text == before:
        yield
        return
    output.write_atomically(path, text)
    try:
        yield
    except BaseException:
        if before is None:
            path.unlink(missing_ok=True)
        else:
            output.write_atomically(path, before)
        raise
    report.say(f"{path}: written")


def _require_sound(path: Path, environ: Mapping[str, str]) -> None:
    outcome = checking.check(path, environ, checking.Wanted(), lambda _told: None)
    if not outcome.ok:
        raise ConfigError([*outcome.problems, *outcome.failed])
