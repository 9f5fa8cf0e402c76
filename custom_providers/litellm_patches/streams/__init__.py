"""Patches of streams: what LiteLLM loses, fakes or searches in them."""
