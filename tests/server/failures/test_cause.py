"""The cause extracted from LiteLLM's errors, which comes first in messages, rows and logs."""

from __future__ import annotations

import time

import pytest

from custom_providers.engine.errors.error_answer import quoted
from custom_providers.server.failures.cause import LONGEST, cause

RAISED = {
    "litellm.APIConnectionError: Ollama_chatException - Cannot connect to host localhost:11434"
    " ssl:<ssl.SSLContext object at 0x7fbc196de4e0> [Connect call failed]": (
        "Cannot connect to host localhost:11434 [Connect call failed]"
    ),
    "litellm.InternalServerError: AnthropicException - Response payload is not completed: <TransferEncodingError: 400,"
    " message='Not enough data to satisfy transfer length header.'>": (
        "the connection was closed in the middle of the answer"
    ),
    "Response payload is not completed: <TransferEncodingError: 400, message='Not enough data to satisfy transfer"
    " length header.'>": "the connection was closed in the middle of the answer",
    "litellm.Timeout: Timeout on reading data from socket": "nothing came in time",
    "litellm.InternalServerError: OpenAIException - Connection error.": "the connection failed",
    "litellm.APIConnectionError: the answer is cut short\n\nLiteLLM: model group 'a/b' failed with the error above. No"
    " fallback was attempted.": "the answer is cut short",
    "litellm.exceptions.RateLimitError: litellm.RateLimitError: Vertex_ai_betaException - "
    'b\'{"error":{"type":"rate_limit","message":"max RPM: 20"}}\'': "max RPM: 20",
    r"""litellm.BadRequestError: Vertex_ai_betaException - b'{"error": {"message": "Unknown name \\"foo\\": it """
    r"""isn\'t known.\\n* model: \xc3\xa9"}}'""": 'Unknown name "foo": it isn\'t known. * model: é',
    'litellm.APIError: b\'{"error": {"message": "cut in the mid': '{"error": {"message": "cut in the mid',
    "litellm.BadRequestError: OpenAIException - no such tool. Received Model Group=openai/x\nAvailable Model Group"
    " Fallbacks=None LiteLLM Retries: 3 times": "no such tool",
    "litellm.UnsupportedParamsError: openai does not support parameters: ['x']. To drop these, set"
    " `litellm.drop_params=True`": "openai does not support parameters: ['x']",
    "LLM Provider NOT provided. Learn more: https://docs.litellm.ai/docs/providers": "LLM Provider NOT provided.",
    "litellm.NotFoundError: Error code: 404 - {'error': {'message': \"It isn't there\", 'type': 'x', 'param': None}}": (
        "It isn't there"
    ),
    "Error code: 401 - {'type': 'error', 'error': {'type': 'error', 'message': 'Bad\\nkey'}}": "Bad key",
    "Error code: 400 - {'error': 'too large'}": "too large",
    "Error code: 400 - {'detail': 'no such field'}": "no such field",
    "Error code: 400 - {'error': {'code': 5}}": "Error code: 400 - {'error': {'code': 5}}",
    "Error code: 400 - {'cut": "Error code: 400 - {'cut",
    "Error code: 400 - {open('x'): 1}": "Error code: 400 - {open('x'): 1}",
    "litellm.BadRequestError: 'content'\nReceived Messages=[{'role': 'user'}]": "'content'",
    "litellm.Timeout: APITimeoutError - Request timed out.": "Request timed out.",
    "litellm.InternalServerError: AnthropicException - Server disconnected. Handle with"
    " `litellm.InternalServerError`.": "the connection was closed before the answer began",
    "litellm.BadGatewayError: AnthropicException BadGatewayError - no route": "no route",
    "litellm.Timeout: Timeout Error: OpenAIException - too late": "too late",
    "prompt is too long: 210000 tokens > 200000 maximum": "prompt is too long: 210000 tokens > 200000 maximum",
    "Incorrect API key provided: sk-proj-canary0123456789abcdef": "Incorrect API key provided: ***",
    "see https://platform.openai.com/account": "see https://platform.openai.com/account",
    "litellm.InternalServerError:": "",
    "litellm.BadGatewayError: BadGatewayError: OpenAIException - Error code: 502": "",
    "": "",
}


@pytest.mark.parametrize(("raised", "left"), RAISED.items())
def test_the_cause_is_what_the_provider_said(raised: str, left: str):
    assert cause(raised) == left


def test_it_is_bounded_and_in_one_line():
    found = cause("line\n" * 10_000)
    assert len(found) <= LONGEST
    assert "\n" not in found


def test_a_long_text_takes_no_quadratic_time():
    """Clients and providers choose what an error quotes, and others wait meanwhile; 8 kB took up to 3 s."""
    units = (
        "-----BEGIN PRIVATE KEY-----",
        "x",
        " ",
        "\n",
        "https://",
        "0123456789abcdef",
        "xErrorException",
        "<title>",
    )
    began = time.process_time()

    for text in (unit * (16_000 // len(unit)) for unit in units):
        cause(f"litellm.BadRequestError: no such model: {text}")
        quoted(text)

    assert time.process_time() - began < 2
