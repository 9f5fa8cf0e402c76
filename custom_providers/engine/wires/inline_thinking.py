"""Extracts reasoning that a model's template leaves in the text, between tags at its very beginning.

The same tags later in an answer belong to its content, such as a page about templates, or code that searches for them.
"""

from __future__ import annotations

from custom_providers.engine.wires.chat import Delta

_OPEN, _CLOSE = "<think>", "</think>"


class InlineThinking:
    """Separates thinking from the answer's text."""

    def __init__(self) -> None:
        self._held = ""
        """Text that may belong to an incomplete tag."""
        self._state = "before"
        """``before`` the first text, ``thinking``, just ``after`` it, or ``saying``."""

    def feed(self, said: str) -> list[Delta]:
        """Process a piece of text and return the deltas that are certain."""
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
        """Return the held-back text at the end."""
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
