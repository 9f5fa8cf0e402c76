"""Checks ``deploy/``: by its structure, and with the tools themselves if this machine has them."""
