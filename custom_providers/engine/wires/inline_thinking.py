"""Reasoning that a model's template leaves in the text, between tags at its very beginning.

The same tags later in an answer are part of it: a page about templates, or code that looks for them.
"""

from __future__ import annotations

from custom_providers.engine.wires.chat import Delta

_OPEN, _CLOSE = "<think>", "</think>"


class InlineThinking:
    """Separates what is thought from what is said."""

    def __init__(self) -> None:
        self._held = ""
        """Text that may belong to a tag which is not complete yet."""
        self._state = "before"
        """``before`` anything is known, ``thinking``, just ``after`` that, or ``saying``."""

    def feed(self, said: str) -> list[Delta]:
        """Take in a piece of text and return what is certain about it."""
        if self._state == "after":
            said = said.lstrip("\n")
        if said and self._state in {"after", "saying"}:
            self._state = "saying"
            return [{"content": said}]
        self._held += said
        deltas: list[Delta] = []
        if self._state == "before":
            start = self._held.lstrip()
            if start.startswith(_OPEN):
                self._state, self._held = "thinking", start.removeprefix(_OPEN)
            elif start and not _OPEN.startswith(start):
                self._state = "saying"
                return self.rest()
        if self._state == "thinking":
            deltas = self._think()
        return deltas

    def rest(self) -> list[Delta]:
        """Return what was held back, now that nothing follows."""
        held, self._held = self._held, ""
        kind = "reasoning_content" if self._state == "thinking" else "content"
        return [{kind: held}] if held else []

    def _think(self) -> list[Delta]:
        thought, closed, after = self._held.partition(_CLOSE)
        if closed:
            after = after.lstrip("\n")
            self._state, self._held = "saying" if after else "after", ""
            pairs = (("reasoning_content", thought), ("content", after))
            return [{kind: value} for kind, value in pairs if value]
        keep = next((size for size in range(len(_CLOSE) - 1, 0, -1) if self._held.endswith(_CLOSE[:size])), 0)
        thought = self._held[: len(self._held) - keep]
        self._held = self._held[len(self._held) - keep :]
        return [{"reasoning_content": thought}] if thought else []
