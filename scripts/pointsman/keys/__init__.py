"""The keys of providers and of the proxy: reading, storing, listing and recognising them."""
