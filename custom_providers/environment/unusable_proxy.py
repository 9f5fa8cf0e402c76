"""What can be wrong with the environment; apart from its reading, so that the command line loads without it."""

from __future__ import annotations


class UnusableProxyError(Exception):
    """The environment names an HTTP proxy that cannot be used."""

    def __init__(self) -> None:
        super().__init__("the environment names a proxy that cannot be used")
        self.hint = "HTTPS_PROXY and ALL_PROXY take http://host:port"
