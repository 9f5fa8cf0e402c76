"""Reasoning in tags is recognised only at the start of an answer, however the stream is split."""

from __future__ import annotations

import pytest

from custom_providers.engine.wires.inline_thinking import InlineThinking


def _split(*pieces: str) -> tuple[str, str]:
    inline = InlineThinking()
    deltas = [delta for piece in pieces for delta in inline.feed(piece)] + inline.rest()
    return tuple("".join(delta.get(kind, "") for delta in deltas) for kind in ("reasoning_content", "content"))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("said", "split"),
    [
        ("<think>hm</think>answer", ("hm", "answer")),
        ("\n<think>\nhm\n</think>\n\nanswer", ("\nhm\n", "answer")),
        ('TAGS = ["<think>", "</think>"]', ("", 'TAGS = ["<think>", "</think>"]')),
        ("<think>never closed", ("never closed", "")),
        ("<thin", ("", "<thin")),
        ("<thinking>x</thinking>", ("", "<thinking>x</thinking>")),
        ("<think>a</think>b<think>c</think>", ("a", "b<think>c</think>")),
        ("", ("", "")),
    ],
)
def test_tags_at_the_beginning_hold_reasoning(said: str, split: tuple[str, str]):
    assert _split(said) == split
    assert _split(*said) == split
    for cut in range(len(said)):
        assert _split(said[:cut], said[cut:]) == split
