"""``pointsman check``: finds problems before a deployment."""
