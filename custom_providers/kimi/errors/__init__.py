"""Kimi's failures: which kind one is, what it means for the client, and LiteLLM's exception for it."""
