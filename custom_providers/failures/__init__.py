"""Failed calls as clients see them, from engine and LiteLLM alike: status, message and headers.

``cause`` is pure and cleans the words; ``verdict`` reads an attempt's exception; ``answers`` is the ASGI layer that
every error answer passes.
"""
