"""Kimi's two account systems, their models, and the User-Agent that is sent to them."""
