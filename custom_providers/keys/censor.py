"""Removes known keys from providers' answers: some providers quote the key that they were sent."""

from __future__ import annotations

import re
from collections.abc import Iterable

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
        self._any_head = re.compile(b"(?!)")
        """One search is faster than one for each head."""
        self._beginnings: frozenset[bytes] = frozenset()
        """Beginnings of keys that are shorter than a head."""
        self._longest = 0
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
        self._by_head = {head: tuple(group) for head, group in by_head.items()}
        self._any_head = re.compile(b"|".join(re.escape(head) for head in by_head))

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
        end = data[-self._longest :]
        most = max((_overlap(end, form) for form in self._possible(end)), default=0)
        if most:
            return most
        last = end[1 - _HEAD :]
        return len(last) if last in self._beginnings else int(last[-1:] in self._beginnings)

    def _possible(self, data: bytes) -> list[bytes]:
        """The forms whose first bytes occur in ``data``."""
        if self._any_head.search(data) is None:
            return []
        return [form for head, group in self._by_head.items() if head in data for form in group]


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


def _overlap(data: bytes, form: bytes) -> int:
    """How many bytes at the end of ``data`` are the beginning of ``form``, at least a head."""
    start = data.find(form[:_HEAD])
    while start >= 0:
        if form.startswith(data[start:]):
            return len(data) - start
        start = data.find(form[:_HEAD], start + 1)
    return 0
