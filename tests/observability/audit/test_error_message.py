from __future__ import annotations

import pytest
from fastapi import HTTPException

from custom_providers.observability.audit.error_message import error_message


class ProviderError(Exception):
    """Like LiteLLM's exceptions, which also have their text in ``message``."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


SAID = {
    "litellm.AuthenticationError: AnthropicException - "
    'b\'{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}\'': "invalid x-api-key",
    "litellm.RateLimitError: RateLimitError: OpenrouterException - Rate limit exceeded: free-models-per-day": (
        "Rate limit exceeded: free-models-per-day"
    ),
    "litellm.APIConnectionError: Ollama_chatException - Cannot connect to host localhost:11434": (
        "Cannot connect to host localhost:11434"
    ),
    'litellm.NotFoundError: {"error":"model \\"x\\" not found"}. Received Model Group=ollama/x\nAvailable Model Group '
    "Fallbacks=None": 'model "x" not found',
    "Kimi: the 5-hour window is used up until 14:00.": "Kimi: the 5-hour window is used up until 14:00.",
    "one\n\ttwo \x1b[31mred": "one two ?[31mred",
    "": "ProviderError",
    "ValueError: a value": "a value",
}


@pytest.mark.parametrize(("raised", "kept"), SAID.items())
def test_the_providers_words_are_kept(raised: str, kept: str):
    assert error_message(ProviderError(raised)) == kept


def test_a_refusal_of_the_proxy_is_its_detail():
    assert error_message(HTTPException(404, 'no provider "x"')) == 'no provider "x"'
    assert error_message(HTTPException(400, {"error": "model is empty"})) == "model is empty"


@pytest.mark.parametrize(
    "key",
    [
        "sk-proj-canary0123456789abcdef",
        "AIzaCanary0123456789abcdefghij",
        "Bearer canary-0123456789",
        "oc_sk_canary012345",
    ],
)
@pytest.mark.parametrize("padding", [0, 150, 185, 195])
def test_no_part_of_a_key_is_kept_wherever_it_is_cut(key: str, padding: int):
    kept = error_message(ProviderError(f"{'x ' * (padding // 2)}Incorrect API key provided: {key}."))

    assert "canary" not in kept.lower()
    assert len(kept) <= 200


def test_a_long_message_is_cut():
    kept = error_message(ProviderError("word " * 1000))
    assert len(kept) == 200
    assert kept.endswith("…")
