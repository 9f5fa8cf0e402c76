"""The outermost layer of the proxy: refuses requests that are too big, too slow or not granted, before LiteLLM runs.

LiteLLM serves about a thousand routes. A key that is not the master key may call only those in ``open_routes``.
WebSockets are refused for everyone.
"""
