"""Removes a key that a provider quotes over several events of a stream, a few characters in each.

Only an event whose text may be the beginning of a key is held back, until the next one shows whether it is. Works on
the bytes of any protocol: text counts as one channel per field name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from custom_providers.keys.censor import REMOVED, Censor

_TEXTS = re.compile(
    rb'"(content|text|thinking|reasoning|reasoning_content|partial_json|arguments|delta|refusal|response)"'
    rb'\s*:\s*"([^"\\]*(?:\\.[^"\\]*)*)"',
    re.DOTALL,
)
"""The text in an event of OpenAI's, Anthropic's, Gemini's and Ollama's streams."""
_LEAST = 4
"""Characters of a key before an event is held back. Fewer are often part of a word, and are the vendor's own prefix."""
_LONGEST_EVENT = 64 * 1024
"""Bytes; an event with a few characters of a key is shorter."""
_MOST_HELD = 1024
"""Events, and the lines between them; more than a key has characters."""


@dataclass(slots=True)
class _Channel:
    tail: bytes = b""
    """The end of the text so far, which may be the beginning of a key."""
    suspects: list[tuple[int, int, int]] = field(default_factory=list)
    """The pieces of text that may be parts of a key: position of the event among those held, start, end."""


class CensoredEvents:
    """The events of one stream; each is complete, and ``Censor.clean`` has cleaned it."""

    def __init__(self, censor: Censor) -> None:
        self._censor = censor
        self._channels: dict[bytes, _Channel] = {}
        """Those whose text so far may end in the beginning of a key, by field name."""
        self._held: list[bytes] = []
        self._cuts: list[tuple[int, int, int, bytes]] = []
        """What to replace in the events held: position of the event, start, end, replacement."""

    def feed(self, events: Iterable[bytes]) -> list[bytes]:
        """Add events, and return those that can be sent on."""
        ready: list[bytes] = []
        for event in events:
            self._held.append(event)
            if not self._suspicious(event) or len(self._held) > _MOST_HELD:
                ready += self.end()
        return ready

    def end(self) -> list[bytes]:
        """Return the events that were held back."""
        events, self._held = self._held, []
        if not self._channels and not self._cuts:
            return events
        # From the end to the beginning: a cut moves what comes after it.
        for position, start, end, replacement in sorted(self._cuts, reverse=True):
            event = events[position]
            events[position] = event[:start] + replacement + event[end:]
        self._cuts = []
        for channel in self._channels.values():
            channel.suspects.clear()
        return events

    def _suspicious(self, event: bytes) -> bool:
        """Whether the event has to wait for the next one; an object without any text ends the wait."""
        if len(event) > _LONGEST_EVENT:
            return False
        waits = b"{" not in event
        for match in _TEXTS.finditer(event):
            waits = True
            self._read(match[1], match[2], match.start(2))
        return waits and bool(self._channels) and any(channel.suspects for channel in self._channels.values())

    def _read(self, name: bytes, piece: bytes, start: int) -> None:
        channel = self._channels.get(name)
        if channel is None:
            if not self._censor.begun(piece):
                return
            channel = self._channels[name] = _Channel()
        position, before = len(self._held) - 1, len(channel.tail)
        text = channel.tail + piece
        if (end := self._censor.end_of_last(text)) > before:
            self._cuts += [(*suspect, b"") for suspect in channel.suspects]
            self._cuts.append((position, start, start + end - before, REMOVED))
            channel.suspects = []
            text, piece, start = text[end:], text[end:], start + end - before
        begun = self._censor.begun(text)
        if not begun:
            del self._channels[name]
            return
        channel.tail = text[len(text) - begun :]
        if begun <= len(piece):
            channel.suspects.clear()
        if begun >= _LEAST:
            stop = start + len(piece)
            channel.suspects.append((position, max(start, stop - begun), stop))


class CensoredLines:
    """The pieces of a server-sent stream, in which each line is an event, a comment or blank."""

    def __init__(self, censor: Censor) -> None:
        self._censor = censor
        self._events = CensoredEvents(censor)
        self._unfinished: list[bytes] = []
        """The pieces of a line whose end has not arrived."""

    def feed(self, piece: bytes) -> bytes:
        """The lines that can be sent on."""
        end = max(piece.rfind(b"\n"), piece.rfind(b"\r")) + 1
        if not end:
            self._unfinished.append(piece)
            return b""
        finished = b"".join((*self._unfinished, piece[:end]))
        self._unfinished = [piece[end:]]
        return self._sent(finished)

    def end(self) -> bytes:
        """The part that was held back."""
        return self._sent(b"".join(self._unfinished)) + b"".join(self._events.end())

    def _sent(self, lines: bytes) -> bytes:
        return b"".join(self._events.feed(self._censor.clean(lines).splitlines(keepends=True)))
