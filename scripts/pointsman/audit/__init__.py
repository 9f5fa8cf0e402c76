"""``pointsman audit``: the rows that calls have left."""
