"""Where requests go: a provider's endpoint with its key, and who listens on a local port."""
