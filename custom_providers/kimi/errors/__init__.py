"""Kimi's failures: classification, meaning for the client, and LiteLLM's exception."""
