"""Kimi's two account systems, their models, and the name under which they are asked."""
