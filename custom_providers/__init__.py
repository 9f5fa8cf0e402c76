"""What the LiteLLM proxy loads: registry, routing, keys, hooks, the wire engine and Kimi.

Nothing here imports ``pointsman``, the operator's command, which imports this package.
"""

__version__ = "0.1.0"
PRODUCT = "litellm-pointsman"
OWN_USER_AGENT = f"{PRODUCT}/{__version__}"
"""The User-Agent that providers see unless the registry sets another."""
