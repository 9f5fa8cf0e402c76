"""Benchmarks: the cost of a request and of a streamed chunk, compared with plain LiteLLM and other gateways.

For development only; the wheel does not contain it. Run it with ``scripts/bench``.
"""
