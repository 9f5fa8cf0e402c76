"""The connection to a provider: HTTP requests, timeouts, and bytes split into events."""
