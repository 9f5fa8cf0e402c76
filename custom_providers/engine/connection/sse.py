"""Splits bytes into events: server-sent events with a JSON object each, or plain JSON lines."""

from __future__ import annotations

from custom_providers.json_parts import parsed_object

_FIELDS = (b"event:", b"id:", b"retry:", b":")
_LONGEST_STRAY = 65_536
LONGEST_LINE = 64 * 1024 * 1024
"""Bytes; an event can hold an image, but an endless line must not fill the memory."""

DONE = b"[DONE]"


class EndlessLineError(ValueError):
    """A line exceeds ``LONGEST_LINE``."""


class Lines:
    r"""Collects bytes and returns the payload of each complete ``data:`` line.

    Accepts ``data:`` without a space, an object in several ``data:`` lines, ``\n``, ``\r\n`` and ``\r``, comments, a
    byte order mark, several events in a read and one event in many. Lines that are not events, such as an HTML page or
    a bare JSON error under a 200, are kept in ``stray``; with ``bare``, each line is a payload, as in Ollama's streams.
    """

    def __init__(self, *, bare: bool = False) -> None:
        self._bare = bare
        self._parts: list[bytes] = []
        """The pieces of an incomplete line."""
        self._held = 0
        self._unfinished = b""
        """The ``data:`` lines so far of an event whose object goes on in the next one."""
        self.stray = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Add the data of one read, and return the payloads that it completes.

        Raises:
            EndlessLineError: a line is too long.
        """
        if b"\r" in data or (self._parts and self._parts[-1].endswith(b"\r")):
            return self._payloads(self._any_line_end(data))
        head, newline, rest = data.partition(b"\n")
        if not newline:
            self._hold(data)
            return []
        lines = [b"".join((*self._parts, head)), *rest.split(b"\n")]
        self._parts, self._held = [], 0
        self._hold(lines.pop())
        return self._payloads(lines)

    def close(self) -> list[bytes]:
        """Return the payload of a last line without a line end."""
        rest, self._parts, self._held = b"".join(self._parts), [], 0
        return self._payloads([*rest.splitlines(), b""])

    def _hold(self, part: bytes) -> None:
        if part:
            self._parts.append(part)
            self._held += len(part)
        if self._held > LONGEST_LINE:
            raise EndlessLineError

    def _any_line_end(self, data: bytes) -> list[bytes]:
        whole = b"".join((*self._parts, data))
        # A ``\r`` at the end may be the first half of a line end: wait for the rest.
        held = whole[-1:] if whole.endswith(b"\r") else b""
        lines = whole[: len(whole) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._parts, self._held = [], 0
        self._hold(lines.pop() + held)
        return lines

    def _whole(self, data: bytes) -> list[bytes]:
        """The payload, once its object is complete: an event can have several ``data:`` lines."""
        if not self._unfinished and (data.endswith(b"}") or not data.startswith(b"{")):
            return [data]
        data = self._unfinished + data
        if len(data) > LONGEST_LINE:
            raise EndlessLineError
        is_whole = data.endswith(b"}") and parsed_object(data) is not None
        self._unfinished = b"" if is_whole else data + b"\n"
        return [data] if is_whole else []

    def _payloads(self, lines: list[bytes]) -> list[bytes]:
        payloads = []
        for line in lines:
            if line.startswith(b"data:"):
                payloads += self._whole(line[5:].strip())
            elif self._unfinished and not line.strip():
                payloads.append(self._unfinished)
                self._unfinished = b""
            elif self._bare and line.strip():
                payloads.append(line)
            elif line.startswith(b"\xef\xbb\xbf"):
                payloads += self._payloads([line[3:]])
            elif line.strip() and not line.startswith(_FIELDS):
                self.stray = (self.stray + line + b"\n")[:_LONGEST_STRAY]
        return payloads
