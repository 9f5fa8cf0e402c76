"""``pointsman doctor``: this machine, the proxy and its databases."""
