"""HTTP routes that this package adds to LiteLLM's app, or answers differently."""
