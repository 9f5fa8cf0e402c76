"""Where a model name goes: the resolver, and the compiled table that it reads."""
