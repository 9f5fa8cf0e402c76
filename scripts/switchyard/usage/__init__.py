"""``switchyard usage``: quota and balance."""
