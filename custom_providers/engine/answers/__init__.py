"""A provider's answer in one format, and converted to LiteLLM's objects."""
