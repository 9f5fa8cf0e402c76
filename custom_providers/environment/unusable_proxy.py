"""An error of the environment, in a separate module so that the command starts without loading the rest."""

from __future__ import annotations


class UnusableProxyError(Exception):
    """The environment names an HTTP proxy that cannot be used."""

    def __init__(self) -> None:
        super().__init__("the environment names a proxy that cannot be used")
        self.hint = "HTTPS_PROXY and ALL_PROXY take http://host:port"
