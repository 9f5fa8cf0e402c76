"""A stream to the client: when it begins, how it stays open, and who writes it."""
