"""What the LiteLLM proxy loads: the registry, the routing, the keys, Kimi and the hooks.

Nothing in here imports ``pointsman`` (the operator's command); the arrow points the other way only.
"""

__version__ = "0.1.0"
PRODUCT = "litellm-pointsman"
OWN_USER_AGENT = f"{PRODUCT}/{__version__}"
"""The honest name that providers see, where the registry does not say another."""
