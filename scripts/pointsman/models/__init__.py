"""``pointsman models``: compares declared models with those that are served."""
