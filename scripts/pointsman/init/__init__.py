"""``pointsman init``: creates a registry and a ``.env`` file."""
