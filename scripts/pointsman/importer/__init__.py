"""``pointsman import``: a registry from a LiteLLM config, with a list of what could not be carried over."""
