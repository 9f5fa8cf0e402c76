"""``providers.toml``: its format, its rules, and how its text becomes a frozen ``Registry``."""
