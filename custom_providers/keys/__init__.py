"""Finding a provider's key, and keeping keys out of all output."""
