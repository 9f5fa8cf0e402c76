"""``pointsman alerts test``: sends a test message."""
