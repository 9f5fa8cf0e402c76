"""The requests that the server received, and its scripted answers; shared between threads."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Iterable

from pointsman.simulator.answers import Answer
from pointsman.simulator.upstream import Lane, Received

KEPT = 10_000
"""The number of requests kept; older ones are dropped, so that a long run does not fill the memory."""


class Ledger:
    """The requests received, and the queues of scripted answers per provider and lane."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._received: deque[Received] = deque(maxlen=KEPT)
        self._left = 0
        self._queues: defaultdict[tuple[str, Lane], deque[Answer]] = defaultdict(deque)

    def record(self, request: Received) -> None:
        """Stores a request."""
        with self._lock:
            self._received.append(request)

    def received(self) -> list[Received]:
        """Returns the requests so far, oldest first."""
        with self._lock:
            return list(self._received)

    def leave(self) -> None:
        """Counts a client that disconnected before its answer was complete."""
        with self._lock:
            self._left += 1

    def left(self) -> int:
        """Returns how many clients disconnected early."""
        with self._lock:
            return self._left

    def script(self, provider: str, lane: Lane, answers: Iterable[Answer]) -> None:
        """Queues answers for the next requests of a lane."""
        with self._lock:
            self._queues[provider, lane].extend(answers)

    def scripted(self, provider: str, lane: Lane) -> Answer | None:
        """Removes and returns the next scripted answer of a lane, or None."""
        with self._lock:
            queue = self._queues[provider, lane]
            return queue.popleft() if queue else None

    def reset(self) -> None:
        """Removes all requests and all scripted answers."""
        with self._lock:
            self._received.clear()
            self._left = 0
            self._queues.clear()
