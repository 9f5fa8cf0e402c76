"""The operator's command: renders, checks, explains, serves and tests what ``custom_providers`` runs.

No module here imports ``litellm`` at its top: that takes seconds, and most commands never need it.
"""
