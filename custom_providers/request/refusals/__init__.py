"""Requests that are refused because the provider, or this proxy, cannot serve them."""
