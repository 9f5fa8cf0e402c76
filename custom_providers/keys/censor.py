"""Removes known keys from providers' answers: some providers quote the key that they were sent."""

from __future__ import annotations

from collections.abc import Iterable

REMOVED = b"[key removed]"

_SHORTEST = 8
"""Minimum characters of a key; a shorter one may be a word of an answer."""


class Censor:
    """The keys to remove from answers."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._keys: tuple[bytes, ...] = ()
        self.learn(keys)

    def learn(self, keys: Iterable[str]) -> None:
        """Adds ``keys``; blank and very short ones are not."""
        new = {key.strip().encode() for key in keys if len(key.strip()) >= _SHORTEST}
        self._keys = tuple(sorted(new.union(self._keys), key=len, reverse=True))

    def clean(self, data: bytes) -> bytes:
        """``data`` without the keys."""
        for key in self._keys:
            if key in data:
                data = data.replace(key, REMOVED)
        return data

    def begun(self, data: bytes) -> int:
        """How many bytes at the end of ``data`` may be the beginning of a key."""
        if data.endswith(b"\n"):
            return 0
        return max((_overlap(data, key) for key in self._keys), default=0)


class CensoredStream:
    """The pieces of an answer, in which a key may be cut in two."""

    def __init__(self, censor: Censor) -> None:
        self._censor = censor
        self._kept = b""

    def feed(self, piece: bytes) -> bytes:
        """The part of the answer that can be sent on."""
        data = self._censor.clean(self._kept + piece)
        kept = self._censor.begun(data)
        self._kept = data[len(data) - kept :]
        return data[: len(data) - kept]

    def end(self) -> bytes:
        """The part that was held back."""
        return self._kept


CENSOR = Censor()
"""The censor of this process; the proxy adds the keys when it starts."""


def _overlap(data: bytes, key: bytes) -> int:
    most = min(len(data), len(key) - 1)
    return next((length for length in range(most, 0, -1) if data.endswith(key[:length])), 0)
