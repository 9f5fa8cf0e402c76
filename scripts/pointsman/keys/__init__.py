"""The keys of providers and the proxy: taken, stored, listed, and recognised by their shape."""
