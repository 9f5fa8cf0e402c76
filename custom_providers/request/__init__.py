"""Processes a request between LiteLLM's authentication and its router."""
