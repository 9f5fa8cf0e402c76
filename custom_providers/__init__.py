"""What the LiteLLM proxy loads: the registry, the routing, the keys, Kimi and the hooks.

Nothing in here imports ``pointsman`` (the operator's command); the arrow points the other way only.
"""

__version__ = "0.1.0"
