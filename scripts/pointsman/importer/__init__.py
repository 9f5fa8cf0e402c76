"""``pointsman import``: makes a registry from a LiteLLM config, and lists what could not be carried over."""
