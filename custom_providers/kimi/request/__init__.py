"""A client's request as Kimi takes it, over either protocol."""
