"""The running ``serve``: supervises LiteLLM, and reloads on a signal."""

from __future__ import annotations

import asyncio
import os
import socket
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from custom_providers.environment.listener import Listener
from custom_providers.keys.unreadable_key import UnreadableKeyError
from custom_providers.registry.problems import ConfigError
from pointsman.check import checking
from pointsman.config import committed
from pointsman.console import report
from pointsman.console.refusal import RefusalError, reason
from pointsman.serve import reload_outcome
from pointsman.serve.generation import Generation, Workers, prepared
from pointsman.serve.registry_diff import changes
from pointsman.serve.reload_outcome import ReloadOutcome
from pointsman.serve.supervisor import Supervisor
from pointsman.sources import sources

_KEPT = 8
"""The number of reload outcomes that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What ``serve`` was started with; reloads do not change it."""

    path: Path
    """The absolute path of the registry."""
    environ: Mapping[str, str] = field(repr=False)
    """The environment of ``serve``, with the variables of the simulated providers."""
    workers: Workers
    state: Path
    """The state directory."""
    listens: Listener
    """The address that it listens on, which may differ from the registry's."""


class Server:
    """Serves one generation of LiteLLM processes after another."""

    def __init__(
        self, origin: Origin, first: Generation, listener: socket.socket, folder: Path, *, ready: Callable[[], None]
    ) -> None:
        """Creates a server without starting any process.

        Args:
            origin: what ``serve`` was started with.
            first: the generation to start.
            listener: the socket to serve on.
            folder: an empty folder, for configs and shared metrics.
            ready: called when LiteLLM is ready for the first time.
        """
        self._origin = origin
        self._current = first
        self._began = first.sources.registry.gateway
        self._folder = folder
        self._wanted = asyncio.Event()
        self._outcomes: dict[int, ReloadOutcome] = {}
        metrics = folder / "metrics"
        metrics.mkdir()
        self._supervisor = Supervisor(listener, first.launch, str(metrics), ready=ready, reload=self._wanted.set)

    async def run(self) -> None:
        """Serves until a signal arrives.

        Raises:
            RefusalError: LiteLLM does not start, at first or after the last process has died.
            OSError: no process can be started, in the same cases.
        """
        reloading = asyncio.create_task(self._reloads())
        try:
            await self._supervisor.run()
        finally:
            reloading.cancel()
            await self._supervisor.end()

    async def _reloads(self) -> None:
        """Runs reloads one at a time. Signals during a reload cause one more reload, which reads everything again."""
        number = 0
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            number += 1
            self._record(ReloadOutcome(serve=os.getpid(), number=number, state="starting"))
            self._record(await self._reloaded(number))

    async def _reloaded(self, number: int) -> ReloadOutcome:
        report.say("reload: reading the registry and the keys")
        try:
            new = await asyncio.to_thread(self._next, number)
            report.say("reload: starting a second LiteLLM")
            await self._supervisor.replace(new.launch)
        except (ConfigError, RefusalError, UnreadableKeyError, OSError) as error:
            return reload_outcome.failed(os.getpid(), number, error)
        except Exception as error:  # noqa: BLE001 -- a bug in our code must not end the proxy or prevent later reloads
            traceback.print_exc()
            bug = RefusalError(f"unexpected error: {type(error).__name__}", "the log of `serve` has the traceback")
            return reload_outcome.failed(os.getpid(), number, bug)
        done = self._done(number, new)
        self._current = new
        return done

    def _next(self, number: int) -> Generation:
        """Prepares the next generation from the current files and environment."""
        around = replace(sources.load(self._origin.path, self._origin.environ), listens=self._origin.listens)
        committed.require_ours(around)
        found = checking.check(self._origin.path, self._origin.environ, checking.Wanted(), lambda _provider: None).found
        # The committed config is written later, once LiteLLM has started with the same content.
        wrong = [problem for problem in found if problem.file != str(around.config_path)]
        if any(problem.severity == "error" for problem in wrong):
            raise ConfigError(wrong)
        return prepared(around, self._origin.workers, self._folder / f"litellm_config-{number}.yaml")

    def _done(self, number: int, new: Generation) -> ReloadOutcome:
        old = self._current
        gateway, began = new.sources.registry.gateway, self._began
        moved = (gateway.host, gateway.port) != (began.host, began.port)
        notes = ["[gateway] host and port take effect when `serve` is restarted"] if moved else []
        try:
            committed.update(new.sources)
        except OSError as error:
            notes.append(f"{new.sources.config_path} is out of date and cannot be written: {reason(error)}")
        return ReloadOutcome(
            serve=os.getpid(),
            number=number,
            state="done",
            changes=tuple(changes(old.sources.registry, old.found, new.sources.registry, new.found)),
            notes=tuple(notes),
            without_key={
                item.provider.name: item.provider.auth_env
                for item in new.found
                if item.provider.enabled and not item.registered
            },
        )

    def _record(self, latest: ReloadOutcome) -> None:
        """Records the outcome for ``pointsman reload`` and in the log.

        Keeps the latest few, because the next reload may begin before a waiting ``pointsman reload`` has read this one.
        """
        self._outcomes[latest.number] = latest
        self._outcomes.pop(latest.number - _KEPT, None)
        try:
            reload_outcome.write(self._origin.state, self._outcomes.values())
        except OSError as error:
            report.say(f"reload: the outcome cannot be written: {error.filename}: {reason(error)}")
        if latest.state == "failed":
            report.say("reload: failed; the running proxy is unchanged")
            for line in (*map(str, latest.problems), *filter(None, (latest.message, latest.hint))):
                report.say(f"reload: {line}")
        elif latest.state == "done":
            report.say(f"reload: done{''.join(f'; {change}' for change in latest.changes)}")
