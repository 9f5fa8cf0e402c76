"""What a request costs: the proxy as this package runs it, beside LiteLLM by hand, a plain forwarder and the upstream.

Development only; the wheel has none of it. ``scripts/bench`` runs it.
"""
