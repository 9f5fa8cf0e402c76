"""Removes known keys from providers' answers: some providers quote the key that they were sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from custom_providers.keys.quoted_forms import forms

REMOVED = b"[key removed]"

_SHORTEST = 8
"""Minimum characters of a key; a shorter one may be a word of an answer."""
_HEAD = 3
"""Bytes. All forms that begin with the same bytes are looked for only if these occur: vendors' keys begin alike."""


class Censor:
    """The keys to remove from answers, in all forms in which they may be quoted."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._keys: frozenset[str] = frozenset()
        self._by_head: dict[bytes, tuple[bytes, ...]] = {}
        self._beginnings: frozenset[bytes] = frozenset()
        """Beginnings of keys that are shorter than a head."""
        self._longest = 0
        self._any_head = re.compile(b"(?!)")
        self.learn(keys)

    def learn(self, keys: Iterable[str]) -> None:
        """Add ``keys``, except blank and very short ones."""
        known = self._keys.union(key.strip() for key in keys if len(key.strip()) >= _SHORTEST)
        if known == self._keys:
            return
        self._keys = known
        by_head: dict[bytes, set[bytes]] = {}
        for form in (form for key in known for form in forms(key)):
            by_head.setdefault(form[:_HEAD], set()).add(form)
        self._longest = max(len(form) for group in by_head.values() for form in group)
        self._beginnings = frozenset(head[:length] for head in by_head for length in range(1, _HEAD))
        # Looks ahead, so that heads which overlap are all found.
        self._any_head = re.compile(b"(?=(%b))" % b"|".join(re.escape(head) for head in by_head))
        self._by_head = {head: tuple(group) for head, group in by_head.items()}

    def clean(self, data: bytes) -> bytes:
        """``data`` without the keys."""
        for form in sorted(self._possible(data), key=len, reverse=True):
            data = data.replace(form, REMOVED)
        return data

    def clean_text(self, text: str) -> str:
        """``text`` without the keys."""
        return self.clean(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")

    def end_of_last(self, data: bytes) -> int:
        """The position after the last key in ``data``; 0 if there is none."""
        return max((data.rfind(form) + len(form) for form in self._possible(data) if form in data), default=0)

    def begun(self, data: bytes) -> int:
        """How many bytes at the end of ``data`` may be the beginning of a key."""
        end = data[1 - self._longest :] if self._longest > 1 else b""
        for match in self._any_head.finditer(end):
            rest = end[match.start() :]
            if any(form.startswith(rest) for form in self._by_head[match[1]]):
                return len(rest)
        return next((length for length in (2, 1) if end[-length:] in self._beginnings), 0)

    def _possible(self, data: bytes) -> Iterator[bytes]:
        """The forms whose first bytes occur in ``data``."""
        for head, group in self._by_head.items():
            if head in data:
                yield from group


class CensoredStream:
    """The pieces of an answer, in which a key may be cut in two."""

    def __init__(self, censor: Censor) -> None:
        self._censor = censor
        self._kept = b""

    def feed(self, piece: bytes) -> bytes:
        """The part of the answer that can be sent on."""
        data = self._censor.clean(self._kept + piece)
        kept = 0 if data.endswith(b"\n") else self._censor.begun(data)
        self._kept = data[len(data) - kept :]
        return data[: len(data) - kept]

    def end(self) -> bytes:
        """The part that was held back."""
        return self._kept


CENSOR = Censor()
"""The censor of this process; the proxy adds the keys when it starts."""
