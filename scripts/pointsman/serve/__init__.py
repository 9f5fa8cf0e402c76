"""``pointsman serve`` and ``reload``: LiteLLM's processes under a supervisor."""
