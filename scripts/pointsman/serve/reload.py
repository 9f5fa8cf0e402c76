"""``pointsman reload``: the running ``serve`` changes over to what the registry and the keys are now, or stays."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from custom_providers.environment.admission import base_url_variable
from custom_providers.kimi.timing import TIMEOUT_VARIABLE
from custom_providers.registry import loading
from custom_providers.registry.model import Registry
from custom_providers.registry.problems import ConfigError
from pointsman.check import checking
from pointsman.config import render
from pointsman.console import files, report
from pointsman.console.refusal import RefusalError
from pointsman.serve import control, start
from pointsman.sources import sources
from pointsman.sources.sources import Sources


def run(path: Path, environ: Mapping[str, str], *, own_environment: bool) -> None:
    """Changes the running ``serve`` over to the registry at ``path``.

    Args:
        path: the registry that it serves.
        environ: the variables of this command; those that the registry names come before those of ``serve``, this once.
        own_environment: whether all of them count, from now on, and none of those that ``serve`` was started with.

    Raises:
        ConfigError: the registry or something around it is not right.
        RefusalError: no ``serve`` of this registry runs, or LiteLLM does not come up with what is new.
        OSError: a file cannot be read or written.
    """
    _undo_on_signals()
    with _one_reload_at_a_time(path):
        # As serve does: its state directory may stand in the .env file.
        address = control.address(sources.load(path, environ).env)
        running = control.running(address)
        if running.registry != str(path.resolve()):
            raise RefusalError(f"the `serve` that runs here serves {running.registry}", "name that one with --registry")
        lasting = environ if own_environment and not running.simulated else running.environ
        environ = lasting if running.simulated or own_environment else _overlaid(lasting, environ, loading.load(path))
        around = sources.load(path, environ)
        with _config_in_place(around):
            _require_sound(path, environ)
            launch = start.prepared(around, environ, running.wanted_workers, running.url, simulated=running.simulated)
            wanted = launch.host, launch.port
            launch = replace(launch, host=running.host, port=running.port, environ=dict(lasting))
            report.say("starting LiteLLM with it beside the one that runs")
            control.replace(address, launch)
    report.say("it serves; the one before finishes what it has begun")
    if wanted != (running.host, running.port):
        report.say("another [gateway] host or port takes a restart of `serve`")


def _undo_on_signals() -> None:
    """A closed terminal, or systemd when its patience ends, puts back what was begun, as ^C does."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


@contextlib.contextmanager
def _one_reload_at_a_time(path: Path) -> Iterator[None]:
    """Waits for another ``reload`` of this registry: each might put back a config over the other's."""
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


def _overlaid(lasting: Mapping[str, str], environ: Mapping[str, str], loaded: Registry) -> Mapping[str, str]:
    """The environment of ``serve``, and over it what this shell has of that which the registry is about.

    Not the master key: it is exported in many a shell to ask the proxy with, and an old one would lock everybody out.
    """
    stand_ins = {TIMEOUT_VARIABLE, *(base_url_variable(provider.name) for provider in loaded.providers)}
    taken = (loaded.secret_variables | stand_ins) - {loaded.gateway.master_key_env}
    return {**lasting, **{name: value for name, value in environ.items() if name in taken}}


@contextlib.contextmanager
def _config_in_place(around: Sources) -> Iterator[None]:
    """The config that belongs to the registry; the one before is put back if the block fails."""
    path = around.config_path
    before = path.read_bytes() if path.exists() else None
    text = render.render(around.registry, around.path.name)
    if text.encode() == before:
        yield
        return
    files.write_atomically(path, text)
    try:
        yield
    except BaseException:
        if before is None:
            path.unlink(missing_ok=True)
        else:
            files.write_atomically(path, before)
        raise
    report.say(f"{path}: written")


def _require_sound(path: Path, environ: Mapping[str, str]) -> None:
    outcome = checking.check(path, environ, checking.Wanted(), lambda _told: None)
    if not outcome.ok:
        raise ConfigError(outcome.found)
