"""``pointsman init``: a registry and an ``.env`` file where there were none."""
