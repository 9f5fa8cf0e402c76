"""From the registry to the files that are generated from it."""
