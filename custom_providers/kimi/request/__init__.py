"""Adapts a client's request to Kimi, for either protocol."""
