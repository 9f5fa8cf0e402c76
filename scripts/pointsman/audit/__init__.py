"""``pointsman audit``: shows the rows of recorded calls."""
