"""The protocols that clients speak: what writes the events of each."""
