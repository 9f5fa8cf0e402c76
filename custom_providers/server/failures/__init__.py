"""Status, message and headers of failed calls, the same for the engine and for LiteLLM.

``cause`` is pure and extracts the message; ``verdict`` classifies an attempt's exception; ``error_responses`` is the
ASGI layer that rewrites them, ``unknown_path`` its part for paths that do not exist.
"""
