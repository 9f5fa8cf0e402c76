"""The HTTP side of the proxy: layers and routes on LiteLLM's app."""
