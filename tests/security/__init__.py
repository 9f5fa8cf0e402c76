"""Attacks on the running proxy: what an upstream, an internal host and another key's view got of each."""
