"""``pointsman check``: what can be found wrong before a deploy."""
