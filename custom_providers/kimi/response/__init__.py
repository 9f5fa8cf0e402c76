"""Kimi's answers, whole and streamed, as LiteLLM takes them."""
