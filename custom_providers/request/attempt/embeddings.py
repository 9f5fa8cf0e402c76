"""Converts embeddings to the requested format: many providers return floats regardless of ``encoding_format``."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Sequence
from typing import Any

_FLOAT = 4
"""Bytes per number; little-endian, as OpenAI packs them."""


def settle(data: Sequence[Any], wanted: object) -> None:
    """Convert each embedding in ``data`` (objects or mappings) to ``wanted``: base64, or floats for any other value."""
    for item in data:
        vector = item["embedding"]
        if wanted == "base64" and isinstance(vector, list):
            item["embedding"] = packed(vector)
        elif wanted != "base64" and isinstance(vector, str):
            item["embedding"] = unpacked(vector)


def packed(vector: Sequence[float]) -> str:
    """Return numbers as the base64 of 32-bit floats."""
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def unpacked(text: str) -> list[float] | str:
    """Return the numbers in ``text``, or the text itself if it is not packed numbers."""
    try:
        data = base64.b64decode(text, validate=True)
        return list(struct.unpack(f"<{len(data) // _FLOAT}f", data))
    except (binascii.Error, struct.error):
        return text
