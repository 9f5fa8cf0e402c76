"""The Kimi handler: its pure parts by themselves, the whole through a real LiteLLM proxy."""
