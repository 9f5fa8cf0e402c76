"""``pointsman connect``: what a client needs to use the proxy, printed or written into the client's own file."""
