"""Decides which headers a client may add to a provider request, and which value wins when two layers set one."""

from __future__ import annotations

from collections.abc import Mapping

_NOT_A_CLIENTS = frozenset(
    {
        # connection and body
        *("host", "connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade", "expect"),
        *("content-length", "content-type", "content-encoding", "transfer-encoding", "accept", "accept-encoding"),
        # key and billing
        *("authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie"),
        *("openai-organization", "openai-project", "x-goog-user-project"),
        # client identity
        "user-agent",
    }
)


def of_client(headers: Mapping[str, str]) -> dict[str, str]:
    """Return ``headers`` without those for the connection, the body, the key or the proxy itself."""
    return {name: value for name, value in headers.items() if name.lower() not in _NOT_A_CLIENTS}


def layered(*layers: Mapping[str, str]) -> dict[str, str]:
    """Merge the headers of all ``layers``; the last value of a name wins, ignoring case."""
    return dict({name.lower(): (name, value) for layer in layers for name, value in layer.items()}.values())
