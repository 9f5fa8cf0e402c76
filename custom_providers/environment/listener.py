"""Recognises the proxy's own address: as a provider's base URL, it would make the proxy call itself."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

AddressesOf = Callable[[str], frozenset[str]]
"""The IP addresses of a host name; none if it does not resolve."""

VARIABLE = "POINTSMAN_LISTENS"
"""``host:port``, set by ``pointsman serve`` for the proxy that it starts."""

FLAW = "is this proxy's own address: it would call itself forever"

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Where a proxy listens."""

    host: str
    port: int

    def __str__(self) -> str:
        """The value for ``VARIABLE``."""
        return f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL for clients on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 -- compared, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def bind(self) -> socket.socket:
        """A socket bound to the address; it refuses connections until somebody listens on it.

        Raises:
            OSError: it cannot be bound.
        """
        listener = socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((self.host, self.port))
        except OSError:
            listener.close()
            raise
        return listener

    def is_at(self, url: str, addresses_of: AddressesOf) -> bool:
        """Whether ``url``, which is valid, leads here. Host names are resolved only if the port matches."""
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
        if port != self.port or not parts.hostname:
            return False
        theirs = _reached(addresses_of(parts.hostname))
        ours = addresses_of(self.host)
        if any(ipaddress.ip_address(address).is_unspecified for address in ours):
            return any(map(_is_local, theirs))
        return bool(theirs & _reached(ours))


def parsed(text: str) -> Listener | None:
    """The listener in ``VARIABLE``; None if it is unset or empty."""
    host, _, port = text.rpartition(":")
    return Listener(host=host, port=int(port)) if host and port.isdecimal() else None


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine: a loopback address or localhost. No name is looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def addresses_of(host: str) -> frozenset[str]:
    """The IP addresses of ``host``; none if it does not resolve."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return frozenset()
    return frozenset(str(address[0]).partition("%")[0] for *_, address in found)


def _reached(addresses: frozenset[str]) -> frozenset[str]:
    """The addresses that clients connect to: 0.0.0.0 and :: mean the machine itself."""
    return frozenset(map(_plain, addresses))


def _plain(address: str) -> str:
    parsed_address = ipaddress.ip_address(address)
    if parsed_address.is_unspecified:
        return "127.0.0.1" if parsed_address.version == 4 else "::1"
    mapped = getattr(parsed_address, "ipv4_mapped", None)
    return str(mapped or parsed_address)


def _is_local(address: str) -> bool:
    """Whether this machine has ``address``, that is, whether a socket can be bound to it."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
