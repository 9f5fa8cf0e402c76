"""The outermost layer of the proxy: what is too big, too slow or not granted ends here, before LiteLLM sees it.

LiteLLM serves about a thousand routes. A key that is not the master key may call those that ``listed`` names, and no
other; a WebSocket, nobody.
"""
