"""``pointsman usage``: quota and balance."""
