"""Server-sent events out of bytes, for streams of one JSON object a line, as both of Kimi's protocols send them."""

from __future__ import annotations

_FIELDS = (b"event:", b"id:", b"retry:", b":")
_LONGEST_STRAY = 65_536

DONE = b"[DONE]"


class Lines:
    """Collects bytes and gives out the payload of each complete ``data:`` line.

    Tolerates ``data:`` without a space, CRLF, comments, several events in a read and one event in many. Lines that
    are no events at all, such as an HTML page or a bare JSON error under a 200, are kept in ``stray``.
    """

    def __init__(self) -> None:
        self._rest = b""
        self.stray = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Take in what was read and return the payloads it completes."""
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        return self._payloads(lines)

    def close(self) -> list[bytes]:
        """Return the payload of a last line that no line end followed."""
        rest, self._rest = self._rest, b""
        return self._payloads([rest])

    def _payloads(self, lines: list[bytes]) -> list[bytes]:
        payloads = []
        for line in lines:
            if line.startswith(b"data:"):
                payloads.append(line[5:].strip())
            elif line.strip() and not line.startswith(_FIELDS):
                self.stray = (self.stray + line + b"\n")[:_LONGEST_STRAY]
        return payloads
