"""What a request and a chunk cost: this project beside LiteLLM by hand, other gateways and the upstream itself.

Development only; the wheel has none of it. ``scripts/bench`` runs it.
"""
