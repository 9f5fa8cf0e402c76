"""``pointsman smoke``: the acceptance run through a running proxy."""
