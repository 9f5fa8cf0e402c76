"""Embeddings in OpenAI's shape; the vector depends only on the text."""

from __future__ import annotations

import base64
import hashlib
import struct
from typing import Any

from pointsman.simulator.answers import Answer, json_answer
from pointsman.simulator.conversation import pieces
from pointsman.simulator.upstream import Received

DIMENSIONS = 8


def vector(text: str, dimensions: int = DIMENSIONS) -> list[float]:
    """Returns numbers between -1 and 1, always the same for the same text."""
    digest = hashlib.shake_256(text.encode()).digest(dimensions)
    return [(byte - 127.5) / 127.5 for byte in digest]


def texts_of(given: Any) -> list[str]:
    """Returns the texts of an `input` field: one text, a list of texts, or lists of token numbers."""
    if isinstance(given, list):
        return [entry if isinstance(entry, str) else str(entry) for entry in given]
    return [str(given)]


def openai_embeddings(request: Received) -> Answer:
    """Answers `POST /embeddings`, also with base64, which the OpenAI SDK requests by default."""
    texts = texts_of(request.fields.get("input"))
    size = int(request.fields.get("dimensions") or DIMENSIONS)
    packed = request.fields.get("encoding_format") == "base64"
    tokens = sum(len(pieces(text)) for text in texts)
    data = [
        {"object": "embedding", "index": index, "embedding": _coded(vector(text, size), packed=packed)}
        for index, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return json_answer({"object": "list", "data": data, "model": request.fields.get("model"), "usage": usage})


def _coded(numbers: list[float], *, packed: bool) -> list[float] | str:
    if not packed:
        return numbers
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()
