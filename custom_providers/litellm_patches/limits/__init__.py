"""Patches that bound what a response, a download or a search for secrets may take."""
