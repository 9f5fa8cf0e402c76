"""Runs LiteLLM's processes on one listening socket, and replaces them without losing a request."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine
from typing import Self

from pointsman.console import report
from pointsman.console.refusal import RefusalError
from pointsman.serve.launch import Launch

READY, DRAIN = b"r", b"d"
"""The messages between a process and the supervisor. DRAIN is answered with DRAIN; a closed channel means: end."""

START_SECONDS = 600.0
"""The timeout of a start; LiteLLM's migrations of a large database take minutes."""

DRAIN_SECONDS = 900.0
"""The time for requests to finish in a replaced process: our choice, since streams have no maximum duration."""

ANSWER_SECONDS = 30.0
"""A serving process that does not answer within this time hangs."""

PAUSE_SECONDS = 10.0
"""The pause before another process replaces one that died, if the previous start failed."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""INT and TERM end it: the first one lets requests finish, a second one does not. HUP reloads, or ends it if its
terminal has closed. They may be blocked until it runs."""


def ends_with_terminal() -> bool:
    """Whether this process has a terminal and must end with it; not so under ``nohup``."""
    return signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN and _has_terminal()


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True


class ProxyProcess:
    """One LiteLLM process and the channel to it."""

    def __init__(self, process: asyncio.subprocess.Process, channel: socket.socket) -> None:
        self._process = process
        self._channel = channel
        self._serves = False

    @classmethod
    async def start(cls, launch: Launch, listener: socket.socket, metrics: str) -> Self:
        """Starts the process in its own process group, so that ^C reaches only the supervisor."""
        # LiteLLM's own command sets this for its workers; without it, each process would report only its own metrics.
        shared = {"PROMETHEUS_MULTIPROC_DIR": metrics} if launch.shared_metrics else {}
        ours, theirs = socket.socketpair()
        ours.settimeout(0)
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "pointsman.serve.proxy_process"),
                *(str(listener.fileno()), str(theirs.fileno()), launch.config, str(launch.workers)),
                env={**launch.env, **shared},
                pass_fds=(listener.fileno(), theirs.fileno()),
                process_group=0,
            )
        return cls(process, ours)

    async def ready(self) -> bool:
        """Waits until the process serves or fails to start; returns whether it serves."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_SECONDS):
                self._serves = await asyncio.get_running_loop().sock_recv(self._channel, 1) == READY
        return self._serves

    async def ended(self) -> int:
        """Waits for the process to end, and returns its exit status."""
        return await self._process.wait()

    async def drain(self) -> None:
        """Makes the process stop accepting connections, and waits until it has stopped."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):  # the process has ended, or hangs
            async with asyncio.timeout(ANSWER_SECONDS):
                await loop.sock_sendall(self._channel, DRAIN)
                await loop.sock_recv(self._channel, 1)

    async def finish(self) -> None:
        """Waits until the process has finished its requests; kills it after ``DRAIN_SECONDS``."""
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self.ended()
        except TimeoutError:
            self.kill()

    def stop(self) -> None:
        """Makes the process end after its requests, or immediately if it does not serve yet."""
        if self._serves:
            self._channel.close()
        else:
            self.kill()

    def kill(self) -> None:
        """Kills the process."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()


class Supervisor:
    """Manages the serving processes, and older ones that are still finishing requests."""

    def __init__(
        self,
        listener: socket.socket,
        launch: Launch,
        metrics: str,
        *,
        ready: Callable[[], None],
        reload: Callable[[], None],
    ) -> None:
        """Creates a supervisor without starting any process.

        Args:
            listener: the socket to serve on.
            launch: the launch parameters of the first processes.
            metrics: an empty folder for metrics that the processes share.
            ready: called when the first processes serve.
            reload: called when a signal requests a reload.
        """
        self.launch = launch
        """The launch parameters of the serving processes."""
        self._ready = ready
        self._reload = reload
        self._ends_with_terminal = ends_with_terminal()
        self._listener = listener
        self._metrics = metrics
        self._all: set[ProxyProcess] = set()
        self._serving: set[ProxyProcess] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._replacing = asyncio.Lock()
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Serves until a signal arrives; call ``end`` afterwards.

        Raises:
            RefusalError: LiteLLM does not start, at first or after the last process has died.
            OSError: no process can be started, in the same cases.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop)
        loop.add_signal_handler(signal.SIGHUP, self._hung_up)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        self._spawn(self._begin())
        await self._over

    async def end(self) -> None:
        """Waits until the processes have finished their requests; a second signal ends them sooner."""
        # Otherwise the kernel still accepts connections that get no response, and a load balancer does not notice.
        self._listener.close()
        for process in self._all:
            process.stop()
        while self._all:
            await asyncio.gather(*(process.ended() for process in self._all))

    async def replace(self, launch: Launch) -> None:
        """Starts new processes, and retires the old ones when the new ones serve; it can be cancelled until then.

        Raises:
            RefusalError: the new processes do not start; nothing has changed.
            OSError: they cannot be started; nothing has changed.
        """
        async with self._replacing:
            new = await self._started(launch, launch.workers)
            old, self._serving, self.launch = self._serving, new, launch
            for process in old:
                self._spawn(process.finish())
            await asyncio.gather(*(asyncio.shield(self._spawn(process.drain())) for process in old))

    def _stop(self) -> None:
        if self._over.done():
            for process in self._all:
                process.kill()
        else:
            report.say("stopping: waiting for requests to finish; Ctrl-C again stops at once")
            self._over.set_result(None)

    def _hung_up(self) -> None:
        if self._ends_with_terminal and not _has_terminal():
            self._stop()
        elif not self._over.done():
            self._reload()

    async def _begin(self) -> None:
        async def first() -> None:
            await self.replace(self.launch)
            self._ready()

        await self._or_be_over(first())

    async def _started(self, launch: Launch, number: int) -> set[ProxyProcess]:
        new: set[ProxyProcess] = set()
        with contextlib.ExitStack() as unless_all_serve:
            for _ in range(number):
                process = await self._start(launch)
                unless_all_serve.callback(process.kill)
                new.add(process)
            # A process that was ready may have died while the others started.
            if not all(await asyncio.gather(*(process.ready() for process in new))) or not new <= self._all:
                raise RefusalError("LiteLLM did not start", "the log of `serve` has its messages")
            unless_all_serve.pop_all()
        return new

    async def _start(self, launch: Launch) -> ProxyProcess:
        if self._over.done():
            raise RefusalError("`serve` is stopping", "start it again")
        process = await ProxyProcess.start(launch, self._listener, self._metrics)
        self._all.add(process)
        self._spawn(self._watch(process))
        if self._over.done():
            process.stop()
        return process

    async def _watch(self, process: ProxyProcess) -> None:
        """Starts another process if this one ends unexpectedly."""
        status = await process.ended()
        self._all.discard(process)
        if process in self._serving and not self._over.done():
            self._serving.discard(process)
            report.say(f"a LiteLLM process ended with status {status}; starting another")
            await self._or_be_over(self._succeed())

    async def _succeed(self) -> None:
        """Starts the missing processes; tries again as long as others serve."""
        while not self._over.done():
            try:
                await self._complete()
            except (RefusalError, OSError) as error:
                if not self._serving or self._over.done():
                    raise
                report.say(f"{error}; trying again in {PAUSE_SECONDS:.0f} s")
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                report.say("the new LiteLLM process is ready")
                return

    async def _complete(self) -> None:
        async with self._replacing:
            if (missing := self.launch.workers - len(self._serving)) > 0:
                self._serving |= await self._started(self.launch, missing)

    async def _or_be_over(self, starting: Coroutine[None, None, None]) -> None:
        try:
            await starting
        except (RefusalError, OSError) as error:
            if not self._over.done():
                self._over.set_exception(error)

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
