"""Vectors in the form that was asked for: many providers only have floats, whatever ``encoding_format`` says."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Sequence
from typing import Any

_FLOAT = 4
"""Bytes; little-endian, as OpenAI packs them."""


def settle(data: Sequence[Any], wanted: object) -> None:
    """Change each embedding in ``data``, objects or mappings, to ``wanted``: base64, or floats for anything else."""
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
    """Return the numbers in ``text``, or the text itself where it holds none."""
    try:
        data = base64.b64decode(text, validate=True)
        return list(struct.unpack(f"<{len(data) // _FLOAT}f", data))
    except (binascii.Error, struct.error):
        return text
