"""``pointsman smoke``: an acceptance test against a running proxy."""
